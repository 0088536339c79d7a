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
  /** Short: JupyterLab shows 140 characters. */
  readonly text: string;
  readonly issuer: string;
  /** What helps: a new login, a refresh, or a look at the card. */
  readonly remedy: 'login' | 'refresh' | 'show';
}

/**
 * What the words are made with.
 */
export interface IWords {
  readonly trans: TranslationBundle;
  /** Says a moment, in seconds since the epoch, as people do. */
  readonly say: (moment: number) => string;
}

/**
 * What there is to say of the sessions now. Pure; what was said already is left
 * out by the caller.
 *
 * @param sessions - As they are.
 * @param leads - How long before an end it is told.
 * @param now - Milliseconds since the epoch.
 * @param words - The language.
 */
export function noticesOf(
  sessions: readonly ISession[],
  leads: Leads,
  now: number,
  words: IWords
): INotice[] {
  return sessions.flatMap(session => {
    const told = tell(session, leads, now, words);
    const { cluster, expires_at, idle_until } = session;
    return told
      ? {
          ...told,
          // A new login is a new session, with a time of its own.
          key: `${told.key} ${cluster.issuer} ${idle_until ?? expires_at}`,
          issuer: cluster.issuer
        }
      : [];
  });
}

/**
 * When there will be something new to say, if nothing happens until then. What
 * the clock does to a session itself, its model asks for.
 *
 * @returns Milliseconds since the epoch; `null` where time changes nothing.
 */
export function nextMoment(
  sessions: readonly ISession[],
  leads: Leads,
  now: number
): number | null {
  const moments = sessions
    .map(session => (endingFrom(session, leads) ?? 0) * 1000)
    .filter(moment => moment > now);
  return moments.length > 0 ? Math.min(...moments) : null;
}

type Told = Omit<INotice, 'issuer'>;

function tell(
  session: ISession,
  leads: Leads,
  now: number,
  words: IWords
): Told | null {
  const { problem, state } = session;
  if (state === 'ended' || problem?.code === 'session_ended') {
    return tellEnded(session, words);
  }
  if (state === 'expired' && problem) {
    return tellExpired(session, words);
  }
  if (state !== 'signed_in') {
    return null;
  }
  const from = endingFrom(session, leads);
  if (from !== null && now >= from * 1000) {
    return tellEnding(session, words);
  }
  return problem ? tellNotRenewed(session, words) : null;
}

/** Perhaps the token holds for a while, and nothing will follow it. */
function tellEnded({ cluster, problem }: ISession, { trans }: IWords): Told {
  const why = problem
    ? problem.message
    : trans.__('The session at %1 has ended.', cluster.name);
  return { key: 'ended', level: 'warning', text: why, remedy: 'login' };
}

function tellExpired({ cluster, problem }: ISession, { trans }: IWords): Told {
  const text = trans.__(
    'The token for %1 has expired and can’t be renewed now.',
    cluster.name
  );
  return {
    key: 'expired',
    level: 'warning',
    text: `${text} ${problem?.message ?? ''}`,
    remedy: 'show'
  };
}

function tellEnding(session: ISession, { say, trans }: IWords): Told {
  const { cluster, expires_at, idle_until, renewable } = session;
  const key = 'ending';
  const level = 'warning';
  if (renewable) {
    const text = trans.__(
      'The session at %1 ends at %2, since nobody uses it.',
      cluster.name,
      say(idle_until ?? 0)
    );
    return { key, level, text, remedy: 'refresh' };
  }
  const text = trans.__(
    'The session at %1 ends at %2, and can’t be renewed.',
    cluster.name,
    say(expires_at ?? 0)
  );
  return { key, level, text, remedy: 'login' };
}

function tellNotRenewed(
  { cluster, problem }: ISession,
  { trans }: IWords
): Told {
  const text = trans.__(
    'The session at %1 could not be renewed; your token still holds.',
    cluster.name
  );
  return {
    key: 'not-renewed',
    level: 'info',
    // The card says what to do.
    text: `${text} ${problem?.message ?? ''}`,
    remedy: 'show'
  };
}

/** From when on something should be done, in seconds since the epoch. */
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
