import { IIdentity, ISession } from '../tokens';

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

/**
 * The session to offer first: one that needs a login, if there is any. What is
 * known from an old session alone does not press itself forward.
 */
export function firstChoice(sessions: readonly ISession[]): ISession | null {
  const waiting = sessions.find(
    ({ cluster, state }) => state !== 'signed_in' && cluster.source !== 'cache'
  );
  return waiting ?? sessions[0] ?? null;
}

/**
 * Whether two identities are of different people.
 */
export function isOtherPerson(
  a: IIdentity | null,
  b: IIdentity | null
): boolean {
  return a !== null && b !== null && a.subject !== b.subject;
}

/**
 * An issuer's URL as people type it: most leave the scheme out.
 */
export function issuerFromText(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes('://') ? trimmed : `https://${trimmed}`;
}

/**
 * Whether a session belongs to someone else than the platform's gateway names:
 * a shared notebook, or a contributor's.
 *
 * @param session - The session.
 * @param gatewayUser - An e-mail address, as Kubeflow has it; `null` where the
 * gateway names nobody, and nothing can be said.
 */
export function isSomeoneElse(
  session: ISession,
  gatewayUser: string | null
): boolean {
  const email = session.identity?.email;
  return (
    !!gatewayUser &&
    !!email &&
    email.toLowerCase() !== gatewayUser.toLowerCase()
  );
}
