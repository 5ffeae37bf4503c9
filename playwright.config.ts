import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

/**
 * `electron`: the real desktop application, one at a time, each with a data folder of its own. `chromium`: the console in a
 * browser, against a real headless node. Both run the build in `out`. Nothing is tried again.
 */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  globalSetup: './tests/e2e/global-setup.ts',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env.CI === 'true',
  reporter: [['list']],
  projects: [
    { name: 'electron', testIgnore: '**/browser-*.spec.ts' },
    {
      name: 'chromium',
      testMatch: '**/browser-*.spec.ts',
      use: {
        browserName: 'chromium',
        // Starts Debian's own; Playwright's builds are not downloaded.
        launchOptions: {
          executablePath: join(import.meta.dirname, 'tests', 'helpers', 'chromium.sh'),
          args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
        },
      },
    },
  ],
});
