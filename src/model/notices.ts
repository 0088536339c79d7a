import { TranslationBundle } from '@jupyterlab/translation';

import { ISession } from '../tokens';
import { IPreferenceValues } from './preferences';

/**
 * How long before an end it is told (`IPreferenceValues`), in seconds.
 */
export type Leads = Pick<IPreferenceValues, 'sessionEndLead' | 'tokenEndLead'>;

/**
 * Something that a user should know before it matters, or as soon as it does.
 */
export interface INotice {
  /** The same for the same thing, in every tab: it is said once. */
  readonly key: string;
  readonly level: 'info' | 'warning';
  readonly text: string;
  readonly issuer: string;
  /** Whether logging in is what helps. */
  readonly isLoginNeeded: boolean;
}

/**
 * What there is to say of the sessions now. Pure; what was said already is left
 * out by the caller.
 *
 * @param sessions - As they are.
 * @param leads - How long before an end it is told.
 * @param now - Milliseconds since the epoch.
 * @param trans - The language.
 */
export function noticesOf(
  sessions: readonly ISession[],
  leads: Leads,
  now: number,
  trans: TranslationBundle
): INotice[] {
  return sessions.flatMap(
    session => noticeOf(session, leads, now, trans) ?? []
  );
}

/**
 * When there may be something new to say though nothing was announced.
 *
 * @returns Milliseconds since the epoch; `null` where time changes nothing.
 */
export function nextMoment(
  sessions: readonly ISession[],
  leads: Leads,
  now: number
): number | null {
  const moments = sessions
    .flatMap(session => [endingFrom(session, leads), session.expires_at])
    .filter((moment): moment is number => moment !== null)
    .map(seconds => seconds * 1000)
    .filter(moment => moment > now);
  return moments.length > 0 ? Math.min(...moments) : null;
}

function noticeOf(
  session: ISession,
  leads: Leads,
  now: number,
  trans: TranslationBundle
): INotice | null {
  const { cluster, problem } = session;
  const make = (
    kind: string,
    level: INotice['level'],
    text: string,
    isLoginNeeded: boolean
  ): INotice => ({
    // A new login is a new session, with a time of its own.
    key: `${kind} ${cluster.issuer} ${session.idle_until ?? session.expires_at}`,
    level,
    text,
    issuer: cluster.issuer,
    isLoginNeeded
  });
  if (session.state === 'ended') {
    const why = problem
      ? problem.message
      : trans.__('The session at %1 has ended.', cluster.name);
    return make('ended', 'warning', why, true);
  }
  if (session.state !== 'signed_in') {
    return null;
  }
  if (problem?.code === 'session_ended') {
    // The token holds for a while, and nothing will follow it.
    return make('ended', 'warning', problem.message, true);
  }
  const from = endingFrom(session, leads);
  if (from !== null && now >= from * 1000) {
    const text = trans.__('The session at %1 will end soon.', cluster.name);
    return make('ending', 'warning', text, true);
  }
  if (problem) {
    const text = trans.__(
      'The session at %1 could not be renewed; your token still holds.',
      cluster.name
    );
    // The card says what to do: JupyterLab cuts notices off.
    return make('not-renewed', 'info', `${text} ${problem.message}`, false);
  }
  return null;
}

/** From when on a human should log in again, in seconds since the epoch. */
function endingFrom(session: ISession, leads: Leads): number | null {
  if (session.state !== 'signed_in') {
    return null;
  }
  if (!session.renewable) {
    return session.expires_at === null
      ? null
      : session.expires_at - leads.tokenEndLead;
  }
  return session.idle_until ? session.idle_until - leads.sessionEndLead : null;
}
