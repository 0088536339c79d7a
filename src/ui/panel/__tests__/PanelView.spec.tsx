import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';

import {
  ISSUER,
  OTHER_ISSUER,
  problem,
  signedOut,
  trans
} from '../../../__tests__/support';
import { ISession, IStatus } from '../../../tokens';
import { PanelView } from '../PanelView';
import { fakeActions } from './actions';

const LIST = '/home/me/.config/kfp/deploykf.json';

function statusOf(
  sessions: readonly ISession[],
  over: Partial<IStatus> = {}
): IStatus {
  return {
    version: '0.1.0',
    cache: { path: '/cache.json', problem: null },
    clusters: { path: LIST, problem: null },
    sessions,
    ...over
  };
}

function view(first: IStatus) {
  const actions = fakeActions();
  const panel = (status: IStatus) => (
    <PanelView
      status={status}
      problem={null}
      serviceAccount={null}
      namespace={null}
      version="0.1.0"
      standIn={null}
      actions={actions}
      trans={trans}
    />
  );
  const { rerender } = render(panel(first));
  return { actions, show: (next: IStatus) => rerender(panel(next)) };
}

const button = (name: string) => screen.getByRole('button', { name });
const EMPTY = /No cluster is known yet/;

/** The cards and the form, by name, in their order. */
const order = () =>
  Array.from(
    document.querySelectorAll<HTMLElement>('section, form'),
    one => within(one).getByRole('heading').textContent
  );

describe('the user’s own list', () => {
  it('is said to be empty where it is', () => {
    view(statusOf([]));
    screen.getByText(EMPTY);
  });

  it('is not said to be empty where it can’t be read', () => {
    const broken = { path: LIST, problem: problem('configuration') };
    const { actions } = view(statusOf([], { clusters: broken }));
    expect(screen.queryByText(EMPTY)).toBeNull();
    expect(screen.getByRole('alert').textContent).toBe(
      'It is configuration. Mend configuration.'
    );
    fireEvent.click(button('Try again'));
    expect(actions.reload).toHaveBeenCalledTimes(1);
  });

  it('has its trouble beside the clusters that are known all the same', () => {
    const broken = { path: LIST, problem: problem('configuration') };
    view(statusOf([signedOut()], { clusters: broken }));
    screen.getByRole('alert');
    screen.getByRole('region', { name: 'deploykf.example.com' });
  });

  it('is not spoken of by an older server', () => {
    view(statusOf([], { clusters: undefined }));
    screen.getByText(EMPTY);
  });
});

it('says why the administrator’s settings can’t be used, beside the sessions', () => {
  const broken = problem('server_misconfigured');
  const { actions } = view(statusOf([signedOut()], { problem: broken }));
  screen.getByRole('region', { name: 'deploykf.example.com' });
  expect(screen.getByRole('alert').textContent).toBe(
    'It is server_misconfigured. Mend server_misconfigured.'
  );
  fireEvent.click(button('Try again'));
  expect(actions.reload).toHaveBeenCalledTimes(1);
});

it('does not ask for a cluster while the administrator’s settings can’t be used', () => {
  view(statusOf([], { problem: problem('server_misconfigured') }));
  expect(screen.queryByText(EMPTY)).toBeNull();
});

describe('the form', () => {
  const sessions = [
    signedOut({ name: 'One' }),
    signedOut({ issuer: OTHER_ISSUER, name: 'Two' })
  ];

  it('takes the place of the card that is edited, and gives it back', () => {
    view(statusOf(sessions));
    fireEvent.click(button('Edit: One'));
    expect(order()).toEqual(['Edit a cluster', 'Two']);
    fireEvent.click(button('Cancel'));
    expect(order()).toEqual(['One', 'Two']);
    expect(document.activeElement).toBe(button('Edit: One'));
  });

  it('gives the focus back to the card as it is named now', async () => {
    const { actions, show } = view(statusOf(sessions));
    fireEvent.click(button('Edit: Two'));
    const renamed = signedOut({
      issuer: 'https://new.example.com/dex',
      name: 'New'
    });
    actions.saveCluster.mockImplementation(async () => {
      show(statusOf([sessions[0], renamed]));
      return undefined;
    });
    fireEvent.change(screen.getByRole('textbox', { name: 'Issuer URL' }), {
      target: { value: 'new.example.com/dex/' }
    });
    await act(async () => {
      fireEvent.submit(screen.getByRole('form'));
    });
    expect(order()).toEqual(['One', 'New']);
    expect(document.activeElement).toBe(button('Edit: New'));
  });

  it('for a new one stands below the cards, where its button was', () => {
    view(statusOf(sessions));
    fireEvent.click(button('Add a cluster…'));
    expect(order()).toEqual(['One', 'Two', 'Add a cluster']);
    fireEvent.click(button('Cancel'));
    expect(document.activeElement).toBe(button('Add a cluster…'));
  });

  it('keeps what is typed when its card goes meanwhile', () => {
    const { show } = view(statusOf(sessions));
    fireEvent.click(button('Edit: One'));
    const name = screen.getByRole('textbox', { name: 'Name' });
    fireEvent.change(name, { target: { value: 'Uno' } });
    show(statusOf([sessions[1]]));
    expect(order()).toEqual(['Two', 'Edit a cluster']);
    expect(screen.getByRole('textbox', { name: 'Name' })).toBe(name);
    fireEvent.click(button('Cancel'));
    expect(document.activeElement).toBe(button('Add a cluster…'));
  });

  it('leaves whoever works elsewhere by now there', () => {
    view(statusOf(sessions));
    const elsewhere = document.body.appendChild(
      document.createElement('button')
    );
    fireEvent.click(button('Edit: One'));
    elsewhere.focus();
    fireEvent.click(button('Cancel'));
    expect(document.activeElement).toBe(elsewhere);
    elsewhere.remove();
  });

  it('takes the focus from nowhere when the cards change later', () => {
    const { show } = view(statusOf(sessions));
    fireEvent.click(button('Edit: One'));
    fireEvent.click(button('Cancel'));
    button('Log in: Two').focus();
    show(statusOf([]));
    show(statusOf(sessions));
    expect(document.activeElement).toBe(document.body);
  });

  it('has a cluster of its own for each card', () => {
    view(statusOf(sessions));
    fireEvent.click(button('Edit: One'));
    fireEvent.click(button('Edit: Two'));
    expect(order()).toEqual(['One', 'Edit a cluster']);
    const issuer = screen.getByRole<HTMLInputElement>('textbox', {
      name: 'Issuer URL'
    });
    expect([issuer.value, ISSUER]).toEqual([
      OTHER_ISSUER,
      sessions[0].cluster.issuer
    ]);
  });
});
