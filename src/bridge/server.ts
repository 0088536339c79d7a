import { URLExt } from '@jupyterlab/coreutils';
import { Event, ServerConnection } from '@jupyterlab/services';
import { nullTranslator, TranslationBundle } from '@jupyterlab/translation';
import { IStream, Signal } from '@lumino/signaling';

import {
  ClusterEntry,
  IBridge,
  ICluster,
  ILogin,
  IProvider,
  IServiceAccount,
  ISession,
  IStatus
} from '../tokens';
import { BridgeError, isProblem } from './problem';

/** The server extension's part of the URL. */
const PREFIX = 'jupyterlab-deploykf';

/** What the server extension announces. */
const SCHEMA_ID =
  'https://events.jupyter.org/jupyterlab_deploykf/session_changed';

/**
 * The bridge to the server extension.
 */
export class ServerBridge implements IBridge {
  /**
   * @param options - Where the server is, and its stream of events.
   */
  constructor(options: ServerBridge.IOptions) {
    this._settings = options.serverSettings;
    this._trans = options.trans ?? nullTranslator.load('jupyterlab_deploykf');
    options.events?.connect((_, event) => {
      if (event.schema_id === SCHEMA_ID) {
        this._changed.emit();
      }
    });
  }

  /** Says that something changed on the server. */
  get changed(): Signal<IBridge, void> {
    return this._changed;
  }

  status(signal?: AbortSignal): Promise<IStatus> {
    return this._request('GET', 'status', { signal });
  }

  provider(issuer: string, signal?: AbortSignal): Promise<IProvider> {
    const query = URLExt.objectToQueryString({ issuer });
    return this._request('GET', `provider${query}`, { signal });
  }

  login(login: ILogin, signal?: AbortSignal): Promise<ISession> {
    return this._request('POST', 'login', { body: login, signal });
  }

  refresh(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._request('POST', 'refresh', { body: { issuer }, signal });
  }

  logout(issuer: string, signal?: AbortSignal): Promise<ISession> {
    return this._request('POST', 'logout', { body: { issuer }, signal });
  }

  serviceAccount(signal?: AbortSignal): Promise<IServiceAccount> {
    return this._request('GET', 'service-account', { signal });
  }

  async saveCluster(entry: ClusterEntry, signal?: AbortSignal): Promise<void> {
    const known = await this._request<{ clusters: ICluster[] }>(
      'GET',
      'clusters',
      { signal }
    );
    const others = known.clusters
      .filter(c => c.source === 'file' && c.issuer !== entry.issuer)
      .map(({ source, ...rest }) => rest);
    const body = { clusters: [...others, entry] };
    await this._request('PUT', 'clusters', { body, signal });
  }

  private async _request<T>(
    method: string,
    path: string,
    options: { body?: unknown; signal?: AbortSignal }
  ): Promise<T> {
    const url = URLExt.join(this._settings.baseUrl, PREFIX);
    const init: RequestInit = { method, signal: options.signal };
    if (options.body !== undefined) {
      init.body = JSON.stringify(options.body);
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        `${url}/${path}`,
        init,
        this._settings
      );
    } catch (error) {
      if (options.signal?.aborted) {
        throw new DOMException('Cancelled', 'AbortError');
      }
      throw this._unreachable();
    }
    const answer = await this._json(response);
    if (response.ok) {
      return answer as T;
    }
    throw isProblem(answer)
      ? new BridgeError(answer)
      : this._refused(response.status);
  }

  private async _json(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch {
      // No JSON: a proxy's page or Jupyter's own 404. Told by the status.
      if (response.ok) {
        throw this._refused(response.status);
      }
      return null;
    }
  }

  private _unreachable(): BridgeError {
    return new BridgeError({
      code: 'server_unreachable',
      message: this._trans.__('The Jupyter server does not answer.'),
      next_step: this._trans.__(
        'Check that it still runs and that you are connected, and try again.'
      ),
      retryable: true
    });
  }

  private _refused(status: number): BridgeError {
    if (status === 404) {
      return new BridgeError({
        code: 'extension_not_loaded',
        message: this._trans.__(
          'The Jupyter server has not loaded the deployKF extension.'
        ),
        next_step: this._trans.__(
          'Restart the Jupyter server; if it was never installed there, run: pip install jupyterlab-deploykf'
        ),
        retryable: false
      });
    }
    if (status === 401 || status === 403) {
      return new BridgeError({
        code: 'not_allowed',
        message: this._trans.__(
          'The Jupyter server does not let you do this (%1).',
          String(status)
        ),
        next_step: this._trans.__(
          'Reload the page to log in to Jupyter again, or ask its administrator.'
        ),
        retryable: false
      });
    }
    return new BridgeError({
      code: 'server_fault',
      message: this._trans.__(
        'The Jupyter server answers with an error (%1).',
        String(status)
      ),
      next_step: this._trans.__(
        'Try again; the log of the Jupyter server says more.'
      ),
      retryable: true
    });
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _trans: TranslationBundle;
  private readonly _changed = new Signal<IBridge, void>(this);
}

/**
 * The namespace of the server bridge's types.
 */
export namespace ServerBridge {
  /**
   * What a bridge is made from.
   */
  export interface IOptions {
    /** Where the server is. */
    readonly serverSettings: ServerConnection.ISettings;
    /** The server's events; without them nothing is announced. */
    readonly events?: IStream<Event.IManager, Event.Emission>;
    /** For the texts of its own. */
    readonly trans?: TranslationBundle;
  }
}
