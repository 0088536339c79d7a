import {
  OTHER_ISSUER,
  problem,
  signedIn,
  signedOut
} from '../../__tests__/support';
import { firstChoice, issuerFromText, needsLogin } from '../choice';

describe('whether a human has to log in', () => {
  it('is so where nobody is signed in, and where the last token runs out', () => {
    expect(needsLogin(null)).toBe(true);
    expect(needsLogin(signedOut())).toBe(true);
    expect(needsLogin(signedIn())).toBe(false);
    const last = { ...signedIn(), problem: problem('session_ended') };
    expect(needsLogin(last)).toBe(true);
    const away = { ...signedIn(), problem: problem('issuer_unreachable') };
    expect(needsLogin(away)).toBe(false);
  });
});

describe('the session that is offered first', () => {
  it('is one that needs a login, and was configured', () => {
    const old = signedOut({ source: 'cache' });
    const other = signedOut({ issuer: OTHER_ISSUER });
    expect(firstChoice([signedIn(), old, other])).toBe(other);
    expect(firstChoice([old])).toBe(old);
    expect(firstChoice([])).toBeNull();
  });
});

describe('an issuer as people type it', () => {
  it.each([
    ['deploykf.example.com/dex', 'https://deploykf.example.com/dex'],
    [' http://127.0.0.1:8080/dex ', 'http://127.0.0.1:8080/dex'],
    ['https://issuer.example.com/a/b', 'https://issuer.example.com/a/b'],
    // The dashboard's address, as it is copied.
    ['deploykf.example.com', 'https://deploykf.example.com/dex'],
    ['https://deploykf.example.com/', 'https://deploykf.example.com/dex'],
    [
      'https://deploykf.example.com/_/pipeline/?ns=team-1#/runs',
      'https://deploykf.example.com/dex'
    ],
    ['https://deploykf.example.com/?ns=a', 'https://deploykf.example.com/dex'],
    ['not a url', 'https://not a url']
  ])('%s', (text, issuer) => {
    expect(issuerFromText(text)).toBe(issuer);
  });
});
