import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  ClusterEntry,
  IBridge,
  DevicePoll,
  IChange,
  IClusters,
  IDeviceAttempt,
  IDevicePoll,
  ILogin,
  IPasswordLogin,
  IProvider,
  IReport,
  IServiceAccount,
  ISession,
  IStandIn,
  IStatus
} from '../tokens';
import { BridgeError } from './problem';

/**
 * The bridge to the server extension; where that is not loaded, another one
 * stands in for it. Each request asks the server first until one has been
 * answered so: a page may be older than the server.
 */
export class FallbackBridge implements IBridge, IDisposable {
  /**
   * @param _server - The usual way.
   * @param _loadOther - Brings the other one; called when it is needed.
   */
  constructor(
    private readonly _server: IBridge & IDisposable,
    private readonly _loadOther: () => Promise<IBridge & IDisposable>
  ) {
    _server.changed.connect(this._onChanged, this);
  }

  get changed(): ISignal<IBridge, IChange> {
    return this._changed;
  }

  get standIn(): IStandIn | null {
    return this._isAside ? (this._other?.standIn ?? null) : null;
  }

  get standInChanged(): ISignal<IBridge, void> {
    return this._standInChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this._ask(bridge => bridge.status(signal));
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this._server.peek(signal);
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    return this._ask(bridge => bridge.provider(issuer, signal));
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    return this._ask(bridge => bridge.login(login, signal));
  }

  beginDevice(issuer: string, signal?: AbortSignal): Promise<IDeviceAttempt> {
    return this._ask(bridge => bridge.beginDevice(issuer, signal));
  }

  pollDevice(attempt: DevicePoll, signal?: AbortSignal): Promise<IDevicePoll> {
    return this._ask(bridge => bridge.pollDevice(attempt, signal));
  }

  loginPassword(
    login: IPasswordLogin,
    signal?: AbortSignal
  ): Promise<ISession> {
    return this._ask(bridge => bridge.loginPassword(login, signal));
  }

  refresh(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._ask(bridge => bridge.refresh(issuer, signal));
  }

  logout(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._ask(bridge => bridge.logout(issuer, signal));
  }

  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount> {
    return this._ask(bridge => bridge.serviceAccount(signal));
  }

  doctor(issuer: string, signal?: AbortSignal): Promise<IReport> {
    return this._ask(bridge => bridge.doctor(issuer, signal));
  }

  clusters(signal?: AbortSignal): Promise<IClusters> {
    return this._ask(bridge => bridge.clusters(signal));
  }

  saveClusters(
    entries: readonly ClusterEntry[],
    signal?: AbortSignal
  ): Promise<IClusters> {
    return this._ask(bridge => bridge.saveClusters(entries, signal));
  }

  release(): void {
    this._other?.release();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._server.dispose();
    this._other?.dispose();
    Signal.clearData(this);
  }

  private async _ask<T>(call: (bridge: IBridge) => Promise<T>): Promise<T> {
    try {
      const answer = await call(this._server);
      // The server was restarted meanwhile, perhaps.
      this._isAside = false;
      return answer;
    } catch (error) {
      const isAbsent =
        error instanceof BridgeError && error.code === 'extension_not_loaded';
      if (!isAbsent) {
        throw error;
      }
    }
    this._isAside = true;
    return call(await this._bringOther());
  }

  private async _bringOther(): Promise<IBridge> {
    this._loading ??= this._loadOther();
    try {
      const other = await this._loading;
      if (this._isDisposed) {
        other.dispose();
      } else if (!this._other) {
        this._other = other;
        other.changed.connect(this._onChanged, this);
        other.standInChanged.connect(this._onStandInChanged, this);
      }
      return other;
    } catch (error) {
      // A part of the page that did not arrive may do so the next time.
      this._loading = null;
      throw error;
    }
  }

  private _onChanged(_: IBridge, change: IChange): void {
    this._changed.emit(change);
  }

  private _onStandInChanged(): void {
    this._standInChanged.emit();
  }

  private readonly _changed = new Signal<IBridge, IChange>(this);
  /** Whether the last request went past the server. */
  private _isAside = false;
  private _isDisposed = false;
  private _loading: Promise<IBridge & IDisposable> | null = null;
  private _other: (IBridge & IDisposable) | null = null;
  private readonly _standInChanged = new Signal<IBridge, void>(this);
}
