/** How often the page is looked at, in milliseconds; nothing is asked of a server. */
const LOOK_INTERVAL = 250;

/** What Dex's codes look like, as in `jupyterlab_deploykf/core/code.py`. */
const CODE = /^[a-z2-7]{25}$/;

/**
 * Where a sign-in page leads to: the code that it shows, or nothing.
 */
export interface IOutcome {
  /** Whether a code could be used now; else the page is left as it is. */
  readonly isWanted: () => boolean;
  /** The code that the page shows after a login. */
  readonly onCode: (code: string) => void;
  /**
   * The page is out of reach: it was closed, or the browser keeps it apart
   * from this one (Cross-Origin-Opener-Policy).
   */
  readonly onGone: () => void;
}

/**
 * Whether a sign-in page can be read from here, on deployKF's one origin. The
 * issuer has to have a path of its own there: whoever names the bare origin, as
 * a kernel may, would have every page of it read.
 *
 * @param issuer - The issuer.
 * @param url - The authorization request.
 * @param origin - This page's own origin.
 */
export function isReadable(
  issuer: string,
  url: string,
  origin: string
): boolean {
  const named = parse(issuer);
  const hasPath = /[^/]/.test(named?.pathname ?? '');
  return named?.origin === origin && hasPath && isUnder(url, issuer);
}

/**
 * Follow a sign-in page that this dialog opened until it shows a code, which is
 * taken, and the page closed. Only a page under the issuer's path is read; what
 * lies between (another origin's login) is none of ours.
 *
 * @param page - The window that the dialog opened.
 * @param issuer - The issuer, whose origin is this page's.
 * @param outcome - What to do in the end; called once.
 * @returns A function that stops it.
 */
export function followPage(
  page: Window,
  issuer: string,
  outcome: IOutcome
): () => void {
  const stop = () => clearInterval(timer);
  const look = () => {
    if (page.closed) {
      stop();
      outcome.onGone();
      return;
    }
    const code = outcome.isWanted() ? readCode(page, issuer) : null;
    if (code) {
      stop();
      page.close();
      outcome.onCode(code);
    }
  };
  const timer = setInterval(look, LOOK_INTERVAL);
  return stop;
}

function readCode(page: Window, issuer: string): string | null {
  let fields: readonly HTMLInputElement[];
  try {
    if (!isUnder(page.location.href, issuer)) {
      return null;
    }
    fields = Array.from(page.document.querySelectorAll('input'));
  } catch {
    // Another origin's page, which is nobody's business here.
    return null;
  }
  const isPlain = (field: HTMLInputElement) =>
    field.type === 'text' && !field.name && CODE.test(field.value);
  return fields.find(isPlain)?.value ?? null;
}

function isUnder(url: string, issuer: string): boolean {
  return url.startsWith(`${issuer.replace(/\/+$/, '')}/`);
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
