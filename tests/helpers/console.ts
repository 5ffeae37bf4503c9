/** A console over a real node, in the window of the application or in a browser, and what a person does to it. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, expect, type Page, test } from '@playwright/test';
import { type App, launchApp, makeDataFolder } from './app.ts';
import { freePort } from './free-port.ts';
import { type HeadlessNode, startHeadless } from './headless-node.ts';
import { watchOutsideLinks } from './outside-links.ts';

export const password = 'correct horse battery staple';

export interface ConsoleUnderTest {
  readonly page: Page;
  readonly dataFolder: string;
  readClipboard(): Promise<string>;
  /** Does what starts a download, and resolves with the file's path once it is whole. */
  saveFile(start: () => Promise<void>): Promise<string>;
  /** Does what opens an address outside the console, agrees where a person is asked, and resolves with the address. */
  openOutside(start: () => Promise<void>): Promise<string>;
  /**
   * Ends the node without a word and starts it again with the same data; resolves with the page of the console then.
   *
   * @param meanwhile done to the data while the node is down
   */
  restart(meanwhile?: () => void): Promise<Page>;
  close(): Promise<void>;
}

/** The same in a browser: the node is a process of its own, which can be lost, and others can sign in. */
export interface BrowserConsole extends ConsoleUnderTest {
  readonly url: string;
  /** Ends the node without a word. */
  killNode(): Promise<void>;
  /** Starts it again with the same data and address. */
  startNode(): Promise<void>;
  /** Stops the node from answering; the returned function lets it go on. */
  freezeNode(): () => void;
  /** A page of another person, who has nothing of the first one's session. */
  newPage(): Promise<Page>;
}

/** Files of the data folder by name, there before the node starts. */
type Files = Readonly<Record<string, string | Uint8Array>>;

/** Opens the console in the window of the application. */
export async function openWindow(files?: Files): Promise<ConsoleUnderTest> {
  const dataFolder = await makeDataFolder(files);
  let app: App = await launchApp({ dataFolder });
  await connected(app.page);
  return {
    page: app.page,
    dataFolder,
    restart: async (meanwhile) => {
      app.electron.process().kill('SIGKILL');
      await app.close().catch(() => undefined);
      meanwhile?.();
      app = await launchApp({ dataFolder });
      await connected(app.page);
      return app.page;
    },
    readClipboard: () => app.electron.evaluate(({ clipboard }) => clipboard.readText()),
    saveFile: async (start) => {
      const file = join(dataFolder, 'saved');
      // In place of the dialog that asks a person where to.
      const saved = app.electron.evaluate(
        ({ session }, target) =>
          new Promise<void>((done) => {
            session.defaultSession.prependOnceListener('will-download', (_event, item) => {
              item.setSavePath(target);
              item.once('done', () => done());
            });
          }),
        file,
      );
      await start();
      await saved;
      return file;
    },
    openOutside: async (start) => {
      const outside = await watchOutsideLinks(app.electron);
      await outside.answerWith('open');
      await start();
      await expect.poll(() => outside.opened()).toHaveLength(1);
      return (await outside.opened())[0] ?? '';
    },
    close: async () => {
      await app.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

let browser: Promise<Browser> | undefined;

/**
 * The browser of this worker. People have nothing of each other's session: each has a context of their own. Playwright ends it with the
 * worker.
 */
function workerBrowser(): Promise<Browser> {
  browser ??= chromium.launch(test.info().project.use.launchOptions);
  return browser;
}

/** Opens the console in a browser, with the administrator `ada` made by the set-up link. */
export async function openBrowser(files?: Files): Promise<BrowserConsole> {
  const dataFolder = await makeDataFolder(files);
  // A port of its own: the address has to be the same after a restart.
  const args = ['--port', String(await freePort())];
  const people: BrowserContext[] = [];
  const newPerson = async (options?: BrowserContextOptions) => {
    const person = await (await workerBrowser()).newContext(options);
    people.push(person);
    return person;
  };
  const own = newPerson({ permissions: ['clipboard-read', 'clipboard-write'], viewport: { width: 1280, height: 800 } });
  const [started, context] = await Promise.all([startHeadless(dataFolder, args), own]);
  let node: HeadlessNode = started;
  const page = await context.newPage();
  await setUp(page, node.setupUrl ?? '', 'ada');
  const killNode = async () => {
    const exited = once(node.child, 'exit');
    node.child.kill('SIGKILL');
    await exited;
  };
  const startNode = async () => {
    node = await startHeadless(dataFolder, args);
  };
  return {
    page,
    dataFolder,
    url: node.url,
    readClipboard: () => page.evaluate(() => navigator.clipboard.readText()),
    saveFile: async (start) => {
      const [download] = await Promise.all([page.waitForEvent('download'), start()]);
      return download.path();
    },
    openOutside: async (start) => {
      const [opened] = await Promise.all([context.waitForEvent('page'), start()]);
      await opened.waitForURL(/^http/);
      const address = opened.url();
      await opened.close();
      return address;
    },
    killNode,
    startNode,
    restart: async (meanwhile) => {
      await killNode();
      meanwhile?.();
      await startNode();
      await page.reload();
      await connected(page);
      return page;
    },
    freezeNode: () => {
      node.child.kill('SIGSTOP');
      return () => void node.child.kill('SIGCONT');
    },
    newPage: async () => (await newPerson()).newPage(),
    close: async () => {
      await Promise.all(people.map((person) => person.close()));
      await node.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Makes an account with a set-up link. */
export async function setUp(page: Page, setupUrl: string, username: string): Promise<void> {
  await page.goto(setupUrl);
  await page.getByLabel('Name').fill(username);
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
  await page.getByRole('textbox', { name: 'Password again' }).fill(password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await connected(page);
}

export async function signIn(page: Page, url: string, username: string, secret = password): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Name').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Waits until the title bar says so. */
export async function connected(page: Page): Promise<void> {
  await page.getByRole('banner').getByText('Connected', { exact: true }).waitFor();
}

/** Goes to an address of the console, as a link does. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
}

/** Runs an act from the palette, by keyboard alone. */
export async function runFromPalette(page: Page, query: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Go to or run…' });
  await field.fill(query);
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'hidden' });
}
