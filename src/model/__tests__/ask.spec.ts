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
      skipsTLS: false,
      problem: null,
      identity: null,
      expiresAt: null
    });
    const over = { authorization_url: undefined, identity: identity() };
    expect(said({ ...over, state: 'signed_in', expires_at: LATER })).toEqual(
      expect.objectContaining({ identity: identity(), expiresAt: LATER })
    );
    const told = problem('code_rejected');
    expect(said({ problem: told }).problem).toEqual(told);
  });

  it.each([
    ['nothing', null],
    ['a text', 'asking'],
    ['another version', { ...asking, version: 2 }],
    ['another state', { ...asking, state: 'dancing' }],
    ['no issuer', { ...asking, issuer: 1 }],
    ['no link', { ...asking, authorization_url: undefined }],
    ['a script', { ...asking, authorization_url: 'javascript:alert(1)' }],
    ['a file', { ...asking, authorization_url: 'file:///etc/passwd' }],
    ['half a link', { ...asking, authorization_url: '/auth' }]
  ])('is none of ours where it is %s', (_, data) => {
    expect(parseAsk(data)).toBeNull();
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
