import * as React from 'react';

import { IProblem } from '../tokens';

/**
 * What went wrong, and what to do next, beside the field that it concerns.
 */
export function Problem(props: {
  readonly id?: string;
  readonly what: IProblem;
}): JSX.Element {
  return (
    <div className="jp-deploykf-Problem" role="alert" id={props.id}>
      <strong>{props.what.message}</strong> {props.what.next_step}
    </div>
  );
}
