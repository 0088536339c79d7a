import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IServiceAccount } from '../tokens';
import { formatMoment } from './format';

/**
 * What is known of a mounted ServiceAccount token; nothing where none is mounted.
 */
export function ServiceAccountCard(props: {
  readonly token: IServiceAccount;
  readonly trans: TranslationBundle;
  readonly now: number;
}): JSX.Element | null {
  const { token, trans } = props;
  if (!token.present) {
    return null;
  }
  const owner = `${token.namespace ?? '?'}/${token.service_account ?? '?'}`;
  return (
    <section
      className="jp-deploykf-Card"
      aria-label={trans.__('ServiceAccount token')}
    >
      <p>
        {token.usable
          ? trans.__(
              'A ServiceAccount token is mounted (%1): inside this cluster, Kubeflow Pipelines takes it without a login.',
              owner
            )
          : trans.__('A ServiceAccount token is mounted, and can’t be used.')}
      </p>
      {token.expires_at !== null && (
        <p className="jp-deploykf-Hint">
          {trans.__(
            'Audience %1; valid until %2, renewed by Kubernetes.',
            token.audience.join(', ') || trans.__('none'),
            formatMoment(token.expires_at, props.now)
          )}
        </p>
      )}
      {token.problem && (
        <p className="jp-deploykf-Warning">
          {token.problem.message} {token.problem.next_step}
        </p>
      )}
    </section>
  );
}
