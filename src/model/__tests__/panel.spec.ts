import { FakeBridge, problem, settle, trans } from '../../__tests__/support';
import { PanelModel } from '../panel';
import { SessionsModel } from '../sessions';

function make() {
  const bridge = new FakeBridge();
  const sessions = new SessionsModel(bridge, trans);
  const model = new PanelModel({ bridge, sessions, trans });
  live.push(model, sessions);
  return { bridge, model, sessions };
}

const live: { dispose(): void }[] = [];

const show = (isHidden: boolean) => {
  jest.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
};

afterEach(() => {
  live.splice(0).forEach(each => each.dispose());
  jest.restoreAllMocks();
});

describe('the panel', () => {
  it('looks at the sessions and at the ServiceAccount token, each once', async () => {
    const { bridge, model, sessions } = make();
    await model.open();
    await sessions.update();
    expect(bridge.calls).toEqual(['peek', 'service_account', 'status']);
    expect(model.serviceAccount).not.toBeNull();
  });

  it('asks nothing in a hidden tab, and all of it when that is seen', async () => {
    const { bridge, model } = make();
    show(true);
    await model.open();
    expect(bridge.calls).toEqual([]);
    show(false);
    await settle();
    expect(bridge.calls).toEqual(['peek', 'service_account']);
    expect(model.serviceAccount).not.toBeNull();
  });

  it('asks no kernel about the token where nobody has asked for one', async () => {
    const { bridge, model } = make();
    bridge.failing.peek = problem('extension_not_loaded');
    await model.open();
    expect(bridge.calls).toEqual(['peek']);
    await model.reload();
    expect(bridge.calls).toEqual(['peek', 'status', 'service_account']);
  });

  it('looks at the token anew when it is asked to', async () => {
    const { bridge, model } = make();
    await model.open();
    await model.reload();
    expect(bridge.count('service_account')).toBe(2);
  });
});
