import { Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import {
  FakeBridge,
  ISSUER,
  problem,
  settle,
  signedIn,
  trans
} from '../../__tests__/support';
import { SessionsModel } from '../../model/sessions';
import { ISession } from '../../tokens';
import { startNotifier, Told } from '../notifier';
import { Preferences } from '../preferences';

const soon = (): ISession => ({
  ...signedIn(),
  renewable: true,
  expires_at: Date.now() / 1000 + 3600
});
const ended = (): ISession => ({
  ...signedIn(),
  state: 'ended',
  renewable: false,
  problem: problem('session_ended')
});

async function make(session: ISession, store = fakeStore()) {
  const bridge = new FakeBridge();
  bridge.sessions = [session];
  const sessions = new SessionsModel(bridge, trans);
  await sessions.update();
  const commands = new CommandRegistry();
  const login = jest.fn();
  commands.addCommand('deploykf:login', {
    describedBy: { args: {} },
    execute: login
  });
  const preferences = new Preferences();
  preferences.set({});
  const told = new Told(() => store, undefined);
  const stop = startNotifier({
    ...{ commands, preferences, sessions, told, trans }
  });
  await settle();
  live.push(() => {
    stop();
    sessions.dispose();
  });
  const change = async (next: ISession) => {
    bridge.sessions = [next];
    bridge.changed.emit({ issuer: ISSUER, change: 'session_ended' });
    await settle();
  };
  return { bridge, change, login, preferences };
}

function fakeStore() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  };
}

const live: (() => void)[] = [];
const notices = () =>
  Notification.manager.notifications.map(({ message }) => message);

afterEach(() => {
  live.splice(0).forEach(stop => stop());
  Notification.dismiss();
  jest.useRealTimers();
});

describe('the notifier', () => {
  it('says once that a session has ended, with the way to a new one', async () => {
    const { change, login } = await make(soon());
    expect(notices()).toEqual([]);
    await change(ended());
    await change(ended());
    expect(notices()).toEqual(['It is session_ended.']);
    const [{ options }] = Notification.manager.notifications;
    options.actions?.[0].callback(new MouseEvent('click'));
    expect(login).toHaveBeenCalledWith({ issuer: ISSUER, again: true });
  });

  it('takes back what was solved', async () => {
    const { change } = await make(ended());
    expect(notices()).toHaveLength(1);
    await change(soon());
    expect(notices()).toEqual([]);
  });

  it('is silent where it is switched off, and speaks when it is on again', async () => {
    const { change, preferences } = await make(soon());
    preferences.set({ notices: false });
    await change(ended());
    expect(notices()).toEqual([]);
    preferences.set({});
    await settle();
    expect(notices()).toEqual(['It is session_ended.']);
  });

  it('does not say what another tab has said', async () => {
    const store = fakeStore();
    await make(ended(), store);
    await make(ended(), store);
    expect(notices()).toHaveLength(1);
  });

  it('says nothing in a hidden tab, and leaves it to the one in sight', async () => {
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    const store = fakeStore();
    await make(ended(), store);
    expect(notices()).toEqual([]);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    expect(notices()).toHaveLength(1);
    hidden.mockRestore();
  });

  it('waits until it is known whether anyone wants to know', async () => {
    const { change, preferences } = await make(soon());
    preferences.settings = null;
    await change(ended());
    expect(notices()).toEqual([]);
    preferences.set({ notices: true });
    await settle();
    expect(notices()).toHaveLength(1);
  });

  it('speaks up when the time has come, though nothing was announced', async () => {
    jest.useFakeTimers();
    await make({ ...soon(), renewable: false });
    expect(notices()).toEqual([]);
    jest.advanceTimersByTime(50 * 60 * 1000 + 2000);
    await settle();
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain('can’t be renewed');
  });
});
