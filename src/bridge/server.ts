import { Event, ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal } from '@lumino/signaling';

import { IChange, IOperations, Operation } from '../tokens';
import { BaseBridge } from './base';
import { IServer, request } from './request';

/** What the server extension announces. */
const SCHEMA_ID =
  'https://events.jupyter.org/jupyterlab_deploykf/session_changed';

/**
 * What is asked by GET: it changes nothing, and the server sends no request for
 * it. All else is by POST, which no page of another origin can send.
 */
const GETS: readonly Operation[] = ['status', 'service_account', 'clusters'];

/** Where it answers what has not the operation's own name (`server/openapi.yaml`). */
const PATHS: Partial<Record<Operation, string>> = {
  login_password: 'login/password',
  confirm_login: 'login/confirm',
  discard_login: 'login/discard',
  begin_device: 'device',
  poll_device: 'device/poll',
  service_account: 'service-account',
  add_cluster: 'clusters/add',
  remember_cluster: 'clusters/remember',
  remove_cluster: 'clusters/remove'
};

/**
 * The bridge to the server extension (`server/openapi.yaml`).
 */
export class ServerBridge extends BaseBridge {
  /**
   * @param options - Where the server is, and its stream of events.
   */
  constructor(options: ServerBridge.IOptions) {
    super();
    this._server = { settings: options.settings, trans: options.trans };
    options.events?.connect(this._onEvent, this);
  }

  ask<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields'],
    signal?: AbortSignal
  ): Promise<IOperations[K]['answer']> {
    const path = PATHS[operation] ?? operation;
    return request<IOperations[K]['answer']>(
      this._server,
      GETS.includes(operation)
        ? { method: 'GET', path, signal }
        : { method: 'POST', path, body: fields, signal }
    );
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    if (event.schema_id === SCHEMA_ID) {
      // The server's schema promises the two fields.
      const { issuer, change } = event as unknown as IChange;
      this._changed.emit({ issuer, change });
    }
  }

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
