import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { isReadable } from '../login/handsFree';
import { SignInPage } from '../login/signInPage';
import { IIdentity, IProblem, ISession, ISessions } from '../tokens';
import { IAsk } from './askMessage';
import { findSession } from './issuers';
import { ILink, PageState } from './loginState';
import { isOtherPerson } from './people';

/**
 * The question whether a session may be someone else's than before.
 */
export interface IQuestion {
  /** Who has logged in. */
  readonly identity: IIdentity;
  /** Whose session is there. */
  readonly before: IIdentity;
  /** How that session is; `null` where it is not known. */
  readonly beforeState: ISession['state'] | null;
}

/**
 * What the dialog for a cell shows.
 */
export interface IAskState {
  /**
   * `ready`: it waits for a code; `confirming`: it waits for a yes or a no;
   * `exchanging`: the kernel is at what it was given; `over`: the cell goes on,
   * and the dialog has nothing left to do.
   */
  readonly step: 'ready' | 'confirming' | 'exchanging' | 'over';
  readonly link: ILink;
  /** Where the sign-in page stands, in a hands-free login. */
  readonly page: PageState;
  /** What is in the code's field. */
  readonly code: string;
  /** What is to be confirmed, until the kernel says more. */
  readonly asked: IQuestion | null;
  /** Why the last answer led to nothing. */
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
  const { before, beforeState, identity, problem } = ask;
  if (ask.state === 'confirming' && identity && before) {
    const asked = { identity, before, beforeState };
    const step = 'confirming';
    return { ...state, step, page: 'closed', code: '', asked, problem };
  }
  if (ask.state !== 'asking') {
    return end(state);
  }
  const link = linkOf(ask, origin);
  // The same question again: whoever is at the sign-in page goes on there.
  const page = link.url === state.link.url ? state.page : 'closed';
  return { ...state, step: 'ready', link, page, asked: null, problem };
}

function end(state: IAskState): IAskState {
  return {
    ...state,
    step: 'over',
    page: 'closed',
    code: '',
    asked: null,
    problem: null
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
      asked: null,
      problem: null
    };
    this._state = follow(start, ask, _options.origin);
    this._page = new SignInPage({
      openPage: _options.openPage,
      isWanted: () => this._state.step === 'ready',
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
    const next = follow(this._state, ask, this._options.origin);
    if (next.page === 'closed') {
      this._page.leave();
    }
    this._set(next);
    this._tellOfSession();
  }

  /** The cell waits no more, whatever it said last: its kernel was restarted. */
  end(): void {
    this._page.leave();
    this._set(end(this._state));
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

  /**
   * Say whether the session of someone else than before is meant.
   *
   * @param isMeant - Whether it is to be used from now on.
   */
  decide(isMeant: boolean): void {
    if (this._state.step === 'confirming') {
      this._set({ ...this._state, step: 'exchanging', problem: null });
      this._options.answer(isMeant ? 'yes' : 'no');
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
    const listens = ['ready', 'confirming'].includes(this._state.step);
    if (this._isNews && listens) {
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
