import { Kernel, KernelSpec } from '@jupyterlab/services';

import { ISSUER, problem, signedIn, trans } from '../../__tests__/support';
import { BridgeError } from '../problem';
import { KernelBridge } from '../kernel';

type Reply = { status: string; data?: object; ename?: string };

interface IFakeKernel {
  name: string;
  isShutDown: boolean;
  requests: string[];
}

/** Kernels that answer as the test says; those of `lacking` have no package. */
function manager(
  answer: (request: string) => Reply,
  lacking: string[] = [],
  names = ['python3', 'kfp2', 'ir']
) {
  const started: IFakeKernel[] = [];
  const kernelspecs = Object.fromEntries(
    names.map(name => [
      name,
      {
        name,
        display_name: `Kernel ${name}`,
        language: name === 'ir' ? 'R' : 'python'
      }
    ])
  );
  const kernels = {
    startNew: ({ name }: { name: string }) => {
      const fake: IFakeKernel = { name, isShutDown: false, requests: [] };
      started.push(fake);
      const reply = (code: string): Reply => {
        if (code.includes('find_spec')) {
          const has = !lacking.includes(name);
          return {
            status: 'ok',
            data: { 'text/plain': has ? 'True' : 'False' }
          };
        }
        fake.requests.push(code);
        return answer(code);
      };
      return Promise.resolve({
        requestExecute: (content: {
          code: string;
          silent: boolean;
          store_history: boolean;
          user_expressions: { answer: string };
        }) => {
          expect(content).toMatchObject({
            code: '',
            silent: true,
            store_history: false
          });
          return {
            done: Promise.resolve({
              content: {
                user_expressions: {
                  answer: reply(content.user_expressions.answer)
                }
              }
            })
          };
        },
        shutdown: () => {
          fake.isShutDown = true;
          return Promise.resolve();
        },
        dispose: () => undefined
      } as unknown as Kernel.IKernelConnection);
    }
  };
  const specs = {
    ready: Promise.resolve(),
    specs: { default: 'kfp2', kernelspecs } as unknown as KernelSpec.ISpecModels
  };
  const bridge = new KernelBridge({ kernels, specs, trans });
  return { bridge, started };
}

const json = (content: object): Reply => ({
  status: 'ok',
  data: { 'application/json': content }
});

async function failure(promise: Promise<unknown>): Promise<BridgeError> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BridgeError);
  return error as BridgeError;
}

describe('the kernel bridge', () => {
  it('starts nothing before it is asked, and the default kernel first', async () => {
    const { bridge, started } = manager(() => json({ answer: { ok: 1 } }));
    expect(started).toEqual([]);
    await bridge.status();
    await bridge.clusters();
    expect(started.map(kernel => kernel.name)).toEqual(['kfp2']);
    expect(bridge.standIn).toBe('Kernel kfp2');
    bridge.dispose();
  });

  it('passes over kernels without the package, and leaves none behind', async () => {
    const { bridge, started } = manager(
      () => json({ answer: { ok: 1 } }),
      ['kfp2']
    );
    await bridge.status();
    expect(started.map(({ name, isShutDown }) => [name, isShutDown])).toEqual([
      ['kfp2', true],
      ['python3', false]
    ]);
    bridge.release();
    await Promise.resolve();
    await Promise.resolve();
    expect(started.every(kernel => kernel.isShutDown)).toBe(true);
  });

  it('says what to do where no kernel has it', async () => {
    const { bridge, started } = manager(
      () => json({ answer: { ok: 1 } }),
      ['kfp2', 'python3']
    );
    expect((await failure(bridge.status())).code).toBe('no_kernel');
    expect((await failure(bridge.status())).code).toBe('no_kernel');
    // Python kernels alone were tried, each time anew: one may have been mended.
    expect(started.map(kernel => kernel.name)).toEqual([
      'kfp2',
      'python3',
      'kfp2',
      'python3'
    ]);
  });

  it('sends a request as a text that Python reads alike', async () => {
    const { bridge, started } = manager(() => json({ answer: signedIn() }));
    const login = {
      issuer: ISSUER,
      code: 'a "quoted" \\ code\n',
      code_verifier: 'v',
      nonce: 'n'
    };
    const changes: unknown[] = [];
    bridge.changed.connect((_, change) => changes.push(change));
    await bridge.login(login);
    const [, text] = /\.answer\((".*")\)$/s.exec(started[0].requests[0]) ?? [];
    expect(JSON.parse(JSON.parse(text) as string)).toEqual({
      operation: 'login',
      ...login
    });
    expect(changes).toEqual([{ issuer: ISSUER, change: 'signed_in' }]);
    bridge.dispose();
  });

  it('rejects with the problem that the kernel tells', async () => {
    const { bridge } = manager(() =>
      json({ problem: problem('code_rejected') })
    );
    expect((await failure(bridge.refresh(ISSUER))).code).toBe('code_rejected');
    bridge.dispose();
  });

  it('rejects where the kernel can’t answer', async () => {
    const { bridge } = manager(() => ({
      status: 'error',
      ename: 'ImportError'
    }));
    const error = await failure(bridge.status());
    expect(error.code).toBe('kernel_fault');
    expect(error.message).toContain('ImportError');
    bridge.dispose();
  });

  it('stops waiting when it is told so', async () => {
    const { bridge } = manager(() => json({ answer: { ok: 1 } }));
    const abort = new AbortController();
    const asked = bridge.status(abort.signal);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    bridge.dispose();
  });
});
