import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IServiceAccount } from '../tokens';
import { formatMoment } from './format';

/**
 * What is known of a mounted ServiceAccount token, and what to do about it.
 */
export function ServiceAccountCard(props: {
  readonly token: IServiceAccount;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
}): JSX.Element {
  const { token, trans } = props;
  if (token.usable) {
    return <Usable {...props} />;
  }
  // Most people have none and need none: it waits until someone wants to know.
  return (
    <details className="jp-deploykf-ServiceAccount" open={token.present}>
      <summary>
        {token.present
          ? trans.__(
              'The ServiceAccount token that is mounted here can’t be used.'
            )
          : trans.__('No ServiceAccount token is mounted here.')}
      </summary>
      <p>
        {token.problem?.message} {token.problem?.next_step}
      </p>
      {token.present && <ServiceAccountDetails {...props} />}
    </details>
  );
}

function Usable(props: {
  readonly token: IServiceAccount;
  readonly trans: TranslationBundle;
  readonly now: number;
}): JSX.Element {
  const { trans } = props;
  return (
    <section
      className="jp-deploykf-Card"
      aria-label={trans.__('ServiceAccount token')}
    >
      <p>
        {trans.__(
          'A ServiceAccount token is mounted: you need not log in for pipelines in this cluster.'
        )}
      </p>
      <ServiceAccountDetails {...props} />
    </section>
  );
}

/**
 * What stands in a ServiceAccount token, line by line.
 */
export function ServiceAccountDetails(props: {
  readonly token: IServiceAccount;
  readonly trans: TranslationBundle;
  readonly now: number;
}): JSX.Element {
  const { token, trans } = props;
  const unknown = trans.__('not known');
  const rows: [string, string][] = [
    [trans.__('ServiceAccount'), token.service_account ?? unknown],
    [trans.__('Namespace'), token.namespace ?? unknown],
    [trans.__('Audience'), token.audience.join(', ') || unknown],
    [
      trans.__('Valid until'),
      token.expires_at === null
        ? unknown
        : formatMoment(token.expires_at, props.now)
    ]
  ];
  return (
    <dl className="jp-deploykf-Details">
      {rows.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
