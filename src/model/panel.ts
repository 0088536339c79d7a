import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  IBridge,
  IProblem,
  IServiceAccount,
  ISessions,
  IStandIn,
  IStatus
} from '../tokens';
import { lookAtServiceAccount } from './serviceAccount';

/**
 * What the panel looks at: the sessions, and the mounted ServiceAccount token.
 */
export class PanelModel implements IDisposable {
  /**
   * @param _options - The parts that it works with.
   */
  constructor(private readonly _options: PanelModel.IOptions) {
    _options.sessions.changed.connect(this._onChanged, this);
    _options.bridge.standInChanged.connect(this._onChanged, this);
  }

  /** Who is signed in where; `null` before it is known. */
  get status(): IStatus | null {
    return this._options.sessions.status;
  }

  /** Why that could not be had. */
  get problem(): IProblem | null {
    return this._options.sessions.problem;
  }

  /** The mounted ServiceAccount token, once it was looked at. */
  get serviceAccount(): IServiceAccount | null {
    return this._serviceAccount;
  }

  /** The kernel that stands in for the server extension, if one does. */
  get standIn(): IStandIn | null {
    return this._options.bridge.standIn;
  }

  /** The language. */
  get trans(): TranslationBundle {
    return this._options.trans;
  }

  /** Emitted when any of it is new. */
  get changed(): ISignal<PanelModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Look, by the server extension alone: nobody has asked for a kernel. */
  async open(): Promise<void> {
    await this._options.sessions.peek();
    await this._lookAtServiceAccount();
  }

  /** Look again, by a kernel where need be. */
  async reload(): Promise<void> {
    this._hasLooked = false;
    await this._options.sessions.update();
    await this._lookAtServiceAccount();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._life.abort();
    this._options.sessions.changed.disconnect(this._onChanged, this);
    this._options.bridge.standInChanged.disconnect(this._onChanged, this);
    Signal.clearData(this);
  }

  /** Once the sessions are known, and not before: a hidden tab asks nothing. */
  private async _lookAtServiceAccount(): Promise<void> {
    if (this._hasLooked || this._isDisposed || this.problem || !this.status) {
      return;
    }
    this._hasLooked = true;
    const { bridge } = this._options;
    const { signal } = this._life;
    this._serviceAccount = await lookAtServiceAccount(bridge, signal);
    this._changed.emit();
  }

  private _onChanged(): void {
    this._changed.emit();
    void this._lookAtServiceAccount();
  }

  private readonly _changed = new Signal<PanelModel, void>(this);
  private _hasLooked = false;
  private _isDisposed = false;
  private readonly _life = new AbortController();
  private _serviceAccount: IServiceAccount | null = null;
}

/**
 * The namespace of the panel model's types.
 */
export namespace PanelModel {
  /**
   * What a panel model is made from.
   */
  export interface IOptions {
    readonly bridge: IBridge;
    readonly sessions: ISessions;
    readonly trans: TranslationBundle;
  }
}
