import { BridgeError } from '../bridge/problem';
import { IBridge, IDeviceAttempt, ISession } from '../tokens';

/** What `slow_down`, or no answer, adds between polls, in seconds (RFC 8628, 3.5). */
const SLOWER = 5;

/**
 * Poll for a login on another device until it is done (RFC 8628, 3.4 and 3.5).
 *
 * @param bridge - Asks the issuer.
 * @param attempt - What was begun.
 * @param wait - Waits so many seconds; rejects when nobody waits any more.
 * @param signal - Aborts the polls.
 * @returns The new session.
 * @throws {@link BridgeError} where the attempt is over.
 */
export async function pollUntilDone(
  bridge: Pick<IBridge, 'ask'>,
  attempt: IDeviceAttempt,
  wait: (seconds: number) => Promise<void>,
  signal?: AbortSignal
): Promise<ISession> {
  const { issuer, device_code, code_verifier } = attempt;
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
  }
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
