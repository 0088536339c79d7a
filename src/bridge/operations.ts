import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  ClusterEntry,
  DevicePoll,
  IBridge,
  IChange,
  IClusters,
  IConfirmation,
  IDeviceAttempt,
  IDevicePoll,
  IDiscarded,
  ILogin,
  IPasswordLogin,
  IProvider,
  IReport,
  IServiceAccount,
  ISession,
  IStandIn,
  IStatus
} from '../tokens';

/**
 * What can be asked for, by the names that the Python side has for it
 * (`jupyterlab_deploykf/operations.py`).
 */
export type Operation =
  | 'status'
  | 'provider'
  | 'login'
  | 'login_password'
  | 'confirm_login'
  | 'discard_login'
  | 'begin_device'
  | 'poll_device'
  | 'refresh'
  | 'logout'
  | 'service_account'
  | 'clusters'
  | 'add_cluster'
  | 'remember_cluster'
  | 'remove_cluster'
  | 'doctor';

/** What an operation is given, as JSON. */
export type Fields = object;

/**
 * A bridge that asks for each thing by its name, whichever way that takes.
 */
export abstract class OperationsBridge implements IBridge, IDisposable {
  /**
   * Perform an operation.
   *
   * @throws {@link BridgeError}, or an `AbortError`.
   */
  abstract ask<T>(
    operation: Operation,
    fields: Fields,
    signal?: AbortSignal
  ): Promise<T>;

  get standIn(): IStandIn | null {
    return null;
  }

  get changed(): ISignal<IBridge, IChange> {
    return this._changed;
  }

  get standInChanged(): ISignal<IBridge, void> {
    return this._standInChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this.ask('status', {}, signal);
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this.status(signal);
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    return this.ask('provider', { issuer }, signal);
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    return this.ask('login', login, signal);
  }

  loginPassword(
    login: IPasswordLogin,
    signal?: AbortSignal
  ): Promise<ISession> {
    return this.ask('login_password', login, signal);
  }

  confirmLogin(
    confirmation: IConfirmation,
    signal?: AbortSignal
  ): Promise<ISession> {
    return this.ask('confirm_login', confirmation, signal);
  }

  discardLogin(
    confirmation: IConfirmation,
    signal?: AbortSignal
  ): Promise<IDiscarded> {
    return this.ask('discard_login', confirmation, signal);
  }

  beginDevice(issuer: string, signal?: AbortSignal): Promise<IDeviceAttempt> {
    return this.ask('begin_device', { issuer }, signal);
  }

  pollDevice(attempt: DevicePoll, signal?: AbortSignal): Promise<IDevicePoll> {
    return this.ask('poll_device', attempt, signal);
  }

  refresh(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this.ask('refresh', { issuer }, signal);
  }

  logout(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this.ask('logout', { issuer }, signal);
  }

  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount> {
    return this.ask('service_account', {}, signal);
  }

  doctor(issuer: string, signal?: AbortSignal): Promise<IReport> {
    return this.ask('doctor', { issuer }, signal);
  }

  clusters(signal?: AbortSignal): Promise<IClusters> {
    return this.ask('clusters', {}, signal);
  }

  addCluster(
    cluster: ClusterEntry,
    replaces: string | null,
    signal?: AbortSignal
  ): Promise<IClusters> {
    return this.ask('add_cluster', { cluster, replaces }, signal);
  }

  rememberCluster(issuer: string, signal?: AbortSignal): Promise<IClusters> {
    return this.ask('remember_cluster', { issuer }, signal);
  }

  removeCluster(issuer: string, signal?: AbortSignal): Promise<IClusters> {
    return this.ask('remove_cluster', { issuer }, signal);
  }

  release(): void {
    // The usual way keeps nothing.
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  protected readonly _changed = new Signal<IBridge, IChange>(this);
  protected readonly _standInChanged = new Signal<IBridge, void>(this);
  private _isDisposed = false;
}
