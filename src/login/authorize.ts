import {
  InMemoryWebStorage,
  OidcClient,
  WebStorageStateStore
} from 'oidc-client-ts';

import { IProvider } from '../tokens';
import { IAttempt } from './attempt';
import { challengeOf, randomText } from './challenge';

/**
 * Begin an attempt to log in: an authorization request with PKCE S256, state
 * and nonce (RFC 6749, 4.1.1; RFC 7636; OpenID Connect Core, 3.1.2.1).
 *
 * The issuer allows no CORS, so its metadata come from the server, and nothing
 * is fetched or stored here.
 *
 * @param provider - The issuer's metadata, and our client there.
 * @param now - Milliseconds since the epoch.
 */
export async function beginAttempt(
  provider: IProvider,
  now: number
): Promise<IAttempt> {
  const withoutSubtle = globalThis.crypto.subtle === undefined;
  const client = new OidcClient({
    authority: provider.issuer,
    metadata: {
      issuer: provider.issuer,
      authorization_endpoint: provider.authorization_endpoint,
      token_endpoint: provider.token_endpoint,
      jwks_uri: provider.jwks_uri
    },
    client_id: provider.client_id,
    redirect_uri: provider.redirect_uri,
    response_type: 'code',
    scope: provider.scopes.join(' '),
    // The default is localStorage, and the verifier must not get there.
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    // It would throw without crypto.subtle; PKCE is then added below.
    disablePKCE: withoutSubtle
  });
  const nonce = randomText(24);
  const ownVerifier = withoutSubtle ? randomText(64) : undefined;
  const request = await client.createSigninRequest({
    nonce,
    extraQueryParams: ownVerifier
      ? {
          code_challenge: await challengeOf(ownVerifier),
          code_challenge_method: 'S256'
        }
      : undefined
  });
  const codeVerifier = ownVerifier ?? request.state.code_verifier;
  if (!codeVerifier) {
    throw new Error('The authorization request has no PKCE verifier.');
  }
  return {
    issuer: provider.issuer,
    url: request.url,
    codeVerifier,
    nonce,
    startedAt: now
  };
}
