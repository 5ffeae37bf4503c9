import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails on every serious or critical finding, and names the elements. The page moves nothing from then on. */
export async function expectAccessible(page: Page): Promise<void> {
  // What comes or goes by degrees, as a toast does by itself, would be looked at half.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expectNoFinding(page);
}

/** The same in the light and in the dark scheme. The page stays dark. */
export async function expectAccessibleInBothSchemes(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await setScheme(page, colorScheme);
    await expectNoFinding(page);
  }
}

/** Has the system ask for a scheme, without motion, and waits until the page has taken it. */
export async function setScheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
}

async function expectNoFinding(page: Page): Promise<void> {
  // Reading half a megabyte of script takes longer than looking at a screen: axe is put into a page once.
  const alreadyThere = { axeSource: ';' };
  let source: Partial<typeof alreadyThere> = {};
  const countMoving = async () => {
    const { hasAxe, moving } = await page.evaluate(lookAround);
    source = hasAxe ? alreadyThere : {};
    return moving;
  };
  await expect.poll(countMoving).toBe(0);
  const axe = new AxeBuilder({ page, ...source });
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

/** Whether axe is there already, and how many animations and transitions are under way, but those without an end. Runs in the page. */
function lookAround(): { readonly hasAxe: boolean; readonly moving: number } {
  const hasEnd = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  const moving = document.getAnimations().filter((animation) => animation.playState === 'running' && hasEnd(animation)).length;
  return { hasAxe: 'axe' in globalThis, moving };
}
