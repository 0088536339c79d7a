import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IServiceAccount } from '../tokens';
import { FactList } from './FactList';
import { formatMoment } from './format';

/**
 * What is known of a mounted ServiceAccount token, and what to do about it. The
 * panel tells those who have none how to get one.
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
  return (
    <section
      className="jp-deploykf-Card"
      aria-label={trans.__('ServiceAccount token')}
    >
      <p>
        {trans.__(
          'The ServiceAccount token that is mounted here can’t be used.'
        )}{' '}
        {token.problem?.message} {token.problem?.next_step}
      </p>
      <ServiceAccountDetails {...props} />
    </section>
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
  return <FactList rows={rows} />;
}
