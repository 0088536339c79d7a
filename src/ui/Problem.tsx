import * as React from 'react';

import { IProblem } from '../tokens';

/**
 * What went wrong, and what to do next, beside the field that it concerns.
 */
export function Problem(props: {
  /** For the field's `aria-describedby`. */
  readonly id?: string;
  readonly what: IProblem;
}): JSX.Element {
  return (
    <div className="jp-deploykf-Problem" role="alert" id={props.id}>
      <strong>{props.what.message}</strong> {props.what.next_step}
    </div>
  );
}

/**
 * What is good to know, and stops nothing.
 */
export function Note(props: {
  readonly children: React.ReactNode;
}): JSX.Element {
  return <p className="jp-deploykf-Note">{props.children}</p>;
}
