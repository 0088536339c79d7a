import { URLExt } from '@jupyterlab/coreutils';
import {
  Kernel,
  KernelMessage,
  KernelSpec,
  ServerConnection
} from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IStandIn } from '../tokens';
import { unlessAborted, within } from './patience';
import { BridgeError } from './problem';
import { loadIt } from './serverFault';

/** Milliseconds without a request after which the kernel is shut down. */
const IDLE = 60_000;

/** Milliseconds that a kernel may take until it answers for the first time. */
const START_LIMIT = 60_000;

/** What a kernel needs to have. */
const MODULE = 'jupyterlab_deploykf.kernelbridge';

/**
 * What became of an expression (`user_expressions` of the Jupyter protocol).
 */
export type Value =
  | { status: 'ok'; data: { [type: string]: unknown } }
  | { status: 'error'; ename?: string; evalue?: string };

/**
 * A kernel that nobody sees. It is started when something is to be evaluated,
 * and shut down when nothing has been for a while, or the page is left. It is
 * never the user's.
 */
export class OwnKernel implements IDisposable {
  /**
   * @param _options - What kernels there are.
   */
  constructor(private readonly _options: OwnKernel.IOptions) {}

  /** Which kernel it is, or was until it was released. */
  get standIn(): IStandIn | null {
    return this._standIn;
  }

  /** Emitted when `standIn` is new. */
  get changed(): ISignal<OwnKernel, void> {
    return this._changed;
  }

  /** Whether one runs, or is being started. */
  get isThere(): boolean {
    return this._kernel !== null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Call the package's `answer`.
   *
   * @param request - Its argument.
   * @param signal - Stops the waiting; the kernel finishes what it has begun.
   * @throws An `AbortError`; a {@link BridgeError} where no kernel has the
   * package; anything else where the kernel did not start, or is gone.
   */
  async answer(request: string, signal?: AbortSignal): Promise<Value> {
    this._asked += 1;
    this._isReleased = false;
    clearTimeout(this._timer);
    const starting = (this._kernel ??= this._start());
    try {
      const kernel = await unlessAborted(starting, signal);
      // JSON's texts are Python's too.
      const call = `answer(${JSON.stringify(request)})`;
      return await unlessAborted(
        evaluate(
          kernel,
          `__import__("${MODULE}", fromlist=["answer"]).${call}`
        ),
        signal
      );
    } catch (error) {
      // The next request tries another one, unless that has happened already.
      if (!signal?.aborted && this._kernel === starting) {
        this._end();
      }
      throw error;
    } finally {
      this._asked -= 1;
      this._rest();
    }
  }

  /**
   * Keep the kernel for a while also where nothing is asked, since it holds
   * something that is in its memory alone. `release` ends that.
   *
   * @param time - In milliseconds; it takes the place of what was said before.
   */
  keep(time: number): void {
    clearTimeout(this._keeping);
    this._isKept = time > 0;
    this._keeping = setTimeout(() => {
      this._isKept = false;
      this._rest();
    }, time);
    this._rest();
  }

  /**
   * Shut the kernel down as soon as nothing is under way; the next request
   * starts another one.
   */
  release(): void {
    this._isReleased = true;
    this._rest();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._end();
    Signal.clearData(this);
  }

  /** Nothing may be under way: then the kernel goes, now or in a while. */
  private _rest(): void {
    clearTimeout(this._timer);
    if (this._asked > 0 || this._isDisposed) {
      return;
    }
    if (this._isReleased) {
      this._end();
    } else if (!this._isKept) {
      this._timer = setTimeout(() => this._end(), IDLE);
    }
  }

  private _end(): void {
    clearTimeout(this._timer);
    clearTimeout(this._keeping);
    this._isKept = false;
    window.removeEventListener('pagehide', this._onPageHide);
    const starting = this._kernel;
    this._kernel = null;
    this._running = null;
    starting?.then(shutDown, () => {
      // Nothing was left running.
    });
  }

  /** Start kernels until one has the package. */
  private async _start(): Promise<Kernel.IKernelConnection> {
    const { specs, trans } = this._options;
    window.addEventListener('pagehide', this._onPageHide);
    await specs.ready;
    let failure: unknown = null;
    let hasRun = false;
    for (const spec of candidates(specs.specs)) {
      this._show({ name: spec.display_name, isReady: false });
      try {
        const kernel = await this._tryOut(spec.name);
        if (kernel) {
          this._show({ name: spec.display_name, isReady: true });
          return kernel;
        }
        hasRun = true;
      } catch (error) {
        // A kernel that is broken must not stop one that works.
        failure = error;
      }
    }
    this._show(null);
    throw failure !== null && !hasRun ? failure : noKernel(trans);
  }

  /** A kernel that has the package; `null` where this one has not. */
  private async _tryOut(
    name: string
  ): Promise<Kernel.IKernelConnection | null> {
    const kernel = await this._options.kernels.startNew({ name });
    this._running = kernel;
    let isFit = false;
    try {
      isFit = await within(START_LIMIT, hasPackage(kernel));
    } finally {
      if (!isFit) {
        await shutDown(kernel);
      }
    }
    return isFit ? kernel : null;
  }

  private _show(standIn: IStandIn | null): void {
    this._standIn = standIn;
    this._changed.emit();
  }

  /** The page is left: the browser sends this request even so. */
  private readonly _onPageHide = () => {
    const kernel = this._running;
    this._kernel = null;
    this._running = null;
    if (kernel && !kernel.isDisposed) {
      const { id, serverSettings } = kernel;
      const url = URLExt.join(serverSettings.baseUrl, 'api/kernels', id);
      const init = { method: 'DELETE', keepalive: true };
      ServerConnection.makeRequest(url, init, serverSettings).catch(() => {
        // There is no page any more to tell anyone.
      });
      kernel.dispose();
    }
  };

  private _asked = 0;
  private readonly _changed = new Signal<OwnKernel, void>(this);
  private _isDisposed = false;
  private _isKept = false;
  private _isReleased = false;
  private _keeping: ReturnType<typeof setTimeout> | undefined;
  private _kernel: Promise<Kernel.IKernelConnection> | null = null;
  private _running: Kernel.IKernelConnection | null = null;
  private _standIn: IStandIn | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
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
  const found = await evaluate(
    kernel,
    `__import__("importlib.util").util.find_spec("${MODULE}") is not None`
  );
  return found.status === 'ok' && found.data['text/plain'] === 'True';
}

/** The value travels in the reply: nothing is printed, and nothing is kept in the history. */
async function evaluate(
  kernel: Kernel.IKernelConnection,
  expression: string
): Promise<Value> {
  const { content } = await kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    allow_stdin: false,
    user_expressions: { answer: expression }
  }).done;
  const reply = content as KernelMessage.IExecuteReply;
  return (reply.user_expressions?.answer ?? { status: 'error' }) as Value;
}

async function shutDown(kernel: Kernel.IKernelConnection): Promise<void> {
  try {
    await kernel.shutdown();
  } catch {
    // It is gone already.
  }
  kernel.dispose();
}

function noKernel(trans: TranslationBundle): BridgeError {
  return new BridgeError({
    code: 'no_kernel',
    message: trans.__(
      'The Jupyter server has not loaded the deployKF extension, and no kernel has the package to stand in for it.'
    ),
    next_step: loadIt(trans),
    retryable: false
  });
}

/**
 * The namespace of the kernel's types.
 */
export namespace OwnKernel {
  /**
   * What it is chosen from.
   */
  export interface IOptions {
    /** Starts kernels. */
    readonly kernels: Pick<Kernel.IManager, 'startNew'>;
    /** Which kernels there are. */
    readonly specs: Pick<KernelSpec.IManager, 'specs' | 'ready'>;
    readonly trans: TranslationBundle;
  }
}
