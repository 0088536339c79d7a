import { Kernel, KernelMessage, KernelSpec } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { JSONObject } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  ClusterEntry,
  IBridge,
  IChange,
  IClusters,
  ILogin,
  IProblem,
  IProvider,
  IServiceAccount,
  ISession,
  IStatus
} from '../tokens';
import { BridgeError, isProblem } from './problem';

/** Milliseconds without a request after which the kernel is shut down. */
const IDLE = 60_000;

const MODULE = 'jupyterlab_deploykf.kernelbridge';

/**
 * The bridge by a kernel of its own, where the server extension is not loaded:
 * the same core, the same answers (`jupyterlab_deploykf/kernelbridge.py`).
 *
 * The kernel is started when something is asked, and shut down when nothing is
 * asked any more. It is never the user's.
 */
export class KernelBridge implements IBridge, IDisposable {
  /**
   * @param _options - What kernels there are.
   */
  constructor(private readonly _options: KernelBridge.IOptions) {}

  get changed(): ISignal<IBridge, IChange> {
    return this._changed;
  }

  get standIn(): string | null {
    return this._title;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this._ask('status', {}, signal);
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    return this._ask('provider', { issuer }, signal);
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    return this._change('signed_in', 'login', { ...login }, signal);
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
    void this._stop();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.release();
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
    this._asked += 1;
    clearTimeout(this._timer);
    try {
      this._kernel ??= this._start();
      const kernel = await unlessAborted(this._kernel, signal);
      const request = JSON.stringify({ operation, ...fields });
      const answer = await unlessAborted(evaluate(kernel, request), signal);
      return processReply<T>(answer, this._options.trans);
    } catch (error) {
      const isAbort =
        error instanceof DOMException && error.name === 'AbortError';
      if (error instanceof BridgeError || isAbort) {
        throw error;
      }
      // It did not start, or is gone: the next request tries another one.
      this.release();
      throw fault(
        error instanceof Error ? error.message : String(error),
        this._options.trans
      );
    } finally {
      this._asked -= 1;
      if (this._asked === 0) {
        this._timer = setTimeout(() => this.release(), IDLE);
      }
    }
  }

  /** Start kernels until one has the package. */
  private async _start(): Promise<Kernel.IKernelConnection> {
    const { kernels, specs, trans } = this._options;
    await specs.ready;
    // A page that is left waits for no answer.
    window.addEventListener('pagehide', this._onPageHide);
    for (const spec of candidates(specs.specs)) {
      const kernel = await kernels.startNew({ name: spec.name });
      if (await hasPackage(kernel)) {
        this._title = spec.display_name;
        return kernel;
      }
      await kernel.shutdown();
      kernel.dispose();
    }
    this._kernel = null;
    throw new BridgeError({
      code: 'no_kernel',
      message: trans.__(
        'The Jupyter server has not loaded the deployKF extension, and no kernel has the package to stand in for it.'
      ),
      next_step: trans.__(
        'Restart the Jupyter server. If that does not help, run «pip install jupyterlab-deploykf» where it is installed, and restart it again.'
      ),
      retryable: false
    });
  }

  private async _stop(): Promise<void> {
    clearTimeout(this._timer);
    window.removeEventListener('pagehide', this._onPageHide);
    const starting = this._kernel;
    this._kernel = null;
    this._title = null;
    try {
      const kernel = await starting;
      await kernel?.shutdown();
      kernel?.dispose();
    } catch {
      // It has not started, or is gone already: there is nothing to stop.
    }
  }

  private readonly _onPageHide = () => this.release();
  private _asked = 0;
  private readonly _changed = new Signal<IBridge, IChange>(this);
  private _isDisposed = false;
  private _kernel: Promise<Kernel.IKernelConnection> | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _title: string | null = null;
}

/** Python's, the default first: most people have the package there. */
function candidates(
  specs: KernelSpec.ISpecModels | null
): KernelSpec.ISpecModel[] {
  const python = Object.values(specs?.kernelspecs ?? {}).filter(
    (spec): spec is KernelSpec.ISpecModel => spec?.language === 'python'
  );
  return python.sort(
    (one, other) =>
      Number(other.name === specs?.default) -
      Number(one.name === specs?.default)
  );
}

async function hasPackage(kernel: Kernel.IKernelConnection): Promise<boolean> {
  const found = await expression(
    kernel,
    `__import__("importlib.util").util.find_spec("${MODULE.split('.')[0]}") is not None`
  );
  return found.status === 'ok' && found.data['text/plain'] === 'True';
}

/** The value travels in the reply: nothing is printed, and nothing is kept in the history. */
async function expression(
  kernel: Kernel.IKernelConnection,
  code: string
): Promise<Value> {
  const { content } = await kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    allow_stdin: false,
    user_expressions: { answer: code }
  }).done;
  const reply = content as KernelMessage.IExecuteReply;
  return (reply.user_expressions?.answer ?? { status: 'error' }) as Value;
}

type Value =
  | { status: 'ok'; data: { [type: string]: unknown } }
  | { status: 'error'; ename?: string; evalue?: string };

function evaluate(
  kernel: Kernel.IKernelConnection,
  request: string
): Promise<Value> {
  // JSON's texts are Python's too.
  const call = `answer(${JSON.stringify(request)})`;
  return expression(
    kernel,
    `__import__("${MODULE}", fromlist=["answer"]).${call}`
  );
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

function unlessAborted<T>(
  promise: Promise<T>,
  signal?: AbortSignal
): Promise<T> {
  if (!signal) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const onAbort = () =>
      reject(new DOMException('The request was aborted.', 'AbortError'));
    if (signal.aborted) {
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    void promise
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * The namespace of the kernel bridge's types.
 */
export namespace KernelBridge {
  /**
   * What a bridge is made from.
   */
  export interface IOptions {
    /** Starts kernels. */
    readonly kernels: Pick<Kernel.IManager, 'startNew'>;
    /** Which kernels there are. */
    readonly specs: Pick<KernelSpec.IManager, 'specs' | 'ready'>;
    readonly trans: TranslationBundle;
  }
}
