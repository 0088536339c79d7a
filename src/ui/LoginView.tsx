import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { findSession } from '../model/issuers';
import { currentSession, ILoginState } from '../model/loginState';
import { DeviceCode, IPasswordLogin, IProblem, IStandIn } from '../tokens';
import { ClusterChoice } from './ClusterChoice';
import { Confirm } from './Confirm';
import { DeviceLogin } from './DeviceLogin';
import { IssuerField } from './IssuerField';
import { PasswordLogin } from './PasswordLogin';
import { Note, Problem } from './Problem';
import { ServiceAccountCard } from './ServiceAccountCard';
import { SessionLine } from './SessionLine';
import { SignIn } from './SignIn';
import { Status } from './Status';

/**
 * What the login dialog shows, and what it tells when someone acts.
 */
export interface ILoginViewProps {
  readonly state: ILoginState;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The kernel that stands in for the server extension, if one does. */
  readonly standIn: IStandIn | null;
  /** Whether sessions are renewed with nobody at work. */
  readonly isKeptFresh: boolean;
  /** Why the user's own list of clusters can't be read, so that they are missing. */
  readonly listProblem: IProblem | null;
  readonly onChoose: (issuer: string | null) => void;
  readonly onTypeIssuer: (text: string) => void;
  readonly onPrepare: () => void;
  /** Open the sign-in page; `false` where the browser refused. */
  readonly onOpenPage: () => boolean;
  readonly onTypeCode: (code: string) => void;
  readonly onSubmit: (code: string) => void;
  readonly onCancel: () => void;
  /** Save the session of someone else than before. */
  readonly onConfirm: () => void;
  /** Keep the one that was there before. */
  readonly onDecline: () => void;
  /** Log in on another device, until it is done. */
  readonly onDevice: (
    show: (code: DeviceCode) => void,
    signal: AbortSignal
  ) => Promise<void>;
  /** Log in with static credentials. */
  readonly onPassword: (
    login: IPasswordLogin,
    signal: AbortSignal
  ) => Promise<void>;
  /** Bring any error into the form that people are shown. */
  readonly explain: (error: unknown) => IProblem;
  /** Begin again from the start. */
  readonly onReload: () => void;
}

/**
 * The body of the login dialog.
 */
export function LoginView(props: ILoginViewProps): JSX.Element {
  const { now, state, trans } = props;
  const { serviceAccount, step } = state;
  return (
    <div className="jp-deploykf-Login">
      {serviceAccount?.usable && (
        <ServiceAccountCard token={serviceAccount} trans={trans} now={now} />
      )}
      {props.standIn && (
        <Note>
          {trans.__(
            'The Jupyter server has not loaded the extension, so this login runs in a kernel of its own (%1). Restart the server to have sessions kept fresh.',
            props.standIn.name
          )}
        </Note>
      )}
      <Flow {...props} />
      {serviceAccount?.present && !serviceAccount.usable && step !== 'done' && (
        <ServiceAccountCard token={serviceAccount} trans={trans} now={now} />
      )}
      <Status
        step={step}
        result={state.result}
        standIn={props.standIn}
        isKeptFresh={props.isKeptFresh}
        trans={trans}
        now={now}
        onCancel={props.onCancel}
      />
    </div>
  );
}

function Flow(props: ILoginViewProps): JSX.Element | null {
  const { asked, step } = props.state;
  if (asked) {
    // Also while the answer is carried out.
    return <Question {...props} asked={asked} />;
  }
  switch (step) {
    case 'loading':
    case 'done':
      return null;
    case 'unavailable':
      return <TryAgain {...props} onRetry={props.onReload} />;
    default:
      return <Login {...props} />;
  }
}

/** Someone else has logged in than before. */
function Question(
  props: ILoginViewProps & { readonly asked: NonNullable<ILoginState['asked']> }
): JSX.Element {
  const { problem, sessions, step } = props.state;
  const { before, identity, issuer } = props.asked;
  return (
    <Confirm
      identity={identity}
      before={before}
      beforeState={findSession(sessions, issuer)?.state ?? null}
      issuer={issuer}
      isBusy={step === 'exchanging'}
      problem={problem}
      trans={props.trans}
      onConfirm={props.onConfirm}
      onDecline={props.onDecline}
    />
  );
}

function Login(props: ILoginViewProps): JSX.Element {
  const { state, trans } = props;
  const { chosen, link, step } = state;
  const session = currentSession(state);
  const isBusy = step === 'exchanging';
  const isChoosing = step === 'choosing';
  const authTypes = session?.cluster.auth_types ?? [];
  return (
    <>
      <ClusterChoice
        sessions={state.sessions}
        chosen={chosen}
        isBusy={isBusy}
        trans={trans}
        onChoose={props.onChoose}
      />
      {session && session.state !== 'signed_out' && (
        <SessionLine
          session={session}
          isKeptFresh={props.isKeptFresh}
          trans={trans}
          now={props.now}
        />
      )}
      {step === 'signed_in' && <Again {...props} />}
      {chosen === null && !link && props.listProblem && (
        <Problem what={props.listProblem} />
      )}
      {chosen === null && !link && (
        <IssuerField
          text={state.issuerText}
          isBusy={step === 'preparing'}
          problem={isChoosing ? state.problem : null}
          trans={trans}
          onType={props.onTypeIssuer}
          onContinue={props.onPrepare}
        />
      )}
      {chosen !== null && isChoosing && (
        <TryAgain {...props} onRetry={props.onPrepare} />
      )}
      {chosen === null && link && <Typed {...props} />}
      {link && authTypes.length > 0 && (
        <PasswordLogin
          key={`password ${link.issuer}`}
          issuer={link.issuer}
          authTypes={authTypes}
          trans={trans}
          explain={props.explain}
          onLogin={props.onPassword}
        />
      )}
      {link && authTypes.length > 0 && (
        <p>{trans.__('Or without a password here:')}</p>
      )}
      {link && (
        <SignIn
          link={link}
          page={state.page}
          code={state.code}
          isBusy={isBusy}
          problem={state.problem}
          trans={trans}
          onOpen={props.onOpenPage}
          onTypeCode={props.onTypeCode}
          onSubmit={props.onSubmit}
        />
      )}
      {link?.hasDevice && (
        <DeviceLogin
          key={`device ${link.issuer}`}
          trans={trans}
          explain={props.explain}
          onBegin={props.onDevice}
        />
      )}
    </>
  );
}

/** The cluster that was typed in, and the way back to the field. */
function Typed(props: ILoginViewProps): JSX.Element {
  const { state, trans } = props;
  return (
    <div className="jp-deploykf-Row">
      <span className="jp-deploykf-Label">{trans.__('Cluster')}</span>
      <span>{state.link?.issuer}</span>
      <button
        type="button"
        className="jp-deploykf-Link"
        disabled={state.step === 'exchanging'}
        onClick={() => props.onTypeIssuer(state.issuerText)}
      >
        {trans.__('Change')}
      </button>
    </div>
  );
}

function Again(props: ILoginViewProps): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-deploykf-Row">
      <span>{trans.__('There is nothing to do.')}</span>
      <button
        type="button"
        className="jp-deploykf-Link"
        onClick={props.onPrepare}
      >
        {trans.__('Log in again')}
      </button>
    </div>
  );
}

function TryAgain(
  props: ILoginViewProps & { readonly onRetry: () => void }
): JSX.Element {
  const { state, trans } = props;
  return (
    <>
      {state.problem && <Problem what={state.problem} />}
      <div>
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={props.onRetry}
        >
          {state.problem ? trans.__('Try again') : trans.__('Continue')}
        </button>
      </div>
    </>
  );
}
