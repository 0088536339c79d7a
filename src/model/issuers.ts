import { ISession } from '../tokens';

/**
 * Whether two URLs are of the same issuer: a slash at the end does not matter.
 */
export function isSameIssuer(a: string | null, b: string | null): boolean {
  return a?.replace(/\/+$/, '') === b?.replace(/\/+$/, '');
}

/**
 * The session at an issuer.
 *
 * @param sessions - Where to look.
 * @param issuer - Its URL; `null` finds nothing.
 */
export function findSession(
  sessions: readonly ISession[],
  issuer: string | null
): ISession | null {
  const found =
    issuer !== null &&
    sessions.find(session => isSameIssuer(session.cluster.issuer, issuer));
  return found || null;
}
