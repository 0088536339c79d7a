const FOCUSABLE =
  'input, select, textarea, button, summary, a[href], [tabindex]';

/** Folded away: browsers give it a place on the page all the same. */
const FOLDED =
  'details:not([open]) > :not(summary), details:not([open]) > :not(summary) *';

/**
 * What Tab leads to inside of a modal: it goes round, and never leaves.
 *
 * @param root - The modal.
 * @param isBack - Whether Shift is held.
 */
export function nextFocus(
  root: HTMLElement,
  isBack: boolean
): HTMLElement | null {
  const all = Array.from(root.querySelectorAll<HTMLElement>(FOCUSABLE)).filter(
    canHaveFocus
  );
  const at = all.findIndex(element => element === document.activeElement);
  const step = isBack ? -1 : 1;
  const from = at === -1 && isBack ? 0 : at;
  return all[(from + step + all.length) % all.length] ?? null;
}

/**
 * Catch the focus where what has it goes from the page. It falls to nothing
 * then: keys do nothing, or begin anew at the top of the page.
 *
 * @param root - Where to look after it.
 * @param next - What gets the focus in place of what is gone; it is asked with the
 * `section` that this was in, if that is still there.
 * @returns A function that ends it.
 */
export function catchFocus(
  root: HTMLElement,
  next: (section: HTMLElement | null) => HTMLElement | null
): () => void {
  let last: Element | null = null;
  let section: HTMLElement | null = null;
  const note = ({ target }: FocusEvent) => {
    last = target instanceof Element ? target : null;
    section = last?.closest('section') ?? null;
  };
  const observer = new MutationObserver(() => {
    const isLost = last !== null && !last.isConnected;
    if (isLost && document.activeElement === document.body) {
      next(section?.isConnected ? section : null)?.focus();
    }
  });
  root.addEventListener('focusin', note);
  observer.observe(root, { childList: true, subtree: true });
  return () => {
    root.removeEventListener('focusin', note);
    observer.disconnect();
  };
}

function canHaveFocus(element: HTMLElement): boolean {
  return (
    element.tabIndex >= 0 &&
    !element.matches(':disabled') &&
    !element.matches(FOLDED) &&
    getComputedStyle(element).visibility !== 'hidden' &&
    (element.offsetParent !== null || element.getClientRects().length > 0)
  );
}
