import {
  Deferred,
  FakeBridge,
  ISSUER,
  problem,
  settle,
  signedIn,
  trans
} from '../../__tests__/support';
import { SessionsModel } from '../sessions';

function make() {
  const bridge = new FakeBridge();
  const sessions = new SessionsModel(bridge, trans);
  const tell = () =>
    bridge.changed.emit({ issuer: ISSUER, change: 'refreshed' });
  return { bridge, sessions, tell };
}

describe('the sessions', () => {
  it('ask nothing by themselves, also when something changes', async () => {
    const { bridge, tell } = make();
    tell();
    await settle();
    expect(bridge.calls).toEqual([]);
  });

  it('are asked for again when something changes', async () => {
    const { bridge, sessions, tell } = make();
    await sessions.update();
    expect(sessions.find(ISSUER)?.state).toBe('signed_out');
    bridge.sessions = [signedIn()];
    const heard = jest.fn();
    sessions.changed.connect(heard);
    tell();
    await settle();
    expect(sessions.find(ISSUER)?.state).toBe('signed_in');
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('make two requests of a burst of changes', async () => {
    const { bridge, sessions, tell } = make();
    await sessions.update();
    const answer = new Deferred<void>();
    bridge.waiting.status = answer.promise;
    for (let i = 0; i < 10; i++) {
      tell();
    }
    await settle();
    answer.resolve();
    await settle();
    // One that was under way when the later changes came, and one after it.
    expect(bridge.count('status')).toBe(3);
  });

  it('share one request between callers', async () => {
    const { bridge, sessions } = make();
    await Promise.all([sessions.update(), sessions.update()]);
    expect(bridge.count('status')).toBe(1);
  });

  it('keep what is known when a request fails, and say why', async () => {
    const { bridge, sessions } = make();
    await sessions.update();
    bridge.failing.status = problem('server_unreachable');
    await sessions.update();
    expect(sessions.status?.sessions).toHaveLength(1);
    expect(sessions.problem?.code).toBe('server_unreachable');
    bridge.failing = {};
    await sessions.update();
    expect(sessions.problem).toBeNull();
  });

  it('are asked of the server alone when nobody asked to see them', async () => {
    const { bridge, sessions } = make();
    bridge.failing.peek = problem('extension_not_loaded');
    await sessions.peek();
    expect(bridge.calls).toEqual(['peek']);
    expect(sessions.problem?.code).toBe('extension_not_loaded');
  });

  it('are asked for in every way by someone who wants to see them', async () => {
    const { bridge, sessions } = make();
    bridge.failing.peek = problem('extension_not_loaded');
    await Promise.all([sessions.peek(), sessions.update()]);
    expect(bridge.calls).toEqual(['peek', 'status']);
    expect(sessions.problem).toBeNull();
  });

  describe('in a tab that is hidden', () => {
    const show = (isHidden: boolean) => {
      jest.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
      document.dispatchEvent(new Event('visibilitychange'));
    };
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('make no request, and one when it is shown again', async () => {
      const { bridge, sessions, tell } = make();
      await sessions.update();
      show(true);
      tell();
      tell();
      await settle();
      expect(bridge.count('status')).toBe(1);
      show(false);
      await settle();
      expect(bridge.count('status')).toBe(2);
      sessions.dispose();
    });

    it('make none when it is shown and nothing has changed', async () => {
      const { bridge, sessions } = make();
      await sessions.update();
      show(true);
      show(false);
      await settle();
      expect(bridge.count('status')).toBe(1);
      sessions.dispose();
    });
  });

  it('are silent once disposed', async () => {
    const { bridge, sessions, tell } = make();
    await sessions.update();
    sessions.dispose();
    tell();
    await settle();
    expect(bridge.count('status')).toBe(1);
  });
});
