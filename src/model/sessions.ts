import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { toProblem } from '../bridge/problem';
import { IBridge, IProblem, ISessions, IStatus } from '../tokens';

/** What is younger than this need not be asked again by whoever comes back, in milliseconds. */
const FRESH = 60_000;

/** Between attempts to reach a server that did not answer, in milliseconds: at first, and at most. */
const RETRY = 5000;
const RETRY_MOST = 300_000;

/** The longest time that a browser's timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * The sessions, kept up to date by the bridge's word. It asks by itself when a
 * token expires, when a word may have been missed, and until a server that is
 * away is back; never while the tab is hidden.
 */
export class SessionsModel implements ISessions, IDisposable {
  /**
   * @param _bridge - The way to the cache.
   * @param _trans - For problems that are found here.
   * @param lost - Emitted when the server can't be reached, and its words neither.
   */
  constructor(
    private readonly _bridge: IBridge,
    private readonly _trans: TranslationBundle,
    lost: ISignal<unknown, unknown> | null = null
  ) {
    _bridge.changed.connect(this._onStale, this);
    lost?.connect(this._onStale, this);
    document.addEventListener('visibilitychange', this._catchUp);
    window.addEventListener('online', this._catchUp);
  }

  get status(): IStatus | null {
    return this._status;
  }

  get problem(): IProblem | null {
    return this._problem;
  }

  get changed(): ISignal<ISessions, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async update(): Promise<void> {
    this._wasAsked = true;
    if (this._peeking) {
      await this._peeking;
      if (this._problem?.code !== 'extension_not_loaded') {
        return;
      }
      // What stands in for the server has not been asked by that.
    }
    this._asking ??= this._ask(() => this._bridge.ask('status', {})).finally(
      () => {
        this._asking = null;
      }
    );
    await this._asking;
  }

  async peek(): Promise<void> {
    this._wasAsked = true;
    if (document.hidden) {
      this._isStale = true;
      return;
    }
    this._peeking ??= this._ask(() => this._bridge.peek()).finally(() => {
      this._peeking = null;
    });
    await this._peeking;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._timer);
    document.removeEventListener('visibilitychange', this._catchUp);
    window.removeEventListener('online', this._catchUp);
    // Of what it emits, and of what it hears.
    Signal.clearData(this);
  }

  private async _ask(ask: () => Promise<IStatus>): Promise<void> {
    do {
      // What is announced from here on may not be in the answer.
      this._isStale = false;
      try {
        this._status = await ask();
        this._problem = null;
        this._wait = RETRY;
      } catch (error) {
        this._problem = toProblem(error, this._trans);
      }
    } while (this._isStale && !this._problem && !this._isDisposed);
    this._answeredAt = Date.now();
    this._schedule();
    this._changed.emit();
  }

  /** Ask again by itself where there will be something new without a word. */
  private _schedule(): void {
    clearTimeout(this._timer);
    if (this._isDisposed) {
      return;
    }
    if (this._problem?.retryable) {
      this._timer = setTimeout(this._onStale, this._wait);
      this._wait = Math.min(2 * this._wait, RETRY_MOST);
      return;
    }
    const now = Date.now();
    const ends = (this._status?.sessions ?? [])
      .map(({ expires_at: seconds }) => (seconds ?? 0) * 1000)
      .filter(moment => moment > now);
    if (ends.length > 0) {
      // A second later: both clocks have passed it.
      const wait = Math.min(Math.min(...ends) - now + 1000, LONGEST);
      this._timer = setTimeout(this._onStale, wait);
    }
  }

  private readonly _onStale = (): void => {
    this._isStale = true;
    // Before anyone has asked, nobody looks at the status; nor at a hidden tab.
    if (this._wasAsked && !document.hidden) {
      this._again();
    }
  };

  /** Back in sight, or in the network: words may have been missed. */
  private readonly _catchUp = (): void => {
    const isOld = Date.now() - this._answeredAt > FRESH;
    if (
      this._wasAsked &&
      !document.hidden &&
      (this._isStale || this._problem || isOld)
    ) {
      this._again();
    }
  };

  /** The same way as before: nothing is started to stand in for the server. */
  private _again(): void {
    // Who asks already asks once more.
    if (!this._asking && !this._peeking) {
      void (this._bridge.standIn ? this.update() : this.peek());
    }
  }

  private _answeredAt = 0;
  private _asking: Promise<void> | null = null;
  private readonly _changed = new Signal<ISessions, void>(this);
  private _isDisposed = false;
  private _isStale = false;
  private _peeking: Promise<void> | null = null;
  private _problem: IProblem | null = null;
  private _status: IStatus | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _wait = RETRY;
  private _wasAsked = false;
}
