import { ATTEMPT_LIFETIME, isTooOld } from '../attempt';
import { openPage } from '../popup';

describe('the sign-in page', () => {
  it('can’t reach the page that opened it', () => {
    const page = {
      opener: window as unknown,
      location: { replace: jest.fn() }
    };
    const open = jest.fn(() => page as unknown as Window);
    expect(openPage('https://issuer.example.com/auth', { open })).toBe(page);
    expect(page.opener).toBeNull();
    expect(page.location.replace).toHaveBeenCalledWith(
      'https://issuer.example.com/auth'
    );
  });

  it('is nothing where the browser refuses windows', () => {
    expect(openPage('https://issuer.example.com/', { open: () => null })).toBe(
      null
    );
  });
});

describe('an attempt', () => {
  const attempt = {
    issuer: 'https://issuer.example.com',
    url: '',
    codeVerifier: '',
    nonce: '',
    startedAt: 1000
  };

  it.each([
    [0, false],
    [ATTEMPT_LIFETIME - 1, false],
    [ATTEMPT_LIFETIME, true],
    [-1, true]
  ])('at an age of %d ms is too old: %s', (age, expected) => {
    expect(isTooOld(attempt, attempt.startedAt + age)).toBe(expected);
  });
});
