import {
  LATER,
  NOW,
  problem,
  signedIn,
  signedOut,
  trans
} from '../../__tests__/support';
import { ISession } from '../../tokens';
import { nextMoment, noticesOf } from '../notices';
import { DEFAULTS } from '../preferences';

const { sessionEndLead: IDLE_LEAD, tokenEndLead: TOKEN_LEAD } = DEFAULTS;

const say = (session: ISession, now = NOW) =>
  noticesOf([session], DEFAULTS, now, trans).map(
    ({ level, text, isLoginNeeded }) => [level, text, isLoginNeeded]
  );

const HOST = 'deploykf.example.com';
const resting = (left: number): ISession => ({
  ...signedIn(),
  idle_until: NOW / 1000 + left
});

describe('what there is to say', () => {
  it('is nothing of sessions that are well, or not there', () => {
    expect(say(signedOut())).toEqual([]);
    expect(say(signedIn())).toEqual([]);
    expect(say(resting(IDLE_LEAD + 60))).toEqual([]);
  });

  it('is that a session will end soon', () => {
    const soon = [['warning', `The session at ${HOST} will end soon.`, true]];
    expect(say(resting(IDLE_LEAD))).toEqual(soon);
    const fixed = { ...signedIn(), renewable: false };
    expect(say(fixed)).toEqual([]);
    expect(say(fixed, (LATER - TOKEN_LEAD) * 1000)).toEqual(soon);
  });

  it('is that a session has ended, and why', () => {
    const ended: ISession = {
      ...signedIn(),
      state: 'ended',
      renewable: false,
      problem: problem('session_ended')
    };
    const said = [['warning', 'It is session_ended.', true]];
    expect(say(ended)).toEqual(said);
    // Replaced by a login elsewhere, while the token holds yet.
    expect(say({ ...ended, state: 'signed_in' })).toEqual(said);
  });

  it('is that the issuer is out of reach while the token holds', () => {
    const [[level, text, isLoginNeeded]] = say({
      ...signedIn(),
      problem: problem('issuer_unreachable')
    });
    expect([level, isLoginNeeded]).toEqual(['info', false]);
    expect(text).toContain('your token still holds');
    expect(text).toContain('It is issuer_unreachable.');
  });

  it('comes as early as it is set', () => {
    const leads = { sessionEndLead: 3600, tokenEndLead: 0 };
    const texts = (session: ISession, now = NOW) =>
      noticesOf([session], leads, now, trans).map(({ text }) => text);
    expect(texts(resting(IDLE_LEAD))).toEqual([]);
    expect(texts(resting(3600))).toHaveLength(1);
    const fixed = { ...signedIn(), renewable: false };
    expect(texts(fixed, LATER * 1000 - 1)).toEqual([]);
  });

  it('has a key that a new login changes, and a second look does not', () => {
    const key = (session: ISession) =>
      noticesOf([session], DEFAULTS, NOW, trans)[0].key;
    expect(key(resting(60))).toBe(key(resting(60)));
    expect(key(resting(60))).not.toBe(key(resting(61)));
  });
});

describe('the next look', () => {
  it('is when a token expires or an end comes near', () => {
    expect(nextMoment([signedIn()], DEFAULTS, NOW)).toBe(LATER * 1000);
    const resting10 = resting(IDLE_LEAD + 10);
    expect(nextMoment([resting10], DEFAULTS, NOW)).toBe(NOW + 10_000);
  });

  it('is not due where time changes nothing', () => {
    expect(nextMoment([signedOut()], DEFAULTS, NOW)).toBeNull();
  });
});
