import { TranslationBundle } from '@jupyterlab/translation';
import { JSONObject } from '@lumino/coreutils';
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
  IProblem,
  IProvider,
  IReport,
  IServiceAccount,
  ISession,
  IStandIn,
  IStatus
} from '../tokens';
import { OwnKernel, Value } from './ownKernel';
import { BridgeError, isProblem } from './problem';

/**
 * The bridge by a kernel of its own, where the server extension is not loaded:
 * the same core, the same answers (`jupyterlab_deploykf/kernelbridge.py`).
 */
export class KernelBridge implements IBridge, IDisposable {
  /**
   * @param _options - What kernels there are.
   */
  constructor(private readonly _options: OwnKernel.IOptions) {
    this._kernel = new OwnKernel(_options);
    this._kernel.changed.connect(this._onKernelChanged, this);
  }

  get changed(): ISignal<IBridge, IChange> {
    return this._changed;
  }

  get standIn(): IStandIn | null {
    return this._kernel.standIn;
  }

  get standInChanged(): ISignal<IBridge, void> {
    return this._standInChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this._ask('status', {}, signal);
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this.status(signal);
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    return this._ask('provider', { issuer }, signal);
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    return this._change('signed_in', 'login', { ...login }, signal);
  }

  beginDevice(issuer: string, signal?: AbortSignal): Promise<IDeviceAttempt> {
    return this._ask('begin_device', { issuer }, signal);
  }

  async pollDevice(
    attempt: DevicePoll,
    signal?: AbortSignal
  ): Promise<IDevicePoll> {
    const polled = await this._ask<IDevicePoll>(
      'poll_device',
      { ...attempt },
      signal
    );
    if (polled.session) {
      const { issuer } = polled.session.cluster;
      this._changed.emit({ issuer, change: 'signed_in' });
    }
    return polled;
  }

  loginPassword(
    login: IPasswordLogin,
    signal?: AbortSignal
  ): Promise<ISession> {
    return this._change('signed_in', 'login_password', { ...login }, signal);
  }

  refresh(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._change('refreshed', 'refresh', { issuer }, signal);
  }

  logout(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._change('signed_out', 'logout', { issuer }, signal);
  }

  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount> {
    return this._ask('service_account', {}, signal);
  }

  doctor(issuer: string, signal?: AbortSignal): Promise<IReport> {
    return this._ask('doctor', { issuer }, signal);
  }

  clusters(signal?: AbortSignal): Promise<IClusters> {
    return this._ask('clusters', {}, signal);
  }

  async saveClusters(
    clusters: readonly ClusterEntry[],
    signal?: AbortSignal
  ): Promise<IClusters> {
    const fields = { clusters: clusters as unknown as JSONObject[] };
    const saved = await this._ask<IClusters>('save_clusters', fields, signal);
    this._changed.emit({ issuer: '', change: 'clusters' });
    return saved;
  }

  release(): void {
    this._kernel.release();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._kernel.dispose();
    Signal.clearData(this);
  }

  private async _change(
    change: IChange['change'],
    operation: string,
    fields: JSONObject,
    signal?: AbortSignal
  ): Promise<ISession> {
    const session = await this._ask<ISession>(operation, fields, signal);
    this._changed.emit({ issuer: session.cluster.issuer, change });
    return session;
  }

  private async _ask<T>(
    operation: string,
    fields: JSONObject,
    signal?: AbortSignal
  ): Promise<T> {
    const { trans } = this._options;
    let value: Value;
    try {
      const request = JSON.stringify({ operation, ...fields });
      value = await this._kernel.answer(request, signal);
    } catch (error) {
      const isTold = error instanceof BridgeError || signal?.aborted;
      throw isTold ? error : fault(String(error), trans);
    }
    return processReply<T>(value, trans);
  }

  private _onKernelChanged(): void {
    this._standInChanged.emit();
  }

  private readonly _changed = new Signal<IBridge, IChange>(this);
  private _isDisposed = false;
  private readonly _kernel: OwnKernel;
  private readonly _standInChanged = new Signal<IBridge, void>(this);
}

/**
 * Validate what the kernel answered; no I/O.
 *
 * @throws {@link BridgeError}
 */
export function processReply<T>(value: Value, trans: TranslationBundle): T {
  if (value.status === 'ok') {
    const said = value.data['application/json'] as
      { answer?: T; problem?: IProblem } | undefined;
    if (said?.answer) {
      return said.answer;
    }
    if (isProblem(said?.problem)) {
      throw new BridgeError(said.problem);
    }
  }
  const why = value.status === 'error' ? value.ename : undefined;
  throw fault(why ?? trans.__('no answer'), trans);
}

function fault(why: string, trans: TranslationBundle): BridgeError {
  return new BridgeError({
    code: 'kernel_fault',
    message: trans.__(
      'The kernel that stands in for the Jupyter server failed (%1).',
      why
    ),
    next_step: trans.__(
      'Try again. If it stays like this, update the package jupyterlab-deploykf in the kernel, or restart the Jupyter server.'
    ),
    retryable: true
  });
}
