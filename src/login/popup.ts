/** Wide enough for the issuer's page, small enough to leave the dialog in sight. */
const FEATURES = 'popup,width=640,height=760';

/**
 * Open the issuer's page in a window of its own. To be called while a click is
 * handled, or popup blockers refuse it.
 *
 * @param url - The authorization request.
 * @param opener - The window that opens it.
 * @returns The new window; `null` where the browser refused.
 */
export function openPage(
  url: string,
  opener: Pick<Window, 'open'> = window
): Window | null {
  const page = opener.open('', '_blank', FEATURES);
  if (page) {
    // The issuer's page must not be able to navigate JupyterLab away.
    page.opener = null;
    page.location.replace(url);
  }
  return page;
}
