import { IDisposable } from '@lumino/disposable';

import { FakeBridge, ISSUER, problem } from '../../__tests__/support';
import { IBridge } from '../../tokens';
import { FallbackBridge } from '../fallback';

class Disposable extends FakeBridge implements IDisposable {
  isDisposed = false;
  dispose(): void {
    this.isDisposed = true;
  }
}

function make() {
  const server = new Disposable();
  const kernel = new Disposable();
  kernel.standIn = 'Python 3';
  const load = jest.fn(() => Promise.resolve(kernel as IBridge & IDisposable));
  const bridge = new FallbackBridge(server, load);
  return { bridge, kernel, load, server };
}

describe('the bridge', () => {
  it('is the server’s, and loads nothing else', async () => {
    const { bridge, load } = make();
    await bridge.status();
    expect(load).not.toHaveBeenCalled();
    expect(bridge.standIn).toBeNull();
  });

  it('is a kernel’s where the server has not loaded the extension', async () => {
    const { bridge, kernel, load, server } = make();
    const absent = problem('extension_not_loaded');
    server.failing = { status: absent, logout: absent };
    await bridge.status();
    await bridge.logout(ISSUER);
    expect(kernel.calls).toEqual(['status', 'logout']);
    expect(load).toHaveBeenCalledTimes(1);
    expect(bridge.standIn).toBe('Python 3');
    // The server was restarted.
    server.failing = {};
    await bridge.status();
    expect(bridge.standIn).toBeNull();
  });

  it('does not stand in for other trouble', async () => {
    const { bridge, load, server } = make();
    server.failing = { status: problem('server_unreachable') };
    await expect(bridge.status()).rejects.toMatchObject({
      code: 'server_unreachable'
    });
    expect(load).not.toHaveBeenCalled();
  });

  it('hands on what either announces, and ends with both', async () => {
    const { bridge, kernel, server } = make();
    server.failing = { status: problem('extension_not_loaded') };
    await bridge.status();
    const changes: string[] = [];
    bridge.changed.connect((_, { change }) => changes.push(change));
    server.changed.emit({ issuer: ISSUER, change: 'refreshed' });
    kernel.changed.emit({ issuer: ISSUER, change: 'signed_in' });
    expect(changes).toEqual(['refreshed', 'signed_in']);
    bridge.dispose();
    bridge.dispose();
    expect([server.isDisposed, kernel.isDisposed]).toEqual([true, true]);
  });
});
