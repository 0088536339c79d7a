import { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ISession } from '../tokens';
import { hostOf } from './format';

const OTHER = '';

/**
 * Which cluster: a choice where several are known, a line where there is one.
 */
export function ClusterChoice(props: {
  readonly sessions: readonly ISession[];
  /** The chosen issuer; `null` for one that is typed in. */
  readonly chosen: string | null;
  readonly isBusy: boolean;
  readonly trans: TranslationBundle;
  readonly onChoose: (issuer: string | null) => void;
}): JSX.Element | null {
  const { chosen, sessions, trans } = props;
  const id = React.useId();
  if (sessions.length === 0) {
    return null;
  }
  if (sessions.length === 1 && chosen !== null) {
    return (
      <div className="jp-deploykf-Row">
        <span className="jp-deploykf-Label">{trans.__('Cluster')}</span>
        <span>{title(sessions[0])}</span>
        <button
          type="button"
          className="jp-deploykf-Link"
          disabled={props.isBusy}
          onClick={() => props.onChoose(null)}
        >
          {trans.__('Another cluster…')}
        </button>
      </div>
    );
  }
  return (
    <div className="jp-deploykf-Row">
      <label className="jp-deploykf-Label" htmlFor={id}>
        {trans.__('Cluster')}
      </label>
      <HTMLSelect
        id={id}
        value={chosen ?? OTHER}
        disabled={props.isBusy}
        onChange={event => props.onChoose(event.target.value || null)}
      >
        {sessions.map(session => (
          <option key={session.cluster.issuer} value={session.cluster.issuer}>
            {title(session)}
          </option>
        ))}
        <option value={OTHER}>{trans.__('Another cluster…')}</option>
      </HTMLSelect>
    </div>
  );
}

function title({ cluster }: ISession): string {
  const host = hostOf(cluster.issuer);
  return cluster.name === host ? host : `${cluster.name} (${host})`;
}
