import { fireEvent, screen, waitFor, within } from '@testing-library/react';

import { FakeBridge, ISSUER, trans } from '../../__tests__/support';
import { paste } from '../../__tests__/paste';
import { SessionsModel } from '../../model/sessions';
import { openLogin } from '../openLogin';
import { Preferences } from '../preferences';

// JupyterLab's style sheet shows a <dialog>, and the test has none.
document.head.append(
  Object.assign(document.createElement('style'), {
    textContent: 'dialog { display: flex }'
  })
);

async function open() {
  const bridge = new FakeBridge();
  const sessions = new SessionsModel(bridge, trans);
  const preferences = new Preferences();
  const closed = openLogin(
    { baseUrl: '/', bridge, preferences, sessions, trans },
    null
  );
  const dialog = await screen.findByRole('dialog', {
    name: 'Login to deployKF'
  });
  const code = await within(dialog).findByRole('textbox', { name: 'Code' });
  return { bridge, closed, code, dialog };
}

describe('the dialog «Login to deployKF»', () => {
  it('leads from a real authorization request to a session', async () => {
    const { bridge, closed, code, dialog } = await open();
    const link = within(dialog).getByRole('link', {
      name: 'Open the sign-in page'
    });
    const asked = new URL(link.getAttribute('href') ?? '').searchParams;
    paste(code, 'the code');
    await within(dialog).findByText(/Signed in as user1@example.com/);
    expect(bridge.logins[0]).toMatchObject({
      issuer: ISSUER,
      code: 'the code',
      nonce: asked.get('nonce')
    });
    const close = within(dialog).getByRole('button', { name: 'Close' });
    expect(document.activeElement).toBe(close);
    fireEvent.click(close);
    await closed;
  });

  it('keeps Enter and the arrows for the form', async () => {
    const { bridge, closed, code, dialog } = await open();
    code.focus();
    fireEvent.change(code, { target: { value: 'abc' } });
    fireEvent.keyDown(code, { key: 'Enter' });
    fireEvent.keyDown(code, { key: 'ArrowLeft' });
    expect(dialog.isConnected).toBe(true);
    expect(document.activeElement).toBe(code);
    expect(bridge.logins).toEqual([]);
    fireEvent.keyDown(code, { key: 'Escape' });
    await closed;
    await waitFor(() => expect(dialog.isConnected).toBe(false));
  });

  it('ends with its requests', async () => {
    const { bridge, closed, code } = await open();
    bridge.waiting.login = new Promise(() => undefined);
    paste(code, 'the code');
    await waitFor(() => expect(bridge.logins).toHaveLength(1));
    fireEvent.keyDown(code, { key: 'Escape' });
    await closed;
    expect(bridge.signals.every(signal => signal.aborted)).toBe(true);
  });
});
