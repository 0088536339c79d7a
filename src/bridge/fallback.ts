import {
  IBridge,
  IChange,
  IOperations,
  IStandIn,
  IStatus,
  Operation
} from '../tokens';
import { BaseBridge } from './base';
import { BridgeError } from './problem';

/**
 * The bridge to the server extension; where that is not loaded, another one
 * stands in for it. Each request asks the server first until one has been
 * answered so: a page may be older than the server.
 */
export class FallbackBridge extends BaseBridge {
  /**
   * @param _server - The usual way.
   * @param _loadOther - Brings the other one; called when it is needed.
   */
  constructor(
    private readonly _server: BaseBridge,
    private readonly _loadOther: () => Promise<BaseBridge>
  ) {
    super();
    _server.changed.connect(this._onChanged, this);
  }

  get standIn(): IStandIn | null {
    return this._isAside ? (this._other?.standIn ?? null) : null;
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this._server.peek(signal);
  }

  async ask<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields'],
    signal?: AbortSignal
  ): Promise<IOperations[K]['answer']> {
    try {
      const answer = await this._server.ask(operation, fields, signal);
      // The server was restarted meanwhile, perhaps.
      this._isAside = false;
      return answer;
    } catch (error) {
      const isAbsent =
        error instanceof BridgeError && error.code === 'extension_not_loaded';
      if (!isAbsent) {
        throw error;
      }
    }
    this._isAside = true;
    const other = await this._bringOther();
    return other.ask(operation, fields, signal);
  }

  release(): void {
    this._other?.release();
  }

  dispose(): void {
    this._server.dispose();
    this._other?.dispose();
    super.dispose();
  }

  private _bringOther(): Promise<BaseBridge> {
    this._loading ??= this._load().catch((error: unknown) => {
      // A part of the page that did not arrive may do so the next time.
      this._loading = null;
      throw error;
    });
    return this._loading;
  }

  private async _load(): Promise<BaseBridge> {
    const other = await this._loadOther();
    if (this.isDisposed) {
      other.dispose();
    } else {
      this._other = other;
      other.changed.connect(this._onChanged, this);
      other.standInChanged.connect(this._onStandInChanged, this);
    }
    return other;
  }

  private _onChanged(_: IBridge, change: IChange): void {
    this._changed.emit(change);
  }

  private _onStandInChanged(): void {
    this._standInChanged.emit();
  }

  /** Whether the last request went past the server. */
  private _isAside = false;
  private _loading: Promise<BaseBridge> | null = null;
  private _other: BaseBridge | null = null;
}
