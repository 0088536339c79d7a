import { act, fireEvent, render, screen, within } from '@testing-library/react';
import axe from 'axe-core';
import * as React from 'react';

import {
  identity,
  ISSUER,
  LATER,
  NOW,
  OTHER_ISSUER,
  problem,
  serviceAccount,
  signedIn,
  signedOut,
  trans
} from '../../__tests__/support';
import { paste } from '../../__tests__/paste';
import { BridgeError, toProblem } from '../../bridge/problem';
import { ILink, ILoginState, START } from '../../model/loginState';
import { DeviceCode, ISession } from '../../tokens';
import { formatMoment } from '../format';
import { ILoginViewProps, LoginView } from '../LoginView';

const LINK: ILink = {
  issuer: ISSUER,
  url: `${ISSUER}/auth?state=1`,
  skipsTLS: false,
  isRenewed: false,
  isHandsFree: false,
  hasDevice: false
};

const READY: Partial<ILoginState> = {
  step: 'ready',
  sessions: [signedOut()],
  chosen: ISSUER,
  link: LINK
};

function view(
  state: Partial<ILoginState>,
  standIn: ILoginViewProps['standIn'] = null,
  listProblem: ILoginViewProps['listProblem'] = null
) {
  const told = {
    onChoose: jest.fn(),
    onTypeIssuer: jest.fn(),
    onPrepare: jest.fn(),
    onOpenPage: jest.fn(() => true),
    onTypeCode: jest.fn(),
    onSubmit: jest.fn(),
    onCancel: jest.fn(),
    onConfirm: jest.fn(),
    onDecline: jest.fn(),
    onDevice: jest.fn<Promise<void>, Parameters<ILoginViewProps['onDevice']>>(
      async () => undefined
    ),
    onPassword: jest.fn(async () => undefined),
    explain: (error: unknown) => toProblem(error, trans),
    onReload: jest.fn()
  };
  const props = (more: Partial<ILoginState>): ILoginViewProps => ({
    state: { ...START, ...more },
    trans,
    now: NOW,
    standIn,
    isKeptFresh: standIn === null,
    listProblem,
    ...told
  });
  const { container, rerender } = render(<LoginView {...props(state)} />);
  return {
    ...told,
    container,
    show: (next: Partial<ILoginState>) =>
      rerender(<LoginView {...props(next)} />)
  };
}

const button = (name: string) => screen.getByRole('button', { name });
const textbox = (name: string) => screen.getByRole('textbox', { name });

describe('which cluster', () => {
  it('is a line where there is one', () => {
    const { onChoose } = view(READY);
    expect(screen.getByText('deploykf.example.com')).not.toBeNull();
    expect(screen.queryByRole('combobox')).toBeNull();
    fireEvent.click(button('Another cluster…'));
    expect(onChoose).toHaveBeenCalledWith(null);
  });

  it('is a choice where there are several', () => {
    const { onChoose } = view({
      ...READY,
      sessions: [signedOut(), signedOut({ issuer: OTHER_ISSUER, name: 'B' })]
    });
    const choice = screen.getByRole('combobox', { name: 'Cluster' });
    const names = within(choice)
      .getAllByRole('option')
      .map(option => option.textContent);
    expect(names).toEqual([
      'deploykf.example.com',
      'B (other.example.com)',
      'Another cluster…'
    ]);
    fireEvent.change(choice, { target: { value: OTHER_ISSUER } });
    expect(onChoose).toHaveBeenCalledWith(OTHER_ISSUER);
  });

  it('is asked for where there is none', () => {
    const { onPrepare, onTypeIssuer } = view({
      step: 'choosing',
      issuerText: 'a'
    });
    const field = textbox('Issuer URL');
    expect(document.activeElement).toBe(field);
    fireEvent.change(field, { target: { value: 'https://a' } });
    expect(onTypeIssuer).toHaveBeenCalledWith('https://a');
    fireEvent.submit(field);
    expect(onPrepare).toHaveBeenCalled();
  });

  it('says why the clusters of the list are missing where one is asked for', () => {
    const broken = problem('configuration');
    const { show } = view({ step: 'choosing', issuerText: '' }, null, broken);
    expect(screen.getByRole('alert').textContent).toBe(
      'It is configuration. Mend configuration.'
    );
    expect(textbox('Issuer URL').getAttribute('aria-invalid')).toBe('false');
    show(READY);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('has the trouble with an issuer at its field', () => {
    view({
      step: 'choosing',
      issuerText: 'a',
      problem: problem('not_an_issuer')
    });
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toBe('It is not_an_issuer. Mend not_an_issuer.');
    const field = textbox('Issuer URL');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(field.getAttribute('aria-describedby')).toContain(alert.id);
  });
});

describe('signing in', () => {
  it('opens the page by a click, and waits at the field for the code', () => {
    const { onOpenPage } = view(READY);
    const link = screen.getByRole('link', { name: 'Open the sign-in page' });
    expect(link.getAttribute('href')).toBe(LINK.url);
    expect(link.getAttribute('rel')).toBe('noopener noreferrer');
    expect(fireEvent.click(link)).toBe(false);
    expect(onOpenPage).toHaveBeenCalledTimes(1);
    expect(document.activeElement).toBe(textbox('Code'));
  });

  it('leaves the link to the browser where windows are refused', () => {
    const { onOpenPage } = view(READY);
    onOpenPage.mockReturnValue(false);
    const link = screen.getByRole('link', { name: 'Open the sign-in page' });
    expect(fireEvent.click(link)).toBe(true);
  });

  it('sends what is pasted without another click', () => {
    const { onSubmit } = view(READY);
    paste(textbox('Code'), ' the\ncode ');
    expect(onSubmit).toHaveBeenCalledWith(' the\ncode ');
  });

  it('sends what is typed by Enter or by the button', () => {
    const { onSubmit } = view({ ...READY, code: 'abc' });
    fireEvent.submit(textbox('Code'));
    fireEvent.click(button('Log in'));
    expect(onSubmit.mock.calls).toEqual([['abc'], ['abc']]);
  });

  it('warns against codes of others, with the issuer’s host', () => {
    view(READY);
    const warning = screen.getByText(/Only paste a code if you started/);
    expect(warning.textContent).toContain('deploykf.example.com');
    expect(textbox('Code').getAttribute('aria-describedby')).toContain(
      warning.id
    );
  });

  it('has the trouble with a code at its field, ready for another', () => {
    const { show } = view({ ...READY, code: 'abc' });
    show({ ...READY, code: 'abc', problem: problem('code_rejected') });
    const field = textbox('Code') as HTMLInputElement;
    expect(field.value).toBe('abc');
    expect(document.activeElement).toBe(field);
    expect(field.getAttribute('aria-describedby')).toContain(
      screen.getByRole('alert').id
    );
  });

  it('says that an old link was replaced', () => {
    view({ ...READY, link: { ...LINK, isRenewed: true } });
    expect(screen.getByRole('alert').textContent).toContain(
      'older than 10 minutes'
    );
  });

  it('says where the certificate is not verified', () => {
    view({ ...READY, link: { ...LINK, skipsTLS: true } });
    expect(screen.getByText(/Certificate not verified/)).not.toBeNull();
  });
});

describe('a code that is taken from the page', () => {
  const HANDS_FREE = { ...READY, link: { ...LINK, isHandsFree: true } };
  const isOpen = () =>
    screen.getByText('Paste the code yourself').closest('details')?.open;

  it('has a field that stays as someone has put it', () => {
    const { show } = view(HANDS_FREE);
    const details = textbox('Code').closest('details')!;
    details.open = true;
    fireEvent(details, new Event('toggle'));
    show({ ...HANDS_FREE, code: 'a' });
    expect(isOpen()).toBe(true);
    details.open = false;
    fireEvent(details, new Event('toggle'));
    show({ ...HANDS_FREE, code: '' });
    expect(isOpen()).toBe(false);
  });

  it('has its field folded away until it is needed', () => {
    const { show } = view(HANDS_FREE);
    expect(isOpen()).toBe(false);
    show({ ...HANDS_FREE, page: 'gone' });
    expect(isOpen()).toBe(true);
  });

  it('can be mended: the field stays when the trouble is typed away', () => {
    const { show } = view(HANDS_FREE);
    show({ ...HANDS_FREE, code: 'a', problem: problem('code_rejected') });
    expect(isOpen()).toBe(true);
    const field = textbox('Code');
    expect(document.activeElement).toBe(field);
    show({ ...HANDS_FREE, code: 'ab' });
    expect(isOpen()).toBe(true);
    show({ ...HANDS_FREE, code: 'ab', step: 'exchanging' });
    expect(isOpen()).toBe(true);
    expect(document.activeElement).toBe(field);
  });
});

describe('waiting', () => {
  it.each([
    [{ step: 'loading' }, 'Looking for your clusters…'],
    [{ ...READY, step: 'preparing', link: null }, 'Asking the issuer'],
    [{ ...READY, step: 'exchanging', code: 'a' }, 'Logging in…']
  ] as [Partial<ILoginState>, string][])('shows what for', (state, text) => {
    const { onCancel } = view(state);
    expect(screen.getByRole('status').textContent).toContain(text);
    fireEvent.click(button('Cancel'));
    expect(onCancel).toHaveBeenCalled();
  });

  it('takes no second code', () => {
    const { onSubmit } = view({ ...READY, step: 'exchanging', code: 'a' });
    fireEvent.submit(textbox('Code'));
    paste(textbox('Code'), 'b');
    expect(onSubmit).not.toHaveBeenCalled();
  });
});

describe('the end', () => {
  const result = {
    session: signedIn(),
    replaced: null,
    isFromElsewhere: false,
    notSaved: null
  };
  const status = () => screen.getByRole('status').textContent;

  it('says who is signed in, until when, and whether it lasts', () => {
    view({ step: 'done', result });
    expect(status()).toContain(
      `Signed in as user1@example.com until ${formatMoment(LATER, NOW)}.`
    );
    expect(status()).toContain('kept fresh');
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('says so where it can’t be renewed', () => {
    view({
      step: 'done',
      result: { ...result, session: { ...signedIn(), renewable: false } }
    });
    expect(status()).toContain('can’t be renewed');
  });

  it('says who was signed in before', () => {
    const replaced = identity('user2@example.com');
    view({ step: 'done', result: { ...result, replaced } });
    expect(status()).toContain('Before this login it was user2@example.com');
  });

  it('says that it was done elsewhere', () => {
    view({ step: 'done', result: { ...result, isFromElsewhere: true } });
    expect(status()).toContain('outside of this dialog');
  });

  it('says why the cluster is not in the list', () => {
    const notSaved = problem('configuration');
    view({ step: 'done', result: { ...result, notSaved } });
    expect(status()).toContain('It is configuration. Mend configuration.');
  });

  it('shows that the certificate is not verified', () => {
    const session = signedIn('a@example.com', { skip_tls_verify: true });
    view({ step: 'done', result: { ...result, session } });
    expect(status()).toContain('Certificate not verified');
  });
});

describe('a session that is there already', () => {
  it('is shown, with the offer to log in again', () => {
    const { onPrepare } = view({
      step: 'signed_in',
      sessions: [signedIn()],
      chosen: ISSUER
    });
    expect(screen.getByText(/Signed in as user1@example.com/)).not.toBeNull();
    expect(screen.queryByRole('link')).toBeNull();
    fireEvent.click(button('Log in again'));
    expect(onPrepare).toHaveBeenCalled();
  });

  it('says what is wrong with it', () => {
    const ended = { ...signedIn(), problem: problem('session_ended') };
    view({ ...READY, sessions: [{ ...ended, state: 'ended' }] });
    expect(screen.getByText(/was signed in until/)).not.toBeNull();
    expect(screen.getByText(/Mend session_ended/)).not.toBeNull();
  });
});

it('offers to try again where nothing could be found out', () => {
  const { onReload } = view({
    step: 'unavailable',
    problem: problem('extension_not_loaded')
  });
  expect(screen.getByRole('alert').textContent).toContain('Mend');
  fireEvent.click(button('Try again'));
  expect(onReload).toHaveBeenCalled();
});

describe('the ServiceAccount token', () => {
  it('is shown where it makes a login needless', () => {
    view({ ...READY, serviceAccount: serviceAccount() });
    const card = screen.getByRole('region', { name: 'ServiceAccount token' });
    for (const text of [
      'you need not log in',
      'default-editor',
      'team-1',
      'pipelines.kubeflow.org',
      formatMoment(LATER, NOW)
    ]) {
      expect(card.textContent).toContain(text);
    }
  });

  it('is explained where it can’t be used', () => {
    view({
      ...READY,
      serviceAccount: serviceAccount({
        usable: false,
        audience: ['other'],
        problem: problem('service_account_token_foreign')
      })
    });
    expect(screen.getByText(/can’t be used/)).not.toBeNull();
    expect(
      screen.getByText(/Mend service_account_token_foreign/)
    ).not.toBeNull();
  });

  it('is no matter where there is none', () => {
    view({
      ...READY,
      serviceAccount: serviceAccount({
        present: false,
        usable: false,
        problem: problem('service_account_token_missing')
      })
    });
    // The panel says how to get one.
    expect(screen.queryByText(/ServiceAccount/)).toBeNull();
  });
});

describe('a kernel that stands in for the server', () => {
  const STARTING = { name: 'Python 3', isReady: false };

  it('is named, and waited for', () => {
    view({ step: 'loading' }, STARTING);
    screen.getByText(/runs in a kernel of its own \(Python 3\)/);
    expect(screen.getByRole('status').textContent).toBe(
      'Starting a kernel (Python 3)…'
    );
  });

  it('is not waited for where nothing is', () => {
    view(READY, STARTING);
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('keeps no session fresh', () => {
    view(
      { step: 'signed_in', sessions: [signedIn()], chosen: ISSUER },
      { ...STARTING, isReady: true }
    );
    screen.getByText(/renewed when a notebook or a terminal needs it/);
    expect(screen.queryByText(/kept fresh while/)).toBeNull();
  });
});

const SHOWN: [string, Partial<ILoginState>][] = [
  ['asking for an issuer', { step: 'choosing', issuerText: '' }],
  ['ready', { ...READY, serviceAccount: serviceAccount() }],
  ['a wrong code', { ...READY, code: 'a', problem: problem('code_rejected') }],
  ['working', { ...READY, step: 'exchanging', code: 'a' }],
  ['unavailable', { step: 'unavailable', problem: problem('server_fault') }]
];

it.each(SHOWN)('has nothing that axe objects to: %s', async (_, state) => {
  const { container } = view(state);
  const { violations } = await axe.run(container, {
    // jsdom has no layout; colours are looked at in a browser.
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } }
  });
  expect(violations.map(violation => violation.help)).toEqual([]);
});

describe('another way to log in', () => {
  const takes = (...auth_types: string[]) => ({
    ...READY,
    sessions: [signedOut({ auth_types })]
  });

  it('is not offered where the cluster has none', () => {
    view(READY);
    expect(screen.queryByLabelText('Password')).toBeNull();
    expect(screen.queryByText('Log in on another device')).toBeNull();
  });

  it('is a password, which the field does not keep', async () => {
    const { onPassword } = view(takes('ldap'));
    const field = screen.getByLabelText<HTMLInputElement>('Password');
    expect(document.activeElement).toBe(textbox('Username or e-mail address'));
    fireEvent.change(textbox('Username or e-mail address'), {
      target: { value: ' user1 ' }
    });
    fireEvent.change(field, { target: { value: 'hunter2' } });
    await act(async () => {
      fireEvent.click(button('Log in with this password'));
    });
    expect(onPassword).toHaveBeenCalledWith(
      {
        issuer: ISSUER,
        username: 'user1',
        password: 'hunter2',
        auth_type: 'ldap'
      },
      expect.any(AbortSignal)
    );
    expect(field.value).toBe('');
  });

  it('says beside the field that a password was not taken', async () => {
    const { onPassword } = view(takes('local', 'ldap'));
    onPassword.mockRejectedValue(new BridgeError(problem('password_rejected')));
    fireEvent.change(textbox('Username or e-mail address'), {
      target: { value: 'user1' }
    });
    const field = screen.getByLabelText('Password');
    fireEvent.change(field, { target: { value: 'wrong' } });
    await act(async () => {
      fireEvent.click(button('Log in with this password'));
    });
    expect(screen.getByRole('alert').textContent).toContain(
      'It is password_rejected.'
    );
    expect(document.activeElement).toBe(field);
  });

  it('says beside the field what is missing of a password', async () => {
    const { onPassword } = view(takes('local'));
    const name = textbox('Username or e-mail address');
    const field = screen.getByLabelText<HTMLInputElement>('Password');
    const send = () => fireEvent.click(button('Log in with this password'));
    const expectMissing = (at: HTMLElement, text: string) => {
      const alert = screen.getByRole('alert');
      expect(alert.textContent).toBe(text);
      expect(at.getAttribute('aria-describedby')).toBe(alert.id);
      expect(document.activeElement).toBe(at);
      expect(
        [name, field].filter(one => one.getAttribute('aria-invalid') === 'true')
      ).toEqual([at]);
    };
    fireEvent.change(field, { target: { value: 'hunter2' } });
    send();
    expectMissing(name, 'Enter your username or e-mail address.');
    // What is there already is kept.
    expect(field.value).toBe('hunter2');
    fireEvent.change(field, { target: { value: '' } });
    fireEvent.change(name, { target: { value: 'user1' } });
    send();
    expectMissing(field, 'Enter your password.');
    expect(onPassword).not.toHaveBeenCalled();
    fireEvent.change(field, { target: { value: 'hunter2' } });
    await act(async () => send());
    expect(onPassword).toHaveBeenCalledTimes(1);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('has nothing against a password that could not be tried', async () => {
    const { onPassword } = view(takes('local'));
    onPassword.mockRejectedValue(
      new BridgeError(problem('issuer_unreachable'))
    );
    fireEvent.change(textbox('Username or e-mail address'), {
      target: { value: 'user1' }
    });
    const field = screen.getByLabelText('Password');
    fireEvent.change(field, { target: { value: 'right' } });
    await act(async () => {
      fireEvent.click(button('Log in with this password'));
    });
    expect(screen.getByRole('alert').textContent).toContain(
      'It is issuer_unreachable.'
    );
    expect(field.getAttribute('aria-invalid')).toBe('false');
  });

  it('says what it waits for, with the way out beside that', () => {
    const { onPassword } = view(takes('local'));
    onPassword.mockReturnValue(new Promise(() => undefined));
    fireEvent.change(textbox('Username or e-mail address'), {
      target: { value: 'user1' }
    });
    fireEvent.change(screen.getByLabelText('Password'), {
      target: { value: 'a' }
    });
    fireEvent.click(button('Log in with this password'));
    const [status] = screen
      .getAllByRole('status')
      .filter(({ textContent }) => textContent === 'Logging in…');
    expect(status.contains(button('Cancel'))).toBe(false);
    fireEvent.click(button('Cancel'));
    expect(status.textContent).toBe('');
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('is a code for another device, as long as it is good', async () => {
    jest.useFakeTimers({ now: NOW });
    try {
      const { onDevice } = view({
        ...READY,
        link: { ...LINK, hasDevice: true }
      });
      let fail: (error: unknown) => void = () => undefined;
      onDevice.mockImplementation(async (show: (code: DeviceCode) => void) => {
        show({
          verification_uri: `${ISSUER}/device`,
          user_code: 'ABCD-EFGH',
          expires_at: NOW / 1000 + 130
        });
        await new Promise((_, reject) => (fail = reject));
      });
      await act(async () => {
        fireEvent.click(button('Get a code'));
      });
      screen.getByText('ABCD-EFGH');
      screen.getByText(/good for 2 minutes/);
      await act(async () => {
        await jest.advanceTimersByTimeAsync(130_000);
      });
      expect(screen.queryByText(/good for/)).toBeNull();
      await act(async () => {
        fail(new BridgeError(problem('device_expired')));
      });
      expect(screen.getByRole('alert').textContent).toContain('device_expired');
      expect(screen.queryByText('ABCD-EFGH')).toBeNull();
      button('Get a code');
    } finally {
      jest.useRealTimers();
    }
  });

  it('is another device, where the issuer allows it', async () => {
    const { onDevice } = view({ ...READY, link: { ...LINK, hasDevice: true } });
    await act(async () => {
      fireEvent.click(button('Get a code'));
    });
    expect(onDevice).toHaveBeenCalledTimes(1);
  });
});

describe('a login as someone else than before', () => {
  const asked = {
    ...problem('other_identity'),
    code: 'other_identity' as const,
    issuer: ISSUER,
    confirmation: 'handle',
    identity: { ...identity('user2@example.com'), groups: ['a', 'b'] },
    before: identity()
  };

  it('names both, and what would change', async () => {
    const { container, onConfirm, onDecline } = view({
      step: 'confirming',
      asked
    });
    const question = screen.getByRole('group', {
      name: 'Use the session of user2@example.com from now on?'
    });
    expect(document.activeElement).toBe(question);
    expect(question.textContent).toContain('work as user1@example.com');
    expect(question.textContent).toContain('a, b');
    fireEvent.click(button('Use user2@example.com'));
    expect(onConfirm).toHaveBeenCalledTimes(1);
    fireEvent.click(button('Keep user1@example.com'));
    expect(onDecline).toHaveBeenCalledTimes(1);
    expect((await axe.run(container)).violations).toEqual([]);
  });

  it('is in sight while the answer is carried out, which is given once', () => {
    // As for a cluster that was typed in: its field must not come back.
    const { onCancel, onConfirm, onDecline } = view({
      step: 'exchanging',
      asked
    });
    expect(screen.queryByRole('textbox')).toBeNull();
    for (const name of ['Use user2@example.com', 'Keep user1@example.com']) {
      expect(button(name).getAttribute('aria-disabled')).toBe('true');
      fireEvent.click(button(name));
    }
    expect(onConfirm).not.toHaveBeenCalled();
    expect(onDecline).not.toHaveBeenCalled();
    expect(screen.getByRole('status').textContent).toContain('Logging in…');
    fireEvent.click(button('Cancel'));
    expect(onCancel).toHaveBeenCalledTimes(1);
  });

  it('says why the answer led to nothing, and can be answered again', () => {
    const { onConfirm, show } = view({ step: 'exchanging', asked });
    show({ step: 'confirming', asked, problem: problem('cache_busy') });
    expect(screen.getByRole('alert').textContent).toContain('cache_busy');
    fireEvent.click(button('Use user2@example.com'));
    expect(onConfirm).toHaveBeenCalledTimes(1);
  });

  it('has the focus again when it is about another one', () => {
    const { show } = view({ step: 'confirming', asked });
    button('Use user2@example.com').focus();
    const before = identity('user3@example.com');
    show({ step: 'confirming', asked: { ...asked, before } });
    expect(document.activeElement).toBe(screen.getByRole('group'));
  });

  it.each([
    ['signed_in', 'work as user1@example.com'],
    ['expired', 'work as user1@example.com'],
    ['ended', 'was of user1@example.com, and has ended'],
    ['signed_out', 'was of user1@example.com, and has ended']
  ] as [ISession['state'], string][])(
    'says what the session before is good for (%s)',
    (state, text) => {
      const sessions = [{ ...signedIn(), state }];
      view({ step: 'confirming', asked, sessions });
      expect(screen.getByRole('group').textContent).toContain(text);
    }
  );
});
