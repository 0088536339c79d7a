import {
  OTHER_ISSUER,
  problem,
  signedIn,
  signedOut,
  trans
} from '../../__tests__/support';
import { ISession } from '../../tokens';
import { isSomeoneElse } from '../people';
import { summarize } from '../summary';

const of = (...sessions: ISession[]) =>
  summarize(
    {
      status: {
        version: '',
        cache: { path: '', problem: null },
        sessions
      },
      problem: null
    },
    trans
  );

describe('the sessions at a glance', () => {
  it.each([
    [[], '○', 'signed out'],
    [[signedOut()], '○', 'signed out'],
    [[signedIn()], '●', 'signed in as user1@example.com'],
    [[{ ...signedIn(), identity: null }], '●', 'signed in'],
    [
      [{ ...signedIn(), problem: problem('session_ended') }],
      '◐',
      'session ended, token holds'
    ],
    [[{ ...signedIn(), state: 'expired' as const }], '◐', 'to be renewed'],
    [[{ ...signedIn(), state: 'ended' as const }], '○', 'session ended'],
    [
      [signedIn(), signedOut({ issuer: OTHER_ISSUER })],
      '◐',
      '1 of 2 signed in'
    ],
    [
      [signedOut(), signedOut({ issuer: OTHER_ISSUER })],
      '○',
      '0 of 2 signed in'
    ]
  ])('%#', (sessions, shape, text) => {
    expect(of(...sessions)).toEqual({ shape, text });
  });

  it('are not known where the server does not say', () => {
    expect(
      summarize({ status: null, problem: problem('server_fault') }, trans).text
    ).toBe('not known');
    expect(summarize({ status: null, problem: null }, trans).text).toBe('…');
  });
});

describe('the guard on identity', () => {
  it.each([
    ['user1@example.com', false],
    ['USER1@example.com', false],
    ['user2@example.com', true],
    [null, false]
  ])('with %s at the gateway: %s', (user, expected) => {
    expect(isSomeoneElse(signedIn(), user)).toBe(expected);
  });

  it('says nothing of a session without an e-mail address', () => {
    const session = { ...signedIn(), identity: null };
    expect(isSomeoneElse(session, 'user1@example.com')).toBe(false);
  });
});
