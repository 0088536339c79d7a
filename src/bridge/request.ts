import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { BridgeError, isProblem } from './problem';

/** The server extension's part of the URL. */
const PREFIX = 'jupyterlab-deploykf';

/**
 * Where requests go, and the language of the problems that are found here.
 */
export interface IServer {
  readonly settings: ServerConnection.ISettings;
  readonly trans: TranslationBundle;
}

/**
 * One request to the server extension.
 */
export interface IRequest {
  readonly method: 'GET' | 'POST';
  /** Under the extension's part of the URL. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Make a request, and give the JSON of its answer.
 *
 * @throws {@link BridgeError} for everything that goes wrong.
 */
export async function request<T>(
  server: IServer,
  wanted: IRequest
): Promise<T> {
  const response = await send(server, wanted);
  const text = await response.text().catch(() => '');
  return processAnswer<T>(response.status, text, server.trans);
}

async function send(server: IServer, wanted: IRequest): Promise<Response> {
  const url = `${URLExt.join(server.settings.baseUrl, PREFIX)}/${wanted.path}`;
  const init: RequestInit = { method: wanted.method };
  if (wanted.body !== undefined) {
    init.body = JSON.stringify(wanted.body);
  }
  if (wanted.signal) {
    init.signal = wanted.signal;
  }
  try {
    return await ServerConnection.makeRequest(url, init, server.settings);
  } catch {
    throw unreachable(server.trans);
  }
}

/**
 * Validate an answer of the server extension.
 *
 * @param status - The HTTP status.
 * @param text - The body.
 * @param trans - For the problems that are told apart here.
 * @throws {@link BridgeError}
 */
export async function processAnswer<T>(
  status: number,
  text: string,
  trans: TranslationBundle
): Promise<T> {
  const answer = parse(text);
  const isOk = status >= 200 && status < 300;
  if (isOk && typeof answer === 'object' && answer !== null) {
    return answer as T;
  }
  throw isProblem(answer)
    ? new BridgeError(answer)
    : await refused(status, isOk, trans);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of a proxy or of Jupyter: the status says what it is.
    return undefined;
  }
}

function unreachable(trans: TranslationBundle): BridgeError {
  return new BridgeError({
    code: 'server_unreachable',
    message: trans.__('The Jupyter server does not answer.'),
    next_step: trans.__(
      'Check that it is running and that you are connected, then try again.'
    ),
    retryable: true
  });
}

async function refused(
  status: number,
  isPage: boolean,
  trans: TranslationBundle
): Promise<BridgeError> {
  if (status === 401 || status === 403 || isPage) {
    return new BridgeError({
      code: 'jupyter_login_required',
      message: trans.__('The Jupyter server does not accept this request.'),
      next_step: trans.__(
        'Your login to Jupyter may have ended: reload this page, and try again.'
      ),
      retryable: false
    });
  }
  if (status === 502 || status === 503 || status === 504) {
    // What stands before the Jupyter server found nobody there.
    return unreachable(trans);
  }
  // Not needed at the start, and the server is there to bring it.
  const part = await import('./serverFault').catch(() => null);
  return part ? part.serverFault(status, trans) : unreachable(trans);
}
