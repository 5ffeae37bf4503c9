/** The regions of the frame, marked `data-region`: title bar, rail, view, inspector, status bar. */

const focusable = 'button:not([disabled]), [tabindex="0"], input:not([disabled]), textarea:not([disabled]), a[href]';

/**
 * F6 goes round the regions; where one was left, it is entered again.
 *
 * @param step 1 forward, -1 back
 */
export function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.getClientRects().length > 0);
  const active = document.activeElement;
  // An inspector stands inside the view: the innermost one counts.
  const index = regions.findLastIndex((region) => region.contains(active));
  const leaving = regions[index];
  if (leaving !== undefined && active instanceof HTMLElement) lastFocus.set(leaving, active);
  const from = index === -1 && step === -1 ? 0 : index;
  const next = regions[(from + step + regions.length) % regions.length];
  if (next !== undefined) enter(next);
}

const lastFocus = new WeakMap<HTMLElement, HTMLElement>();

function enter(region: HTMLElement): void {
  const last = lastFocus.get(region);
  const inside = last !== undefined && region.contains(last) ? last : region.querySelector<HTMLElement>(focusable);
  if (inside === null) region.tabIndex = -1;
  (inside ?? region).focus();
}
