import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { isAbort, toProblem } from '../bridge/problem';
import { BeginAttempt, IAttempt, isTooOld } from '../login/attempt';
import {
  IBridge,
  IProblem,
  IProvider,
  IServiceAccount,
  ISession,
  ISessions
} from '../tokens';

/** What the dialog waits for. */
export type Waiting = 'status' | 'provider' | 'login';

/** The field of the dialog that a problem concerns. */
export type Field = 'dialog' | 'issuer' | 'code';

/**
 * What the dialog shows.
 */
export interface ILoginState {
  /** The sessions at the known clusters. */
  readonly sessions: readonly ISession[];
  /** The chosen cluster's issuer; `null` for one that is typed in. */
  readonly chosen: string | null;
  /** The issuer that is typed in. */
  readonly issuerText: string;
  /** What is in the code's field. */
  readonly code: string;
  /** The attempt that is ready to be opened. */
  readonly attempt: IAttempt | null;
  /** Whether the certificate goes unchecked for this attempt. */
  readonly skipsTLS: boolean;
  /** What is waited for. */
  readonly waiting: Waiting | null;
  /** What went wrong last, and where. */
  readonly problem: { readonly field: Field; readonly what: IProblem } | null;
  /** Whether the attempt was made anew since it was too old. */
  readonly renewed: boolean;
  /** The session that the login led to. */
  readonly done: ISession | null;
  /** Who was signed in before, where it is someone else now. */
  readonly replaced: string | null;
  /** The mounted ServiceAccount token. */
  readonly serviceAccount: IServiceAccount | null;
}

const START: ILoginState = {
  sessions: [],
  chosen: null,
  issuerText: '',
  code: '',
  attempt: null,
  skipsTLS: false,
  waiting: null,
  problem: null,
  renewed: false,
  done: null,
  replaced: null,
  serviceAccount: null
};

/**
 * One run of the login dialog.
 */
export class LoginModel implements IDisposable {
  /**
   * @param options - The parts that it works with.
   */
  constructor(private readonly _options: LoginModel.IOptions) {
    _options.sessions.changed.connect(this._onSessions, this);
  }

  /** What to show. */
  get state(): ILoginState {
    return this._state;
  }

  /** Emitted with each new state. */
  get changed(): ISignal<LoginModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The session at the chosen cluster, where one is known. */
  get session(): ISession | null {
    const { sessions, chosen } = this._state;
    return sessions.find(s => s.cluster.issuer === chosen) ?? null;
  }

  /**
   * Learn which clusters there are, and prepare an attempt at the first.
   */
  async open(): Promise<void> {
    const { bridge, sessions } = this._options;
    await this._wait('status', 'dialog', async signal => {
      const [status, serviceAccount] = await Promise.all([
        sessions.refreshStatus(),
        bridge.serviceAccount(signal)
      ]);
      this._set({ sessions: status.sessions, serviceAccount });
      const first = status.sessions[0]?.cluster.issuer ?? null;
      this._set({ chosen: first });
    });
    if (this._state.chosen && !this._state.problem) {
      await this.prepare();
    }
  }

  /**
   * Choose a known cluster, or `null` for one that is typed in.
   */
  async choose(issuer: string | null): Promise<void> {
    this.cancel();
    this._set({ ...START, ...this._kept(), chosen: issuer });
    if (issuer) {
      await this.prepare();
    }
  }

  /** Note what is typed as issuer. */
  typeIssuer(issuerText: string): void {
    this._set({ issuerText, attempt: null, problem: null });
  }

  /** Note what is typed as code. */
  typeCode(code: string): void {
    const { problem } = this._state;
    this._set({ code, problem: problem?.field === 'code' ? null : problem });
  }

  /**
   * Make the authorization request for the chosen or typed issuer.
   */
  async prepare(): Promise<void> {
    const { bridge, begin, now } = this._options;
    const issuer = this._state.chosen ?? this._state.issuerText.trim();
    const field = this._state.chosen ? 'dialog' : 'issuer';
    this._set({ attempt: null, renewed: false, problem: null });
    await this._wait('provider', field, async signal => {
      const provider: IProvider = await bridge.provider(issuer, signal);
      const attempt = await begin(provider, now());
      if (!signal.aborted) {
        this._set({ attempt, skipsTLS: provider.skip_tls_verify });
      }
    });
  }

  /**
   * Trade the code in the field for a session.
   */
  async submit(): Promise<void> {
    const { attempt, code, waiting } = this._state;
    if (!attempt || !code.trim() || waiting === 'login') {
      return;
    }
    if (isTooOld(attempt, this._options.now())) {
      await this.prepare();
      this._set({ code: '', renewed: true });
      return;
    }
    const before = this.session?.identity ?? null;
    await this._wait('login', 'code', async signal => {
      const done = await this._options.bridge.login(
        {
          issuer: attempt.issuer,
          code,
          code_verifier: attempt.codeVerifier,
          nonce: attempt.nonce
        },
        signal
      );
      const isOther = before && before.subject !== done.identity?.subject;
      // Verifier and nonce are of no use any more.
      this._set({
        done,
        replaced: isOther ? (before.email ?? before.subject) : null,
        attempt: null,
        code: ''
      });
      await this._remember(done);
    });
  }

  /** Stop waiting. What the server has begun, it may finish. */
  cancel(): void {
    this._abort?.abort();
    this._abort = null;
    this._set({ waiting: null });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._abort?.abort();
    this._isDisposed = true;
    this._state = START;
    Signal.clearData(this);
  }

  /** A cluster that was typed in and worked is kept for kernels and next time. */
  private async _remember(done: ISession): Promise<void> {
    if (done.cluster.source === 'cache') {
      await this._options.bridge.saveCluster({ issuer: done.cluster.issuer });
    }
  }

  private async _wait(
    waiting: Waiting,
    field: Field,
    work: (signal: AbortSignal) => Promise<void>
  ): Promise<void> {
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    this._set({ waiting, problem: null });
    try {
      await work(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted && !isAbort(error)) {
        this._set({ problem: { field, what: toProblem(error) } });
      }
    } finally {
      if (this._abort === abort) {
        this._abort = null;
        this._set({ waiting: null });
      }
    }
  }

  private _onSessions(): void {
    const status = this._options.sessions.status;
    if (status) {
      this._set({ sessions: status.sessions });
    }
  }

  private _kept(): Pick<ILoginState, 'sessions' | 'serviceAccount'> {
    const { sessions, serviceAccount } = this._state;
    return { sessions, serviceAccount };
  }

  private _set(change: Partial<ILoginState>): void {
    if (!this._isDisposed) {
      this._state = { ...this._state, ...change };
      this._changed.emit();
    }
  }

  private _abort: AbortController | null = null;
  private readonly _changed = new Signal<LoginModel, void>(this);
  private _isDisposed = false;
  private _state = START;
}

/**
 * The namespace of the login model's types.
 */
export namespace LoginModel {
  /**
   * What a login model is made from.
   */
  export interface IOptions {
    readonly bridge: IBridge;
    readonly sessions: ISessions;
    /** Makes the authorization request. */
    readonly begin: BeginAttempt;
    /** Milliseconds since the epoch. */
    readonly now: () => number;
  }
}
