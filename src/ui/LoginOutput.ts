import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { IAsk, parseAsk } from '../model/askMessage';
import { ASK_MIME } from '../model/askMime';
import { formatMoment, hostOf, nameOf } from './format';
import { IInputs, InputBox, inputsAround, waitingBox } from './stdin';

/**
 * The output of a cell that needs a login. It tells when the cell waits for a
 * line: a saved notebook has the output and waits for nothing.
 */
export class LoginOutput extends Widget implements IRenderMime.IRenderer {
  /**
   * @param _trans - For the texts.
   */
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-RenderedHTMLCommon');
    // What changes is read out; the button stays, and keeps the focus.
    this._line.setAttribute('role', 'status');
    this._button.type = 'button';
    this._button.className = 'jp-mod-styled jp-mod-accept';
    this._button.onclick = () => this._want();
    this._button.hidden = true;
    this.node.append(this._line, this._button);
  }

  /** What the kernel said last; `null` for what is none of ours. */
  get ask(): IAsk | null {
    return this._ask;
  }

  /** Emitted when the kernel has said something new. */
  get changed(): ISignal<LoginOutput, void> {
    return this._changed;
  }

  /** Emitted when the cell waits for a line, and again when someone wants the dialog back. */
  get wanted(): ISignal<LoginOutput, void> {
    return this._wanted;
  }

  /** The box that waits for a line, if the cell does. */
  get box(): InputBox | null {
    return this.isWaiting && this._inputs ? waitingBox(this._inputs) : null;
  }

  /**
   * Whether the cell runs, and wants a login: now, or between two answers. One
   * whose link leads to another host than it names gets none from us.
   */
  get isWaiting(): boolean {
    const state = this._ask?.state;
    const isHonest = (this._ask?.elsewhere ?? null) === null;
    const wants = isHonest && (state === 'asking' || state === 'confirming');
    return !this.isDisposed && this._isRunning && wants;
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._ask = parseAsk(model.data[ASK_MIME]);
    this._draw();
    this._changed.emit();
    // It gets its place in the cell right after this.
    return Promise.resolve().then(() => this._lookAround());
  }

  dispose(): void {
    this._inputs?.inputRequested.disconnect(this._onInputRequested, this);
    super.dispose();
    Signal.clearData(this);
  }

  /**
   * Find the cell, on the page or not: a notebook may have scrolled it away.
   */
  private _lookAround(): void {
    const inputs = this.isDisposed ? null : inputsAround(this);
    if (inputs && inputs !== this._inputs) {
      this._inputs?.inputRequested.disconnect(this._onInputRequested, this);
      this._inputs = inputs;
      inputs.inputRequested.connect(this._onInputRequested, this);
      if (waitingBox(inputs)) {
        this._want();
      }
    }
  }

  private _onInputRequested(): void {
    // The box is put into its place right after this signal.
    void Promise.resolve().then(() => this._want());
  }

  private _want(): void {
    this._followRun();
    this._draw();
    if (this.box) {
      // JupyterLab has the prompt beside the field, and no label.
      const field = this.box.node.querySelector('input');
      field?.setAttribute('aria-label', this._trans.__('Code'));
      this._wanted.emit();
    }
  }

  /** A restart of the kernel ends the cell without a word from it. */
  private _followRun(): void {
    const done = this._inputs?.future?.done;
    if (!done || done === this._run) {
      return;
    }
    this._run = done;
    this._isRunning = true;
    const onEnd = () => {
      this._isRunning = false;
      if (!this.isDisposed) {
        this._draw();
        this._changed.emit();
      }
    };
    done.then(onEnd, onEnd);
  }

  private _draw(): void {
    const text = this._text();
    if (this._line.textContent !== text) {
      this._line.textContent = text;
    }
    this._button.textContent =
      this._ask?.state === 'confirming'
        ? this._trans.__('Answer…')
        : this._trans.__('Log in…');
    this._button.hidden = this.box === null;
  }

  private _text(): string {
    const ask = this._ask;
    const trans = this._trans;
    if (!ask) {
      return trans.__('This output is of another version of the extension.');
    }
    const host = hostOf(ask.issuer);
    const who = nameOf(ask.identity, trans);
    if (ask.elsewhere !== null) {
      return trans.__(
        "This cell asks for a login to deployKF at %1, but its link leads to %2. Don't log in there.",
        host,
        ask.elsewhere
      );
    }
    switch (ask.state) {
      case 'asking':
        return this.isWaiting
          ? trans.__('This cell waits for a login to deployKF at %1.', host)
          : trans.__('This cell needed a login to deployKF at %1.', host);
      case 'confirming':
        return this.isWaiting
          ? trans.__('This cell asks whether to use the session of %1.', who)
          : trans.__('This cell needed a login to deployKF at %1.', host);
      case 'signed_in':
        return ask.expiresAt === null
          ? trans.__('Signed in to deployKF at %1 as %2.', host, who)
          : trans.__(
              'Signed in to deployKF at %1 as %2 until %3.',
              host,
              who,
              formatMoment(ask.expiresAt, Date.now())
            );
      case 'ended':
        return ask.problem
          ? `${ask.problem.message} ${ask.problem.next_step}`
          : trans.__('Nobody has logged in.');
    }
  }

  private _ask: IAsk | null = null;
  private readonly _button = document.createElement('button');
  private readonly _changed = new Signal<LoginOutput, void>(this);
  private _inputs: IInputs | null = null;
  private _isRunning = false;
  private readonly _line = document.createElement('p');
  private _run: Promise<unknown> | null = null;
  private readonly _wanted = new Signal<LoginOutput, void>(this);
}
