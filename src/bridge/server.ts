import { URLExt } from '@jupyterlab/coreutils';
import { Event, ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { PartialJSONObject } from '@lumino/coreutils';
import { ISignal } from '@lumino/signaling';

import { IChange } from '../tokens';
import { Fields, Operation, OperationsBridge } from './operations';
import { IRequest, IServer, request } from './request';

/** What the server extension announces. */
const SCHEMA_ID =
  'https://events.jupyter.org/jupyterlab_deploykf/session_changed';

/** Where it answers what (`server/openapi.yaml`). */
const ROUTES: Record<Operation, [IRequest['method'], string]> = {
  status: ['GET', 'status'],
  provider: ['GET', 'provider'],
  login: ['POST', 'login'],
  login_password: ['POST', 'login/password'],
  confirm_login: ['POST', 'login/confirm'],
  begin_device: ['POST', 'device'],
  poll_device: ['POST', 'device/poll'],
  refresh: ['POST', 'refresh'],
  logout: ['POST', 'logout'],
  service_account: ['GET', 'service-account'],
  clusters: ['GET', 'clusters'],
  add_cluster: ['POST', 'clusters/add'],
  remember_cluster: ['POST', 'clusters/remember'],
  remove_cluster: ['POST', 'clusters/remove'],
  doctor: ['GET', 'doctor']
};

/**
 * The bridge to the server extension (`server/openapi.yaml`).
 */
export class ServerBridge extends OperationsBridge {
  /**
   * @param options - Where the server is, and its stream of events.
   */
  constructor(options: ServerBridge.IOptions) {
    super();
    this._server = { settings: options.settings, trans: options.trans };
    this._events = options.events ?? null;
    this._events?.connect(this._onEvent, this);
  }

  ask<T>(
    operation: Operation,
    fields: Fields,
    signal?: AbortSignal
  ): Promise<T> {
    const [method, path] = ROUTES[operation];
    const query = URLExt.objectToQueryString(fields as PartialJSONObject);
    return request<T>(
      this._server,
      method === 'GET'
        ? { method, path: path + query, signal }
        : { method, path, body: fields, signal }
    );
  }

  dispose(): void {
    this._events?.disconnect(this._onEvent, this);
    super.dispose();
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    if (event.schema_id === SCHEMA_ID) {
      // The server's schema promises the two fields.
      const { issuer, change } = event as unknown as IChange;
      this._changed.emit({ issuer, change });
    }
  }

  private readonly _events: ServerBridge.Events | null;
  private readonly _server: IServer;
}

/**
 * The namespace of the server bridge's types.
 */
export namespace ServerBridge {
  /** The server's events. */
  export type Events = ISignal<Event.IManager, Event.Emission>;

  /**
   * What a bridge is made from.
   */
  export interface IOptions {
    /** Where the server is. */
    readonly settings: ServerConnection.ISettings;
    /** The server's events; without them nothing is announced. */
    readonly events?: Events;
    /** For the texts of its own. */
    readonly trans: TranslationBundle;
  }
}
