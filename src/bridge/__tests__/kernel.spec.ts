import { Kernel, KernelSpec, ServerConnection } from '@jupyterlab/services';

import {
  Deferred,
  ISSUER,
  problem,
  settle,
  signedIn,
  trans
} from '../../__tests__/support';
import { IBridge } from '../../tokens';
import { KernelBridge } from '../kernel';
import { BridgeError } from '../problem';

type Reply = { [name: string]: unknown };

const ok = (type: string, value: unknown): Reply => ({
  status: 'ok',
  data: { [type]: value },
  metadata: {}
});

const answer = (content: unknown) => ok('application/json', content);

const settings = ServerConnection.makeSettings({
  baseUrl: 'http://jupyter.example.com/user/me/'
});

/** A kernel, as far as the bridge sees it. */
class FakeKernel {
  readonly expressions: string[] = [];
  readonly requests: Reply[] = [];
  readonly serverSettings: ServerConnection.ISettings;
  isDisposed = false;
  isShutDown = false;

  constructor(
    readonly id: string,
    private readonly _machine: Machine
  ) {
    const { deletions } = _machine;
    this.serverSettings = {
      ...settings,
      fetch: request => {
        deletions.push(request as Request);
        return Promise.resolve(new Response(null, { status: 204 }));
      }
    };
  }

  requestExecute(content: Reply): { done: Promise<unknown> } {
    const { answer: code } = content.user_expressions as { answer: string };
    this.expressions.push(code);
    this.requests.push(content);
    return { done: this._evaluate(code) };
  }

  async shutdown(): Promise<void> {
    this.isShutDown = true;
  }

  dispose(): void {
    this.isDisposed = true;
  }

  private async _evaluate(code: string): Promise<unknown> {
    const value = code.includes('find_spec')
      ? await this._machine.probe(this.id)
      : await this._machine.reply(code);
    return { content: { user_expressions: { answer: value } } };
  }
}

/** What starts kernels. */
class Machine {
  readonly started: FakeKernel[] = [];
  readonly deletions: Request[] = [];
  kernelspecs: { [name: string]: Partial<KernelSpec.ISpecModel> } = {
    r: { name: 'r', language: 'R', display_name: 'R' },
    kfp: { name: 'kfp', language: 'python', display_name: 'Python (kfp)' },
    python3: { name: 'python3', language: 'python', display_name: 'Python 3' }
  };
  start = async (_: string): Promise<void> => undefined;
  probe = async (_: string): Promise<Reply> => ok('text/plain', 'True');
  reply = async (_: string): Promise<Reply> => answer({ answer: { a: 1 } });

  async startNew({ name = '' }): Promise<FakeKernel> {
    await this.start(name);
    const kernel = new FakeKernel(name, this);
    this.started.push(kernel);
    return kernel;
  }

  get running(): string[] {
    return this.started.filter(k => !k.isShutDown).map(k => k.id);
  }
}

const live: KernelBridge[] = [];

function make(setUp: (machine: Machine) => void = () => undefined) {
  const machine = new Machine();
  setUp(machine);
  const bridge = new KernelBridge({
    kernels: machine as unknown as Pick<Kernel.IManager, 'startNew'>,
    specs: {
      ready: Promise.resolve(),
      specs: {
        default: 'python3',
        kernelspecs: machine.kernelspecs
      } as KernelSpec.ISpecModels
    },
    trans
  });
  live.push(bridge);
  return { bridge, machine };
}

async function failure(promise: Promise<unknown>): Promise<BridgeError> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BridgeError);
  return error as BridgeError;
}

beforeEach(() => jest.useFakeTimers());

afterEach(() => {
  live.splice(0).forEach(bridge => bridge.dispose());
  jest.useRealTimers();
});

describe('the kernel bridge', () => {
  it('starts nothing before it is asked', () => {
    expect(make().machine.started).toEqual([]);
  });

  it('asks by an expression that leaves no trace', async () => {
    const { bridge, machine } = make();
    expect(await bridge.ask('provider', { issuer: ISSUER })).toEqual({ a: 1 });
    const [, request] = machine.started[0].requests;
    expect(request).toMatchObject({
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false
    });
    const text = JSON.stringify(
      JSON.stringify({ operation: 'provider', issuer: ISSUER })
    );
    expect(machine.started[0].expressions[1]).toBe(
      `__import__("jupyterlab_deploykf.kernelbridge", fromlist=["answer"]).answer(${text})`
    );
  });

  it.each([
    ['status', (b: IBridge) => b.ask('status', {}), {}],
    ['login', login, attempt()],
    [
      'refresh',
      (b: IBridge) => b.ask('refresh', { issuer: ISSUER }),
      { issuer: ISSUER }
    ],
    [
      'logout',
      (b: IBridge) => b.ask('logout', { issuer: ISSUER }),
      { issuer: ISSUER }
    ],
    ['service_account', (b: IBridge) => b.ask('service_account', {}), {}],
    ['clusters', (b: IBridge) => b.ask('clusters', {}), {}],
    [
      'add_cluster',
      (b: IBridge) =>
        b.ask('add_cluster', { cluster: { issuer: ISSUER }, replaces: null }),
      { cluster: { issuer: ISSUER }, replaces: null }
    ],
    [
      'remember_cluster',
      (b: IBridge) => b.ask('remember_cluster', { issuer: ISSUER }),
      { issuer: ISSUER }
    ],
    [
      'remove_cluster',
      (b: IBridge) => b.ask('remove_cluster', { issuer: ISSUER }),
      { issuer: ISSUER }
    ]
  ])('asks for %s', async (operation, call, fields) => {
    const { bridge, machine } = make(m => {
      m.reply = async () => answer({ answer: signedIn() });
    });
    await call(bridge);
    const literal = /answer\((.*)\)$/s.exec(machine.started[0].expressions[1]);
    expect(JSON.parse(JSON.parse(literal?.[1] ?? ''))).toEqual({
      operation,
      ...fields
    });
  });

  it('announces what it has changed', async () => {
    const { bridge } = make(m => {
      m.reply = async () => answer({ answer: signedIn() });
    });
    const seen: unknown[] = [];
    bridge.changed.connect((_, change) => seen.push(change));
    await bridge.ask('status', {});
    await login(bridge);
    await bridge.ask('add_cluster', {
      cluster: { issuer: ISSUER },
      replaces: null
    });
    await bridge.ask('remember_cluster', { issuer: ISSUER });
    await bridge.ask('remove_cluster', { issuer: ISSUER });
    const listChanged = { issuer: '', change: 'clusters' };
    expect(seen).toEqual([
      { issuer: ISSUER, change: 'signed_in' },
      listChanged,
      listChanged,
      listChanged
    ]);
  });

  it('hands on what the kernel says about a failure', async () => {
    const told = problem('code_rejected');
    const { bridge, machine } = make(m => {
      m.reply = async () => answer({ problem: told });
    });
    expect((await failure(login(bridge))).problem).toEqual(told);
    // That is an answer: the kernel is as good as before.
    expect(machine.running).toEqual(['python3']);
  });

  it.each([
    ['an error', { status: 'error', ename: 'ImportError' }, 'ImportError'],
    ['something else', ok('text/plain', '<Answer>'), 'no answer'],
    ['half an answer', answer({ problem: 'boo' }), 'no answer']
  ])('makes of %s a problem with a next step', async (_, reply, why) => {
    const { bridge } = make(m => (m.reply = async () => reply));
    const error = await failure(bridge.ask('status', {}));
    expect(error.code).toBe('kernel_fault');
    expect(error.message).toContain(why);
    expect(error.problem.next_step).not.toBe('');
  });
});

describe('the kernel of its own', () => {
  it('is one for all requests', async () => {
    const { bridge, machine } = make();
    await Promise.all([
      bridge.ask('status', {}),
      bridge.ask('service_account', {})
    ]);
    await bridge.ask('clusters', {});
    expect(machine.started).toHaveLength(1);
  });

  it('is the default, or else another one that has the package', async () => {
    const { bridge, machine } = make(m => {
      m.probe = async name =>
        ok('text/plain', name === 'kfp' ? 'True' : 'None');
    });
    const seen: unknown[] = [];
    bridge.standInChanged.connect(() => seen.push(bridge.standIn));
    await bridge.ask('status', {});
    expect(machine.started.map(kernel => kernel.id)).toEqual([
      'python3',
      'kfp'
    ]);
    expect(machine.running).toEqual(['kfp']);
    expect(seen).toEqual([
      { name: 'Python 3', isReady: false },
      { name: 'Python (kfp)', isReady: false },
      { name: 'Python (kfp)', isReady: true }
    ]);
  });

  it('is another one where the default does not start', async () => {
    const { bridge, machine } = make(m => {
      m.start = async name => {
        if (name === 'python3') {
          throw new Error('no such file');
        }
      };
    });
    await bridge.ask('status', {});
    expect(machine.running).toEqual(['kfp']);
  });

  it('is another one where the default never answers', async () => {
    const { bridge, machine } = make(m => {
      m.probe = name =>
        name === 'kfp'
          ? Promise.resolve(ok('text/plain', 'True'))
          : new Promise(() => undefined);
    });
    const status = bridge.ask('status', {});
    await settle();
    expect(machine.running).toEqual(['python3']);
    jest.advanceTimersByTime(60_000);
    await status;
    expect(machine.running).toEqual(['kfp']);
  });

  it('is told to be missing where none has the package', async () => {
    const { bridge, machine } = make(m => {
      m.probe = async () => ({ status: 'error', ename: 'ModuleNotFoundError' });
    });
    const error = await failure(bridge.ask('status', {}));
    expect(error.code).toBe('no_kernel');
    expect(error.problem.next_step).toContain(
      'pip install jupyterlab-deploykf'
    );
    expect(machine.running).toEqual([]);
    expect(bridge.standIn).toBeNull();
    // Someone may have installed it meanwhile.
    machine.probe = async () => ok('text/plain', 'True');
    await bridge.ask('status', {});
    expect(machine.running).toEqual(['python3']);
  });

  it('says why where none starts at all', async () => {
    const { bridge } = make(m => {
      m.start = () => Promise.reject(new Error('too many kernels'));
    });
    const error = await failure(bridge.ask('status', {}));
    expect(error.code).toBe('kernel_fault');
    expect(error.message).toContain('too many kernels');
    expect(error.retryable).toBe(true);
  });

  it('is another one once it is gone', async () => {
    const { bridge, machine } = make();
    await bridge.ask('status', {});
    machine.reply = () => Promise.reject(new Error('Canceled future'));
    expect((await failure(bridge.ask('status', {}))).code).toBe('kernel_fault');
    machine.reply = async () => answer({ answer: {} });
    await bridge.ask('status', {});
    expect(machine.started).toHaveLength(2);
    expect(machine.running).toHaveLength(1);
  });

  it('outlives the failure of a request to the one before', async () => {
    const { bridge, machine } = make();
    const old = new Deferred<Reply>();
    machine.reply = () => old.promise;
    const late = failure(bridge.ask('status', {}));
    await settle();
    machine.reply = () => Promise.reject(new Error('Canceled future'));
    await failure(bridge.ask('status', {}));
    machine.reply = async () => answer({ answer: {} });
    await bridge.ask('status', {});
    old.reject(new Error('Canceled future'));
    await late;
    await settle();
    expect(machine.running).toHaveLength(1);
  });

  it('is shut down when nobody has asked for a minute', async () => {
    const { bridge, machine } = make();
    await bridge.ask('status', {});
    jest.advanceTimersByTime(59_000);
    await bridge.ask('status', {});
    jest.advanceTimersByTime(59_000);
    expect(machine.running).toEqual(['python3']);
    jest.advanceTimersByTime(1000);
    await settle();
    expect(machine.running).toEqual([]);
    await bridge.ask('status', {});
    expect(machine.running).toEqual(['python3']);
  });

  it('is not shut down while someone waits', async () => {
    const { bridge, machine } = make();
    const slow = new Deferred<Reply>();
    machine.reply = () => slow.promise;
    const status = bridge.ask('status', {});
    await settle();
    jest.advanceTimersByTime(120_000);
    await settle();
    expect(machine.running).toEqual(['python3']);
    slow.resolve(answer({ answer: {} }));
    await status;
  });

  it.each([
    ['released', (bridge: KernelBridge) => bridge.release()],
    ['disposed of', (bridge: KernelBridge) => bridge.dispose()]
  ])('is shut down when it is %s, even while it starts', async (_, end) => {
    const { bridge, machine } = make();
    const probe = new Deferred<Reply>();
    machine.probe = () => probe.promise;
    bridge.ask('status', {}).catch(() => undefined);
    await settle();
    end(bridge);
    probe.resolve(ok('text/plain', 'True'));
    await settle();
    expect(machine.running).toEqual([]);
  });

  it('goes with the page', async () => {
    const { bridge, machine } = make();
    await bridge.ask('status', {});
    window.dispatchEvent(new Event('pagehide'));
    expect(machine.deletions).toHaveLength(1);
    const [{ method, url }] = machine.deletions;
    expect(method).toBe('DELETE');
    expect(new URL(url).pathname).toBe('/user/me/api/kernels/python3');
    // A browser may bring the page back.
    await bridge.ask('status', {});
    expect(machine.started).toHaveLength(2);
  });
});

describe('a kernel that holds a login for its confirmation', () => {
  const held = { issuer: ISSUER, confirmation: 'handle' };
  const MINUTE = 60_000;

  async function holding() {
    const told = { ...problem('other_identity'), confirmation: 'handle' };
    const made = make(m => (m.reply = async () => answer({ problem: told })));
    await failure(login(made.bridge));
    made.machine.reply = async () => answer({ answer: signedIn() });
    return made;
  }

  const after = async (time: number, machine: Machine) => {
    jest.advanceTimersByTime(time);
    await settle();
    return machine.running;
  };

  it('is kept for ten minutes, whatever else it is asked', async () => {
    const { bridge, machine } = await holding();
    expect(await after(5 * MINUTE, machine)).toEqual(['python3']);
    await bridge.ask('status', {});
    expect(await after(5 * MINUTE - 1, machine)).toEqual(['python3']);
    expect(await after(MINUTE + 1, machine)).toEqual([]);
  });

  it.each([
    ['confirmed', (b: KernelBridge) => b.ask('confirm_login', held)],
    ['declined', (b: KernelBridge) => b.ask('discard_login', held)]
  ])('is kept no longer than others once it is %s', async (_, end) => {
    const { bridge, machine } = await holding();
    await end(bridge);
    expect(await after(MINUTE - 1, machine)).toEqual(['python3']);
    expect(await after(1, machine)).toEqual([]);
  });

  it('nor once it is too late', async () => {
    const { bridge, machine } = await holding();
    const told = problem('confirmation_expired');
    machine.reply = async () => answer({ problem: told });
    await failure(bridge.ask('confirm_login', held));
    expect(await after(MINUTE, machine)).toEqual([]);
  });

  it('is kept where it could not be saved', async () => {
    const { bridge, machine } = await holding();
    machine.reply = async () => answer({ problem: problem('cache_busy') });
    await failure(bridge.ask('confirm_login', held));
    expect(await after(5 * MINUTE, machine)).toEqual(['python3']);
  });

  it('is released with what it holds', async () => {
    const { bridge, machine } = await holding();
    bridge.release();
    expect(await after(0, machine)).toEqual([]);
    // None is started to forget what went with the other one.
    expect(await bridge.ask('discard_login', held)).toEqual({
      discarded: false
    });
    expect(machine.started).toHaveLength(1);
  });
});

describe('a kernel that is released while it is at work', () => {
  async function busy() {
    const made = make();
    const slow = new Deferred<Reply>();
    made.machine.reply = () => slow.promise;
    const asked = made.bridge.ask('status', {});
    await settle();
    made.bridge.release();
    await settle();
    const finish = async () => {
      slow.resolve(answer({ answer: { a: 1 } }));
      expect(await asked).toEqual({ a: 1 });
      await settle();
    };
    return { ...made, finish };
  }

  it('answers, and is shut down then', async () => {
    const { finish, machine } = await busy();
    expect(machine.running).toEqual(['python3']);
    await finish();
    expect(machine.running).toEqual([]);
  });

  it('stays where it has been asked again since', async () => {
    const { bridge, finish, machine } = await busy();
    const again = bridge.ask('clusters', {});
    await finish();
    await again;
    expect(machine.running).toEqual(['python3']);
  });
});

describe('a request that nobody wants any more', () => {
  it('is not made while the kernel starts', async () => {
    const { bridge, machine } = make();
    const probe = new Deferred<Reply>();
    machine.probe = () => probe.promise;
    const abort = new AbortController();
    const status = bridge.ask('status', {}, abort.signal);
    abort.abort();
    await expect(status).rejects.toMatchObject({ name: 'AbortError' });
    probe.resolve(ok('text/plain', 'True'));
    await settle();
    expect(machine.started[0].expressions).toHaveLength(1);
  });

  it('is not waited for, and its kernel serves others', async () => {
    const { bridge, machine } = make();
    machine.reply = () => new Promise(() => undefined);
    const abort = new AbortController();
    const provider = bridge.ask('provider', { issuer: ISSUER }, abort.signal);
    await settle();
    abort.abort();
    await expect(provider).rejects.toMatchObject({ name: 'AbortError' });
    machine.reply = async () => answer({ answer: {} });
    await bridge.ask('status', {});
    expect(machine.started).toHaveLength(1);
  });
});

function attempt() {
  return {
    issuer: ISSUER,
    code: 'the "code"\n\u2028',
    code_verifier: 'v'.repeat(43),
    nonce: 'n'.repeat(32)
  };
}

function login(bridge: IBridge): Promise<unknown> {
  return bridge.ask('login', attempt());
}
