import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails on every serious or critical finding, and names the elements. The page moves nothing from then on. */
export async function expectAccessible(page: Page): Promise<void> {
  // What comes or goes by degrees, as a toast does by itself, would be looked at half.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(() => page.evaluate(countMoving)).toBe(0);
  // Reading half a megabyte of script takes longer than looking at a screen: axe is put into a page once.
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  const axe = new AxeBuilder({ page, ...(isThere && { axeSource: ';' }) });
  // The newer mode opens a page of its own to collect results, which a desktop window cannot.
  const { violations } = await axe
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({ id, help, elements: nodes.slice(0, 5).map((node) => node.html.slice(0, 200)) }));
  expect(serious).toEqual([]);
}

/** Animations and transitions under way, but those without an end. Runs in the page. */
function countMoving(): number {
  const hasEnd = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  return document.getAnimations().filter((animation) => animation.playState === 'running' && hasEnd(animation)).length;
}
