import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';

import {
  Deferred,
  FakeBridge,
  identity,
  ISSUER,
  signedIn,
  signedOut,
  trans
} from '../../../__tests__/support';
import { toProblem } from '../../../bridge/problem';
import { ISession } from '../../../tokens';
import { IPanelActions, PanelView } from '../PanelView';

const HOST = 'deploykf.example.com';

function view(session: ISession) {
  const { report } = new FakeBridge();
  const actions = {
    login: jest.fn(),
    refresh: jest.fn(async () => undefined),
    logout: jest.fn(),
    check: jest.fn(async () => report),
    saveCluster: jest.fn<
      Promise<void>,
      Parameters<IPanelActions['saveCluster']>
    >(async () => undefined),
    remove: jest.fn(),
    insertCell: jest.fn(),
    reload: jest.fn(),
    explain: (error: unknown) => toProblem(error, trans)
  };
  const panel = (shown: ISession) => (
    <PanelView
      status={{
        version: '1',
        cache: { path: '', problem: null },
        sessions: [shown]
      }}
      problem={null}
      serviceAccount={null}
      namespace={null}
      version="1"
      standIn={null}
      actions={actions}
      trans={trans}
    />
  );
  const { rerender } = render(panel(session));
  return { actions, show: (next: ISession) => rerender(panel(next)) };
}

const button = (name: string) => screen.getByRole('button', { name });

async function click(name: string): Promise<void> {
  await act(async () => {
    fireEvent.click(button(name));
  });
}

describe('who uses the keyboard keeps the place', () => {
  it('after a login', () => {
    const { show } = view(signedOut());
    button(`Log in: ${HOST}`).focus();
    show(signedIn());
    expect(document.activeElement).toBe(button(`Refresh: ${HOST}`));
  });

  it('while the issuer is asked, and nothing is asked twice', async () => {
    const { actions } = view(signedIn());
    const waiting = new Deferred<undefined>();
    actions.refresh.mockReturnValue(waiting.promise);
    button(`Refresh: ${HOST}`).focus();
    await click(`Refresh: ${HOST}`);
    await click(`Refresh: ${HOST}`);
    expect(actions.refresh).toHaveBeenCalledTimes(1);
    expect(document.activeElement).toBe(button(`Refresh: ${HOST}`));
    await act(async () => waiting.resolve(undefined));
  });

  it('when a form is closed', async () => {
    view(signedOut());
    button('Add a cluster…').focus();
    await click('Add a cluster…');
    expect(document.activeElement).toBe(
      screen.getByRole('textbox', { name: 'Issuer URL' })
    );
    await click('Cancel');
    expect(document.activeElement).toBe(button('Add a cluster…'));
    button(`Edit: ${HOST}`).focus();
    await click(`Edit: ${HOST}`);
    await click('Cancel');
    expect(document.activeElement).toBe(button(`Edit: ${HOST}`));
  });
});

describe('a session that can’t be renewed', () => {
  it('has a login in place of a refresh', async () => {
    const { actions } = view({ ...signedIn(), renewable: false });
    expect(screen.queryByRole('button', { name: /^Refresh/ })).toBeNull();
    await click(`Log in again: ${HOST}`);
    expect(actions.login).toHaveBeenCalledWith(ISSUER, true);
  });

  it('has no prospects once it is over', () => {
    view({ ...signedIn(), renewable: false, state: 'ended' });
    expect(screen.queryByText('Kept fresh')).toBeNull();
    expect(button(`Log in: ${HOST}`)).not.toBeNull();
  });
});

describe('what a check has found', () => {
  it('has what is wrong in sight, and the rest in reach', async () => {
    view(signedIn());
    await click(`Check: ${HOST}`);
    const rest = screen.getByText('1 other check').closest('details')!;
    expect(rest.open).toBe(false);
    expect(within(rest).getByText('Name resolution')).not.toBeNull();
    expect(within(rest).queryByText('Connection')).toBeNull();
    expect(screen.getByText('Nothing listens there.')).not.toBeNull();
    await click('Close the report');
    expect(screen.queryByText('1 problem was found.')).toBeNull();
  });

  it('goes when it is said of another session', async () => {
    const { show } = view(signedIn());
    await click(`Check: ${HOST}`);
    show({ ...signedIn(), expires_at: 1 });
    expect(screen.getByText('1 problem was found.')).not.toBeNull();
    show({ ...signedIn(), identity: identity('user2@example.com') });
    expect(screen.queryByText('1 problem was found.')).toBeNull();
  });
});
