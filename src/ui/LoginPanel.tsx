import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ILoginState, Waiting } from '../model/login';
import { ISession } from '../tokens';
import { ClusterChoice } from './ClusterChoice';
import { Problem } from './Problem';
import { ServiceAccountCard } from './ServiceAccountCard';
import { SessionLine, UnverifiedNote } from './SessionLine';
import { SignIn } from './SignIn';

/**
 * What the login panel shows, and what it tells when someone acts.
 */
export interface ILoginPanelProps {
  readonly state: ILoginState;
  /** The session at the chosen cluster. */
  readonly session: ISession | null;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly onChoose: (issuer: string | null) => void;
  readonly onTypeIssuer: (issuer: string) => void;
  readonly onPrepare: () => void;
  readonly onTypeCode: (code: string) => void;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly onRetry: () => void;
}

/**
 * The body of the login dialog.
 */
export function LoginPanel(props: ILoginPanelProps): JSX.Element {
  const { state, session, trans, now } = props;
  if (state.done) {
    return <Done {...props} done={state.done} />;
  }
  const problem = state.problem?.field === 'dialog' ? state.problem.what : null;
  const isKnown = session !== null && session.state !== 'signed_out';
  return (
    <div className="jp-deploykf-Login">
      {state.serviceAccount && (
        <ServiceAccountCard
          token={state.serviceAccount}
          trans={trans}
          now={now}
        />
      )}
      <ClusterChoice
        state={state}
        trans={trans}
        onChoose={props.onChoose}
        onType={props.onTypeIssuer}
        onPrepare={props.onPrepare}
      />
      {isKnown && <SessionLine session={session} trans={trans} now={now} />}
      {state.skipsTLS && !session?.cluster.skip_tls_verify && (
        <UnverifiedNote trans={trans} />
      )}
      {problem && (
        <>
          <Problem what={problem} />
          <button
            type="button"
            className="jp-mod-styled"
            onClick={props.onRetry}
          >
            {trans.__('Try again')}
          </button>
        </>
      )}
      {state.attempt && (
        <SignIn
          state={state}
          attempt={state.attempt}
          trans={trans}
          onCode={props.onTypeCode}
          onSubmit={props.onSubmit}
        />
      )}
      <Progress
        waiting={state.waiting}
        trans={trans}
        onCancel={props.onCancel}
      />
    </div>
  );
}

function Progress(props: {
  readonly waiting: Waiting | null;
  readonly trans: TranslationBundle;
  readonly onCancel: () => void;
}): JSX.Element {
  const { trans, waiting } = props;
  const texts: Record<Waiting, string> = {
    status: trans.__('Looking up your clusters…'),
    provider: trans.__('Asking the issuer…'),
    login: trans.__('Signing you in…')
  };
  return (
    <div className="jp-deploykf-Progress">
      <span role="status">{waiting ? texts[waiting] : ''}</span>
      {waiting && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={props.onCancel}
        >
          {trans.__('Cancel')}
        </button>
      )}
    </div>
  );
}

function Done(props: ILoginPanelProps & { done: ISession }): JSX.Element {
  const { done, state, trans } = props;
  const node = React.useRef<HTMLDivElement>(null);
  // The field that had the focus is gone; without it, Escape would be lost.
  React.useEffect(() => node.current?.focus(), []);
  return (
    <div
      ref={node}
      tabIndex={-1}
      className="jp-deploykf-Login jp-deploykf-mod-done"
    >
      <div role="status">
        <SessionLine session={done} trans={trans} now={props.now} />
        {state.replaced && (
          <p className="jp-deploykf-Warning">
            {trans.__(
              'Before this login it was %1. If that was not meant, log in again as that user.',
              state.replaced
            )}
          </p>
        )}
        <p>
          {trans.__(
            'Every kernel, terminal and script of this server can use the session now:'
          )}
        </p>
      </div>
      <pre className="jp-deploykf-Example">
        from jupyterlab_deploykf import get_token
      </pre>
      {state.problem && <Problem what={state.problem.what} />}
    </div>
  );
}
