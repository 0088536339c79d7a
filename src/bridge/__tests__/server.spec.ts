import { Event, ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { problem, trans } from '../../__tests__/support';
import { BridgeError } from '../problem';
import { ServerBridge } from '../server';

/** A Jupyter server that answers each request alike. */
function server(answer: () => Promise<Response>) {
  const requests: Request[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://jupyter.example.com/user/me/',
    fetch: (request: RequestInfo | URL) => {
      requests.push(request as Request);
      return answer();
    }
  });
  const stream = new Signal<Event.IManager, Event.Emission>(
    {} as Event.IManager
  );
  const bridge = new ServerBridge({ settings, events: stream, trans });
  return { bridge, requests, stream };
}

const json = (status: number, body: unknown) => () =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));

const page = (status: number) => () =>
  Promise.resolve(new Response('<html>…</html>', { status }));

async function failure(answer: () => Promise<Response>): Promise<BridgeError> {
  const { bridge } = server(answer);
  const error = await bridge
    .ask('status', {})
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BridgeError);
  return error as BridgeError;
}

describe('the server bridge', () => {
  it('asks under the base URL of the Jupyter server', async () => {
    const { bridge, requests } = server(json(200, {}));
    const issuer = 'https://a.example.com/dex?x=1&y';
    await bridge.ask('provider', { issuer });
    const url = new URL(requests[0].url);
    expect(url.pathname).toBe('/user/me/jupyterlab-deploykf/provider');
    expect(url.search).not.toContain('example');
    expect(await requests[0].json()).toEqual({ issuer });
  });

  it('sends the code in the body of a POST, and not in the URL', async () => {
    const { bridge, requests } = server(json(200, {}));
    await bridge.ask('login', {
      issuer: 'https://a.example.com',
      code: 'the-code',
      code_verifier: 'v'.repeat(43),
      nonce: 'n'.repeat(32)
    });
    expect(requests[0].method).toBe('POST');
    expect(requests[0].url).not.toContain('the-code');
    expect(await requests[0].json()).toEqual({
      issuer: 'https://a.example.com',
      code: 'the-code',
      code_verifier: 'v'.repeat(43),
      nonce: 'n'.repeat(32)
    });
  });

  it.each([
    ['provider', 'POST', { issuer: 'i' }],
    ['doctor', 'POST', { issuer: 'i' }],
    ['refresh', 'POST', { issuer: 'i' }],
    ['logout', 'POST', { issuer: 'i' }],
    ['remember_cluster', 'POST', { issuer: 'i' }],
    ['remove_cluster', 'POST', { issuer: 'i' }]
  ] as const)('makes %s by %s', async (call, method, body) => {
    const { bridge, requests } = server(json(200, {}));
    await bridge.ask(call, body);
    expect(requests[0].method).toBe(method);
    expect(await requests[0].json()).toEqual(body);
  });

  it('has a login forgotten by POST', async () => {
    const { bridge, requests } = server(json(200, { discarded: true }));
    const held = { issuer: 'i', confirmation: 'handle' };
    expect(await bridge.ask('discard_login', held)).toEqual({
      discarded: true
    });
    const { pathname } = new URL(requests[0].url);
    expect(pathname).toMatch(/\/login\/discard$/);
    expect(requests[0].method).toBe('POST');
    expect(await requests[0].json()).toEqual(held);
  });

  it('sends a cluster with all its settings, and never the whole list', async () => {
    const { bridge, requests } = server(json(200, {}));
    const entry = { issuer: 'i', ca_file: '/ca.pem', skip_tls_verify: true };
    await bridge.ask('add_cluster', { cluster: entry, replaces: 'old' });
    expect(requests[0].method).toBe('POST');
    expect(new URL(requests[0].url).pathname).toBe(
      '/user/me/jupyterlab-deploykf/clusters/add'
    );
    expect(await requests[0].json()).toEqual({
      cluster: entry,
      replaces: 'old'
    });
  });

  it('hands on what the server says about a failure', async () => {
    const told = problem('code_rejected', { retryable: true });
    const error = await failure(json(422, told));
    expect(error.problem).toEqual(told);
    expect(error.code).toBe('code_rejected');
    expect(error.problem.next_step).toBe('Mend code_rejected.');
    expect(error.retryable).toBe(true);
  });

  it('hands on why the extension failed to load', async () => {
    const told = problem('server_extension_failed');
    expect((await failure(json(500, told))).problem).toEqual(told);
  });

  it('says that an extension which does not answer may have failed to load', async () => {
    const { problem } = await failure(page(404));
    expect(problem.next_step).toMatch(/^Restart the Jupyter server\./);
    expect(problem.next_step).toContain(
      'search its log for "jupyterlab_deploykf"'
    );
  });

  it('also where it forbids', async () => {
    const error = await failure(json(403, problem('issuer_not_allowed')));
    expect(error.code).toBe('issuer_not_allowed');
  });

  it.each([
    [
      'no answer',
      () => Promise.reject(new TypeError('x')),
      'server_unreachable'
    ],
    ['a page that is not there', page(404), 'extension_not_loaded'],
    ['Jupyter’s own 404', json(404, { message: 'no' }), 'extension_not_loaded'],
    [
      'Jupyter’s own 403',
      json(403, { message: 'x' }),
      'jupyter_login_required'
    ],
    ['Jupyter’s login page', page(200), 'jupyter_login_required'],
    ['a proxy’s page', page(502), 'server_unreachable'],
    ['a proxy that finds nobody', page(503), 'server_unreachable'],
    ['an error page', page(500), 'server_fault'],
    ['JSON that is no object', json(200, 'hm'), 'jupyter_login_required']
  ])('makes of %s a problem with a next step', async (_, answer, code) => {
    const error = await failure(answer);
    expect(error.code).toBe(code);
    expect(error.message).not.toBe('');
    expect(error.problem.next_step).not.toBe('');
  });

  it('hands on the events of its own schema alone', () => {
    const { bridge, stream } = server(json(200, {}));
    const seen: unknown[] = [];
    bridge.changed.connect((_, change) => seen.push(change));
    stream.emit({
      schema_id: 'https://events.jupyter.org/contents',
      path: 'a'
    });
    stream.emit({
      schema_id:
        'https://events.jupyter.org/jupyterlab_deploykf/session_changed',
      issuer: 'i',
      change: 'refreshed'
    });
    expect(seen).toEqual([{ issuer: 'i', change: 'refreshed' }]);
    bridge.dispose();
    stream.emit({
      schema_id:
        'https://events.jupyter.org/jupyterlab_deploykf/session_changed',
      issuer: 'i',
      change: 'signed_out'
    });
    expect(seen).toHaveLength(1);
  });
});
