import { Token } from '@lumino/coreutils';
import { ISignal } from '@lumino/signaling';

/**
 * Trouble, as the server and the terminal speak of it.
 */
export interface IProblem {
  /** A stable name, for programs. */
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What the user can do about it. */
  readonly next_step: string;
  /** Whether the same request may work later as it is. */
  readonly retryable: boolean;
}

/**
 * A deployKF cluster, as far as signing in goes.
 */
export interface ICluster {
  readonly name: string;
  readonly issuer: string;
  readonly api_url: string | null;
  readonly ca_file: string | null;
  readonly skip_tls_verify: boolean;
  readonly client_id: string;
  readonly scopes: readonly string[];
  /** Where it is configured; the user's own list is `file`. */
  readonly source: 'environment' | 'administrator' | 'file' | 'cache';
}

/**
 * A cluster as the user's own list holds it: defaults may be left out.
 */
export type ClusterEntry = Pick<ICluster, 'issuer'> &
  Partial<Omit<ICluster, 'source'>>;

/**
 * Who an ID token speaks of.
 */
export interface IIdentity {
  readonly email: string | null;
  readonly name: string | null;
  readonly subject: string;
  readonly groups: readonly string[];
}

/**
 * The session at one cluster; it holds no token.
 */
export interface ISession {
  readonly cluster: ICluster;
  readonly state: 'signed_in' | 'expired' | 'ended' | 'signed_out';
  readonly identity: IIdentity | null;
  /** When the ID token expires, in seconds since the epoch. */
  readonly expires_at: number | null;
  /** Whether a refresh token is there to keep it fresh. */
  readonly renewable: boolean;
  readonly problem: IProblem | null;
}

/**
 * Who is signed in where.
 */
export interface IStatus {
  readonly version: string;
  readonly cache: { readonly path: string; readonly problem: IProblem | null };
  readonly sessions: readonly ISession[];
}

/**
 * What an authorization request needs of an issuer, and our client there.
 */
export interface IProvider {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly scopes: readonly string[];
  readonly skip_tls_verify: boolean;
}

/**
 * What trades a code for a session.
 */
export interface ILogin {
  readonly issuer: string;
  /** What the user gave, as it is: the code is found in it. */
  readonly code: string;
  readonly code_verifier: string;
  readonly nonce: string;
}

/**
 * The mounted Kubernetes ServiceAccount token.
 */
export interface IServiceAccount {
  readonly path: string;
  readonly present: boolean;
  readonly readable: boolean;
  readonly usable: boolean;
  readonly audience: readonly string[];
  readonly service_account: string | null;
  readonly namespace: string | null;
  readonly expires_at: number | null;
  readonly problem: IProblem | null;
}

/**
 * The way to the credential cache; each call rejects with a `BridgeError`.
 */
export interface IBridge {
  status(signal?: AbortSignal): Promise<IStatus>;
  provider(issuer: string, signal?: AbortSignal): Promise<IProvider>;
  login(login: ILogin, signal?: AbortSignal): Promise<ISession>;
  refresh(issuer: string, signal?: AbortSignal): Promise<ISession>;
  logout(issuer: string, signal?: AbortSignal): Promise<ISession>;
  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount>;
  /** Add a cluster to the user's own list, or replace the one of its issuer. */
  saveCluster(entry: ClusterEntry, signal?: AbortSignal): Promise<void>;
  /** Says that a session, or the list of clusters, changed elsewhere. */
  readonly changed: ISignal<IBridge, void>;
}

/**
 * The bridge's token: a plugin that provides another way to the cache replaces it.
 */
export const IBridge = new Token<IBridge>(
  'jupyterlab-deploykf:IBridge',
  'The way to the deployKF credential cache.'
);

/**
 * The sessions, as the server last told of them.
 */
export interface ISessions {
  /** The last status; `null` before the first. */
  readonly status: IStatus | null;
  /** Ask for the status, unless it is being asked for already. */
  refreshStatus(): Promise<IStatus>;
  /** The session at an issuer, as far as known. */
  find(issuer: string): ISession | null;
  /** Emitted with each new status. */
  readonly changed: ISignal<ISessions, IStatus>;
}

/**
 * The token of the sessions' model.
 */
export const ISessions = new Token<ISessions>(
  'jupyterlab-deploykf:ISessions',
  'The deployKF sessions of this Jupyter server.'
);
