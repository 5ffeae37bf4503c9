/** Every screen in both themes, by axe. */
import { test } from '@playwright/test';
import { type App, launchApp } from '../helpers/app.ts';
import { expectAccessible, setScheme } from '../helpers/axe.ts';

const views = ['overview', 'nodes', 'rpc', 'events', 'queues', 'settings'] as const;
const schemes = ['light', 'dark'] as const;

test.describe('the console', () => {
  let app: App;
  test.beforeAll(async () => {
    app = await launchApp();
    await app.page.getByText('Connected').first().waitFor();
  });
  test.afterAll(() => app?.close());

  for (const scheme of schemes) {
    for (const view of views) {
      test(`${view}, ${scheme}`, async () => {
        const { page } = app;
        await setScheme(page, scheme);
        await page.evaluate((name) => {
          location.hash = `/${name}`;
        }, view);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await expectAccessible(page);
      });
    }
  }
});

test('the rescue page', async () => {
  const app = await launchApp({ files: { 'config.json': '{' } });
  try {
    await app.page.getByRole('button', { name: 'Back up everything' }).waitFor();
    for (const scheme of schemes) {
      await app.page.emulateMedia({ colorScheme: scheme });
      await expectAccessible(app.page);
    }
  } finally {
    await app.close();
  }
});
