import {
  FakeBridge,
  LATER,
  NOW,
  problem,
  signedIn,
  trans
} from '../../__tests__/support';
import { forPeople, pollUntilDone, waitFor } from '../device';

async function make(setUp: (bridge: FakeBridge) => void, start = NOW) {
  const bridge = new FakeBridge();
  setUp(bridge);
  const attempt = await bridge.ask('begin_device', {
    issuer: 'https://issuer.example.com'
  });
  const waits: number[] = [];
  const time = { now: start };
  const now = () => time.now;
  const wait = async (seconds: number) => {
    waits.push(seconds);
    time.now += seconds * 1000;
    if (waits.length === 2) {
      bridge.failing = {};
    }
  };
  const done = pollUntilDone(bridge, attempt, { wait, now, trans });
  return { bridge, done, waits };
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

  it('ends when the code is good no more, with the way to another one', async () => {
    const start = LATER * 1000 - 12_000;
    const { bridge, done: session, waits } = await make(() => undefined, start);
    await expect(session).rejects.toMatchObject({
      code: 'device_expired',
      retryable: false,
      problem: { next_step: expect.stringContaining('«Get a code»') }
    });
    // The issuer has the last word.
    expect(waits).toEqual([5, 5, 5]);
    expect(bridge.count('poll_device')).toBe(3);
  });

  it('ends so where the issuer can’t be asked, too', async () => {
    const start = LATER * 1000 - 1000;
    const { done: session } = await make(bridge => {
      bridge.failing.poll_device = problem('issuer_unreachable', {
        retryable: true
      });
    }, start);
    await expect(session).rejects.toMatchObject({ code: 'device_expired' });
  });

  it('takes a session that came just before the end', async () => {
    const { done: session } = await make(
      bridge => (bridge.polls = [done]),
      LATER * 1000 - 1000
    );
    expect((await session).state).toBe('signed_in');
  });

  it('shows people what they need, and no secret', async () => {
    const attempt = await new FakeBridge().ask('begin_device', {
      issuer: 'https://i.example.com'
    });
    expect(forPeople(attempt)).toEqual({
      verification_uri: 'https://i.example.com/device',
      user_code: 'ABCD-EFGH',
      expires_at: LATER
    });
  });

  it('waits no more once it is aborted', async () => {
    const abort = new AbortController();
    const waiting = waitFor(3600, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
