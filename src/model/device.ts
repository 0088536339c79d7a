import { TranslationBundle } from '@jupyterlab/translation';

import { BridgeError } from '../bridge/problem';
import { DeviceCode, IBridge, IDeviceAttempt, ISession } from '../tokens';

/** What `slow_down`, or no answer, adds between polls, in seconds (RFC 8628, 3.5). */
const SLOWER = 5;

/**
 * What polling needs.
 */
export interface IPolling {
  /** Waits so many seconds; rejects when nobody waits any more. */
  readonly wait: (seconds: number) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly trans: TranslationBundle;
}

/**
 * Poll for a login on another device until it is done, or its code is good no
 * more (RFC 8628, 3.4 and 3.5).
 *
 * @param bridge - Asks the issuer.
 * @param attempt - What was begun.
 * @param polling - Waits between polls.
 * @param signal - Aborts the polls.
 * @returns The new session.
 * @throws {@link BridgeError} where the attempt is over.
 */
export async function pollUntilDone(
  bridge: Pick<IBridge, 'ask'>,
  attempt: IDeviceAttempt,
  polling: IPolling,
  signal?: AbortSignal
): Promise<ISession> {
  const { issuer, device_code, code_verifier } = attempt;
  const { now, trans, wait } = polling;
  let interval = attempt.interval;
  for (;;) {
    await wait(interval);
    try {
      const polled = await bridge.ask(
        'poll_device',
        { issuer, device_code, code_verifier },
        signal
      );
      if (polled.session) {
        return polled.session;
      }
      interval += polled.slow_down ? SLOWER : 0;
    } catch (error) {
      const mayGoOn = error instanceof BridgeError && error.retryable;
      if (!mayGoOn || signal?.aborted) {
        throw error;
      }
      interval += SLOWER;
    }
    // The issuer has the last word; where it has none, the time has.
    if (now() >= attempt.expires_at * 1000) {
      throw expired(trans);
    }
  }
}

/**
 * What people need of an attempt: device code and verifier stay behind.
 */
export function forPeople(attempt: IDeviceAttempt): DeviceCode {
  const { expires_at, user_code, verification_uri } = attempt;
  return { expires_at, user_code, verification_uri };
}

function expired(trans: TranslationBundle): BridgeError {
  return new BridgeError({
    code: 'device_expired',
    message: trans.__('Nobody has entered the code in time.'),
    next_step: trans.__('Choose «Get a code» for a new one.'),
    retryable: false
  });
}

/**
 * Wait, unless it is aborted.
 *
 * @param seconds - How long.
 * @throws The signal's reason.
 */
export function waitFor(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
  });
}
