import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import {
  CHECKBOX,
  PLATFORM_VALUES,
  podDefaultYaml,
  podYaml
} from '../../model/podDefault';
import { IServiceAccount } from '../../tokens';
import { Problem } from '../Problem';
import { ServiceAccountDetails } from '../ServiceAccountCard';
import { Copyable } from './Copyable';

/**
 * The mounted ServiceAccount token: what it is, or how to get one.
 */
export function ServiceAccountSection(props: {
  readonly token: IServiceAccount;
  /** Where this notebook is, for the PodDefault; `null` where not known. */
  readonly namespace: string | null;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Write a cell that uses it into the notebook that is open. */
  readonly onInsertCell: () => void;
}): JSX.Element {
  const { namespace, now, token, trans } = props;
  const id = React.useId();
  return (
    <section className="jp-deploykf-ClusterCard" aria-labelledby={id}>
      <header>
        <h3 id={id}>{trans.__('ServiceAccount token')}</h3>
        <span className="jp-deploykf-State">
          {token.usable
            ? trans.__('Mounted')
            : token.present
              ? trans.__('Not usable')
              : trans.__('Not mounted')}
        </span>
      </header>
      {token.usable && (
        <p>
          {trans.__(
            'Kubernetes gives this notebook a token of its own: you need not log in for pipelines in this cluster.'
          )}
        </p>
      )}
      {token.present && (
        <ServiceAccountDetails token={token} trans={trans} now={now} />
      )}
      {token.present && token.problem && <Problem what={token.problem} />}
      {token.usable && (
        <div>
          <button
            type="button"
            className="jp-deploykf-Small"
            aria-label={`${trans.__('Insert kfp.Client cell')}: ${trans.__('ServiceAccount token')}`}
            onClick={props.onInsertCell}
          >
            {trans.__('Insert kfp.Client cell')}
          </button>
        </div>
      )}
      {!token.usable && <HowToGet namespace={namespace} trans={trans} />}
    </section>
  );
}

function HowToGet(props: {
  readonly namespace: string | null;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { namespace, trans } = props;
  return (
    <>
      <p>
        {trans.__(
          'Logging in works without it. In a Kubeflow Notebook it saves the login: tick «%1» under «Advanced Options» → «Configurations» when you create the notebook.',
          CHECKBOX
        )}
      </p>
      <details>
        <summary>{trans.__('There is no such checkbox')}</summary>
        <p>
          {namespace
            ? trans.__(
                'Make it for the namespace %1: run «kubectl apply -f -» with this PodDefault.',
                namespace
              )
            : trans.__(
                'Make it for your namespace: put its name into this PodDefault, and run «kubectl apply -f -» with it.'
              )}
        </p>
        <Copyable
          text={podDefaultYaml(namespace)}
          label={trans.__('PodDefault')}
          trans={trans}
        />
        <p>
          {trans.__(
            'Or ask your platform’s administrator to make it for every profile, by these values of deployKF.'
          )}
        </p>
        <Copyable
          text={PLATFORM_VALUES}
          label={trans.__('Values of deployKF')}
          trans={trans}
        />
      </details>
      <details>
        <summary>{trans.__('For a Pod of your own')}</summary>
        <p>
          {trans.__(
            'Mount the token in its definition, as this one does. It is the token of the Pod’s ServiceAccount, whose rights count.'
          )}
        </p>
        <Copyable
          text={podYaml(namespace)}
          label={trans.__('Pod')}
          trans={trans}
        />
      </details>
    </>
  );
}
