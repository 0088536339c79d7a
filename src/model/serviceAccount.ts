import { IBridge, IServiceAccount } from '../tokens';

/**
 * Look at the mounted ServiceAccount token, which is a help beside sessions:
 * where it can't be looked at, the console says so, and it is left out.
 *
 * @param bridge - Looks.
 * @param signal - Ends it, without a word.
 */
export async function lookAtServiceAccount(
  bridge: Pick<IBridge, 'ask'>,
  signal: AbortSignal
): Promise<IServiceAccount | null> {
  try {
    return await bridge.ask('service_account', {}, signal);
  } catch (error) {
    if (!signal.aborted) {
      console.warn('deployKF: the ServiceAccount token is unknown.', error);
    }
    return null;
  }
}
