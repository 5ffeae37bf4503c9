/** The life of the desktop application: second start, links, crash, rescue, window state, downloads, restart of the node. */
import { spawn } from 'node:child_process';
import { readdir, readFile, truncate } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { noticeChannels } from '../../src/preload/channels.ts';
import { type App, electronCommand, launchApp, logLines, makeDataFolder } from '../helpers/app.ts';
import { startHeadless } from '../helpers/headless-node.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** Runs the program once more and resolves with what it printed and its exit code. */
function runProgram(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const { executable, switches } = electronCommand();
  const child = spawn(executable, [...switches, root, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, output })));
}

/** Evaluates in the window whatever page it shows: Playwright gives up a page that crashed. */
function inWindow<T>(app: App, script: string): Promise<T | undefined> {
  return app.electron.evaluate(async ({ BrowserWindow }, text) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents || contents.isLoading() || contents.isCrashed()) return undefined;
    return (await contents.executeJavaScript(text)) as never;
  }, script) as Promise<T | undefined>;
}

/** Ends the page's process; resolves when the window has noticed. */
const crash = (app: App) =>
  app.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return new Promise<void>((noticed) => {
      contents?.once('render-process-gone', () => noticed());
      contents?.forcefullyCrashRenderer();
    });
  });
const path = (app: App) => inWindow<string>(app, 'location.pathname');
const press = (app: App, id: string) => inWindow(app, `document.getElementById(${JSON.stringify(id)}).click()`);

test.describe('a second start', () => {
  let app: App;
  test.beforeAll(async () => {
    app = await launchApp();
  });
  test.afterAll(() => app?.close());

  test('brings the window of the first to the front and ends', async () => {
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    const { code, output } = await runProgram(['--data', app.dataFolder]);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('already open') });
    await expect
      .poll(() => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible())))
      .toEqual([true]);
  });

  test('with a link opens its view, and does nothing else', async () => {
    await runProgram(['--data', app.dataFolder, 'signalbox://view/events?topic=%2Fstats']);
    await expect.poll(() => app.page.evaluate(() => location.hash)).toMatch(/^#\/events/);
  });

  // security.md row 66
  test('with a hostile link leaves the view as it is', async () => {
    await app.page.evaluate(() => {
      location.hash = '#/settings';
    });
    for (const link of ['signalbox://join?code=AAAAA', 'signalbox://view/rpc?method=node.restart&run=1', 'signalbox://view/..%2f..%2fx']) {
      expect((await runProgram(['--data', app.dataFolder, link])).code).toBe(0);
    }
    expect(await app.page.evaluate(() => location.hash)).toBe('#/settings');
    expect(await logLines(app, 'shell.node.restart')).toEqual([]);
  });
});

test('a page that dies is loaded again once; then a page says so, from which the console opens again', async () => {
  const app = await launchApp();
  try {
    await crash(app);
    await expect.poll(() => path(app)).toBe('/index.html');
    await crash(app);
    await expect.poll(() => path(app)).toBe('/crash.html');
    // The page asks the shell for it.
    await expect.poll(() => inWindow<string>(app, 'document.getElementById("log-folder").textContent')).toBe(join(app.dataFolder, 'logs'));
    expect(await inWindow<string[]>(app, 'Object.keys(signalbox.crash)')).toEqual(['describe', 'openAgain', 'openLogFolder']);
    await press(app, 'open-again');
    await expect.poll(() => path(app)).toBe('/index.html');
    // The node went on all the while.
    expect(await logLines(app, 'node.started')).toHaveLength(1);
  } finally {
    await app.close();
  }
});

test('a node that cannot start is explained, and started again when the cause is gone', async () => {
  const dataFolder = await makeDataFolder();
  const holder = await startHeadless(dataFolder);
  const app = await launchApp({ dataFolder, removeData: true });
  try {
    await app.page.getByRole('heading', { name: 'The node did not start' }).waitFor();
    await app.page.getByRole('button', { name: 'Open again' }).click();
    await expect(app.page.getByRole('button', { name: 'Open again' })).toBeEnabled();
    await expect(app.page.locator('#reason')).toContainText(dataFolder);
    expect(await holder.stop()).toBe(0);
    await app.page.getByRole('button', { name: 'Open again' }).click();
    await app.page.getByText('Connected').first().waitFor();
  } finally {
    await app.close();
  }
});

test.describe('a damaged file', () => {
  test('of settings is shown, backed up, and reset only when its name is typed', async () => {
    const damaged = '{"http.port": 0, ';
    const app = await launchApp({ files: { 'config.json': damaged } });
    try {
      const { page } = app;
      await page.getByRole('heading', { name: 'Signalbox cannot read the settings' }).waitFor();
      const file = join(app.dataFolder, 'config.json');
      await expect(page.locator('#file')).toHaveText(file);
      expect(await readFile(file, 'utf8')).toBe(damaged);

      await page.getByRole('button', { name: 'Back up everything' }).click();
      await expect(page.getByRole('status')).toContainText('Copied to ');
      const copy = ((await page.getByRole('status').textContent()) ?? '').replace(/^Copied to (.*)\.$/, '$1');
      expect(await readFile(join(copy, 'config.json'), 'utf8')).toBe(damaged);

      const reset = page.getByRole('button', { name: 'Reset this file' });
      await expect(reset).toBeDisabled();
      await page.getByLabel('Type config.json to confirm').fill('config');
      await expect(reset).toBeDisabled();
      await page.getByLabel('Type config.json to confirm').fill('config.json');
      await reset.click();
      await page.waitForURL('app://ui/index.html**');
      await expect.poll(() => logLines(app, 'node.started')).toHaveLength(1);
      const aside = (await readdir(app.dataFolder)).find((name) => name.startsWith('config.json.damaged-'));
      expect(await readFile(join(app.dataFolder, aside ?? ''), 'utf8')).toBe(damaged);
    } finally {
      await app.close();
    }
  });

  // security.md row 65
  for (const [what, content] of [
    ['that is no database', 'not a database at all, but long enough to hold a header'.repeat(40)],
    ['that is cut off', Buffer.concat([Buffer.from('SQLite format 3\u0000'), Buffer.alloc(500, 7)])],
  ] as const) {
    test(`of data ${what} is shown and left as it is`, async () => {
      const app = await launchApp({ files: { 'node.db': content } });
      try {
        await app.page.getByRole('heading', { name: /^Signalbox cannot read the node database/ }).waitFor();
        expect(await readFile(join(app.dataFolder, 'node.db'))).toEqual(Buffer.from(content));
      } finally {
        await app.close();
      }
    });
  }

  for (const [what, content] of [
    ['nested 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['that is a list', '[]'],
    ['that is empty', ''],
  ] as const) {
    test(`of settings ${what} is shown`, async () => {
      const app = await launchApp({ files: { 'config.json': content } });
      try {
        await app.page.getByRole('heading', { name: 'Signalbox cannot read the settings' }).waitFor();
      } finally {
        await app.close();
      }
    });
  }

  test('of settings of 2 GB is refused from its size', async () => {
    const dataFolder = await makeDataFolder({ 'config.json': '' });
    await truncate(join(dataFolder, 'config.json'), 2 ** 31);
    const app = await launchApp({ dataFolder, removeData: true });
    try {
      await app.page.getByRole('heading', { name: 'Signalbox cannot read the settings' }).waitFor();
    } finally {
      await app.close();
    }
  });
});

test('the window is where it was, as large, and in its theme', async () => {
  const dataFolder = await makeDataFolder();
  const first = await launchApp({ dataFolder });
  await first.page.getByText('Connected').first().waitFor();
  await first.electron.evaluate(
    ({ BrowserWindow }, channel) => BrowserWindow.getAllWindows()[0]?.webContents.send(channel, 'appearance.dark'),
    noticeChannels.action,
  );
  await expect.poll(() => first.electron.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
  const moved = { x: 120, y: 90, width: 1000, height: 700 };
  await first.electron.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), moved);
  const kept = async () => JSON.parse(await readFile(join(dataFolder, 'desktop', 'window.json'), 'utf8').catch(() => '{}')).bounds;
  await expect.poll(kept).toEqual(moved);
  await first.close();

  const second = await launchApp({ dataFolder, removeData: true });
  try {
    const found = await second.electron.evaluate(({ BrowserWindow, nativeTheme }) => ({
      bounds: BrowserWindow.getAllWindows()[0]?.getBounds(),
      theme: nativeTheme.themeSource,
      ground: BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
    }));
    expect(found).toEqual({ bounds: moved, theme: 'dark', ground: '#0F1114' });
  } finally {
    await second.close();
  }
});

test('what the page exports is saved where the person says', async () => {
  const app = await launchApp();
  try {
    const file = join(app.dataFolder, 'events.ndjson');
    // Stands for the answer to the save dialog, which no test can click.
    const saved = app.electron.evaluate(
      ({ session }, target) =>
        new Promise<string>((done) => {
          session.defaultSession.prependOnceListener('will-download', (_event, item) => {
            item.setSavePath(target);
            item.once('done', (_done: unknown, state: string) => done(state));
          });
        }),
      file,
    );
    await app.page.evaluate(() => {
      const href = URL.createObjectURL(new Blob(['{"topic":"/a"}\n'], { type: 'application/x-ndjson' }));
      Object.assign(document.createElement('a'), { href, download: 'events.ndjson' }).click();
    });
    expect(await saved).toBe('completed');
    expect(await readFile(file, 'utf8')).toBe('{"topic":"/a"}\n');
  } finally {
    await app.close();
  }
});

test('the window follows a node that restarts', async () => {
  const app = await launchApp();
  try {
    await app.page.getByText('Connected').first().waitFor();
    const { code } = await runProgram(['call', 'node.restart', '--data', app.dataFolder]);
    expect(code).toBe(0);
    await expect.poll(() => logLines(app, 'node.started')).toHaveLength(2);
    await app.page.getByText('Connected').first().waitFor();
  } finally {
    await app.close();
  }
});

test('where the system has no key store, a passphrase wraps the key, as the warning says', async () => {
  // Electron's own password, which is in its source: what a session without a keyring has.
  const args = ['--password-store=basic'];
  const plain = await launchApp({ args });
  await expect(plain.page.getByText('The node key is protected by file permissions alone').first()).toBeVisible();
  await plain.electron.close();
  const { dataFolder } = plain;
  const wrapped = await launchApp({ dataFolder, removeData: true, args, env: { SIGNALBOX_PASSPHRASE: 'correct horse battery staple' } });
  await expect(wrapped.page.getByText('Connected').first()).toBeVisible();
  await expect(wrapped.page.getByText('The node key is protected by file permissions alone')).toHaveCount(0);
  expect(JSON.parse(await readFile(join(dataFolder, 'identity.json'), 'utf8'))).toMatchObject({ store: 'passphrase' });
  await wrapped.close();
});
