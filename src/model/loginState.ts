import {
  IConfirmation,
  IIdentity,
  IOtherIdentity,
  IProblem,
  IServiceAccount,
  ISession
} from '../tokens';
import { needsLogin } from './choice';
import { findSession, isSameIssuer } from './issuers';
import { isOtherPerson } from './people';

/**
 * Where a login stands.
 *
 * - `loading`: it is being found out which clusters there are.
 * - `unavailable`: it could not be found out.
 * - `signed_in`: there is a session at the chosen cluster already.
 * - `choosing`: a cluster is to be named, or to be tried again.
 * - `preparing`: the issuer is asked where to sign in.
 * - `ready`: the sign-in page can be opened, and the code be given.
 * - `exchanging`: the code is being traded.
 * - `confirming`: someone else has logged in than before, and nothing is saved
 *   until that is confirmed.
 * - `done`: there is a new session.
 */
export type Step =
  | 'loading'
  | 'unavailable'
  | 'signed_in'
  | 'choosing'
  | 'preparing'
  | 'ready'
  | 'exchanging'
  | 'confirming'
  | 'done';

/**
 * What may be shown of an attempt: its verifier and nonce are not in here.
 */
export interface ILink {
  /** The issuer, exactly as it names itself. */
  readonly issuer: string;
  /** The authorization request. */
  readonly url: string;
  /** Whether the issuer's certificate goes unchecked. */
  readonly skipsTLS: boolean;
  /** Whether it takes the place of one that was too old. */
  readonly isRenewed: boolean;
  /** Whether the code is taken from the sign-in page, without a paste. */
  readonly isHandsFree: boolean;
  /** Whether a login on another device is offered. */
  readonly hasDevice: boolean;
}

/**
 * The sign-in page of a hands-free login: `closed` before it is opened, `open`
 * while it is followed, `gone` where it can't be followed any more.
 */
export type PageState = 'closed' | 'open' | 'gone';

/**
 * What a login led to.
 */
export interface IResult {
  readonly session: ISession;
  /** Whose session it was before, where that was someone else. */
  readonly replaced: IIdentity | null;
  /** Whether the login was made in another tab, or in a terminal. */
  readonly isFromElsewhere: boolean;
  /** Why the cluster could not be added to the user's list. */
  readonly notSaved: IProblem | null;
}

/**
 * What the dialog shows.
 */
export interface ILoginState {
  readonly step: Step;
  /** The sessions at the known clusters. */
  readonly sessions: readonly ISession[];
  /** The chosen cluster's issuer; `null` for one that is typed in. */
  readonly chosen: string | null;
  /** The issuer that is typed in. */
  readonly issuerText: string;
  readonly link: ILink | null;
  /** Where the sign-in page stands, in a hands-free login. */
  readonly page: PageState;
  /** What is in the code's field. */
  readonly code: string;
  /** What went wrong last; the step says where. */
  readonly problem: IProblem | null;
  /** Whether this dialog waits for another way to a session than the code. */
  readonly isElsewise: boolean;
  /**
   * Who has logged in, and who was before, while that is to be confirmed, and
   * while the yes is being carried out.
   */
  readonly asked: (IOtherIdentity & IConfirmation) | null;
  /** Who was signed in when the code was sent. */
  readonly before: IIdentity | null;
  readonly result: IResult | null;
  /** The mounted ServiceAccount token, once it was looked at. */
  readonly serviceAccount: IServiceAccount | null;
}

/**
 * What can happen to a login.
 */
export type Action =
  | { type: 'loading' }
  | { type: 'unavailable'; problem: IProblem | null }
  | {
      type: 'loaded';
      sessions: readonly ISession[];
      chosen: string | null;
    }
  | { type: 'looked'; serviceAccount: IServiceAccount }
  | { type: 'chosen'; issuer: string | null }
  | { type: 'issuerTyped'; text: string }
  | { type: 'preparing' }
  | { type: 'notPrepared'; problem: IProblem | null }
  | { type: 'prepared'; link: ILink }
  | { type: 'pageChanged'; page: PageState }
  | { type: 'elsewise'; isBusy: boolean }
  | { type: 'obtained'; session: ISession }
  | { type: 'codeTyped'; code: string }
  | { type: 'exchanging'; code: string }
  | { type: 'notExchanged'; problem: IProblem | null }
  | { type: 'confirmationWanted'; issuer: string; asked: IOtherIdentity }
  | { type: 'confirming' }
  | { type: 'notConfirmed'; problem: IProblem }
  | { type: 'signedIn'; session: ISession }
  | { type: 'notSaved'; problem: IProblem }
  | { type: 'sessionsChanged'; sessions: readonly ISession[] };

/** Before anything is known. */
export const START: ILoginState = {
  step: 'loading',
  sessions: [],
  chosen: null,
  issuerText: '',
  link: null,
  page: 'closed',
  code: '',
  problem: null,
  isElsewise: false,
  asked: null,
  before: null,
  result: null,
  serviceAccount: null
};

/**
 * The session at the issuer that the dialog is about.
 */
export function currentSession(state: ILoginState): ISession | null {
  return findSession(
    state.sessions,
    state.chosen ?? state.link?.issuer ?? null
  );
}

/**
 * The state after something happened. Pure: no time, no I/O.
 */
export function reduce(state: ILoginState, action: Action): ILoginState {
  switch (action.type) {
    case 'loading':
      return { ...START, serviceAccount: state.serviceAccount };
    case 'unavailable':
      return { ...state, step: 'unavailable', problem: action.problem };
    case 'loaded':
      return choose({ ...state, sessions: action.sessions }, action.chosen);
    case 'looked':
      return { ...state, serviceAccount: action.serviceAccount };
    case 'chosen':
      return choose(state, action.issuer);
    case 'issuerTyped':
      return {
        ...withoutAttempt(state, 'choosing'),
        issuerText: action.text
      };
    case 'preparing':
      return { ...withoutAttempt(state, 'preparing'), code: '' };
    case 'notPrepared':
      return {
        ...state,
        step: 'choosing',
        asked: null,
        problem: action.problem
      };
    case 'prepared':
      return {
        ...state,
        step: 'ready',
        link: action.link,
        page: 'closed',
        problem: null
      };
    case 'pageChanged':
      return { ...state, page: action.page };
    case 'elsewise':
      return { ...state, isElsewise: action.isBusy };
    case 'obtained':
      // The server may have announced it before it answered.
      return state.step === 'done'
        ? state
        : finish(
            state,
            action.session,
            currentSession(state)?.identity ?? null,
            false
          );
    case 'codeTyped':
      return { ...state, code: action.code, problem: null };
    case 'exchanging':
      return {
        ...state,
        step: 'exchanging',
        code: action.code,
        problem: null,
        before: currentSession(state)?.identity ?? null
      };
    case 'notExchanged':
      return {
        ...state,
        step: state.link ? 'ready' : 'choosing',
        asked: null,
        problem: action.problem
      };
    case 'confirmationWanted':
      return {
        ...withoutAttempt(state, 'confirming'),
        code: '',
        asked: { ...action.asked, issuer: action.issuer }
      };
    case 'confirming':
      // It is meant: nobody has to be told of it afterwards.
      return {
        ...withoutAttempt(state, 'exchanging'),
        asked: state.asked,
        before: null
      };
    case 'notConfirmed':
      return { ...state, step: 'confirming', problem: action.problem };
    case 'signedIn':
      return finish(state, action.session, state.before, false);
    case 'notSaved':
      return state.result
        ? { ...state, result: { ...state.result, notSaved: action.problem } }
        : state;
    case 'sessionsChanged':
      return follow(state, action.sessions);
  }
}

function choose(state: ILoginState, issuer: string | null): ILoginState {
  const isNeeded = needsLogin(findSession(state.sessions, issuer));
  return {
    ...withoutAttempt(state, isNeeded ? 'choosing' : 'signed_in'),
    chosen: issuer,
    code: ''
  };
}

function withoutAttempt(state: ILoginState, step: Step): ILoginState {
  return {
    ...state,
    step,
    link: null,
    page: 'closed',
    isElsewise: false,
    asked: null,
    problem: null,
    result: null
  };
}

function finish(
  state: ILoginState,
  session: ISession,
  before: IIdentity | null,
  isFromElsewhere: boolean
): ILoginState {
  const replaced = isOtherPerson(before, session.identity) ? before : null;
  const result = { session, replaced, isFromElsewhere, notSaved: null };
  return { ...withoutAttempt(state, 'done'), code: '', before: null, result };
}

/** What the news of other tabs, of terminals and of the refresher mean here. */
function follow(
  state: ILoginState,
  sessions: readonly ISession[]
): ILoginState {
  const before = currentSession(state);
  const next = { ...state, sessions };
  const after = currentSession(next);
  const isSettled = !needsLogin(after);
  switch (state.step) {
    case 'signed_in':
      return isSettled ? next : withoutAttempt(next, 'choosing');
    case 'choosing':
    case 'preparing':
    case 'ready': {
      const isNew =
        needsLogin(before) ||
        isOtherPerson(before?.identity ?? null, after?.identity ?? null);
      return after && isSettled && isNew
        ? finish(next, after, before?.identity ?? null, !state.isElsewise)
        : next;
    }
    case 'done':
      return withNewer(next);
    default:
      return next;
  }
}

/** A session that is shown as the result stays up to date. */
function withNewer(state: ILoginState): ILoginState {
  const { result, sessions } = state;
  const newer = sessions.find(
    session =>
      session.state === 'signed_in' &&
      isSameIssuer(
        session.cluster.issuer,
        result?.session.cluster.issuer ?? null
      )
  );
  return result && newer
    ? { ...state, result: { ...result, session: newer } }
    : state;
}
