import { BridgeError } from '../bridge/problem';
import { ClusterEntry, IBridge, ICluster } from '../tokens';
import { isSameIssuer } from './issuers';

/**
 * The user's own clusters, as their list holds them.
 *
 * @throws {@link BridgeError} also where the list can't be read: what stands
 * in it would be lost by writing.
 */
async function ownEntries(
  bridge: IBridge,
  signal?: AbortSignal
): Promise<{ all: readonly ICluster[]; own: ClusterEntry[] }> {
  const { clusters, problem } = await bridge.clusters(signal);
  if (problem) {
    throw new BridgeError(problem);
  }
  const own = clusters.filter(cluster => cluster.source === 'file');
  return {
    all: clusters,
    own: own.map(({ source: _, ...entry }) => entry)
  };
}

/**
 * Add a cluster to the user's own list, unless it is known already.
 *
 * @throws {@link BridgeError}
 */
export async function rememberCluster(
  bridge: IBridge,
  issuer: string,
  signal?: AbortSignal
): Promise<void> {
  const { all, own } = await ownEntries(bridge, signal);
  if (!all.some(cluster => isSameIssuer(cluster.issuer, issuer))) {
    await bridge.saveClusters([...own, { issuer }], signal);
  }
}

/**
 * Put a cluster into the user's own list once its issuer has answered.
 *
 * @param entry - The cluster.
 * @param replaces - The issuer of what it takes the place of; `null` for none.
 * @throws {@link BridgeError}
 */
export async function saveCluster(
  bridge: IBridge,
  entry: ClusterEntry,
  replaces: string | null,
  signal?: AbortSignal
): Promise<void> {
  await bridge.provider(entry.issuer, signal);
  const { own } = await ownEntries(bridge, signal);
  const others = own.filter(
    other =>
      !isSameIssuer(other.issuer, entry.issuer) &&
      !isSameIssuer(other.issuer, replaces)
  );
  await bridge.saveClusters([...others, entry], signal);
}

/**
 * Take a cluster out of the user's own list.
 *
 * @throws {@link BridgeError}
 */
export async function removeCluster(
  bridge: IBridge,
  issuer: string,
  signal?: AbortSignal
): Promise<void> {
  const { own } = await ownEntries(bridge, signal);
  const others = own.filter(other => !isSameIssuer(other.issuer, issuer));
  await bridge.saveClusters(others, signal);
}
