import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { toProblem } from '../bridge/problem';
import { IBridge, IProblem, ISession, ISessions, IStatus } from '../tokens';
import { findSession } from './issuers';

/**
 * The sessions, kept up to date by the bridge's word and not by polling.
 */
export class SessionsModel implements ISessions, IDisposable {
  /**
   * @param _bridge - The way to the cache.
   * @param _trans - For problems that are found here.
   */
  constructor(
    private readonly _bridge: IBridge,
    private readonly _trans: TranslationBundle
  ) {
    _bridge.changed.connect(this._onBridgeChanged, this);
    document.addEventListener('visibilitychange', this._catchUp);
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

  update(): Promise<void> {
    if (this._peeking) {
      // What stands in for the server has not been asked by that.
      return this._peeking.then(() => this.update());
    }
    this._wasAsked = true;
    this._asking ??= this._ask(() => this._bridge.status()).finally(() => {
      this._asking = null;
    });
    return this._asking;
  }

  peek(): Promise<void> {
    this._wasAsked = true;
    this._peeking ??= this._ask(() => this._bridge.peek()).finally(() => {
      this._peeking = null;
    });
    return this._peeking;
  }

  find(issuer: string): ISession | null {
    return findSession(this._status?.sessions ?? [], issuer);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._bridge.changed.disconnect(this._onBridgeChanged, this);
    document.removeEventListener('visibilitychange', this._catchUp);
    Signal.clearData(this);
  }

  private async _ask(ask: () => Promise<IStatus>): Promise<void> {
    do {
      // What is announced from here on may not be in the answer.
      this._isStale = false;
      try {
        this._status = await ask();
        this._problem = null;
      } catch (error) {
        this._problem = toProblem(error, this._trans);
      }
    } while (this._isStale && !this._isDisposed);
    this._changed.emit();
  }

  private _onBridgeChanged(): void {
    this._isStale = true;
    // Before anyone has asked, nobody looks at the status; nor at a hidden tab.
    if (this._wasAsked && !document.hidden) {
      void this.update();
    }
  }

  /** Back in sight: ask for what was announced while nobody looked. */
  private readonly _catchUp = (): void => {
    if (!document.hidden && this._isStale && this._wasAsked) {
      void this.update();
    }
  };

  private _asking: Promise<void> | null = null;
  private _peeking: Promise<void> | null = null;
  private readonly _changed = new Signal<ISessions, void>(this);
  private _isDisposed = false;
  private _isStale = false;
  private _problem: IProblem | null = null;
  private _status: IStatus | null = null;
  private _wasAsked = false;
}
