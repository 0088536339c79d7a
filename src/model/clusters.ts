import { TranslationBundle } from '@jupyterlab/translation';

import { BridgeError } from '../bridge/problem';
import { ClusterEntry, IBridge } from '../tokens';
import { isSameIssuer } from './issuers';

/**
 * Put a cluster into the user's own list once its issuer has answered.
 *
 * @param entry - The cluster.
 * @param replaces - The issuer of what it takes the place of; `null` for none.
 * @param trans - For the trouble that is found here.
 * @throws {@link BridgeError} also where another cluster has that issuer: one
 * that is configured elsewhere would go on to count, and an own one be lost.
 */
export async function saveCluster(
  bridge: IBridge,
  entry: ClusterEntry,
  replaces: string | null,
  trans: TranslationBundle,
  signal?: AbortSignal
): Promise<void> {
  const { clusters } = await bridge.ask('clusters', {}, signal);
  const known = clusters.find(
    ({ issuer, source }) =>
      source !== 'cache' &&
      isSameIssuer(issuer, entry.issuer) &&
      !isSameIssuer(issuer, replaces)
  );
  if (known) {
    throw new BridgeError({
      code: 'cluster_known',
      message: trans.__('This cluster is there already: %1.', known.name),
      next_step:
        known.source === 'file'
          ? trans.__('Edit that one, or give the address of another one.')
          : trans.__(
              'It is configured for you, and need not be added. Cancel, or give the address of another one.'
            ),
      retryable: false,
      field: 'issuer'
    });
  }
  await bridge.ask('add_cluster', { cluster: entry, replaces }, signal);
}
