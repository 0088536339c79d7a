import { FakeBridge, ISSUER, problem, signedIn } from '../../__tests__/support';
import { FallbackBridge } from '../fallback';

const ABSENT = problem('extension_not_loaded');

function make(isAbsent: boolean) {
  const server = new FakeBridge();
  const kernel = new FakeBridge();
  kernel.standInNow = { name: 'Python 3', isReady: true };
  const load = jest.fn(async () => kernel);
  const bridge = new FallbackBridge(server, load);
  if (isAbsent) {
    remove(server);
  }
  return { bridge, kernel, load, server };
}

function remove(server: FakeBridge): void {
  for (const operation of [...OPERATIONS, 'status', 'clusters'] as const) {
    server.failing[operation] = ABSENT;
  }
}

const OPERATIONS = ['provider', 'refresh', 'logout'] as const;

describe.each(OPERATIONS)('%s', operation => {
  it('is asked of the server where that can answer', async () => {
    const { bridge, load, server } = make(false);
    await bridge.ask(operation, { issuer: ISSUER });
    expect(server.count(operation)).toBe(1);
    expect(load).not.toHaveBeenCalled();
    expect(bridge.standIn).toBeNull();
  });

  it('is asked of what stands in where the extension is not loaded', async () => {
    const { bridge, kernel } = make(true);
    await bridge.ask(operation, { issuer: ISSUER });
    expect(kernel.count(operation)).toBe(1);
    expect(bridge.standIn).toEqual({ name: 'Python 3', isReady: true });
  });
});

describe('the bridge with a fallback', () => {
  it.each([
    'server_unreachable',
    // A kernel doesn't know what the administrator allows.
    'server_extension_failed',
    'server_misconfigured'
  ])('hands on any other trouble of the server: %s', async code => {
    const { bridge, load, server } = make(false);
    server.failing.status = problem(code);
    await expect(bridge.ask('status', {})).rejects.toMatchObject({ code });
    expect(load).not.toHaveBeenCalled();
  });

  it('hands on the signal', async () => {
    const { bridge, kernel } = make(true);
    const { signal } = new AbortController();
    await bridge.ask('provider', { issuer: ISSUER }, signal);
    expect(kernel.signals).toEqual([signal]);
  });

  it('goes back to the server once that was restarted', async () => {
    const { bridge, kernel, server } = make(true);
    await bridge.ask('status', {});
    server.failing = {};
    await bridge.ask('status', {});
    expect(kernel.count('status')).toBe(1);
    expect(bridge.standIn).toBeNull();
  });

  it('loads what stands in once, and again where that failed', async () => {
    const { bridge, kernel, load } = make(true);
    load.mockRejectedValueOnce(new Error('no such chunk'));
    await expect(bridge.ask('status', {})).rejects.toThrow('no such chunk');
    await Promise.all([bridge.ask('status', {}), bridge.ask('clusters', {})]);
    await bridge.ask('status', {});
    expect(load).toHaveBeenCalledTimes(2);
    expect(kernel.calls).toHaveLength(3);
  });

  it('tells of changes by either, once', async () => {
    const { bridge, kernel, server } = make(true);
    await Promise.all([bridge.ask('status', {}), bridge.ask('clusters', {})]);
    const seen: string[] = [];
    bridge.changed.connect((_, { change }) => seen.push(change));
    bridge.standInChanged.connect(() => seen.push('stand-in'));
    server.changed.emit({ issuer: ISSUER, change: 'signed_in' });
    kernel.changed.emit({ issuer: ISSUER, change: 'signed_out' });
    kernel.standInChanged.emit();
    expect(seen).toEqual(['signed_in', 'signed_out', 'stand-in']);
  });

  it('lets go of what stands in, if there is anything', async () => {
    const { bridge, kernel } = make(true);
    bridge.release();
    await bridge.ask('status', {});
    bridge.release();
    expect(kernel.count('release')).toBe(1);
  });

  it('ends with both', async () => {
    const { bridge, kernel, server } = make(true);
    kernel.sessions = [signedIn()];
    await bridge.ask('status', {});
    bridge.dispose();
    expect([server.isDisposed, kernel.isDisposed]).toEqual([true, true]);
  });

  it('leaves nothing behind where it ends while that is loaded', async () => {
    const { bridge, kernel } = make(true);
    const status = bridge.ask('status', {});
    bridge.dispose();
    await status.catch(() => undefined);
    expect(kernel.isDisposed).toBe(true);
  });
});
