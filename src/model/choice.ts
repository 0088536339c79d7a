import { ISession } from '../tokens';

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
 * An issuer's URL as people type it: most leave the scheme out.
 */
export function issuerFromText(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes('://') ? trimmed : `https://${trimmed}`;
}
