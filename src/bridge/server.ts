import { Event, ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
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
import { IServer, request } from './request';

/** What the server extension announces. */
const SCHEMA_ID =
  'https://events.jupyter.org/jupyterlab_deploykf/session_changed';

/**
 * The bridge to the server extension (`server/openapi.yaml`).
 */
export class ServerBridge implements IBridge, IDisposable {
  /**
   * @param options - Where the server is, and its stream of events.
   */
  constructor(options: ServerBridge.IOptions) {
    this._server = { settings: options.settings, trans: options.trans };
    this._events = options.events ?? null;
    this._events?.connect(this._onEvent, this);
  }

  get changed(): ISignal<IBridge, IChange> {
    return this._changed;
  }

  get standIn(): IStandIn | null {
    return null;
  }

  get standInChanged(): ISignal<IBridge, void> {
    return this._standInChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this._get('status', signal);
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this.status(signal);
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    return this._get(`provider?issuer=${encodeURIComponent(issuer)}`, signal);
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    return this._send('POST', 'login', login, signal);
  }

  beginDevice(issuer: string, signal?: AbortSignal): Promise<IDeviceAttempt> {
    return this._send('POST', 'device', { issuer }, signal);
  }

  pollDevice(attempt: DevicePoll, signal?: AbortSignal): Promise<IDevicePoll> {
    return this._send('POST', 'device/poll', attempt, signal);
  }

  loginPassword(
    login: IPasswordLogin,
    signal?: AbortSignal
  ): Promise<ISession> {
    return this._send('POST', 'login/password', login, signal);
  }

  refresh(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._send('POST', 'refresh', { issuer }, signal);
  }

  logout(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._send('POST', 'logout', { issuer }, signal);
  }

  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount> {
    return this._get('service-account', signal);
  }

  doctor(issuer: string, signal?: AbortSignal): Promise<IReport> {
    return this._get(`doctor?issuer=${encodeURIComponent(issuer)}`, signal);
  }

  clusters(signal?: AbortSignal): Promise<IClusters> {
    return this._get('clusters', signal);
  }

  saveClusters(
    clusters: readonly ClusterEntry[],
    signal?: AbortSignal
  ): Promise<IClusters> {
    return this._send('PUT', 'clusters', { clusters }, signal);
  }

  release(): void {
    // The server is there anyway.
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._events?.disconnect(this._onEvent, this);
    Signal.clearData(this);
  }

  private _get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return request<T>(this._server, { method: 'GET', path, signal });
  }

  private _send<T>(
    method: 'POST' | 'PUT',
    path: string,
    body: unknown,
    signal?: AbortSignal
  ): Promise<T> {
    return request<T>(this._server, { method, path, body, signal });
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    if (event.schema_id === SCHEMA_ID) {
      // The server's schema promises the two fields.
      const { issuer, change } = event as unknown as IChange;
      this._changed.emit({ issuer, change });
    }
  }

  private readonly _changed = new Signal<IBridge, IChange>(this);
  /** Never emitted. */
  private readonly _standInChanged = new Signal<IBridge, void>(this);
  private readonly _events: ServerBridge.Events | null;
  private _isDisposed = false;
  private readonly _server: IServer;
}

/**
 * The namespace of the server bridge's types.
 */
export namespace ServerBridge {
  /** The server's events. */
  export type Events = ISignal<Event.IManager, Event.Emission>;

  /**
   * What a bridge is made from.
   */
  export interface IOptions {
    /** Where the server is. */
    readonly settings: ServerConnection.ISettings;
    /** The server's events; without them nothing is announced. */
    readonly events?: Events;
    /** For the texts of its own. */
    readonly trans: TranslationBundle;
  }
}
