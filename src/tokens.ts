import { ReadonlyPartialJSONObject, Token } from '@lumino/coreutils';
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
  /** Which of a cluster's fields it concerns, where it is one of them. */
  readonly field?: string;
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
  /** What takes a username and password there: `local`, `ldap`; or nothing. */
  readonly auth_types?: readonly string[];
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
  /**
   * Until when it can be renewed if nobody renews it, in seconds since the
   * epoch; `null` where it can't be, and where the server is older than this.
   */
  readonly idle_until?: number | null;
  readonly problem: IProblem | null;
}

/**
 * Who is signed in where.
 */
export interface IStatus {
  readonly version: string;
  /**
   * Why the administrator's settings can't be used, so that nobody can log in.
   * An older server doesn't tell.
   */
  readonly problem?: IProblem | null;
  /**
   * Whom the platform's gateway names as the user of this page; `null` where
   * it names nobody. Good for a warning and for nothing else.
   */
  readonly gateway_user?: string | null;
  /** Whether the server renews sessions by itself; an older one did. */
  readonly kept_fresh?: boolean;
  readonly cache: { readonly path: string; readonly problem: IProblem | null };
  /**
   * Where the user's own list of clusters stands, and why it can't be read: its
   * clusters are missing then. An older server does not tell.
   */
  readonly clusters?: {
    readonly path: string;
    readonly problem: IProblem | null;
  };
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
  /** Whether a login on another device can end well there. */
  readonly device?: boolean;
}

/**
 * A login on another device (RFC 8628, 3.2). No token is in it; it is kept in
 * this page's memory alone.
 */
export interface IDeviceAttempt {
  readonly issuer: string;
  /** What the user opens there. */
  readonly verification_uri: string;
  /** What the user enters there. */
  readonly user_code: string;
  readonly device_code: string;
  readonly code_verifier: string;
  /** Between polls, in seconds. */
  readonly interval: number;
  /** In seconds since the epoch. */
  readonly expires_at: number;
}

/** What people need of it, and may be shown. */
export type DeviceCode = Pick<
  IDeviceAttempt,
  'verification_uri' | 'user_code' | 'expires_at'
>;

/** What is polled with. */
export type DevicePoll = Pick<
  IDeviceAttempt,
  'issuer' | 'device_code' | 'code_verifier'
>;

/**
 * What a poll tells: a session where the other device is done.
 */
export interface IDevicePoll {
  readonly session: ISession | null;
  /** Whether the issuer wants more time between polls. */
  readonly slow_down: boolean;
}

/**
 * Static credentials: a local or an LDAP user's.
 */
export interface IPasswordLogin {
  readonly issuer: string;
  readonly username: string;
  readonly password: string;
  readonly auth_type: string;
}

/**
 * A login that has ended well, and is someone else's than the session that it
 * would take the place of. Nothing is saved until that is confirmed.
 */
export interface IOtherIdentity extends IProblem {
  readonly code: 'other_identity';
  /** What it is confirmed by, for 10 minutes. It is no token. */
  readonly confirmation: string;
  /** Who has logged in. */
  readonly identity: IIdentity;
  /** Whose session is there. */
  readonly before: IIdentity;
}

/**
 * What confirms a login that is someone else's than before.
 */
export interface IConfirmation {
  readonly issuer: string;
  readonly confirmation: string;
}

/**
 * Whether a login waited that was not confirmed.
 */
export interface IDiscarded {
  readonly discarded: boolean;
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
 * One line of the doctor's list.
 */
export interface ICheck {
  /** A stable name, for programs. */
  readonly id: string;
  readonly title: string;
  readonly state: 'ok' | 'warning' | 'problem' | 'skipped';
  /** What was found, in plain words. */
  readonly found: string;
  /** What to do; `null` where nothing is to be done. */
  readonly next_step: string | null;
}

/**
 * What the doctor says.
 */
export interface IReport {
  /** In the order in which it was checked. */
  readonly checks: readonly ICheck[];
  /** All of it as a text to hand on; no secret is in it. */
  readonly bundle: string;
}

/**
 * The clusters that the server knows.
 */
export interface IClusters {
  readonly clusters: readonly ICluster[];
  /** Where the user's own list stands. */
  readonly path: string;
  /** Why the user's own list could not be read. */
  readonly problem: IProblem | null;
}

/**
 * What happened to a session, or to the list of clusters.
 */
export interface IChange {
  /** Whose session it is; empty where the change concerns them all. */
  readonly issuer: string;
  readonly change:
    | 'signed_in'
    | 'refreshed'
    | 'signed_out'
    | 'session_ended'
    | 'refresh_failed'
    | 'clusters'
    | 'cache';
}

/**
 * The kernel that stands in for the server extension, where that is not loaded.
 */
export interface IStandIn {
  /** The name that people see. */
  readonly name: string;
  /** Whether it has started; else it is being tried. */
  readonly isReady: boolean;
}

/** Of an operation that is given nothing. */
export type NoFields = Record<string, never>;

/** Of an operation that is given an issuer, and nothing else. */
export interface IOfIssuer {
  readonly issuer: string;
}

/**
 * What can be asked for, by the names that the Python side has for it
 * (`jupyterlab_deploykf/operations.py`).
 */
export interface IOperations {
  /** Who is signed in where; nothing is asked of an issuer. */
  status: { fields: NoFields; answer: IStatus };
  /** What an authorization request at an issuer needs. */
  provider: { fields: IOfIssuer; answer: IProvider };
  /**
   * Trade a code for a session. This and the other ways to log in reject with an
   * `IOtherIdentity` as problem where the session is to be confirmed first.
   */
  login: { fields: ILogin; answer: ISession };
  /** Log in with static credentials. */
  login_password: { fields: IPasswordLogin; answer: ISession };
  /** Save the session of a login that is someone else's than before. */
  confirm_login: { fields: IConfirmation; answer: ISession };
  /** Forget such a login, which nobody is going to confirm. */
  discard_login: { fields: IConfirmation; answer: IDiscarded };
  /** Begin a login on another device. */
  begin_device: { fields: IOfIssuer; answer: IDeviceAttempt };
  /** Look once whether that is done: a session, if so. */
  poll_device: { fields: DevicePoll; answer: IDevicePoll };
  /** Refresh a session now, whatever time it has left. */
  refresh: { fields: IOfIssuer; answer: ISession };
  /** Forget a session on this machine. */
  logout: { fields: IOfIssuer; answer: ISession };
  /** Look at the mounted ServiceAccount token. */
  service_account: { fields: NoFields; answer: IServiceAccount };
  /** The clusters that are known. */
  clusters: { fields: NoFields; answer: IClusters };
  /**
   * Verify a cluster by its own settings, and put it into the user's own list, in
   * place of one with its issuer; where that fails, the list is as it was.
   */
  add_cluster: {
    fields: {
      readonly cluster: ClusterEntry;
      /** The issuer of another one whose place it takes, if any. */
      readonly replaces: string | null;
    };
    answer: IClusters;
  };
  /**
   * Keep the cluster of a login in the user's own list, unless it is configured
   * already; nothing is asked of the issuer.
   */
  remember_cluster: { fields: IOfIssuer; answer: IClusters };
  /** Take a cluster out of the user's own list; its session stays. */
  remove_cluster: { fields: IOfIssuer; answer: IClusters };
  /** Check everything that signing in at an issuer needs; it takes seconds. */
  doctor: { fields: IOfIssuer; answer: IReport };
}

/** The name of what can be asked for. */
export type Operation = keyof IOperations;

/**
 * The way to the credential cache.
 */
export interface IBridge {
  /**
   * Perform an operation.
   *
   * @param operation - Its name.
   * @param fields - What it is given.
   * @param signal - Stops the waiting; what was begun is finished.
   * @throws A `BridgeError` with an `IProblem`, or an `AbortError`.
   */
  ask<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields'],
    signal?: AbortSignal
  ): Promise<IOperations[K]['answer']>;
  /**
   * The status by the server extension alone: nothing is started to stand in for
   * it. For what nobody has asked to see.
   */
  peek(signal?: AbortSignal): Promise<IStatus>;
  /** Emitted when something changed, here or elsewhere. */
  readonly changed: ISignal<IBridge, IChange>;
  /** What stands in for the server extension; `null` where that itself answers. */
  readonly standIn: IStandIn | null;
  /** Emitted when `standIn` is new. */
  readonly standInChanged: ISignal<IBridge, void>;
  /**
   * Let go of what is kept for further requests: nobody waits for one now. What
   * is under way is finished.
   */
  release(): void;
}

/**
 * The bridge's token: a plugin that provides another way to the cache replaces it.
 */
export const IBridge = new Token<IBridge>(
  'jupyterlab-deploykf:IBridge',
  'The way to the credential cache.'
);

/**
 * The sessions, as the bridge last told of them. It asks nothing until someone
 * calls `update` or `peek`.
 */
export interface ISessions {
  /** The last status; `null` before the first. */
  readonly status: IStatus | null;
  /** Why the status could not be had; `null` where it could. */
  readonly problem: IProblem | null;
  /** Emitted when `status` or `problem` is new. */
  readonly changed: ISignal<ISessions, void>;
  /** Ask for the status; calls at the same time share one request. */
  update(): Promise<void>;
  /**
   * The same, unless it would start a kernel: for what nobody has asked to see.
   * In a hidden tab it waits until that is seen.
   */
  peek(): Promise<void>;
}

/**
 * The token of the sessions' model.
 */
export const ISessions = new Token<ISessions>(
  'jupyterlab-deploykf:ISessions',
  'The deployKF sessions.'
);

/**
 * The user's preferences, from the settings editor.
 */
export interface IPreferences {
  /** As the settings' schema has them; `null` before they are there. */
  readonly settings: ReadonlyPartialJSONObject | null;
  /** Emitted when they are others. */
  readonly changed: ISignal<IPreferences, void>;
}

/**
 * The token of the user's preferences.
 */
export const IPreferences = new Token<IPreferences>(
  'jupyterlab-deploykf:IPreferences',
  'What the user has set for deployKF.'
);
