import { followPage, isReadable } from '../handsFree';

const ISSUER = 'https://deploykf.example.com/dex';
const CODE = 'abcdefghijklmnopqrstuvwxy';

class FakePage {
  closed = false;
  isForeign = false;
  readonly document = document.implementation.createHTMLDocument();
  private _href = `${ISSUER}/auth`;

  get location(): { href: string } {
    if (this.isForeign) {
      throw new DOMException('Blocked a frame.', 'SecurityError');
    }
    return { href: this._href };
  }

  go(href: string, body: string): void {
    this._href = href;
    this.document.body.innerHTML = body;
  }

  close(): void {
    this.closed = true;
  }
}

const shown = `<input type="text" value="${CODE}">`;

describe('hands-free', () => {
  let page: FakePage;
  const onCode = jest.fn();
  const onGone = jest.fn();
  let isWanted: boolean;
  let stop: () => void;
  const look = () => jest.advanceTimersByTime(1000);

  beforeEach(() => {
    jest.useFakeTimers();
    jest.clearAllMocks();
    page = new FakePage();
    isWanted = true;
    stop = followPage(page as unknown as Window, ISSUER, {
      isWanted: () => isWanted,
      onCode,
      onGone
    });
  });

  afterEach(() => {
    stop();
    jest.useRealTimers();
  });

  it('takes the code once, and closes the page', () => {
    look();
    expect(onCode).not.toHaveBeenCalled();
    page.go(`${ISSUER}/auth/local/login`, shown);
    look();
    expect(onCode.mock.calls).toEqual([[CODE]]);
    expect(page.closed).toBe(true);
    look();
    expect(onCode).toHaveBeenCalledTimes(1);
    expect(onGone).not.toHaveBeenCalled();
  });

  it('leaves the page as it is until a code is wanted', () => {
    isWanted = false;
    page.go(`${ISSUER}/auth`, shown);
    look();
    expect(onCode).not.toHaveBeenCalled();
    expect(page.closed).toBe(false);
    isWanted = true;
    look();
    expect(onCode).toHaveBeenCalledWith(CODE);
  });

  it.each([
    ['too short', CODE.slice(1)],
    ['too long', `${CODE}a`],
    ['of other digits', `${CODE.slice(1)}1`],
    ['in capitals', CODE.toUpperCase()]
  ])('takes no text that is no code of Dex’s: %s', (_, text) => {
    page.go(`${ISSUER}/auth`, `<input type="text" value="${text}">`);
    look();
    expect(onCode).not.toHaveBeenCalled();
  });

  it('takes nothing that is typed into the login form', () => {
    page.go(
      `${ISSUER}/auth/local/login`,
      `<input type="text" name="login" value="${CODE}"><input type="password" value="${CODE}">`
    );
    look();
    expect(onCode).not.toHaveBeenCalled();
  });

  it.each([
    'https://deploykf.example.com/dexter/auth',
    'https://deploykf.example.com/notebook/team-1/x/files/dex/page.html',
    'https://deploykf.example.com.example.org/dex/auth'
  ])('reads nothing at %s', href => {
    page.go(href, shown);
    look();
    expect(onCode).not.toHaveBeenCalled();
  });

  it('waits while another origin has its turn', () => {
    page.isForeign = true;
    page.go(`${ISSUER}/callback`, shown);
    look();
    expect(onCode).not.toHaveBeenCalled();
    page.isForeign = false;
    look();
    expect(onCode).toHaveBeenCalledWith(CODE);
  });

  it('tells that the page is gone', () => {
    page.close();
    look();
    look();
    expect(onGone).toHaveBeenCalledTimes(1);
  });

  it('stops when it is told to', () => {
    stop();
    page.go(`${ISSUER}/auth`, shown);
    look();
    expect(onCode).not.toHaveBeenCalled();
  });
});

it.each([
  [ISSUER, `${ISSUER}/auth?x=1`, 'https://deploykf.example.com', true],
  [ISSUER, `${ISSUER}/auth?x=1`, 'https://elsewhere.example.com', false],
  [
    ISSUER,
    'https://login.example.com/auth',
    'https://deploykf.example.com',
    false
  ],
  ['nonsense', 'nonsense/auth', 'null', false],
  // A bare origin would make each of its pages one of the issuer's.
  ...['', '/', '//', '/dex/..', '/?dex', '/#dex'].map(
    (path): [string, string, string, boolean] => [
      `https://deploykf.example.com${path}`,
      `https://deploykf.example.com${path}/auth?x=1`,
      'https://deploykf.example.com',
      false
    ]
  )
])('a page of %s at %s from %s: %s', (issuer, url, origin, expected) => {
  expect(isReadable(issuer, url, origin)).toBe(expected);
});
