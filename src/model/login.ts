import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { otherIdentity } from '../bridge/otherIdentity';
import { toProblem } from '../bridge/problem';
import { BeginAttempt, IAttempt, isTooOld } from '../login/attempt';
import { isReadable } from '../login/handsFree';
import { SignInPage } from '../login/signInPage';
import {
  DeviceCode,
  IBridge,
  IConfirmation,
  IPasswordLogin,
  ISession,
  ISessions
} from '../tokens';
import { firstChoice, issuerFromText } from './choice';
import { forPeople, pollUntilDone, waitFor } from './device';
import { findSession } from './issuers';
import { Action, ILink, ILoginState, reduce, START } from './loginState';
import { lookAtServiceAccount } from './serviceAccount';

/** How often the attempt's age is looked at; a laptop may have slept. */
const LOOK_INTERVAL = 5000;

/**
 * One run of the login dialog: it holds the attempt, and makes the requests.
 */
export class LoginModel implements IDisposable {
  /**
   * @param _options - The parts that it works with.
   */
  constructor(private readonly _options: LoginModel.IOptions) {
    _options.sessions.changed.connect(this._onSessionsChanged, this);
    _options.bridge.standInChanged.connect(this._onStandInChanged, this);
    this._page = new SignInPage({
      openPage: _options.openPage,
      isWanted: () => this._state.step === 'ready',
      onChanged: page => this._do({ type: 'pageChanged', page }),
      onCode: code => void this.submit(code)
    });
    this._timer = setInterval(() => void this._renewOld(), LOOK_INTERVAL);
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

  /** Settled once a cluster that worked is kept, which may be after the run's end. */
  get remembered(): Promise<void> {
    return this._remembered;
  }

  /**
   * Learn which clusters there are, and prepare a login where one is needed.
   *
   * @param issuer - The cluster that is wanted; else one that needs a login.
   * @param again - Whether to prepare one also where there is a session.
   */
  async open(issuer: string | null = null, again = false): Promise<void> {
    const { sessions } = this._options;
    const signal = this._begin({ type: 'loading' });
    void this._lookAtServiceAccount();
    await sessions.update();
    if (signal.aborted) {
      return;
    }
    const problem = sessions.problem ?? sessions.status?.problem ?? null;
    if (problem || !sessions.status) {
      this._do({ type: 'unavailable', problem });
      return;
    }
    const known = sessions.status.sessions;
    const wanted = findSession(known, issuer) ?? firstChoice(known);
    const chosen = wanted?.cluster.issuer ?? null;
    this._do({ type: 'loaded', sessions: known, chosen });
    if (chosen === null && this._options.guess !== null) {
      await this._tryGuess(this._options.guess);
      return;
    }
    await (again && chosen !== null ? this.prepare() : this._prepareIfNeeded());
  }

  /**
   * Choose a known cluster, or `null` for one that is typed in.
   */
  async choose(issuer: string | null): Promise<void> {
    this._begin({ type: 'chosen', issuer });
    await this._prepareIfNeeded();
  }

  /** Note what is typed as issuer. */
  typeIssuer(text: string): void {
    this._begin({ type: 'issuerTyped', text });
  }

  /** Note what is typed as code. */
  typeCode(code: string): void {
    this._do({ type: 'codeTyped', code });
  }

  /**
   * Make the authorization request for the chosen or typed issuer.
   */
  async prepare(): Promise<void> {
    const { bridge, loadBegin, now, trans } = this._options;
    const { chosen, issuerText } = this._state;
    const issuer = chosen ?? issuerFromText(issuerText);
    const signal = this._begin({ type: 'preparing' });
    try {
      const [provider, begin] = await Promise.all([
        bridge.ask('provider', { issuer }, signal),
        loadBegin()
      ]);
      const attempt = await begin(provider, now());
      if (!signal.aborted) {
        this._renew = () => begin(provider, now());
        const { device, skip_tls_verify: skipsTLS } = provider;
        this._offer(attempt, {
          hasDevice: device === true,
          isRenewed: false,
          skipsTLS
        });
      }
    } catch (error) {
      if (!signal.aborted) {
        this._do({ type: 'notPrepared', problem: toProblem(error, trans) });
      }
    }
  }

  /**
   * Open the sign-in page; to be called while a click is handled.
   *
   * @returns Whether that is taken care of. If not, the browser refused, and
   * a plain link has to do.
   */
  openPage(): boolean {
    const attempt = this._attempt;
    if (!attempt) {
      return true;
    }
    if (isTooOld(attempt, this._options.now())) {
      void this._renewOld();
      return true;
    }
    const { issuer, url } = attempt;
    const isHandsFree = this._state.link?.isHandsFree ?? false;
    return this._page.open(url, issuer, isHandsFree);
  }

  /**
   * Trade the code for a session. After a failure the attempt goes on: the
   * issuer has not taken the code.
   *
   * @param code - What the user gave; else what is in the field.
   */
  async submit(code = this._state.code): Promise<void> {
    const { bridge, now, trans } = this._options;
    const attempt = this._attempt;
    if (this._state.step !== 'ready' || !attempt || !code.trim()) {
      return;
    }
    if (isTooOld(attempt, now())) {
      this.typeCode(code);
      return this._renewOld();
    }
    const isTyped = this._state.chosen === null;
    // The page is followed on: a typed code may be wrong while someone signs in there.
    const signal = this._ask({ type: 'exchanging', code });
    try {
      const session = await bridge.ask(
        'login',
        {
          issuer: attempt.issuer,
          code,
          code_verifier: attempt.codeVerifier,
          nonce: attempt.nonce
        },
        signal
      );
      if (signal.aborted) {
        return;
      }
      this._drop();
      await this._finish(session, isTyped);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (!this._wantsConfirmation(attempt.issuer, error)) {
        this._do({ type: 'notExchanged', problem: toProblem(error, trans) });
      }
    }
  }

  /** Save the session of someone else than before. */
  async confirm(): Promise<void> {
    const { asked, step } = this._state;
    const { bridge, trans } = this._options;
    if (step !== 'confirming' || !asked) {
      return;
    }
    const { confirmation, issuer } = asked;
    const isTyped = this._state.chosen === null;
    const signal = this._begin({ type: 'confirming' });
    try {
      const session = await bridge.ask(
        'confirm_login',
        { issuer, confirmation },
        signal
      );
      if (!signal.aborted) {
        await this._finish(session, isTyped);
      }
    } catch (error) {
      if (signal.aborted || this._wantsConfirmation(issuer, error)) {
        return;
      }
      const problem = toProblem(error, trans);
      const isOver = problem.code === 'confirmation_expired';
      // Else the server holds it yet.
      this._do({ type: isOver ? 'notPrepared' : 'notConfirmed', problem });
    }
  }

  /** Leave the session that was there before as it is. */
  async decline(): Promise<void> {
    void this._discard(this._state.asked);
    await this.choose(this._state.chosen);
  }

  /**
   * Log in with static credentials.
   *
   * @throws {@link BridgeError} which belongs beside the password's field.
   */
  async logInWithPassword(
    login: IPasswordLogin,
    signal: AbortSignal
  ): Promise<void> {
    await this._obtain(login.issuer, () =>
      this._options.bridge.ask('login_password', login, signal)
    );
  }

  /**
   * Log in on another device.
   *
   * @param show - Gets what people need there.
   * @throws {@link BridgeError} where the attempt is over.
   */
  async logInOnDevice(
    show: (code: DeviceCode) => void,
    signal: AbortSignal
  ): Promise<void> {
    const { bridge, now, trans } = this._options;
    const issuer = this._state.link?.issuer ?? '';
    await this._obtain(issuer, async () => {
      const attempt = await bridge.ask('begin_device', { issuer }, signal);
      show(forPeople(attempt));
      const wait = (seconds: number) => waitFor(seconds, signal);
      return pollUntilDone(bridge, attempt, { wait, now, trans }, signal);
    });
  }

  /** Stop waiting. What the server has begun, it may finish. */
  cancel(): void {
    this._abort.abort();
    void this._discard(this._state.asked);
    switch (this._state.step) {
      case 'loading':
        return this._do({ type: 'unavailable', problem: null });
      case 'preparing':
        return this._do({ type: 'notPrepared', problem: null });
      case 'exchanging':
        return this._do({ type: 'notExchanged', problem: null });
    }
  }

  /** End the run: requests are aborted, and the attempt is forgotten. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    if (this._state.step === 'confirming') {
      // A yes that is under way counts.
      void this._discard(this._state.asked);
    }
    this._abort.abort();
    this._life.abort();
    clearInterval(this._timer);
    this._options.sessions.changed.disconnect(this._onSessionsChanged, this);
    this._options.bridge.standInChanged.disconnect(
      this._onStandInChanged,
      this
    );
    this._drop();
    this._renew = null;
    this._state = START;
    Signal.clearData(this);
  }

  /** There is a new session by a code, or by a confirmation. */
  private async _finish(session: ISession, isTyped: boolean): Promise<void> {
    this._do({ type: 'signedIn', session });
    if (isTyped) {
      await this._remember(session.cluster.issuer);
    }
    await this._options.sessions.update();
  }

  /** Whether a login failed for want of a confirmation, which is asked for. */
  private _wantsConfirmation(issuer: string, error: unknown): boolean {
    const asked = otherIdentity(error);
    if (asked && this._isDisposed) {
      // There is no dialog any more to ask in.
      void this._discard({ ...asked, issuer });
    } else if (asked) {
      this._begin({ type: 'confirmationWanted', issuer, asked });
    }
    return asked !== null;
  }

  /**
   * Have the server forget the login that is not confirmed, with nobody waiting
   * for that. What it is not told of it forgets after 10 minutes.
   */
  private async _discard(asked: IConfirmation | null): Promise<void> {
    if (!asked) {
      return;
    }
    const { confirmation, issuer } = asked;
    try {
      await this._options.bridge.ask('discard_login', {
        issuer,
        confirmation
      });
    } catch (error) {
      console.warn('deployKF: a login waits yet to be confirmed.', error);
    }
  }

  /** Get a session by another way than the code. */
  private async _obtain(
    issuer: string,
    ask: () => Promise<ISession>
  ): Promise<void> {
    const isTyped = this._state.chosen === null;
    this._do({ type: 'elsewise', isBusy: true });
    try {
      this._do({ type: 'obtained', session: await ask() });
    } catch (error) {
      if (this._wantsConfirmation(issuer, error)) {
        return;
      }
      // The server may have announced the session before it answered.
      if (this._state.step !== 'done') {
        throw error;
      }
    } finally {
      this._do({ type: 'elsewise', isBusy: false });
    }
    this._drop();
    const { result } = this._state;
    if (isTyped && result) {
      await this._remember(result.session.cluster.issuer);
    }
    await this._options.sessions.update();
  }

  /** Begin something new: what was under way before is aborted, and the attempt forgotten. */
  private _begin(action: Action): AbortSignal {
    this._drop();
    return this._ask(action);
  }

  /** Begin a request of the attempt that is under way. */
  private _ask(action: Action): AbortSignal {
    this._abort.abort();
    this._abort = new AbortController();
    this._do(action);
    return this._abort.signal;
  }

  /** Forget the attempt, and the page that was opened for it. */
  private _drop(): void {
    this._page.leave();
    this._attempt = null;
  }

  private _do(action: Action): void {
    if (!this._isDisposed) {
      this._state = reduce(this._state, action);
      this._changed.emit();
    }
  }

  /** On deployKF the page's own address tells the issuer, which has to answer. */
  private async _tryGuess(issuer: string): Promise<void> {
    this.typeIssuer(issuer);
    await this.prepare();
    if (this._state.step === 'choosing' && this._state.issuerText === issuer) {
      // Nobody has typed it, so nobody needs to hear what is wrong with it.
      this.typeIssuer('');
    }
  }

  private async _prepareIfNeeded(): Promise<void> {
    const { chosen, step } = this._state;
    if (chosen !== null && step === 'choosing') {
      await this.prepare();
    }
  }

  private _offer(
    attempt: IAttempt,
    known: Pick<ILink, 'hasDevice' | 'isRenewed' | 'skipsTLS'>
  ): void {
    this._page.leave();
    this._attempt = attempt;
    const { issuer, url } = attempt;
    const isHandsFree = isReadable(issuer, url, this._options.origin);
    this._do({
      type: 'prepared',
      link: { ...known, issuer, url, isHandsFree }
    });
  }

  /** Put a new attempt in the place of one that is too old. */
  private async _renewOld(): Promise<void> {
    const { now, trans } = this._options;
    const { link, step } = this._state;
    const old = this._attempt;
    if (step !== 'ready' || !old || !link || !isTooOld(old, now())) {
      return;
    }
    try {
      const attempt = await this._renew?.();
      if (attempt && this._attempt === old) {
        this._offer(attempt, { ...link, isRenewed: true });
      }
    } catch (error) {
      this._do({ type: 'notPrepared', problem: toProblem(error, trans) });
    }
  }

  /** A cluster that was typed in and worked is kept for kernels and next time. */
  private _remember(issuer: string): Promise<void> {
    this._remembered = this._keep(issuer);
    return this._remembered;
  }

  /** Without a signal: people close the dialog as soon as it says that they are signed in. */
  private async _keep(issuer: string): Promise<void> {
    const { bridge, trans } = this._options;
    try {
      await bridge.ask('remember_cluster', { issuer });
    } catch (error) {
      this._do({ type: 'notSaved', problem: toProblem(error, trans) });
    }
  }

  private async _lookAtServiceAccount(): Promise<void> {
    const { bridge } = this._options;
    const { signal } = this._life;
    const serviceAccount = await lookAtServiceAccount(bridge, signal);
    if (serviceAccount) {
      this._do({ type: 'looked', serviceAccount });
    }
  }

  private _onSessionsChanged(): void {
    const { status } = this._options.sessions;
    const before = this._state.step;
    if (!status || before === 'loading' || before === 'unavailable') {
      return;
    }
    this._do({ type: 'sessionsChanged', sessions: status.sessions });
    if (this._state.step === 'done' && before !== 'done') {
      this._abort.abort();
      this._drop();
    }
  }

  /** The way to the cache is another one, which the dialog says. */
  private _onStandInChanged(): void {
    this._changed.emit();
  }

  private _abort = new AbortController();
  private _attempt: IAttempt | null = null;
  private readonly _changed = new Signal<LoginModel, void>(this);
  private _isDisposed = false;
  private readonly _life = new AbortController();
  private readonly _page: SignInPage;
  private _remembered = Promise.resolve();
  private _renew: (() => Promise<IAttempt>) | null = null;
  private _state = START;
  private readonly _timer: ReturnType<typeof setInterval>;
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
    /** Brings what makes authorization requests; called when a login starts. */
    readonly loadBegin: () => Promise<BeginAttempt>;
    /** Opens a page in a window; `null` where the browser refused. */
    readonly openPage: (url: string) => Window | null;
    /**
     * The issuer that the page's address stands for, tried where no cluster is
     * known; `null` where it stands for none.
     */
    readonly guess: string | null;
    /** This page's own origin; empty where no code is to be taken from a page. */
    readonly origin: string;
    /** Milliseconds since the epoch. */
    readonly now: () => number;
    readonly trans: TranslationBundle;
  }
}
