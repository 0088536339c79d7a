import { TranslationBundle } from '@jupyterlab/translation';

import {
  IChange,
  IDevicePoll,
  IOperations,
  IProblem,
  ISession,
  IStandIn,
  Operation
} from '../tokens';
import { BaseBridge } from './base';
import { OwnKernel, Value } from './ownKernel';
import { BridgeError, isProblem } from './problem';

/** The operations that change the list of clusters. */
const LIST_CHANGES: readonly Operation[] = [
  'add_cluster',
  'remember_cluster',
  'remove_cluster'
];

/** What has happened to a session when an operation has ended well. */
const CHANGES: Partial<Record<Operation, IChange['change']>> = {
  login: 'signed_in',
  login_password: 'signed_in',
  confirm_login: 'signed_in',
  poll_device: 'signed_in',
  refresh: 'refreshed',
  logout: 'signed_out'
};

/** Milliseconds for which a login waits to be confirmed (`core/held.py`). */
const CONFIRMATION_LIFETIME = 600_000;

/**
 * The bridge by a kernel of its own, where the server extension is not loaded:
 * the same core, the same answers (`jupyterlab_deploykf/kernelbridge.py`).
 */
export class KernelBridge extends BaseBridge {
  /**
   * @param _options - What kernels there are.
   */
  constructor(private readonly _options: OwnKernel.IOptions) {
    super();
    this._kernel = new OwnKernel(_options);
    this._kernel.changed.connect(this._onKernelChanged, this);
  }

  get standIn(): IStandIn | null {
    return this._kernel.standIn;
  }

  async ask<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields'],
    signal?: AbortSignal
  ): Promise<IOperations[K]['answer']> {
    const { trans } = this._options;
    if (operation === 'discard_login' && !this._kernel.isThere) {
      // What a kernel holds goes with it.
      return { discarded: false } as IOperations[K]['answer'];
    }
    let value: Value;
    try {
      const request = JSON.stringify({ operation, ...fields });
      value = await this._kernel.answer(request, signal);
    } catch (error) {
      const isTold = error instanceof BridgeError || signal?.aborted;
      throw isTold ? error : fault(String(error), trans);
    }
    try {
      const answer = processReply<IOperations[K]['answer']>(value, trans);
      this._announce(operation, answer);
      this._keep(operation, null);
      return answer;
    } catch (error) {
      this._keep(operation, error);
      throw error;
    }
  }

  release(): void {
    this._kernel.release();
  }

  dispose(): void {
    this._kernel.dispose();
    super.dispose();
  }

  /** What waits for a confirmation is in the kernel's memory, and nowhere else. */
  private _keep(operation: Operation, error: unknown): void {
    const code = error instanceof BridgeError ? error.code : null;
    const isAnswer =
      operation === 'confirm_login' || operation === 'discard_login';
    if (code === 'other_identity') {
      this._kernel.keep(CONFIRMATION_LIFETIME);
    } else if (isAnswer && (!error || code === 'confirmation_expired')) {
      this._kernel.keep(0);
    }
  }

  /** As the server extension would; nobody else does. */
  private _announce(operation: Operation, answer: unknown): void {
    if (LIST_CHANGES.includes(operation)) {
      this._changed.emit({ issuer: '', change: 'clusters' });
    }
    const change = CHANGES[operation];
    const session =
      operation === 'poll_device'
        ? (answer as IDevicePoll).session
        : (answer as ISession);
    if (change && session) {
      this._changed.emit({ issuer: session.cluster.issuer, change });
    }
  }

  private _onKernelChanged(): void {
    this._standInChanged.emit();
  }

  private readonly _kernel: OwnKernel;
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
