/**
 * The S256 challenge of a verifier (RFC 7636, 4.2), where the page has no
 * `crypto.subtle`: on plain http under a name that is not localhost.
 *
 * @param verifier - The code verifier, in ASCII.
 */
export async function challengeOf(verifier: string): Promise<string> {
  const { sha256 } = await import('@noble/hashes/sha2');
  return base64url(sha256(new TextEncoder().encode(verifier)));
}

/**
 * A random text from that many random bytes, for a verifier or a nonce.
 *
 * @param bytes - How many.
 */
export function randomText(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/**
 * Bytes as base64url without padding (RFC 4648, 5).
 */
export function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
