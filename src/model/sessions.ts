import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IBridge, ISession, ISessions, IStatus } from '../tokens';

/**
 * The sessions, kept up to date by the bridge's word and not by polling.
 */
export class SessionsModel implements ISessions, IDisposable {
  /**
   * @param bridge - The way to the cache.
   */
  constructor(private readonly _bridge: IBridge) {
    _bridge.changed.connect(this._onChanged, this);
  }

  get status(): IStatus | null {
    return this._status;
  }

  get changed(): ISignal<ISessions, IStatus> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Ask for the status. Callers at the same time share one request; a change
   * that is announced meanwhile leads to one more.
   */
  refreshStatus(): Promise<IStatus> {
    this._asking ??= this._ask().finally(() => {
      this._asking = null;
    });
    return this._asking;
  }

  find(issuer: string): ISession | null {
    const sessions = this._status?.sessions ?? [];
    return sessions.find(s => s.cluster.issuer === issuer) ?? null;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _ask(): Promise<IStatus> {
    let status: IStatus;
    do {
      this._isStale = false;
      status = await this._bridge.status();
    } while (this._isStale);
    this._status = status;
    if (!this._isDisposed) {
      this._changed.emit(status);
    }
    return status;
  }

  private _onChanged(): void {
    this._isStale = true;
    // Before anyone has asked, nobody looks at the status.
    if (this._status && !this._asking) {
      this.refreshStatus().catch(reason => {
        console.warn('deployKF: the status could not be read.', reason);
      });
    }
  }

  private _asking: Promise<IStatus> | null = null;
  private readonly _changed = new Signal<ISessions, IStatus>(this);
  private _isDisposed = false;
  private _isStale = false;
  private _status: IStatus | null = null;
}
