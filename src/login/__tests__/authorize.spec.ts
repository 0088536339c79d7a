import { createHash } from 'node:crypto';

import { NOW, provider } from '../../__tests__/support';
import { beginAttempt } from '../authorize';

const s256 = (verifier: string) =>
  createHash('sha256').update(verifier, 'ascii').digest('base64url');

const query = (url: string) => new URL(url).searchParams;

/** As in a page on plain http under a name that is not localhost. */
function withoutSubtle(): void {
  const subtle = crypto.subtle;
  beforeAll(() =>
    Object.defineProperty(crypto, 'subtle', {
      configurable: true,
      value: undefined
    })
  );
  afterAll(() =>
    Object.defineProperty(crypto, 'subtle', {
      configurable: true,
      value: subtle
    })
  );
}

describe.each([
  ['in a secure context', () => undefined],
  ['on plain http, without crypto.subtle', withoutSubtle]
])('an authorization request %s', (_, prepare) => {
  prepare();

  it('asks for a code, for our client, out of band', async () => {
    const { url } = await beginAttempt(provider(), NOW);
    expect(url).toMatch(/^https:\/\/deploykf\.example\.com\/dex\/auth\?/);
    const asked = query(url);
    expect(asked.get('response_type')).toBe('code');
    expect(asked.get('client_id')).toBe('kubeflow-pipelines-sdk');
    expect(asked.get('redirect_uri')).toBe('urn:ietf:wg:oauth:2.0:oob');
    expect(asked.get('scope')).toBe(
      'openid email groups profile offline_access'
    );
  });

  it('has the S256 challenge of its verifier, and not the verifier', async () => {
    const attempt = await beginAttempt(provider(), NOW);
    const asked = query(attempt.url);
    expect(attempt.codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toBe(s256(attempt.codeVerifier));
    expect(attempt.url).not.toContain(attempt.codeVerifier);
  });

  it('has a state, and the nonce that is sent with the code', async () => {
    const attempt = await beginAttempt(provider(), NOW);
    const asked = query(attempt.url);
    expect(asked.get('nonce')).toBe(attempt.nonce);
    expect(attempt.nonce.length).toBeGreaterThanOrEqual(32);
    expect(asked.get('state')?.length).toBeGreaterThanOrEqual(32);
  });

  it('is new at each attempt', async () => {
    const attempts = await Promise.all(
      Array.from({ length: 8 }, () => beginAttempt(provider(), NOW))
    );
    for (const name of ['code_challenge', 'nonce', 'state']) {
      const values = attempts.map(({ url }) => query(url).get(name));
      expect(new Set(values).size).toBe(8);
    }
  });

  it('leaves nothing in the storage of the browser', async () => {
    await beginAttempt(provider(), NOW);
    expect(localStorage).toHaveLength(0);
    expect(sessionStorage).toHaveLength(0);
  });
});

it('keeps a query that the endpoint has of its own', async () => {
  const { url } = await beginAttempt(
    provider({ authorization_endpoint: 'https://a.example.com/auth?tenant=1' }),
    NOW
  );
  expect(query(url).get('tenant')).toBe('1');
  expect(query(url).get('response_type')).toBe('code');
});
