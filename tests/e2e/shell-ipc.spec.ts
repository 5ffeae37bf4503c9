/** security.md row 63: what a page that was taken over can send to the shell. */
import { resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { noticeChannels, requestChannels } from '../../src/preload/channels.ts';
import { type App, launchApp } from '../helpers/app.ts';
import { runCommand } from '../helpers/headless-node.ts';

interface Raw {
  send(channel: string, ...args: unknown[]): Promise<string>;
  fuzz(channel: string): Promise<string[]>;
  burst(channel: string, count: number): Promise<string[]>;
}

const preload = resolve(import.meta.dirname, '..', 'helpers', 'raw-ipc-preload.cjs');
/** Channels whose work would end the program or leave the page. */
const harmful: readonly string[] = [requestChannels.close, requestChannels.quit, requestChannels.startDemo];
const channels = Object.values(requestChannels);

let app: App;
test.beforeAll(async () => {
  app = await launchApp();
  // A page that is still on its way cannot be loaded again.
  await expect(app.page.getByRole('navigation', { name: 'Views' })).toBeVisible();
  await app.electron.evaluate(({ session }, file) => session.defaultSession.setPreloads([file]), preload);
  await app.page.reload();
});
test.afterAll(() => app?.close());

/** Sends from the page as `raw` does. */
const send = (channel: string, ...args: unknown[]) =>
  app.page.evaluate(({ name, rest }) => (globalThis as unknown as { raw: Raw }).raw.send(name, ...rest), { name: channel, rest: args });

test.describe('each channel survives every odd value', () => {
  for (const channel of channels.filter((name) => !harmful.includes(name))) {
    test(channel, async () => {
      const outcomes = await app.page.evaluate((name) => (globalThis as unknown as { raw: Raw }).raw.fuzz(name), channel);
      expect(outcomes.length).toBeGreaterThanOrEqual(30);
      const known = ['ok', 'INVALID_PARAMS', 'FORBIDDEN', 'TOO_LARGE', 'OVERLOADED', 'CONFLICT', 'clone error'];
      expect(outcomes.filter((outcome) => !known.includes(outcome))).toEqual([]);
      expect(outcomes).toContain('clone error');
      // Who asks is checked before how much.
      expect(outcomes).toContain(/^(rescue|crash):/.test(channel) ? 'FORBIDDEN' : 'TOO_LARGE');
    });
  }
});

test('an unknown channel does not exist', async () => {
  for (const channel of ['node:call', 'constructor', '__proto__', 'toString', '', ...Object.values(noticeChannels)]) {
    expect(await send(channel)).toBe('no handler');
  }
});

test('several arguments are refused', async () => {
  expect(await send(requestChannels.setTheme, 'dark', 'dark')).toBe('INVALID_PARAMS');
});

test('the rescue and crash requests are refused to the console page', async () => {
  const own = channels.filter((name) => /^(rescue|crash):/.test(name));
  const outcomes = await Promise.all(own.map((name) => send(name)));
  expect(new Set(outcomes)).toEqual(new Set(['FORBIDDEN']));
});

test('who was refused stands in the audit table, a flood of it folded', async () => {
  await Promise.all(Array.from({ length: 20 }, () => send(requestChannels.reset, 'config.json')));
  const audit = () => runCommand(['audit', '--json', '--limit', '500', '--act', requestChannels.reset, '--data', app.dataFolder]);
  await expect.poll(async () => (await audit()).stdout).not.toBe('');
  const entries = (await audit()).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.length).toBeLessThan(10);
  expect(entries[0]).toMatchObject({ user: 'unknown', via: 'ipc', act: requestChannels.reset, outcome: 'refused', code: 'FORBIDDEN' });
});

test('a flood of requests is refused, and forgiven', async () => {
  const beganMs = performance.now();
  const outcomes = await app.page.evaluate(
    (name) => (globalThis as unknown as { raw: Raw }).raw.burst(name, 400),
    requestChannels.windowState,
  );
  const tookSeconds = (performance.now() - beganMs) / 1_000;
  expect(outcomes).toContain('ok');
  expect(outcomes).toContain('OVERLOADED');
  // 60 at once, and 30 a second that come back meanwhile.
  expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeLessThanOrEqual(60 + Math.ceil(tookSeconds * 30));
  await expect.poll(() => send(requestChannels.windowState)).toBe('ok');
});

for (const url of ['app://ui/index.html', 'about:blank']) {
  test(`another window at ${url} is refused every channel`, async () => {
    const outcomes = await app.electron.evaluate(
      async ({ BrowserWindow }, { address, names }) => {
        const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, contextIsolation: true } });
        try {
          await window.loadURL(address);
          const script = `Promise.all(${JSON.stringify(names)}.map((name) => raw.send(name)))`;
          return (await window.webContents.executeJavaScript(script)) as string[];
        } finally {
          window.destroy();
        }
      },
      { address: url, names: channels },
    );
    expect(outcomes).toHaveLength(channels.length);
    expect(new Set(outcomes)).toEqual(new Set(['FORBIDDEN']));
  });
}

test('a frame that is gone before the answer harms nothing', async () => {
  const gone = app.page.evaluate((name) => (globalThis as unknown as { raw: Raw }).raw.burst(name, 20), requestChannels.connect);
  await Promise.all([app.page.reload(), gone.catch(() => undefined)]);
  await expect.poll(() => send(requestChannels.windowState)).toBe('ok');
});
