import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { isReadable } from '../login/handsFree';
import { SignInPage } from '../login/signInPage';
import { IProblem, ISession, ISessions } from '../tokens';
import { IAsk } from './askMessage';
import { findSession } from './issuers';
import { ILink, PageState } from './loginState';
import { isOtherPerson } from './people';

/**
 * What the dialog for a cell shows.
 */
export interface IAskState {
  /** `over`: the cell goes on, and the dialog has nothing left to do. */
  readonly step: 'ready' | 'exchanging' | 'over';
  readonly link: ILink;
  /** Where the sign-in page stands, in a hands-free login. */
  readonly page: PageState;
  /** What is in the code's field. */
  readonly code: string;
  /** Why the last code was not taken. */
  readonly problem: IProblem | null;
}

/**
 * The state after the kernel said something new. Pure.
 *
 * @param state - The state before.
 * @param ask - What the kernel says.
 * @param origin - This page's own.
 */
export function follow(state: IAskState, ask: IAsk, origin: string): IAskState {
  if (ask.state !== 'asking') {
    return { ...state, step: 'over', code: '', problem: null };
  }
  const link = linkOf(ask, origin);
  return {
    ...state,
    step: 'ready',
    link,
    page: 'closed',
    problem: ask.problem
  };
}

function linkOf(ask: IAsk, origin: string): ILink {
  const { issuer, skipsTLS } = ask;
  const url = ask.url ?? '';
  const isHandsFree = isReadable(issuer, url, origin);
  return {
    issuer,
    url,
    skipsTLS,
    isRenewed: false,
    hasDevice: false,
    isHandsFree
  };
}

/**
 * One cell that asks for a login. It lives as long as the cell asks, whether
 * its dialog is open or not: whoever closes that may log in by another way.
 */
export class AskModel implements IDisposable {
  /**
   * @param ask - What the cell shows.
   * @param _options - The parts that it works with.
   */
  constructor(
    ask: IAsk,
    private readonly _options: AskModel.IOptions
  ) {
    const start: IAskState = {
      step: 'ready',
      link: linkOf(ask, _options.origin),
      page: 'closed',
      code: '',
      problem: null
    };
    this._state = follow(start, ask, _options.origin);
    this._page = new SignInPage({
      openPage: _options.openPage,
      onChanged: page => this._set({ ...this._state, page }),
      onCode: code => this.submit(code)
    });
    this._before = this._find();
    this._isKnown = _options.sessions.status !== null;
    _options.sessions.changed.connect(this._onSessionsChanged, this);
  }

  /** What to show. */
  get state(): IAskState {
    return this._state;
  }

  /** Emitted with each new state. */
  get changed(): ISignal<AskModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Learn who is signed in before the login, so that a new session is known as one. */
  async open(): Promise<void> {
    await this._options.sessions.update();
  }

  /** Take what the kernel says now. */
  take(ask: IAsk): void {
    this._page.leave();
    this._set(follow(this._state, ask, this._options.origin));
    this._tellOfSession();
  }

  /** The cell waits no more, whatever it said last: its kernel was restarted. */
  end(): void {
    this._set({ ...this._state, step: 'over', code: '', problem: null });
  }

  /**
   * Open the sign-in page; to be called while a click is handled.
   *
   * @returns `false` where the browser refused.
   */
  openPage(): boolean {
    const { isHandsFree, issuer, url } = this._state.link;
    return this._page.open(url, issuer, isHandsFree);
  }

  /** Note what is typed as code. */
  typeCode(code: string): void {
    this._set({ ...this._state, code, problem: null });
  }

  /**
   * Give the kernel a code.
   *
   * @param code - What the user gave; else what is in the field.
   */
  submit(code = this._state.code): void {
    if (this._state.step === 'ready' && code.trim()) {
      this._set({ ...this._state, step: 'exchanging', code, problem: null });
      this._options.answer(code);
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._page.leave();
    this._options.sessions.changed.disconnect(this._onSessionsChanged, this);
    Signal.clearData(this);
  }

  private _set(state: IAskState): void {
    if (!this._isDisposed) {
      this._state = state;
      this._changed.emit();
    }
  }

  private _find(): ISession | null {
    const known = this._options.sessions.status?.sessions ?? [];
    return findSession(known, this._state.link.issuer);
  }

  /** Someone has logged in by another way: the kernel looks again. */
  private _onSessionsChanged(): void {
    const before = this._before;
    const now = this._find();
    // The first status tells what was there already.
    const wasKnown = this._isKnown;
    this._before = now;
    this._isKnown = true;
    const isNew =
      wasKnown &&
      now?.state === 'signed_in' &&
      (before?.state !== 'signed_in' ||
        isOtherPerson(before.identity, now.identity));
    this._isNews ||= isNew;
    this._tellOfSession();
  }

  /** Once for each new session, and when the kernel listens. */
  private _tellOfSession(): void {
    if (this._isNews && this._state.step === 'ready') {
      this._isNews = false;
      this._set({ ...this._state, step: 'exchanging', problem: null });
      this._options.answer('');
    }
  }

  private _before: ISession | null;
  private readonly _changed = new Signal<AskModel, void>(this);
  private _isDisposed = false;
  private _isKnown: boolean;
  /** Whether there is a session that the kernel has not been told of. */
  private _isNews = false;
  private _state: IAskState;
  private readonly _page: SignInPage;
}

/**
 * The namespace of the ask model's types.
 */
export namespace AskModel {
  /**
   * What an ask model is made from.
   */
  export interface IOptions {
    readonly sessions: ISessions;
    /** Opens a page in a window; `null` where the browser refused. */
    readonly openPage: (url: string) => Window | null;
    /** This page's own origin; empty where no code is to be taken from a page. */
    readonly origin: string;
    /** Answers the cell's request for a line of input. */
    readonly answer: (line: string) => void;
  }
}
