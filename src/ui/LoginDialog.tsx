import { Dialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { ISignal } from '@lumino/signaling';
import * as React from 'react';

import '../../style/login.css';

import { catchFocus, nextFocus } from './focus';

/**
 * What the dialog follows, and what it tells.
 */
export interface ILoginDialogOptions {
  /** Emitted when `view` would give something new. */
  readonly changed: ISignal<unknown, void>;
  /** What to show now. */
  readonly view: () => JSX.Element;
  /** Whether all is done that the dialog is for. */
  readonly isAtEnd: () => boolean;
  readonly trans: TranslationBundle;
}

/**
 * The dialog «Login to deployKF», whatever it shows.
 *
 * JupyterLab's dialogs take Enter and the arrows for their own buttons, and
 * look for the first and last field when they open. This one has a form that
 * changes while it is open.
 */
export class LoginDialog extends Dialog<void> {
  /**
   * @param options - What to follow.
   */
  constructor(private readonly _options: ILoginDialogOptions) {
    super({
      title: _options.trans.__('Login to deployKF'),
      body: new LoginBody(_options),
      buttons: [Dialog.cancelButton({ label: _options.trans.__('Close') })],
      hasClose: true,
      // What is there when the body is drawn for the first time.
      focusNodeSelector: '.jp-deploykf-Field input, .jp-deploykf-Open'
    });
    this.addClass('jp-deploykf-LoginDialog');
    this.node.setAttribute(
      'aria-label',
      _options.trans.__('Login to deployKF')
    );
    _options.changed.connect(this._onChanged, this);
  }

  dispose(): void {
    this._letGo();
    this._options.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  handleEvent(event: Event): void {
    if (event.type === 'contextmenu') {
      // The browser's own menu: «Paste» is in there.
      return event.stopPropagation();
    }
    if (event instanceof KeyboardEvent && event.type === 'keydown') {
      return this._onKey(event);
    }
    if (event.type === 'focus' && this._keepsFocus(event)) {
      return;
    }
    super.handleEvent(event);
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    const content = this.node.querySelector<HTMLElement>('.jp-Dialog-content');
    content?.setAttribute('tabindex', '-1');
    this._letGo();
    this._letGo = catchFocus(this.node, () => content);
  }

  /** What takes the focus away, as a panel that opens late, gives it back. */
  private _keepsFocus(event: Event): boolean {
    const { target } = event;
    if (target instanceof HTMLElement && this.node.contains(target)) {
      this._lastFocus = target;
      return true;
    }
    if (this._lastFocus?.isConnected) {
      event.stopPropagation();
      this._lastFocus.focus();
      return true;
    }
    return false;
  }

  private _onKey(event: KeyboardEvent): void {
    if (event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      nextFocus(this.node, event.shiftKey)?.focus();
    } else if (event.key === 'Escape' || !this._isInBody(event.target)) {
      super.handleEvent(event);
    }
  }

  private _isInBody(target: EventTarget | null): boolean {
    return target instanceof Element && !!target.closest('.jp-Dialog-body');
  }

  private _onChanged(): void {
    const isAtEnd = this._options.isAtEnd();
    if (isAtEnd && !this._wasAtEnd) {
      // What had the focus is gone, and this is what is left to do.
      this.node
        .querySelector<HTMLButtonElement>('.jp-Dialog-footer button')
        ?.focus();
    }
    this._wasAtEnd = isAtEnd;
  }

  private _lastFocus: HTMLElement | null = null;
  private _letGo: () => void = () => undefined;
  private _wasAtEnd = false;
}

class LoginBody extends ReactWidget {
  constructor(private readonly _options: ILoginDialogOptions) {
    super();
    this.addClass('jp-deploykf-LoginBody');
  }

  protected render(): JSX.Element {
    const { changed, view } = this._options;
    return <UseSignal signal={changed}>{view}</UseSignal>;
  }
}
