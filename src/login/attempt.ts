import { IProvider } from '../tokens';

/** How long an attempt may take, in milliseconds. */
export const ATTEMPT_LIFETIME = 10 * 60 * 1000;

/**
 * One attempt to log in. Verifier and nonce stay in this page's memory, and
 * are handed to nobody but the bridge.
 */
export interface IAttempt {
  /** The issuer, exactly as it names itself. */
  readonly issuer: string;
  /** The authorization request, to be opened in a browser. */
  readonly url: string;
  /** RFC 7636, 4.1. */
  readonly codeVerifier: string;
  /** OpenID Connect Core, 3.1.2.1. */
  readonly nonce: string;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * Begins an attempt; `login/authorize` does.
 */
export type BeginAttempt = (
  provider: IProvider,
  now: number
) => Promise<IAttempt>;

/**
 * Whether an attempt is too old to be used.
 *
 * @param attempt - The attempt.
 * @param now - Milliseconds since the epoch. Where the clock was set back to
 * before the attempt, it can't be told, and the attempt is too old.
 */
export function isTooOld(attempt: IAttempt, now: number): boolean {
  const age = now - attempt.startedAt;
  return age < 0 || age >= ATTEMPT_LIFETIME;
}
