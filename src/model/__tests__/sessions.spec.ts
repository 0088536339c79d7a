import { Signal } from '@lumino/signaling';

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
  const lost = new Signal<unknown, void>({});
  const sessions = new SessionsModel(bridge, trans, lost);
  live.push(sessions);
  const tell = () =>
    bridge.changed.emit({ issuer: ISSUER, change: 'refreshed' });
  /** How often the server was asked. */
  const asked = () => bridge.count('status') + bridge.count('peek');
  return { asked, bridge, lost, sessions, tell };
}

const live: SessionsModel[] = [];

afterEach(() => {
  live.splice(0).forEach(sessions => sessions.dispose());
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const show = (isHidden: boolean) => {
  jest.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
};

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
    expect(sessions.status?.sessions[0].state).toBe('signed_out');
    bridge.sessions = [signedIn()];
    const heard = jest.fn();
    sessions.changed.connect(heard);
    tell();
    await settle();
    expect(sessions.status?.sessions[0].state).toBe('signed_in');
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('make two requests of a burst of changes', async () => {
    const { asked, bridge, sessions, tell } = make();
    await sessions.update();
    const answer = new Deferred<void>();
    bridge.waiting.peek = answer.promise;
    for (let i = 0; i < 10; i++) {
      tell();
    }
    await settle();
    answer.resolve();
    await settle();
    // One that was under way when the later changes came, and one after it.
    expect(asked()).toBe(3);
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

  it('are asked for once where someone wants to see them meanwhile', async () => {
    const { bridge, sessions } = make();
    await Promise.all([sessions.peek(), sessions.update()]);
    expect(bridge.calls).toEqual(['peek']);
  });

  it('are asked for in every way by someone who wants to see them', async () => {
    const { bridge, sessions } = make();
    bridge.failing.peek = problem('extension_not_loaded');
    await Promise.all([sessions.peek(), sessions.update()]);
    expect(bridge.calls).toEqual(['peek', 'status']);
    expect(sessions.problem).toBeNull();
  });

  describe('in a tab that is hidden', () => {
    it('make no request, and one when it is shown again', async () => {
      const { asked, sessions, tell } = make();
      await sessions.update();
      show(true);
      tell();
      tell();
      await settle();
      expect(asked()).toBe(1);
      show(false);
      await settle();
      expect(asked()).toBe(2);
    });

    it('ask for the first time when that is shown', async () => {
      const { asked, sessions } = make();
      show(true);
      await sessions.peek();
      expect(asked()).toBe(0);
      show(false);
      await settle();
      expect(asked()).toBe(1);
      expect(sessions.status).not.toBeNull();
    });

    it('make none when it is shown and nothing has changed', async () => {
      const { asked, sessions } = make();
      await sessions.update();
      show(true);
      show(false);
      await settle();
      expect(asked()).toBe(1);
    });
  });

  describe('without a word', () => {
    const MINUTE = 60_000;

    it('are asked for when a token expires, also where it did so unseen', async () => {
      jest.useFakeTimers();
      const { asked, bridge, sessions } = make();
      const expires_at = Date.now() / 1000 + 600;
      bridge.sessions = [{ ...signedIn(), expires_at }];
      await sessions.update();
      jest.advanceTimersByTime(9 * MINUTE);
      await settle();
      expect(asked()).toBe(1);
      show(true);
      jest.advanceTimersByTime(2 * MINUTE);
      await settle();
      expect(asked()).toBe(1);
      show(false);
      await settle();
      expect(asked()).toBe(2);
    });

    it('are asked for until a server that is away is back, less and less often', async () => {
      jest.useFakeTimers();
      const { asked, bridge, lost, sessions } = make();
      await sessions.update();
      bridge.failing = {
        peek: problem('server_unreachable', { retryable: true })
      };
      lost.emit();
      await settle();
      expect(sessions.problem?.code).toBe('server_unreachable');
      for (let minute = 0; minute < 5; minute++) {
        jest.advanceTimersByTime(MINUTE);
        await settle();
      }
      const tries = asked();
      expect(tries).toBeGreaterThan(4);
      expect(tries).toBeLessThan(12);
      bridge.failing = {};
      jest.advanceTimersByTime(5 * MINUTE);
      await settle();
      expect(sessions.problem).toBeNull();
      const after = asked();
      jest.advanceTimersByTime(5 * MINUTE);
      await settle();
      expect(asked()).toBe(after);
    });

    it('are not asked for again where that can’t help', async () => {
      jest.useFakeTimers();
      const { asked, bridge, sessions } = make();
      bridge.failing.peek = problem('extension_not_loaded');
      await sessions.peek();
      jest.advanceTimersByTime(60 * MINUTE);
      await settle();
      expect(asked()).toBe(1);
    });

    it('are asked for by whoever comes back after a while', async () => {
      jest.useFakeTimers();
      const { asked, sessions } = make();
      await sessions.update();
      window.dispatchEvent(new Event('online'));
      await settle();
      expect(asked()).toBe(1);
      jest.advanceTimersByTime(2 * MINUTE);
      window.dispatchEvent(new Event('online'));
      await settle();
      expect(asked()).toBe(2);
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
