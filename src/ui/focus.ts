const FOCUSABLE =
  'input, select, textarea, button, summary, a[href], [tabindex]';

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

function canHaveFocus(element: HTMLElement): boolean {
  return (
    element.tabIndex >= 0 &&
    !element.matches(':disabled') &&
    getComputedStyle(element).visibility !== 'hidden' &&
    (element.offsetParent !== null || element.getClientRects().length > 0)
  );
}
