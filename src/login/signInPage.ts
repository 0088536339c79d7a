import { followPage } from './handsFree';

/**
 * The sign-in page that a dialog has opened, followed where it can be read.
 */
export class SignInPage {
  /**
   * @param _options - How it is opened, and what becomes of it.
   */
  constructor(private readonly _options: SignInPage.IOptions) {}

  /**
   * Open it; to be called while a click is handled. What was followed before
   * is left alone from here on.
   *
   * @param url - The authorization request.
   * @param issuer - Whose page it is.
   * @param isReadable - Whether a code can be taken from it.
   * @returns `false` where the browser refused.
   */
  open(url: string, issuer: string, isReadable: boolean): boolean {
    const { isWanted, onChanged, onCode, openPage } = this._options;
    const page = openPage(url);
    this.leave();
    if (page && isReadable) {
      onChanged('open');
      this._stop = followPage(page, issuer, {
        isWanted,
        onCode: code => {
          // It has given its code: another one comes from a new page.
          onChanged('closed');
          onCode(code);
        },
        onGone: () => onChanged('gone')
      });
    }
    return page !== null;
  }

  /** Follow it no more. */
  leave(): void {
    this._stop();
  }

  private _stop: () => void = () => undefined;
}

/**
 * The namespace of the sign-in page's types.
 */
export namespace SignInPage {
  /**
   * What a sign-in page is made from.
   */
  export interface IOptions {
    /** Opens a page in a window; `null` where the browser refused. */
    readonly openPage: (url: string) => Window | null;
    /** Whether a code could be used now; a page that shows one keeps it until then. */
    readonly isWanted: () => boolean;
    /** It is followed, can't be followed any more, or was closed, having shown its code. */
    readonly onChanged: (state: 'open' | 'gone' | 'closed') => void;
    /** It shows a code. */
    readonly onCode: (code: string) => void;
  }
}
