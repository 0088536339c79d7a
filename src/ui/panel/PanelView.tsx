import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import {
  ClusterEntry,
  IProblem,
  IReport,
  IServiceAccount,
  IStandIn,
  IStatus
} from '../../tokens';
import { Note, Problem } from '../Problem';
import { useNow } from '../useNow';
import { ClusterList } from './ClusterList';
import { ServiceAccountSection } from './ServiceAccountSection';
import { useEditing } from './useEditing';

/**
 * What the panel can do. Those that return a promise reject with what went
 * wrong, which is shown where the button is.
 */
export interface IPanelActions {
  /** Open the dialog; `again` also where there is a session already. */
  readonly login: (issuer: string | null, again: boolean) => void;
  readonly refresh: (issuer: string, signal: AbortSignal) => Promise<void>;
  /** Ask whether it is meant, and forget the session. */
  readonly logout: (issuer: string) => void;
  readonly check: (issuer: string, signal: AbortSignal) => Promise<IReport>;
  /** Verify a cluster by discovery, and put it in the user's list. */
  readonly saveCluster: (
    entry: ClusterEntry,
    replaces: string | null,
    signal: AbortSignal
  ) => Promise<void>;
  /** Ask whether it is meant, and take a cluster out of the user's list. */
  readonly remove: (issuer: string) => void;
  /**
   * Write a cell that makes a client into the notebook that is open; `null`
   * for one with the ServiceAccount token.
   */
  readonly insertCell: (issuer: string | null) => void;
  /** Ask for everything again, by a kernel where need be. */
  readonly reload: () => void;
  /** Bring any error into the form that people are shown. */
  readonly explain: (error: unknown) => IProblem;
}

/**
 * What the panel shows.
 */
export interface IPanelViewProps {
  /** `null` before it is known. */
  readonly status: IStatus | null;
  readonly problem: IProblem | null;
  readonly serviceAccount: IServiceAccount | null;
  /** The namespace of the page's own notebook server, where it has one. */
  readonly namespace: string | null;
  /** The version of this page; the server may have another one. */
  readonly version: string;
  /** The kernel that stands in for the server extension, if one does. */
  readonly standIn: IStandIn | null;
  readonly actions: IPanelActions;
  readonly trans: TranslationBundle;
}

/**
 * The panel: a card for each cluster, and one for the ServiceAccount token.
 */
export function PanelView(props: IPanelViewProps): JSX.Element {
  const { actions, problem, standIn, status, trans } = props;
  const listProblem = status?.clusters?.problem;
  const isEmpty =
    status?.sessions.length === 0 && !listProblem && !status.problem;
  const editing = useEditing();
  const now = useNow();
  return (
    <div ref={editing.root} className="jp-deploykf-Login jp-deploykf-Panel">
      {/* It has the focus where what had it is gone. */}
      <h2 tabIndex={-1}>{trans.__('deployKF')}</h2>
      {problem && <Trouble {...props} problem={problem} />}
      {!status && !problem && (
        <p role="status">{trans.__('Looking for your clusters…')}</p>
      )}
      {standIn && (
        <Note>
          {trans.__(
            'The Jupyter server has not loaded the extension; a kernel (%1) stands in for it. Restart the server to have sessions kept fresh.',
            standIn.name
          )}
        </Note>
      )}
      {status && !standIn && status.version !== props.version && (
        <Note>
          {trans.__(
            'This page has version %1 of the extension, and the Jupyter server %2. Restart the server, and reload this page.',
            props.version,
            status.version
          )}
        </Note>
      )}
      {status?.problem && <Trouble {...props} problem={status.problem} />}
      {status?.cache.problem && <Problem what={status.cache.problem} />}
      {listProblem && <Trouble {...props} problem={listProblem} />}
      {isEmpty && editing.edited === null && (
        <>
          <p>
            {trans.__(
              'No cluster is known yet. Add yours, or log in: then it is added by itself.'
            )}
          </p>
          <div>
            <button
              type="button"
              className="jp-mod-styled jp-mod-accept"
              onClick={() => actions.login(null, false)}
            >
              {trans.__('Log in')}
            </button>
          </div>
        </>
      )}
      {status && (
        <ClusterList {...props} {...editing} status={status} now={now} />
      )}
      {props.serviceAccount && (
        <ServiceAccountSection
          token={props.serviceAccount}
          namespace={props.serviceAccount.namespace ?? props.namespace}
          trans={trans}
          now={now}
          onInsertCell={() => actions.insertCell(null)}
        />
      )}
    </div>
  );
}

/** What is wrong with what is known, and the way on. */
function Trouble(
  props: IPanelViewProps & { readonly problem: IProblem }
): JSX.Element {
  const { actions, problem, trans } = props;
  const isAbsent = problem.code === 'extension_not_loaded';
  return (
    <>
      <Problem what={problem} />
      <div className="jp-deploykf-Row">
        <button
          type="button"
          className="jp-mod-styled"
          onClick={actions.reload}
        >
          {isAbsent ? trans.__('Use a kernel instead') : trans.__('Try again')}
        </button>
      </div>
    </>
  );
}
