import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { Fields, Operation, OperationsBridge } from '../bridge/operations';
import { BridgeError } from '../bridge/problem';
import {
  ClusterEntry,
  IBridge,
  DevicePoll,
  IChange,
  ICluster,
  IClusters,
  IConfirmation,
  IDeviceAttempt,
  IDevicePoll,
  IDiscarded,
  IIdentity,
  ILogin,
  IPasswordLogin,
  IProblem,
  IProvider,
  IReport,
  IServiceAccount,
  ISession,
  IStandIn,
  IStatus
} from '../tokens';

export const trans = nullTranslator.load('jupyterlab_deploykf');

export const ISSUER = 'https://deploykf.example.com/dex';
export const OTHER_ISSUER = 'https://other.example.com/dex';

/** In an hour, seen from `NOW`. */
export const NOW = Date.UTC(2026, 10, 24, 12);
export const LATER = NOW / 1000 + 3600;

export function problem(code: string, over: Partial<IProblem> = {}): IProblem {
  return {
    code,
    message: `It is ${code}.`,
    next_step: `Mend ${code}.`,
    retryable: false,
    ...over
  };
}

export function cluster(over: Partial<ICluster> = {}): ICluster {
  const issuer = over.issuer ?? ISSUER;
  return {
    name: new URL(issuer).host,
    issuer,
    api_url: null,
    ca_file: null,
    skip_tls_verify: false,
    client_id: 'kubeflow-pipelines-sdk',
    scopes: ['openid'],
    source: 'file',
    ...over
  };
}

export function identity(email = 'user1@example.com'): IIdentity {
  return { email, name: null, subject: `sub-of-${email}`, groups: [] };
}

export function signedOut(over: Partial<ICluster> = {}): ISession {
  return {
    cluster: cluster(over),
    state: 'signed_out',
    identity: null,
    expires_at: null,
    renewable: false,
    problem: null
  };
}

export function signedIn(
  email = 'user1@example.com',
  over: Partial<ICluster> = {}
): ISession {
  return {
    cluster: cluster(over),
    state: 'signed_in',
    identity: identity(email),
    expires_at: LATER,
    renewable: true,
    problem: null
  };
}

export function provider(over: Partial<IProvider> = {}): IProvider {
  const issuer = over.issuer ?? ISSUER;
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    client_id: 'kubeflow-pipelines-sdk',
    redirect_uri: 'urn:ietf:wg:oauth:2.0:oob',
    scopes: ['openid', 'email', 'groups', 'profile', 'offline_access'],
    skip_tls_verify: false,
    ...over
  };
}

export function serviceAccount(
  over: Partial<IServiceAccount> = {}
): IServiceAccount {
  return {
    path: '/var/run/secrets/kubeflow/pipelines/token',
    present: true,
    readable: true,
    usable: true,
    audience: ['pipelines.kubeflow.org'],
    service_account: 'default-editor',
    namespace: 'team-1',
    expires_at: LATER,
    problem: null,
    ...over
  };
}

/** A promise that the test settles. */
export class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** A bridge whose answers the test writes. */
export class FakeBridge extends OperationsBridge {
  sessions: ISession[] = [signedOut()];
  /** By call: what it rejects with. */
  failing: { [call: string]: IProblem } = {};
  /** By call: what it waits for. */
  waiting: { [call: string]: Promise<unknown> } = {};
  /** Who the issuer says has signed in. */
  person = 'user1@example.com';
  standInNow: IStandIn | null = null;
  token: IServiceAccount = serviceAccount({ present: false, usable: false });

  report: IReport = {
    checks: [
      {
        id: 'dns',
        title: 'Name resolution',
        state: 'ok',
        found: 'The host has an address.',
        next_step: null
      },
      {
        id: 'tcp',
        title: 'Connection',
        state: 'problem',
        found: 'Nothing listens there.',
        next_step: 'Check the port.'
      }
    ],
    bundle: 'all of it, without secrets'
  };

  /** What the next polls tell. */
  polls: IDevicePoll[] = [];
  readonly passwords: IPasswordLogin[] = [];
  readonly calls: string[] = [];
  readonly logins: ILogin[] = [];
  readonly added: [ClusterEntry, string | null][] = [];
  readonly remembered: string[] = [];
  readonly removed: string[] = [];
  readonly signals: AbortSignal[] = [];
  readonly confirmed: IConfirmation[] = [];
  readonly discarded: IConfirmation[] = [];

  get standIn(): IStandIn | null {
    return this.standInNow;
  }

  get changed(): Signal<IBridge, IChange> {
    return this._changed;
  }

  get standInChanged(): Signal<IBridge, void> {
    return this._standInChanged;
  }

  ask<T>(
    operation: Operation,
    fields: Fields,
    signal?: AbortSignal
  ): Promise<T> {
    const given = fields as { issuer: string } & ILogin &
      IPasswordLogin &
      IConfirmation &
      DevicePoll & { cluster: ClusterEntry; replaces: string | null };
    const calls: Record<Operation, () => Promise<unknown>> = {
      status: () => this.status(signal),
      provider: () => this.provider(given.issuer, signal),
      login: () => this.login(given, signal),
      login_password: () => this.loginPassword(given, signal),
      confirm_login: () => this.confirmLogin(given, signal),
      discard_login: () => this.discardLogin(given, signal),
      begin_device: () => this.beginDevice(given.issuer, signal),
      poll_device: () => this.pollDevice(given, signal),
      refresh: () => this.refresh(given.issuer, signal),
      logout: () => this.logout(given.issuer, signal),
      service_account: () => this.serviceAccount(signal),
      clusters: () => this.clusters(signal),
      add_cluster: () => this.addCluster(given.cluster, given.replaces, signal),
      remember_cluster: () => this.rememberCluster(given.issuer, signal),
      remove_cluster: () => this.removeCluster(given.issuer, signal),
      doctor: () => this.doctor(given.issuer, signal)
    };
    return calls[operation]() as Promise<T>;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this._answer('status', signal, () => this._status());
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this._answer('peek', signal, () => this._status());
  }

  doctor(issuer: string, signal?: AbortSignal): Promise<IReport> {
    return this._answer('doctor', signal, () => this.report);
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    return this._answer('provider', signal, () => provider({ issuer }));
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    this.logins.push(login);
    return this._answer('login', signal, () => {
      const known = this.sessions.find(s => s.cluster.issuer === login.issuer);
      const where = known?.cluster ?? { issuer: login.issuer, source: 'cache' };
      const session = signedIn(this.person, where as ICluster);
      this.sessions = [
        ...this.sessions.filter(s => s.cluster.issuer !== login.issuer),
        session
      ];
      return session;
    });
  }

  beginDevice(issuer: string, signal?: AbortSignal): Promise<IDeviceAttempt> {
    return this._answer('beginDevice', signal, () => ({
      issuer,
      verification_uri: `${issuer}/device`,
      user_code: 'ABCD-EFGH',
      device_code: 'device-code',
      code_verifier: 'verifier',
      interval: 5,
      expires_at: LATER
    }));
  }

  pollDevice(_: DevicePoll, signal?: AbortSignal): Promise<IDevicePoll> {
    return this._answer('pollDevice', signal, () => {
      const next = this.polls.shift() ?? { session: null, slow_down: false };
      return next;
    });
  }

  loginPassword(
    login: IPasswordLogin,
    signal?: AbortSignal
  ): Promise<ISession> {
    this.passwords.push(login);
    return this._answer('loginPassword', signal, () => signedIn(this.person));
  }

  confirmLogin(
    confirmation: IConfirmation,
    signal?: AbortSignal
  ): Promise<ISession> {
    this.confirmed.push(confirmation);
    return this._answer('confirmLogin', signal, () => signedIn(this.person));
  }

  discardLogin(
    confirmation: IConfirmation,
    signal?: AbortSignal
  ): Promise<IDiscarded> {
    this.discarded.push(confirmation);
    return this._answer('discardLogin', signal, () => ({ discarded: true }));
  }

  refresh(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._answer('refresh', signal, () =>
      signedIn(this.person, { issuer })
    );
  }

  logout(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._answer('logout', signal, () => signedOut({ issuer }));
  }

  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount> {
    return this._answer('serviceAccount', signal, () => this.token);
  }

  clusters(signal?: AbortSignal): Promise<IClusters> {
    return this._answer('clusters', signal, () => this._clusters());
  }

  addCluster(
    cluster: ClusterEntry,
    replaces: string | null,
    signal?: AbortSignal
  ): Promise<IClusters> {
    this.added.push([cluster, replaces]);
    return this._answer('addCluster', signal, () => this._clusters());
  }

  rememberCluster(issuer: string, signal?: AbortSignal): Promise<IClusters> {
    return this._answer('rememberCluster', signal, () => {
      this.remembered.push(issuer);
      return this._clusters();
    });
  }

  removeCluster(issuer: string, signal?: AbortSignal): Promise<IClusters> {
    this.removed.push(issuer);
    return this._answer('removeCluster', signal, () => this._clusters());
  }

  release(): void {
    this.calls.push('release');
  }

  count(call: string): number {
    return this.calls.filter(name => name === call).length;
  }

  private _clusters(): IClusters {
    return {
      clusters: this.sessions.map(session => session.cluster),
      path: '/deploykf.json',
      problem: null
    };
  }

  private _status(): IStatus {
    return {
      version: '0.1.0',
      cache: { path: '/cache.json', problem: null },
      sessions: this.sessions
    };
  }

  private async _answer<T>(
    call: string,
    signal: AbortSignal | undefined,
    make: () => T
  ): Promise<T> {
    this.calls.push(call);
    if (signal) {
      this.signals.push(signal);
    }
    await this.waiting[call];
    if (signal?.aborted) {
      throw new BridgeError(problem('server_unreachable'));
    }
    if (this.failing[call]) {
      throw new BridgeError(this.failing[call]);
    }
    return make();
  }
}

/** Let everything that is due happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}
