import * as React from 'react';

/**
 * What is known of something, by name.
 */
export function FactList(props: {
  readonly rows: readonly (readonly [name: string, value: string])[];
}): JSX.Element {
  return (
    <dl className="jp-deploykf-Details">
      {props.rows.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
