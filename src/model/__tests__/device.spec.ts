import { FakeBridge, problem, signedIn } from '../../__tests__/support';
import { pollUntilDone, waitFor } from '../device';

async function make(setUp: (bridge: FakeBridge) => void) {
  const bridge = new FakeBridge();
  setUp(bridge);
  const attempt = await bridge.ask('begin_device', {
    issuer: 'https://issuer.example.com'
  });
  const waits: number[] = [];
  const wait = async (seconds: number) => {
    waits.push(seconds);
    if (waits.length === 2) {
      bridge.failing = {};
    }
  };
  return { bridge, done: pollUntilDone(bridge, attempt, wait), waits };
}

const pending = { session: null, slow_down: false };
const done = { session: signedIn(), slow_down: false };

describe('polling for another device', () => {
  it('ends with the session', async () => {
    const { done: session, waits } = await make(bridge => {
      bridge.polls = [pending, pending, done];
    });
    expect((await session).state).toBe('signed_in');
    expect(waits).toEqual([5, 5, 5]);
  });

  it('takes more time where the issuer asks for it, and keeps to it', async () => {
    const { done: session, waits } = await make(bridge => {
      bridge.polls = [{ session: null, slow_down: true }, pending, done];
    });
    await session;
    expect(waits).toEqual([5, 10, 10]);
  });

  it('goes on, slower, after trouble that passes', async () => {
    const { done: session, waits } = await make(bridge => {
      bridge.failing.poll_device = problem('issuer_unreachable', {
        retryable: true
      });
      bridge.polls = [done];
    });
    await session;
    expect(waits).toEqual([5, 10]);
  });

  it('ends where the attempt is over', async () => {
    const { done: session } = await make(bridge => {
      bridge.failing.poll_device = problem('device_expired');
    });
    await expect(session).rejects.toMatchObject({ code: 'device_expired' });
  });

  it('waits no more once it is aborted', async () => {
    const abort = new AbortController();
    const waiting = waitFor(3600, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
