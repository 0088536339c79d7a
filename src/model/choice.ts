import { ISession } from '../tokens';

/**
 * Whether a human has to log in: nobody is signed in, or the token that is
 * there is the last one, since its session has ended.
 */
export function needsLogin(session: ISession | null): boolean {
  return (
    session?.state !== 'signed_in' || session.problem?.code === 'session_ended'
  );
}

/**
 * The session to offer first: one that needs a login, if there is any. What is
 * known from an old session alone does not press itself forward.
 */
export function firstChoice(sessions: readonly ISession[]): ISession | null {
  const waiting = sessions.find(
    session => needsLogin(session) && session.cluster.source !== 'cache'
  );
  return waiting ?? sessions[0] ?? null;
}

/**
 * An issuer's URL as people type it: most leave the scheme out, and many copy
 * the address of deployKF's dashboard, beside which Dex has its own path.
 */
export function issuerFromText(text: string): string {
  const trimmed = text.trim();
  const typed = trimmed.includes('://') ? trimmed : `https://${trimmed}`;
  try {
    const { hash, origin, pathname, search } = new URL(typed);
    const isDashboard =
      pathname === '/' || pathname.startsWith('/_/') || !!search || !!hash;
    return isDashboard ? `${origin}/dex` : typed;
  } catch {
    // No URL at all: who checks it says so.
    return typed;
  }
}
