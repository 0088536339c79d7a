import { IBridge, IChange, IStandIn, IStatus } from '../tokens';
import { Fields, Operation, OperationsBridge } from './operations';
import { BridgeError } from './problem';

/**
 * The bridge to the server extension; where that is not loaded, another one
 * stands in for it. Each request asks the server first until one has been
 * answered so: a page may be older than the server.
 */
export class FallbackBridge extends OperationsBridge {
  /**
   * @param _server - The usual way.
   * @param _loadOther - Brings the other one; called when it is needed.
   */
  constructor(
    private readonly _server: OperationsBridge,
    private readonly _loadOther: () => Promise<OperationsBridge>
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

  async ask<T>(
    operation: Operation,
    fields: Fields,
    signal?: AbortSignal
  ): Promise<T> {
    try {
      const answer = await this._server.ask<T>(operation, fields, signal);
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
    return other.ask<T>(operation, fields, signal);
  }

  release(): void {
    this._other?.release();
  }

  dispose(): void {
    this._server.dispose();
    this._other?.dispose();
    super.dispose();
  }

  private async _bringOther(): Promise<OperationsBridge> {
    this._loading ??= this._loadOther();
    try {
      const other = await this._loading;
      if (this.isDisposed) {
        other.dispose();
      } else if (!this._other) {
        this._other = other;
        other.changed.connect(this._onChanged, this);
        other.standInChanged.connect(this._onStandInChanged, this);
      }
      return other;
    } catch (error) {
      // A part of the page that did not arrive may do so the next time.
      this._loading = null;
      throw error;
    }
  }

  private _onChanged(_: IBridge, change: IChange): void {
    this._changed.emit(change);
  }

  private _onStandInChanged(): void {
    this._standInChanged.emit();
  }

  /** Whether the last request went past the server. */
  private _isAside = false;
  private _loading: Promise<OperationsBridge> | null = null;
  private _other: OperationsBridge | null = null;
}
