import { ICluster } from '../tokens';

/**
 * A cell that makes a client of the Kubeflow Pipelines API.
 *
 * @param cluster - Whose session is used; `null` for the mounted ServiceAccount
 * token.
 * @param known - All clusters: with several, the cell says which one is meant.
 * @param hasServiceAccount - Whether a token is mounted that would else be used.
 * @returns Python, for kfp 1.8 and 2.x.
 */
export function clientCell(
  cluster: ICluster | null,
  known: readonly ICluster[],
  hasServiceAccount: boolean
): string {
  let which = '';
  if (cluster === null) {
    which = 'auth="service-account"';
  } else if (known.length > 1 || hasServiceAccount) {
    // JSON's texts are Python's.
    which = JSON.stringify(nameFor(cluster, known));
  }
  return `from jupyterlab_deploykf import kfp_client

client = kfp_client(${which})`;
}

function nameFor(cluster: ICluster, known: readonly ICluster[]): string {
  const isUnique = known.filter(({ name }) => name === cluster.name).length < 2;
  return isUnique ? cluster.name : cluster.issuer;
}
