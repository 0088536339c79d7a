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

const words = { trans, say: (moment: number) => `T${moment}` };

const say = (session: ISession, now = NOW) =>
  noticesOf([session], DEFAULTS, now, words).map(({ level, remedy, text }) => [
    level,
    text,
    remedy
  ]);

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

  it('is when a session that nobody uses ends, which a refresh puts off', () => {
    const end = NOW / 1000 + IDLE_LEAD;
    expect(say(resting(IDLE_LEAD))).toEqual([
      [
        'warning',
        `The session at ${HOST} ends at T${end}, since nobody uses it.`,
        'refresh'
      ]
    ]);
  });

  it('is when a token ends that can’t be renewed', () => {
    const fixed = { ...signedIn(), renewable: false };
    expect(say(fixed)).toEqual([]);
    expect(say(fixed, (LATER - TOKEN_LEAD) * 1000)).toEqual([
      [
        'warning',
        `The session at ${HOST} ends at T${LATER}, and can’t be renewed.`,
        'login'
      ]
    ]);
  });

  it('is that a session has ended, and why', () => {
    const ended: ISession = {
      ...signedIn(),
      state: 'ended',
      renewable: false,
      problem: problem('session_ended')
    };
    const said = [['warning', 'It is session_ended.', 'login']];
    expect(say(ended)).toEqual(said);
    // Replaced by a login elsewhere, while the token holds yet.
    expect(say({ ...ended, state: 'signed_in' })).toEqual(said);
  });

  it('is that the issuer is out of reach while the token holds, and worse when it does not', () => {
    const away = { ...signedIn(), problem: problem('issuer_unreachable') };
    expect(say(away)).toEqual([
      [
        'info',
        `The session at ${HOST} could not be renewed; your token still holds. It is issuer_unreachable.`,
        'show'
      ]
    ]);
    expect(say({ ...away, state: 'expired' })).toEqual([
      [
        'warning',
        `The token for ${HOST} has expired and can’t be renewed now. It is issuer_unreachable.`,
        'show'
      ]
    ]);
    // Without a word of trouble, it is renewed when it is used.
    expect(say({ ...signedIn(), state: 'expired' })).toEqual([]);
  });

  it('comes as early as it is set', () => {
    const leads = { sessionEndLead: 3600, tokenEndLead: 0 };
    const texts = (session: ISession, now = NOW) =>
      noticesOf([session], leads, now, words).map(({ text }) => text);
    expect(texts(resting(IDLE_LEAD))).toEqual([]);
    expect(texts(resting(3600))).toHaveLength(1);
    const fixed = { ...signedIn(), renewable: false };
    expect(texts(fixed, LATER * 1000 - 1)).toEqual([]);
  });

  it('has a key that a new login changes, and a second look does not', () => {
    const key = (session: ISession) =>
      noticesOf([session], DEFAULTS, NOW, words)[0].key;
    expect(key(resting(60))).toBe(key(resting(60)));
    expect(key(resting(60))).not.toBe(key(resting(61)));
  });
});

describe('the next look', () => {
  it('is when an end comes near', () => {
    expect(nextMoment([resting(IDLE_LEAD + 10)], DEFAULTS, NOW)).toBe(
      NOW + 10_000
    );
    const fixed = { ...signedIn(), renewable: false };
    expect(nextMoment([fixed, resting(9 * IDLE_LEAD)], DEFAULTS, NOW)).toBe(
      (LATER - TOKEN_LEAD) * 1000
    );
  });

  it('is not due where time changes nothing', () => {
    expect(nextMoment([signedOut(), signedIn()], DEFAULTS, NOW)).toBeNull();
  });
});
