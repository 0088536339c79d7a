import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { BaseBridge } from '../bridge/base';
import { BridgeError } from '../bridge/problem';
import {
  ClusterEntry,
  IBridge,
  IChange,
  ICluster,
  IClusters,
  IConfirmation,
  IDevicePoll,
  IIdentity,
  ILogin,
  IOperations,
  IPasswordLogin,
  IProblem,
  IProvider,
  IReport,
  IServiceAccount,
  ISession,
  IStandIn,
  IStatus,
  Operation
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
export class FakeBridge extends BaseBridge {
  /** Why the administrator's settings can't be used. */
  misconfigured: IProblem | null = null;
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

  ask<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields'],
    signal?: AbortSignal
  ): Promise<IOperations[K]['answer']> {
    this._note(operation, fields);
    return this._answer(operation, signal, () =>
      this._answers[operation](fields)
    );
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this._answer('peek', signal, () => this._status());
  }

  release(): void {
    this.calls.push('release');
  }

  count(call: string): number {
    return this.calls.filter(name => name === call).length;
  }

  /** What was asked is kept, also where it then fails. */
  private _note<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields']
  ): void {
    const given = fields as never;
    this._notes[operation]?.(given);
  }

  private readonly _notes: {
    [K in Operation]?: (fields: IOperations[K]['fields']) => void;
  } = {
    login: login => void this.logins.push(login),
    login_password: login => void this.passwords.push(login),
    confirm_login: held => void this.confirmed.push(held),
    discard_login: held => void this.discarded.push(held),
    add_cluster: ({ cluster: entry, replaces }) =>
      void this.added.push([entry, replaces]),
    remove_cluster: ({ issuer }) => void this.removed.push(issuer)
  };

  private readonly _answers: {
    [K in Operation]: (
      fields: IOperations[K]['fields']
    ) => IOperations[K]['answer'];
  } = {
    status: () => this._status(),
    provider: ({ issuer }) => provider({ issuer }),
    login: ({ issuer }) => this._logIn(issuer),
    login_password: () => signedIn(this.person),
    confirm_login: () => signedIn(this.person),
    discard_login: () => ({ discarded: true }),
    begin_device: ({ issuer }) => ({
      issuer,
      verification_uri: `${issuer}/device`,
      user_code: 'ABCD-EFGH',
      device_code: 'device-code',
      code_verifier: 'verifier',
      interval: 5,
      expires_at: LATER
    }),
    poll_device: () =>
      this.polls.shift() ?? { session: null, slow_down: false },
    refresh: ({ issuer }) => signedIn(this.person, { issuer }),
    logout: ({ issuer }) => signedOut({ issuer }),
    service_account: () => this.token,
    clusters: () => this._clusters(),
    add_cluster: () => this._clusters(),
    remember_cluster: ({ issuer }) => {
      this.remembered.push(issuer);
      return this._clusters();
    },
    remove_cluster: () => this._clusters(),
    doctor: () => this.report
  };

  private _logIn(issuer: string): ISession {
    const known = this.sessions.find(s => s.cluster.issuer === issuer);
    const where = known?.cluster ?? { issuer, source: 'cache' };
    const session = signedIn(this.person, where as ICluster);
    this.sessions = [
      ...this.sessions.filter(s => s.cluster.issuer !== issuer),
      session
    ];
    return session;
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
      problem: this.misconfigured,
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
