import { ISession } from '../tokens';
import { readAddress } from './address';

/**
 * Whether two URLs are of the same issuer (RFC 3986, 6.2.2 and 6.2.3), by the
 * rule of `normalize_issuer` in `jupyterlab_deploykf/core/cluster.py`. What is
 * not an issuer's URL is the same as itself only.
 */
export function isSameIssuer(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && keyOf(a) === keyOf(b));
}

function keyOf(issuer: string): string {
  const url = /[?#]/.test(issuer) ? null : readAddress(issuer);
  if (url === null) {
    return `not an issuer: ${issuer}`;
  }
  // The browser has written the scheme, the host, the port and the dots alike.
  return url.href
    .replace(/%[\da-f]{2}/gi, escape => {
      const character = String.fromCharCode(parseInt(escape.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
    })
    .replace(/\/+$/, '');
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
