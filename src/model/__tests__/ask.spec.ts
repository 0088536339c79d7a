import {
  FakeBridge,
  identity,
  ISSUER,
  LATER,
  OTHER_ISSUER,
  problem,
  settle,
  signedIn,
  signedOut,
  trans
} from '../../__tests__/support';
import { AskModel } from '../ask';
import { IAsk, parseAsk } from '../askMessage';
import { SessionsModel } from '../sessions';

const URL = `${ISSUER}/auth?attempt=1`;

const asking = {
  version: 1,
  state: 'asking',
  issuer: ISSUER,
  cluster: 'deploykf.example.com',
  authorization_url: URL,
  skip_tls_verify: false,
  problem: null,
  identity: null,
  expires_at: null
};

function said(over: { [name: string]: unknown } = {}): IAsk {
  return parseAsk({ ...asking, ...over }) as IAsk;
}

describe('what a cell shows', () => {
  it('is read', () => {
    expect(said()).toEqual({
      state: 'asking',
      issuer: ISSUER,
      url: URL,
      elsewhere: null,
      skipsTLS: false,
      problem: null,
      identity: null,
      before: null,
      beforeState: null,
      expiresAt: null
    });
    const over = { authorization_url: undefined, identity: identity() };
    expect(said({ ...over, state: 'signed_in', expires_at: LATER })).toEqual(
      expect.objectContaining({ identity: identity(), expiresAt: LATER })
    );
    const told = problem('code_rejected');
    expect(said({ problem: told }).problem).toEqual(told);
  });

  const confirming = {
    ...asking,
    state: 'confirming',
    authorization_url: undefined,
    identity: identity('user2@example.com'),
    before: identity(),
    before_state: 'ended'
  };

  it('may be the question whether someone else is meant', () => {
    expect(parseAsk(confirming)).toMatchObject({
      state: 'confirming',
      url: null,
      identity: identity('user2@example.com'),
      before: identity(),
      beforeState: 'ended'
    });
    const odd = { ...confirming, before_state: 'dancing' };
    expect(parseAsk(odd)?.beforeState).toBeNull();
  });

  it.each([
    ['who it is', { identity: null }],
    ['who it was', { before: undefined }],
    ['either’s subject', { before: { email: 'a@example.com' } }]
  ])('is no such question where it lacks %s', (_, over) => {
    expect(parseAsk({ ...confirming, ...over })).toBeNull();
  });

  it('names people by texts, whatever it holds', () => {
    const odd = { email: 7, name: ['a'], subject: 's', groups: ['a', 7, {}] };
    expect(parseAsk({ ...confirming, identity: odd })?.identity).toEqual({
      ...{ email: null, name: null, subject: 's', groups: ['a'] }
    });
    const groupless = { ...odd, groups: 'a' };
    expect(parseAsk({ ...confirming, before: groupless })?.before).toEqual(
      expect.objectContaining({ groups: [] })
    );
  });

  it.each([
    ['nothing', null],
    ['a text', 'asking'],
    ['another version', { ...asking, version: 2 }],
    ['another state', { ...asking, state: 'dancing' }],
    ['no issuer', { ...asking, issuer: 1 }],
    ['an issuer without a scheme', { ...asking, issuer: 'h.example/dex' }],
    ['an issuer with a user', { ...asking, issuer: 'https://a@h.example' }],
    ['an issuer in two ways', { ...asking, issuer: 'https://a\\@h.example' }],
    ['a link with a user', { ...asking, authorization_url: 'https://a@h/' }],
    ['no link', { ...asking, authorization_url: undefined }],
    ['a script', { ...asking, authorization_url: 'javascript:alert(1)' }],
    ['a file', { ...asking, authorization_url: 'file:///etc/passwd' }],
    ['half a link', { ...asking, authorization_url: '/auth' }]
  ])('is none of ours where it is %s', (_, data) => {
    expect(parseAsk(data)).toBeNull();
  });

  it.each([
    ['another host', 'https://evil.example/dex/auth', 'evil.example'],
    [
      'another port',
      `${ISSUER.replace('.com', '.com:8443')}/auth`,
      'deploykf.example.com:8443'
    ],
    [
      'no encryption',
      `${ISSUER.replace('https:', 'http:')}/auth`,
      'deploykf.example.com'
    ],
    [
      'a host that begins alike',
      'https://deploykf.example.com.evil.example/',
      'deploykf.example.com.evil.example'
    ]
  ])(
    'has no link where that leads to %s',
    (_, authorization_url, elsewhere) => {
      expect(said({ authorization_url })).toMatchObject({
        url: null,
        elsewhere
      });
    }
  );

  it('has a link where the host is written in another way', () => {
    const url = `${ISSUER.replace('deploykf.example.com', 'DeployKF.example.com:443')}/auth`;
    expect(said({ authorization_url: url })).toMatchObject({
      url: `${ISSUER}/auth`,
      elsewhere: null
    });
  });

  it('says nothing that turns the direction of reading or can not be seen', () => {
    const odd = 'a\u202eb\u200b\n\u001b[2J c' + 'x'.repeat(5000);
    const { identity, problem } = said({
      identity: { subject: odd, email: odd, name: odd, groups: [odd] },
      problem: { code: 'c', message: odd, next_step: odd, retryable: false }
    });
    const texts = [
      ...[identity?.subject, identity?.email, identity?.name],
      ...(identity?.groups ?? []),
      ...[problem?.message, problem?.next_step]
    ];
    for (const text of texts) {
      expect(text).toMatch(/^ab \[2J cx+$/);
      expect(text?.length).toBeLessThanOrEqual(1000);
    }
  });

  it.each([1e300, -1, NaN, '1', null])('does not end at %j', moment => {
    expect(said({ expires_at: moment }).expiresAt).toBeNull();
  });

  it('is not believed where its parts are none', () => {
    const ask = said({
      problem: 'boo',
      identity: 'user1',
      expires_at: 'soon',
      skip_tls_verify: 'yes'
    });
    expect(ask).toMatchObject({
      problem: null,
      identity: null,
      expiresAt: null,
      skipsTLS: false
    });
  });
});

/** The issuer's page in a window of its own. */
class SignInPage {
  closed = false;
  readonly location = { href: `${ISSUER}/auth/local/login` };
  readonly document = document.implementation.createHTMLDocument();

  /** It shows a code, and whoever follows it has the time to see that. */
  async show(code: string): Promise<void> {
    this.document.body.innerHTML = `<input type="text" value="${code}">`;
    await this.beSeen();
  }

  async beSeen(): Promise<void> {
    jest.advanceTimersByTime(1000);
    await settle();
  }

  close(): void {
    this.closed = true;
  }
}

describe('a cell that asks, hands-free', () => {
  const CODE = 'abcdefghijklmnopqrstuvwxy';
  let answers: string[];
  let model: AskModel;
  let page: SignInPage;

  beforeEach(async () => {
    jest.useFakeTimers();
    answers = [];
    page = new SignInPage();
    model = new AskModel(said(), {
      sessions: new SessionsModel(new FakeBridge(), trans),
      openPage: () => page as unknown as Window,
      origin: new globalThis.URL(ISSUER).origin,
      answer: line => answers.push(line)
    });
    await model.open();
    model.openPage();
    expect(model.state.page).toBe('open');
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('goes on following the page when its dialog is asked for again', async () => {
    model.take(said());
    expect(model.state.page).toBe('open');
    await page.show(CODE);
    expect(answers).toEqual([CODE]);
    expect(model.state.page).toBe('closed');
  });

  it('goes on following it after a wrong code was typed', async () => {
    model.submit('typed');
    await page.show(CODE);
    // The kernel is at the one before.
    expect(answers).toEqual(['typed']);
    model.take(said({ problem: problem('code_rejected') }));
    expect(model.state).toMatchObject({ step: 'ready', page: 'open' });
    await page.beSeen();
    expect(answers).toEqual(['typed', CODE]);
    expect(page.closed).toBe(true);
  });

  it.each([
    ['the link is another one', { authorization_url: `${URL}2` }],
    ['it asks about something else', { state: 'confirming' }],
    ['it is over', { state: 'ended' }]
  ])('follows it no more where %s', async (_, over) => {
    const people = { identity: identity('b@x.org'), before: identity() };
    model.take(said({ ...people, ...over }));
    expect(model.state.page).toBe('closed');
    await page.show(CODE);
    expect(answers).toEqual([]);
  });
});

describe('a cell that asks', () => {
  const live: AskModel[] = [];
  afterEach(() => live.splice(0).forEach(model => model.dispose()));

  async function make(setUp: (bridge: FakeBridge) => void = () => undefined) {
    const bridge = new FakeBridge();
    setUp(bridge);
    const answers: string[] = [];
    const sessions = new SessionsModel(bridge, trans);
    const model = new AskModel(said(), {
      sessions,
      openPage: () => window,
      origin: '',
      answer: line => answers.push(line)
    });
    live.push(model);
    await model.open();
    const elsewhere = async (change: () => void) => {
      change();
      bridge.changed.emit({ issuer: '', change: 'signed_in' });
      await settle();
    };
    return { answers, bridge, elsewhere, model };
  }

  it('gets the code, and is over when the kernel has a session', async () => {
    const { answers, model } = await make();
    expect(model.state).toMatchObject({ step: 'ready', link: { url: URL } });
    model.submit('  ');
    expect(answers).toEqual([]);
    model.submit('the code');
    model.submit('the code again');
    expect(answers).toEqual(['the code']);
    expect(model.state.step).toBe('exchanging');
    model.take(said({ state: 'signed_in', identity: identity() }));
    expect(model.state).toMatchObject({ step: 'over', code: '' });
  });

  it('asks again where the code was not taken', async () => {
    const { answers, model } = await make();
    model.submit('wrong');
    model.take(said({ problem: problem('code_rejected') }));
    expect(model.state).toMatchObject({
      step: 'ready',
      code: 'wrong',
      problem: { code: 'code_rejected' }
    });
    model.typeCode('right');
    expect(model.state.problem).toBeNull();
    model.submit();
    expect(answers).toEqual(['wrong', 'right']);
  });

  it('goes on when someone logs in by another way', async () => {
    const { answers, bridge, elsewhere, model } = await make();
    await elsewhere(() => (bridge.sessions = [signedIn()]));
    expect(answers).toEqual(['']);
    expect(model.state.step).toBe('exchanging');
  });

  it('tells the kernel of a session once, should it see none', async () => {
    const { answers, bridge, elsewhere, model } = await make();
    await elsewhere(() => (bridge.sessions = [signedIn()]));
    model.take(said({ problem: problem('code_not_found') }));
    await elsewhere(() => undefined);
    expect(answers).toEqual(['']);
    expect(model.state.step).toBe('ready');
  });

  it('tells of a session that came while a wrong code was tried', async () => {
    const { answers, bridge, elsewhere, model } = await make();
    model.submit('wrong');
    await elsewhere(() => (bridge.sessions = [signedIn()]));
    expect(answers).toEqual(['wrong']);
    model.take(said({ problem: problem('code_rejected') }));
    expect(answers).toEqual(['wrong', '']);
  });

  it('takes no old session for a new one', async () => {
    const { answers, bridge, elsewhere } = await make(b => {
      b.sessions = [signedIn()];
    });
    await elsewhere(() => undefined);
    expect(answers).toEqual([]);
    await elsewhere(() => (bridge.sessions = [signedIn('b@example.com')]));
    expect(answers).toEqual(['']);
  });

  it('does not mind other clusters', async () => {
    const { answers, bridge, elsewhere } = await make();
    await elsewhere(() => {
      bridge.sessions = [
        signedOut(),
        signedIn(undefined, { issuer: OTHER_ISSUER })
      ];
    });
    expect(answers).toEqual([]);
  });

  const question = (over = {}) =>
    said({
      state: 'confirming',
      authorization_url: null,
      identity: identity('user2@example.com'),
      before: identity(),
      before_state: 'ended',
      ...over
    });

  it.each([
    [true, 'yes'],
    [false, 'no']
  ])('hands on whether someone else is meant (%s)', async (isMeant, answer) => {
    const { answers, model } = await make();
    model.submit('the code');
    model.take(question());
    expect(model.state).toMatchObject({
      step: 'confirming',
      code: '',
      asked: {
        identity: { email: 'user2@example.com' },
        before: { email: 'user1@example.com' },
        beforeState: 'ended'
      }
    });
    model.submit('no code now');
    model.decide(isMeant);
    model.decide(!isMeant);
    expect(answers).toEqual(['the code', answer]);
    // The question stays in sight until the kernel says more.
    expect(model.state).toMatchObject({ step: 'exchanging' });
    expect(model.state.asked).not.toBeNull();
    model.take(said({ state: 'signed_in', identity: identity() }));
    expect(model.state).toMatchObject({ step: 'over', asked: null });
  });

  it('is asked again where that led to nothing, and for a code', async () => {
    const { answers, model } = await make();
    model.take(question());
    model.decide(true);
    model.take(question({ problem: problem('cache_busy') }));
    expect(model.state).toMatchObject({
      step: 'confirming',
      problem: { code: 'cache_busy' }
    });
    model.decide(true);
    model.take(said({ problem: problem('confirmation_expired') }));
    expect(model.state).toMatchObject({ step: 'ready', asked: null });
    model.submit('another code');
    expect(answers).toEqual(['yes', 'yes', 'another code']);
  });

  it('tells of a session that came while it asks who is meant', async () => {
    const { answers, bridge, elsewhere, model } = await make();
    model.take(question());
    await elsewhere(() => (bridge.sessions = [signedIn()]));
    expect(answers).toEqual(['']);
  });

  it('ends with the cell', async () => {
    const { answers, bridge, elsewhere, model } = await make();
    model.end();
    await elsewhere(() => (bridge.sessions = [signedIn()]));
    model.submit('late');
    expect(model.state.step).toBe('over');
    model.dispose();
    expect(answers).toEqual([]);
  });
});
