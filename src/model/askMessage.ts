import { isProblem } from '../bridge/problem';
import { IIdentity, IProblem } from '../tokens';

/**
 * What a kernel says of a login that it needs.
 */
export interface IAsk {
  /** `asking`: it waits for a code; `signed_in` and `ended`: it goes on. */
  readonly state: 'asking' | 'signed_in' | 'ended';
  readonly issuer: string;
  /** The kernel's own authorization request; there while it is asking. */
  readonly url: string | null;
  /** Whether the issuer's certificate goes unchecked. */
  readonly skipsTLS: boolean;
  /** Why the last code was not taken, or why there is no login. */
  readonly problem: IProblem | null;
  readonly identity: IIdentity | null;
  /** When the ID token expires, in seconds since the epoch. */
  readonly expiresAt: number | null;
}

/**
 * Read what a cell shows; `null` for what is none of ours. A notebook may come
 * from anywhere, so nothing in it is believed.
 */
export function parseAsk(data: unknown): IAsk | null {
  const ask = (data ?? {}) as { [name: string]: unknown };
  const state = ask.state;
  const isKnown =
    state === 'asking' || state === 'signed_in' || state === 'ended';
  if (ask.version !== 1 || !isKnown || typeof ask.issuer !== 'string') {
    return null;
  }
  const url = webAddress(ask.authorization_url);
  if (state === 'asking' && url === null) {
    return null;
  }
  const identity = ask.identity as Partial<IIdentity> | null | undefined;
  return {
    state,
    issuer: ask.issuer,
    url,
    skipsTLS: ask.skip_tls_verify === true,
    problem: isProblem(ask.problem) ? ask.problem : null,
    identity:
      typeof identity?.subject === 'string' ? (identity as IIdentity) : null,
    expiresAt: typeof ask.expires_at === 'number' ? ask.expires_at : null
  };
}

function webAddress(value: unknown): string | null {
  try {
    const url = new URL(value as string);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
