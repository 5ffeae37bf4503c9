import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails on every serious or critical finding, and names the elements. */
export async function expectAccessible(page: Page): Promise<void> {
  // The newer mode opens a page of its own to collect results, which a desktop window cannot.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({ id, help, elements: nodes.slice(0, 5).map((node) => node.html.slice(0, 200)) }));
  expect(serious).toEqual([]);
}
