import { IBridge } from '../tokens';

/**
 * Keep a cluster that was typed in, and worked, in the user's own list.
 *
 * @throws {@link BridgeError}
 */
export async function rememberCluster(
  bridge: IBridge,
  issuer: string,
  signal?: AbortSignal
): Promise<void> {
  await bridge.rememberCluster(issuer, signal);
}
