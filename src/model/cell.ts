import { ICluster, ISession } from '../tokens';
import { findSession } from './issuers';

/**
 * The cell for what there is to sign in with. Where nobody is signed in and no
 * token is mounted, it is the one that asks for a login when it is run.
 *
 * @param sessions - All that are known.
 * @param issuer - Whose session is meant; `null` for the one that there is.
 * @param hasServiceAccount - Whether a ServiceAccount token can be used.
 */
export function bestCell(
  sessions: readonly ISession[],
  issuer: string | null,
  hasServiceAccount: boolean
): string {
  const signedIn = sessions.find(({ state }) => state === 'signed_in') ?? null;
  const meant =
    findSession(sessions, issuer) ??
    signedIn ??
    (hasServiceAccount ? null : (sessions[0] ?? null));
  const known = sessions.map(({ cluster }) => cluster);
  return meant === null && !hasServiceAccount
    ? cellWith('')
    : clientCell(meant?.cluster ?? null, known, hasServiceAccount);
}

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
  return cellWith(which);
}

function cellWith(which: string): string {
  return `from jupyterlab_deploykf import kfp_client

client = kfp_client(${which})`;
}

function nameFor(cluster: ICluster, known: readonly ICluster[]): string {
  const isUnique = known.filter(({ name }) => name === cluster.name).length < 2;
  return isUnique ? cluster.name : cluster.issuer;
}
