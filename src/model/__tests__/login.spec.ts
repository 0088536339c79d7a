import {
  Deferred,
  FakeBridge,
  identity,
  ISSUER,
  NOW,
  OTHER_ISSUER,
  problem,
  settle,
  signedIn,
  signedOut,
  trans
} from '../../__tests__/support';
import { ATTEMPT_LIFETIME, BeginAttempt } from '../../login/attempt';
import { IProblem } from '../../tokens';
import { LoginModel } from '../login';
import { SessionsModel } from '../sessions';

function make(
  setUp: (bridge: FakeBridge) => void = () => undefined,
  origin = '',
  guess: string | null = null
) {
  const bridge = new FakeBridge();
  setUp(bridge);
  const time = { now: NOW };
  let number = 0;
  const begin: BeginAttempt = async ({ issuer }, startedAt) => {
    number += 1;
    return {
      issuer,
      url: `${issuer}/auth?attempt=${number}`,
      codeVerifier: `verifier-${number}`,
      nonce: `nonce-${number}`,
      startedAt
    };
  };
  const loadBegin = jest.fn(async () => begin);
  const openPage = jest.fn((url: string) => window as Window | null);
  const sessions = new SessionsModel(bridge, trans);
  const model = new LoginModel({
    bridge,
    sessions,
    loadBegin,
    openPage,
    guess,
    origin,
    now: () => time.now,
    trans
  });
  live.push(model);
  /** The server announces a change that it made of something. */
  const elsewhere = async (change: () => void) => {
    change();
    bridge.changed.emit({ issuer: '', change: 'signed_in' });
    await settle();
  };
  return { bridge, elsewhere, loadBegin, model, openPage, time };
}

const live: LoginModel[] = [];

afterEach(() => {
  live.splice(0).forEach(model => model.dispose());
  jest.useRealTimers();
});

describe('opening the dialog', () => {
  it('prepares the link of the only cluster, ready for a click', async () => {
    const { model, openPage } = make();
    await model.open();
    expect(model.state.step).toBe('ready');
    expect(model.state.link?.url).toBe(`${ISSUER}/auth?attempt=1`);
    expect(model.openPage()).toBe(true);
    expect(openPage).toHaveBeenCalledWith(`${ISSUER}/auth?attempt=1`);
  });

  it('asks for an issuer where no cluster is known', async () => {
    const { bridge, loadBegin, model } = make(b => (b.sessions = []));
    await model.open();
    expect(model.state.step).toBe('choosing');
    expect(model.state.chosen).toBeNull();
    expect(bridge.count('provider')).toBe(0);
    expect(loadBegin).not.toHaveBeenCalled();
  });

  it('says who is signed in, and starts no login unasked', async () => {
    const { bridge, loadBegin, model } = make(b => (b.sessions = [signedIn()]));
    await model.open();
    expect(model.state.step).toBe('signed_in');
    expect(bridge.count('provider')).toBe(0);
    expect(loadBegin).not.toHaveBeenCalled();
    await model.prepare();
    expect(model.state.step).toBe('ready');
  });

  it('prepares a login where the session has ended and its last token holds', async () => {
    const last = { ...signedIn(), problem: problem('session_ended') };
    const { bridge, elsewhere, model } = make(b => (b.sessions = [last]));
    await model.open();
    expect(model.state.step).toBe('ready');
    await elsewhere(() => (bridge.sessions = [last]));
    expect(model.state.step).toBe('ready');
    await elsewhere(() => (bridge.sessions = [signedIn()]));
    expect(model.state.step).toBe('done');
  });

  it('offers the configured cluster that needs a login', async () => {
    const { model } = make(b => {
      b.sessions = [
        signedIn(),
        signedOut({ issuer: 'https://old.example.com', source: 'cache' }),
        signedOut({ issuer: OTHER_ISSUER })
      ];
    });
    await model.open();
    expect(model.state.chosen).toBe(OTHER_ISSUER);
  });

  it('offers the cluster that was asked for', async () => {
    const { model } = make(b => {
      b.sessions = [signedOut(), signedOut({ issuer: OTHER_ISSUER })];
    });
    await model.open(OTHER_ISSUER);
    expect(model.state.chosen).toBe(OTHER_ISSUER);
  });

  it('says why the status can’t be had, and can be tried again', async () => {
    const { bridge, model } = make();
    bridge.failing.status = problem('extension_not_loaded');
    await model.open();
    expect(model.state.step).toBe('unavailable');
    expect(model.state.problem?.code).toBe('extension_not_loaded');
    bridge.failing = {};
    await model.open();
    expect(model.state.step).toBe('ready');
  });

  it('says why nobody can log in while the administrator’s settings can’t be used', async () => {
    const { bridge, model } = make();
    bridge.misconfigured = problem('server_misconfigured');
    await model.open();
    expect(model.state.step).toBe('unavailable');
    expect(model.state.problem?.code).toBe('server_misconfigured');
    expect(bridge.count('provider')).toBe(0);
    bridge.misconfigured = null;
    await model.open();
    expect(model.state.step).toBe('ready');
  });

  it('goes on where the ServiceAccount token can’t be looked at', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { bridge, model } = make();
    bridge.failing.service_account = problem('server_fault');
    await model.open();
    expect(model.state.step).toBe('ready');
    expect(model.state.serviceAccount).toBeNull();
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
});

describe('an issuer that can’t be used', () => {
  it.each([
    'issuer_unreachable',
    'not_an_issuer',
    'issuer_mismatch',
    'certificate_untrusted',
    'issuer_not_allowed'
  ])('is told beside the choice (%s)', async code => {
    const { bridge, model } = make();
    bridge.failing.provider = problem(code);
    await model.open();
    expect(model.state.step).toBe('choosing');
    expect(model.state.problem?.code).toBe(code);
    bridge.failing = {};
    await model.prepare();
    expect(model.state.step).toBe('ready');
    expect(model.state.problem).toBeNull();
  });

  it('keeps what was typed', async () => {
    const { bridge, model } = make(b => (b.sessions = []));
    bridge.failing.provider = problem('not_an_issuer');
    await model.open();
    model.typeIssuer('https://typo.example.com');
    await model.prepare();
    expect(model.state.issuerText).toBe('https://typo.example.com');
    expect(model.state.problem?.code).toBe('not_an_issuer');
  });

  it('may also be a part of JupyterLab that can’t be loaded', async () => {
    const { loadBegin, model } = make();
    loadBegin.mockRejectedValueOnce(new Error('Loading chunk 1 failed'));
    await model.open();
    expect(model.state.problem?.code).toBe('unexpected');
    expect(model.state.problem?.message).toContain('Loading chunk 1 failed');
  });
});

describe('giving the code', () => {
  it('sends it with the verifier and the nonce of the attempt', async () => {
    const { bridge, model } = make();
    await model.open();
    await model.submit('  the code  ');
    expect(bridge.logins).toEqual([
      {
        issuer: ISSUER,
        code: '  the code  ',
        code_verifier: 'verifier-1',
        nonce: 'nonce-1'
      }
    ]);
    expect(model.state.step).toBe('done');
    expect(model.state.result?.session.identity?.email).toBe(
      'user1@example.com'
    );
    expect(model.state.code).toBe('');
  });

  it.each(['code_not_found', 'code_rejected', 'issuer_unreachable'])(
    'can be repeated with the same attempt after %s',
    async code => {
      const { bridge, model } = make();
      await model.open();
      bridge.failing.login = problem(code);
      await model.submit('wrong');
      expect(model.state.step).toBe('ready');
      expect(model.state.problem?.code).toBe(code);
      expect(model.state.code).toBe('wrong');
      bridge.failing = {};
      await model.submit('right');
      expect(model.state.step).toBe('done');
      expect(bridge.logins.map(l => l.code_verifier)).toEqual([
        'verifier-1',
        'verifier-1'
      ]);
    }
  );

  it('takes no blank, and one code at a time', async () => {
    const { bridge, model } = make();
    await model.open();
    await model.submit(' \n ');
    expect(bridge.logins).toHaveLength(0);
    await Promise.all([model.submit('a'), model.submit('a')]);
    expect(bridge.logins).toHaveLength(1);
  });

  it('uses an attempt once', async () => {
    const { bridge, model } = make();
    await model.open();
    await model.submit('a');
    await model.submit('a');
    expect(bridge.logins).toHaveLength(1);
  });

  it('says so where it is someone else now', async () => {
    const { bridge, model } = make(b => (b.sessions = [signedIn()]));
    bridge.person = 'user2@example.com';
    await model.open();
    await model.prepare();
    await model.submit('a');
    expect(model.state.result?.replaced?.email).toBe('user1@example.com');
  });

  it('also where the server’s announcement is quicker than its answer', async () => {
    const { bridge, elsewhere, model } = make(b => {
      b.sessions = [signedIn()];
    });
    const answer = new Deferred<void>();
    bridge.waiting.login = answer.promise;
    bridge.person = 'user2@example.com';
    await model.open();
    await model.prepare();
    const submitted = model.submit('a');
    await elsewhere(() => {
      bridge.sessions = [signedIn('user2@example.com')];
    });
    expect(model.state.step).toBe('exchanging');
    answer.resolve();
    await submitted;
    expect(model.state.result?.replaced?.email).toBe('user1@example.com');
    expect(model.state.result?.isFromElsewhere).toBe(false);
  });

  it('says nothing where it is the same person', async () => {
    const { model } = make(b => (b.sessions = [signedIn()]));
    await model.open();
    await model.prepare();
    await model.submit('a');
    expect(model.state.result?.replaced).toBeNull();
  });
});

describe('a login as someone else than before', () => {
  const asked = {
    ...problem('other_identity'),
    confirmation: 'handle',
    identity: identity('user2@example.com'),
    before: identity()
  };

  async function logIn(sessions = [signedIn()]) {
    const made = make(bridge => {
      bridge.sessions = sessions;
      bridge.failing.login = asked;
      bridge.person = 'user2@example.com';
    });
    await made.model.open(ISSUER, true);
    await made.model.submit('the code');
    return made;
  }

  it('is asked for, and saved once it is confirmed', async () => {
    const { bridge, model } = await logIn();
    expect(model.state.step).toBe('confirming');
    expect(model.state.asked?.identity.email).toBe('user2@example.com');
    await model.confirm();
    expect(bridge.confirmed).toEqual([
      { issuer: ISSUER, confirmation: 'handle' }
    ]);
    expect(model.state.step).toBe('done');
    // It was meant, so there is nothing to warn of.
    expect(model.state.result?.replaced).toBeNull();
  });

  const HELD = { issuer: ISSUER, confirmation: 'handle' };

  it('leaves everything as it was when it is declined', async () => {
    const { bridge, model } = await logIn();
    // Nobody waits for the server to forget it.
    bridge.waiting.discard_login = new Promise(() => undefined);
    await model.decline();
    expect(model.state.step).toBe('signed_in');
    expect(model.state.asked).toBeNull();
    expect(bridge.confirmed).toEqual([]);
    expect(bridge.discarded).toEqual([HELD]);
  });

  it('is forgotten by the server when the dialog is closed', async () => {
    const { bridge, model } = await logIn();
    model.dispose();
    model.dispose();
    expect(bridge.discarded).toEqual([HELD]);
  });

  it('also where it is closed before the question comes', async () => {
    const { bridge, model } = make(b => {
      b.failing.login_password = asked;
    });
    const slow = new Deferred<void>();
    bridge.waiting.login_password = slow.promise;
    await model.open();
    const { signal } = new AbortController();
    const login = { issuer: ISSUER, username: 'u', password: 'p' };
    const done = model.logInWithPassword(
      { ...login, auth_type: 'local' },
      signal
    );
    model.dispose();
    slow.resolve();
    await done;
    expect(bridge.discarded).toEqual([HELD]);
  });

  it('is not taken back where the dialog is closed after a yes', async () => {
    const { bridge, model } = await logIn();
    bridge.waiting.confirm_login = new Promise(() => undefined);
    void model.confirm();
    model.dispose();
    expect(bridge.discarded).toEqual([]);
  });

  it('says where the server could not be told to forget it', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { bridge, model } = await logIn();
    bridge.failing.discard_login = problem('server_unreachable');
    await model.decline();
    await settle();
    expect(model.state.step).toBe('signed_in');
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it.each(['cache_busy', 'cache_not_writable', 'server_unreachable'])(
    'can be confirmed again after %s',
    async code => {
      const { bridge, model } = await logIn();
      bridge.failing.confirm_login = problem(code);
      await model.confirm();
      expect(model.state).toMatchObject({
        step: 'confirming',
        asked: { confirmation: 'handle' },
        problem: { code }
      });
      bridge.failing = {};
      await model.confirm();
      expect(bridge.confirmed).toEqual([HELD, HELD]);
      expect(model.state.step).toBe('done');
    }
  );

  it('is asked for anew where a third one came between', async () => {
    const { bridge, model } = await logIn();
    bridge.failing.confirm_login = {
      ...asked,
      confirmation: 'another handle',
      before: identity('user3@example.com')
    } as IProblem;
    await model.confirm();
    expect(model.state).toMatchObject({
      step: 'confirming',
      problem: null,
      asked: {
        confirmation: 'another handle',
        before: { email: 'user3@example.com' }
      }
    });
    bridge.failing = {};
    await model.confirm();
    expect(bridge.confirmed.map(({ confirmation }) => confirmation)).toEqual([
      'handle',
      'another handle'
    ]);
    expect(model.state.step).toBe('done');
  });

  it('is saved once, with the question in sight', async () => {
    const { bridge, model } = await logIn();
    const slow = new Deferred<void>();
    bridge.waiting.confirm_login = slow.promise;
    const confirmed = [model.confirm(), model.confirm()];
    expect(model.state.step).toBe('exchanging');
    expect(model.state.asked?.confirmation).toBe('handle');
    slow.resolve();
    await Promise.all(confirmed);
    expect(bridge.confirmed).toEqual([HELD]);
    expect(model.state).toMatchObject({ step: 'done', asked: null });
  });

  it('offers a new login where the confirmation came too late', async () => {
    const { bridge, model } = await logIn();
    bridge.failing.confirm_login = problem('confirmation_expired');
    await model.confirm();
    expect(model.state).toMatchObject({ step: 'choosing', asked: null });
    expect(model.state.problem?.code).toBe('confirmation_expired');
    await model.prepare();
    expect(model.state.step).toBe('ready');
  });

  it('can be given up while it is saved', async () => {
    const { bridge, model } = await logIn();
    bridge.waiting.confirm_login = new Promise(() => undefined);
    void model.confirm();
    expect(model.state.step).toBe('exchanging');
    model.cancel();
    expect(model.state).toMatchObject({ step: 'choosing', asked: null });
    expect(bridge.discarded).toEqual([HELD]);
  });

  it('is asked for after a password and after another device, too', async () => {
    const { bridge, model } = make(b => {
      b.sessions = [signedIn()];
      b.failing.login_password = asked;
      b.failing.begin_device = asked;
    });
    const { signal } = new AbortController();
    await model.open(ISSUER, true);
    const login = { issuer: ISSUER, username: 'u', password: 'p' };
    await model.logInWithPassword({ ...login, auth_type: 'local' }, signal);
    expect(model.state.step).toBe('confirming');
    await model.open(ISSUER, true);
    await model.logInOnDevice(() => undefined, signal);
    expect(model.state.step).toBe('confirming');
    expect(bridge.confirmed).toEqual([]);
  });
});

describe('a cluster that is typed in', () => {
  const typed = async (model: LoginModel, text: string) => {
    await model.open();
    await model.choose(null);
    model.typeIssuer(text);
    await model.prepare();
  };

  it('is kept in the user’s list once it worked', async () => {
    const { bridge, model } = make();
    await typed(model, ` ${OTHER_ISSUER} `);
    expect(bridge.remembered).toEqual([]);
    await model.submit('a');
    expect(bridge.remembered).toEqual([OTHER_ISSUER]);
    // The login was question enough: nothing is verified again.
    expect(bridge.count('add_cluster')).toBe(0);
    expect(model.state.step).toBe('done');
  });

  it('is added also where the dialog is closed at once', async () => {
    const { bridge, model } = make();
    let answer: () => void = () => undefined;
    bridge.waiting.remember_cluster = new Promise<void>(
      resolve => (answer = resolve)
    );
    await typed(model, OTHER_ISSUER);
    const submitted = model.submit('a');
    await settle();
    expect(model.state.step).toBe('done');
    model.dispose();
    answer();
    await submitted;
    await model.remembered;
    expect(bridge.remembered).toEqual([OTHER_ISSUER]);
  });

  it('may come without https://', async () => {
    const { bridge, model } = make(b => (b.sessions = []));
    await typed(model, 'other.example.com/dex');
    await model.submit('a');
    expect(bridge.logins[0].issuer).toBe(OTHER_ISSUER);
  });

  it('is signed in to, also where it can’t be added', async () => {
    const { bridge, model } = make();
    bridge.failing.remember_cluster = problem('configuration');
    await typed(model, OTHER_ISSUER);
    await model.submit('a');
    expect(model.state.step).toBe('done');
    expect(model.state.result?.notSaved?.code).toBe('configuration');
  });
});

describe('choosing among several clusters', () => {
  it('aborts what is asked for the one before', async () => {
    const { bridge, model } = make(b => {
      b.sessions = [signedOut(), signedOut({ issuer: OTHER_ISSUER })];
    });
    const slow = new Deferred<void>();
    bridge.waiting.provider = slow.promise;
    const opened = model.open();
    await settle();
    expect(model.state.step).toBe('preparing');
    bridge.waiting = {};
    await model.choose(OTHER_ISSUER);
    slow.resolve();
    await opened;
    expect(model.state.link?.issuer).toBe(OTHER_ISSUER);
    expect(model.state.problem).toBeNull();
  });

  it('forgets the code of another cluster', async () => {
    const { model } = make(b => {
      b.sessions = [signedOut(), signedOut({ issuer: OTHER_ISSUER })];
    });
    await model.open();
    model.typeCode('a');
    await model.choose(OTHER_ISSUER);
    expect(model.state.code).toBe('');
  });
});

describe('cancelling', () => {
  it.each([
    ['status', 'unavailable'],
    ['provider', 'choosing']
  ])('the wait for %s leads to %s', async (call, step) => {
    const { bridge, model } = make();
    const slow = new Deferred<void>();
    bridge.waiting[call] = slow.promise;
    const opened = model.open();
    await settle();
    model.cancel();
    slow.resolve();
    await opened;
    expect(model.state.step).toBe(step);
    expect(model.state.problem).toBeNull();
  });

  it('the exchange keeps attempt and code', async () => {
    const { bridge, model } = make();
    await model.open();
    const slow = new Deferred<void>();
    bridge.waiting.login = slow.promise;
    const submitted = model.submit('a');
    model.cancel();
    slow.resolve();
    await submitted;
    expect(bridge.signals.pop()?.aborted).toBe(true);
    expect(model.state).toMatchObject({ step: 'ready', code: 'a' });
    bridge.waiting = {};
    await model.submit();
    expect(model.state.step).toBe('done');
  });

  it('by closing aborts all requests, and forgets the attempt', async () => {
    const { bridge, model, openPage } = make();
    await model.open();
    const slow = new Deferred<void>();
    bridge.waiting.login = slow.promise;
    const submitted = model.submit('a');
    model.dispose();
    slow.resolve();
    await submitted;
    expect(bridge.signals.every(signal => signal.aborted)).toBe(true);
    model.openPage();
    await model.submit('a');
    expect(openPage).not.toHaveBeenCalled();
    expect(bridge.logins).toHaveLength(1);
    expect(model.state.link).toBeNull();
  });
});

describe('an attempt that is too old', () => {
  beforeEach(() => jest.useFakeTimers());

  it('is replaced by itself, and says so', async () => {
    const { bridge, model, time } = make();
    await model.open();
    model.typeCode('kept');
    time.now += ATTEMPT_LIFETIME;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(model.state.link).toMatchObject({
      url: `${ISSUER}/auth?attempt=2`,
      isRenewed: true
    });
    expect(model.state.code).toBe('kept');
    // The issuer's metadata are still known.
    expect(bridge.count('provider')).toBe(1);
  });

  it('is not used for a code, nor opened', async () => {
    const { bridge, model, openPage, time } = make();
    await model.open();
    time.now += ATTEMPT_LIFETIME;
    expect(model.openPage()).toBe(true);
    await model.submit('a');
    await settle();
    expect(openPage).not.toHaveBeenCalled();
    expect(bridge.logins).toEqual([]);
    expect(model.state.link?.isRenewed).toBe(true);
    await model.submit('b');
    expect(bridge.logins[0].code_verifier).toBe('verifier-2');
  });

  it('is left alone while a code is being traded', async () => {
    const { bridge, model, time } = make();
    await model.open();
    const slow = new Deferred<void>();
    bridge.waiting.login = slow.promise;
    const submitted = model.submit('a');
    time.now += ATTEMPT_LIFETIME;
    await jest.advanceTimersByTimeAsync(10_000);
    slow.resolve();
    await submitted;
    expect(model.state.step).toBe('done');
  });
});

describe('what happens elsewhere', () => {
  it('ends the login where another tab was quicker', async () => {
    const { bridge, elsewhere, model } = make();
    await model.open();
    await elsewhere(() => {
      bridge.sessions = [signedIn()];
    });
    expect(model.state.step).toBe('done');
    expect(model.state.result?.isFromElsewhere).toBe(true);
    await model.submit('a');
    expect(bridge.logins).toEqual([]);
  });

  it('does not end a second login when the first is refreshed', async () => {
    const { bridge, elsewhere, model } = make(b => (b.sessions = [signedIn()]));
    await model.open();
    await model.prepare();
    await elsewhere(() => {
      bridge.sessions = [{ ...signedIn(), expires_at: 1 }];
    });
    expect(model.state.step).toBe('ready');
  });

  it('is not overtaken by a request that was under way', async () => {
    const { bridge, elsewhere, model } = make();
    const slow = new Deferred<void>();
    bridge.waiting.provider = slow.promise;
    const opened = model.open();
    await settle();
    await elsewhere(() => {
      bridge.sessions = [signedIn()];
    });
    slow.resolve();
    await opened;
    expect(model.state.step).toBe('done');
  });

  it('offers a login where the session ended meanwhile', async () => {
    const { bridge, elsewhere, model } = make(b => (b.sessions = [signedIn()]));
    await model.open();
    await elsewhere(() => {
      bridge.sessions = [signedOut()];
    });
    expect(model.state.step).toBe('choosing');
  });

  it('keeps the result up to date', async () => {
    const { bridge, elsewhere, model } = make();
    await model.open();
    await model.submit('a');
    await elsewhere(() => {
      bridge.sessions = [{ ...signedIn(), expires_at: 4242 }];
    });
    expect(model.state.result?.session.expires_at).toBe(4242);
  });
});

it('where the browser refuses the window, a plain link has to do', async () => {
  const { model, openPage } = make();
  openPage.mockReturnValueOnce(null);
  await model.open();
  expect(model.openPage()).toBe(false);
});

it('shows no verifier and no nonce to whoever draws it', async () => {
  const { bridge, model } = make();
  const states: string[] = [];
  model.changed.connect(() => states.push(JSON.stringify(model.state)));
  await model.open();
  bridge.failing.login = problem('code_rejected');
  await model.submit('a');
  bridge.failing = {};
  await model.submit('a');
  expect(states.join()).not.toMatch(/verifier-|nonce-/);
});

it('has the dialog drawn anew when a kernel stands in for the server', () => {
  const { bridge, model } = make();
  const drawn = jest.fn();
  model.changed.connect(drawn);
  bridge.standInNow = { name: 'Python 3', isReady: false };
  bridge.standInChanged.emit();
  expect(drawn).toHaveBeenCalledTimes(1);
});

describe('a hands-free login', () => {
  const CODE = 'abcdefghijklmnopqrstuvwxy';

  /** The issuer's page in a window of its own. */
  function fakePage() {
    const page = {
      closed: false,
      close: () => (page.closed = true),
      location: { href: `${ISSUER}/auth/local/login` },
      document: document.implementation.createHTMLDocument()
    };
    const show = async () => {
      page.document.body.innerHTML = `<input type="text" value="${CODE}">`;
      jest.advanceTimersByTime(1000);
      await settle();
    };
    return { page, show };
  }

  async function opened(setUp?: (bridge: FakeBridge) => void) {
    const parts = make(setUp, new URL(ISSUER).origin);
    await parts.model.open();
    const { page, show } = fakePage();
    parts.openPage.mockReturnValue(page as unknown as Window);
    jest.useFakeTimers();
    expect(parts.model.openPage()).toBe(true);
    return { ...parts, page, show };
  }

  it('takes the code from the page', async () => {
    const { bridge, model, page, show } = await opened();
    expect(model.state.page).toBe('open');
    await show();
    expect(page.closed).toBe(true);
    expect(bridge.logins[0].code).toBe(CODE);
    expect(model.state.step).toBe('done');
  });

  it('goes on with a new page after a failure', async () => {
    const { bridge, model, openPage, show } = await opened(b => {
      b.failing.login = problem('login_failed');
    });
    await show();
    expect(model.state).toMatchObject({ step: 'ready', page: 'closed' });
    expect(model.state.problem?.code).toBe('login_failed');
    bridge.failing = {};
    const second = fakePage();
    openPage.mockReturnValue(second.page as unknown as Window);
    model.openPage();
    await second.show();
    expect(model.state.step).toBe('done');
  });

  it('follows the page on when a wrong code was typed meanwhile', async () => {
    const { bridge, model, page, show } = await opened(b => {
      b.failing.login = problem('code_rejected');
    });
    const slow = new Deferred<void>();
    bridge.waiting.login = slow.promise;
    const submitted = model.submit('typed');
    await show();
    // One code at a time: it is in the page yet.
    expect(page.closed).toBe(false);
    slow.resolve();
    await submitted;
    expect(model.state).toMatchObject({
      step: 'ready',
      page: 'open',
      problem: { code: 'code_rejected' }
    });
    bridge.failing = {};
    await show();
    expect(bridge.logins.map(({ code }) => code)).toEqual(['typed', CODE]);
    expect(model.state.step).toBe('done');
  });

  it('follows it no more once a typed code was taken', async () => {
    const { bridge, model, page, show } = await opened();
    await model.submit('typed');
    await show();
    expect(bridge.logins).toHaveLength(1);
    expect(page.closed).toBe(false);
    expect(model.state.page).toBe('closed');
  });

  it('says that the page is gone, and takes a paste', async () => {
    const { model, page } = await opened();
    page.close();
    jest.advanceTimersByTime(1000);
    expect(model.state).toMatchObject({ step: 'ready', page: 'gone' });
    await model.submit(CODE);
    expect(model.state.step).toBe('done');
  });

  it('follows no page once the dialog is closed', async () => {
    const { bridge, model, show } = await opened();
    model.dispose();
    await show();
    expect(bridge.logins).toEqual([]);
  });

  it('is not offered where the issuer has another origin', async () => {
    const { model, openPage } = make(
      undefined,
      'https://elsewhere.example.com'
    );
    await model.open();
    expect(model.state.link?.isHandsFree).toBe(false);
    const { page } = fakePage();
    openPage.mockReturnValue(page as unknown as Window);
    model.openPage();
    expect(model.state.page).toBe('closed');
  });
});

describe('a page that stands for an issuer', () => {
  const none = (bridge: FakeBridge) => {
    bridge.sessions = [];
  };

  it('needs nothing typed in, and the cluster is kept', async () => {
    const { bridge, model } = make(none, '', ISSUER);
    await model.open();
    expect(model.state).toMatchObject({ step: 'ready', issuerText: ISSUER });
    await model.submit('code');
    expect(bridge.remembered).toEqual([ISSUER]);
  });

  it('is asked for as ever where its issuer does not answer', async () => {
    const { bridge, model } = make(none, '', ISSUER);
    bridge.failing.provider = problem('not_an_issuer');
    await model.open();
    expect(model.state).toMatchObject({
      step: 'choosing',
      issuerText: '',
      problem: null
    });
  });

  it('does not matter where a cluster is known', async () => {
    const { model } = make(undefined, '', 'https://page.example.com/dex');
    await model.open();
    expect(model.state.chosen).toBe(ISSUER);
  });
});

describe('another way to a session', () => {
  const { signal } = new AbortController();

  it('is a password', async () => {
    const { bridge, model } = make();
    await model.open();
    const login = {
      issuer: ISSUER,
      username: 'user1',
      password: 'hunter2',
      auth_type: 'ldap'
    };
    await model.logInWithPassword(login, signal);
    expect(bridge.passwords).toEqual([login]);
    expect(model.state.step).toBe('done');
    expect(JSON.stringify(model.state)).not.toContain('hunter2');
  });

  it('is another device, of which the dialog sees no secret', async () => {
    jest.useFakeTimers();
    const { bridge, model } = make();
    await model.open();
    bridge.polls = [{ session: signedIn(), slow_down: false }];
    const show = jest.fn();
    const done = model.logInOnDevice(show, signal);
    await jest.advanceTimersByTimeAsync(5000);
    await done;
    expect(model.state.step).toBe('done');
    expect(Object.keys(show.mock.calls[0][0]).sort()).toEqual([
      ...['expires_at', 'user_code', 'verification_uri']
    ]);
  });

  it('leaves the attempt as it is when it fails', async () => {
    const { model } = make(b => {
      b.failing.login_password = problem('password_rejected');
    });
    await model.open();
    const login = { issuer: ISSUER, username: '', password: '', auth_type: '' };
    await expect(model.logInWithPassword(login, signal)).rejects.toThrow();
    expect(model.state).toMatchObject({ step: 'ready', isElsewise: false });
  });

  it('is this dialog’s own, also when the server announces it first', async () => {
    const { bridge, elsewhere, model } = make();
    await model.open();
    const answer = new Deferred<void>();
    bridge.waiting.login_password = answer.promise;
    const login = { issuer: ISSUER, username: '', password: '', auth_type: '' };
    const done = model.logInWithPassword(login, signal);
    await elsewhere(() => {
      bridge.sessions = [signedIn()];
    });
    expect(model.state.result?.isFromElsewhere).toBe(false);
    answer.resolve();
    await done;
    expect(model.state.step).toBe('done');
  });
});
