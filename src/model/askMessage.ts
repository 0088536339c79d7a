import { isProblem } from '../bridge/problem';
import { IIdentity, IProblem, ISession } from '../tokens';
import { readAddress } from './address';

/**
 * What a kernel says of a login that it needs.
 */
export interface IAsk {
  /**
   * `asking`: it waits for a code; `confirming`: it waits for a yes or a no to
   * the session of someone else than before; `signed_in` and `ended`: it goes on.
   */
  readonly state: 'asking' | 'confirming' | 'signed_in' | 'ended';
  readonly issuer: string;
  /** The kernel's own authorization request; there while it is asking. */
  readonly url: string | null;
  /**
   * The host that the link leads to, if that is not the issuer's: a notebook by
   * someone else may name one and link to another. Then `url` is `null`.
   */
  readonly elsewhere: string | null;
  /** Whether the issuer's certificate goes unchecked. */
  readonly skipsTLS: boolean;
  /** Why the last answer led to nothing, or why there is no login. */
  readonly problem: IProblem | null;
  /** Who has signed in. */
  readonly identity: IIdentity | null;
  /** Whose session that would replace; there while it is confirming. */
  readonly before: IIdentity | null;
  /** How that session is; `null` where it is not told. */
  readonly beforeState: ISession['state'] | null;
  /** When the ID token expires, in seconds since the epoch. */
  readonly expiresAt: number | null;
}

const STATES = ['asking', 'confirming', 'signed_in', 'ended'] as const;
const SESSION_STATES = ['signed_in', 'expired', 'ended', 'signed_out'] as const;

/**
 * Read what a cell shows; `null` for what is none of ours. A notebook may come
 * from anywhere, so nothing in it is believed.
 */
export function parseAsk(data: unknown): IAsk | null {
  const ask = (data ?? {}) as { [name: string]: unknown };
  const state = oneOf(STATES, ask.state);
  const issuer = readAddress(ask.issuer);
  if (ask.version !== 1 || !state || !issuer) {
    return null;
  }
  const url = readAddress(ask.authorization_url);
  const isElsewhere = url !== null && url.origin !== issuer.origin;
  const identity = person(ask.identity);
  const before = person(ask.before);
  const lacksLink = state === 'asking' && url === null;
  const lacksPeople = state === 'confirming' && !(identity && before);
  if (lacksLink || lacksPeople) {
    return null;
  }
  return {
    state,
    issuer: ask.issuer as string,
    url: url && !isElsewhere ? url.href : null,
    elsewhere: isElsewhere ? url.host : null,
    skipsTLS: ask.skip_tls_verify === true,
    problem: isProblem(ask.problem) ? harmless(ask.problem) : null,
    identity,
    before,
    beforeState: oneOf(SESSION_STATES, ask.before_state),
    expiresAt: isMoment(ask.expires_at) ? ask.expires_at : null
  };
}

/** Seconds since the epoch that a date can hold. */
function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 8.64e12;
}

function oneOf<T>(known: readonly T[], value: unknown): T | null {
  return known.find(one => one === value) ?? null;
}

function person(value: unknown): IIdentity | null {
  const { email, groups, name, subject } = (value ?? {}) as {
    [claim: string]: unknown;
  };
  if (typeof subject !== 'string') {
    return null;
  }
  const isText = (text: unknown): text is string => typeof text === 'string';
  return {
    email: isText(email) ? oneLine(email) : null,
    name: isText(name) ? oneLine(name) : null,
    subject: oneLine(subject),
    groups: Array.isArray(groups)
      ? groups.filter(isText).map(group => oneLine(group))
      : []
  };
}

function harmless(problem: IProblem): IProblem {
  const { message, next_step } = problem;
  return {
    ...problem,
    message: oneLine(message, 1000),
    next_step: oneLine(next_step, 1000)
  };
}

/** A text without what turns the direction of reading or can't be seen. */
function oneLine(text: string, limit = 200): string {
  const line = text.slice(0, 4 * limit).replace(/\s+/g, ' ');
  return line.replace(/\p{C}/gu, '').trim().slice(0, limit);
}
