import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  IBridge,
  IChange,
  IOperations,
  IStandIn,
  IStatus,
  Operation
} from '../tokens';

/**
 * What all bridges have in common.
 */
export abstract class BaseBridge implements IBridge, IDisposable {
  abstract ask<K extends Operation>(
    operation: K,
    fields: IOperations[K]['fields'],
    signal?: AbortSignal
  ): Promise<IOperations[K]['answer']>;

  get standIn(): IStandIn | null {
    return null;
  }

  get changed(): ISignal<IBridge, IChange> {
    return this._changed;
  }

  get standInChanged(): ISignal<IBridge, void> {
    return this._standInChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  peek(signal?: AbortSignal): Promise<IStatus> {
    return this.ask('status', {}, signal);
  }

  release(): void {
    // The usual way keeps nothing.
  }

  dispose(): void {
    this._isDisposed = true;
    // Of what it emits, and of what it hears.
    Signal.clearData(this);
  }

  protected readonly _changed = new Signal<IBridge, IChange>(this);
  protected readonly _standInChanged = new Signal<IBridge, void>(this);
  private _isDisposed = false;
}
