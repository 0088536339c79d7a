import { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ILoginState } from '../model/login';
import { Problem } from './Problem';

const OTHER = '';

/**
 * Which cluster: one that is known, or one whose issuer is typed in.
 */
export function ClusterChoice(props: {
  readonly state: ILoginState;
  readonly trans: TranslationBundle;
  readonly onChoose: (issuer: string | null) => void;
  readonly onType: (issuer: string) => void;
  readonly onPrepare: () => void;
}): JSX.Element {
  const { state, trans } = props;
  const problem = state.problem?.field === 'issuer' ? state.problem.what : null;
  return (
    <>
      {state.sessions.length > 0 && (
        <label className="jp-deploykf-Field">
          <span>{trans.__('Cluster')}</span>
          <HTMLSelect
            className="jp-mod-styled"
            value={state.chosen ?? OTHER}
            onChange={event => props.onChoose(event.target.value || null)}
          >
            {state.sessions.map(({ cluster }) => (
              <option key={cluster.issuer} value={cluster.issuer}>
                {cluster.name}
              </option>
            ))}
            <option value={OTHER}>{trans.__('Another cluster…')}</option>
          </HTMLSelect>
        </label>
      )}
      {state.chosen === null && (
        <form
          onSubmit={event => {
            event.preventDefault();
            props.onPrepare();
          }}
        >
          <label className="jp-deploykf-Field">
            <span>{trans.__('Issuer URL')}</span>
            <input
              className="jp-mod-styled"
              type="url"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://deploykf.example.com/dex"
              value={state.issuerText}
              aria-invalid={problem !== null}
              aria-describedby="jp-deploykf-issuer-hint"
              onChange={event => props.onType(event.target.value)}
            />
          </label>
          <p className="jp-deploykf-Hint" id="jp-deploykf-issuer-hint">
            {trans.__(
              'The address of your deployKF with /dex at the end. Your platform’s administrator knows it.'
            )}
          </p>
          {problem && <Problem what={problem} />}
          {!state.attempt && (
            <button
              type="submit"
              className="jp-mod-styled jp-mod-accept"
              disabled={!state.issuerText.trim() || state.waiting !== null}
            >
              {trans.__('Continue')}
            </button>
          )}
        </form>
      )}
    </>
  );
}
