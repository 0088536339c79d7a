import { Notification } from '@jupyterlab/apputils';
import { fireEvent, screen, within } from '@testing-library/react';

import {
  FakeBridge,
  ISSUER,
  OTHER_ISSUER,
  problem,
  signedIn,
  signedOut,
  trans
} from '../../__tests__/support';
import { SessionsModel } from '../../model/sessions';
import { logout, refresh } from '../sessionActions';

function make(setUp: (bridge: FakeBridge) => void) {
  const bridge = new FakeBridge();
  setUp(bridge);
  return { bridge, sessions: new SessionsModel(bridge, trans), trans };
}

/** The notices, as «type: text». */
const notices = () =>
  Notification.manager.notifications.map(n => `${n.type}: ${n.message}`);

// JupyterLab's style sheet shows a <dialog>, and the test has none.
document.head.append(
  Object.assign(document.createElement('style'), {
    textContent: 'dialog { display: flex }'
  })
);

afterEach(() => Notification.manager.dismiss());

describe('refreshing', () => {
  it('says until when the session holds', async () => {
    await refresh(
      make(b => (b.sessions = [signedIn()])),
      null
    );
    expect(notices()).toEqual([
      expect.stringMatching(/^success: Signed in as user1@example.com until /)
    ]);
  });

  it('says what went wrong, and what to do', async () => {
    const parts = make(b => (b.sessions = [signedIn()]));
    parts.bridge.failing.refresh = problem('session_ended');
    await refresh(parts, null);
    expect(notices()).toEqual(['error: It is session_ended.']);
    const [{ options }] = Notification.manager.notifications;
    options.actions?.[0].callback(new MouseEvent('click'));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('Mend session_ended.');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
  });

  it('says so where nobody is signed in', async () => {
    const parts = make(b => (b.sessions = [signedOut()]));
    await refresh(parts, null);
    expect(notices()).toEqual(['info: You are not signed in to deployKF.']);
    expect(parts.bridge.count('refresh')).toBe(0);
  });

  it('is of the cluster that was asked for', async () => {
    const parts = make(b => {
      b.sessions = [signedIn(), signedIn('b', { issuer: OTHER_ISSUER })];
    });
    const spy = jest.spyOn(parts.bridge, 'ask');
    await refresh(parts, OTHER_ISSUER);
    expect(spy).toHaveBeenCalledWith('refresh', { issuer: OTHER_ISSUER });
  });

  it('says why the sessions are not known', async () => {
    const parts = make(b => {
      b.failing.status = problem('extension_not_loaded');
    });
    await refresh(parts, null);
    expect(notices()).toEqual(['error: It is extension_not_loaded.']);
  });
});

describe('logging out', () => {
  const answer = async (name: string) =>
    fireEvent.click(await screen.findByRole('button', { name }));

  it('is done once it was confirmed', async () => {
    const parts = make(b => (b.sessions = [signedIn()]));
    const done = logout(parts, ISSUER);
    await answer('Log Out');
    await done;
    expect(parts.bridge.count('logout')).toBe(1);
    expect(notices()).toEqual([
      'success: Logged out of deploykf.example.com on this machine.'
    ]);
  });

  it('can be thought better of', async () => {
    const parts = make(b => (b.sessions = [signedIn()]));
    const done = logout(parts, null);
    await answer('Cancel');
    await done;
    expect(parts.bridge.count('logout')).toBe(0);
  });
});
