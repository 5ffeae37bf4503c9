/** Starts the real desktop application for a test, and does what a person does to it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { playwrightLoader } from '../../scripts/lib/playwright-loader.mjs';

const root = resolve(import.meta.dirname, '..', '..');

export interface AppOptions {
  /** Data folder to use; by default a new one, removed at the end. */
  readonly dataFolder?: string;
  /** Removes a given data folder at the end too. */
  readonly removeData?: boolean;
  /** Files of the data folder by name, written before the start. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Further arguments of the program. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running desktop application. */
export interface App {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  /** Ends it and removes what it left. */
  close(): Promise<void>;
}

/** The runtime's program, and the switches that root and a machine without a graphics card need. */
export function electronCommand(): { readonly executable: string; readonly switches: readonly string[] } {
  const executable = process.env.SIGNALBOX_ELECTRON;
  if (executable === undefined)
    throw new Error('SIGNALBOX_ELECTRON is not set: run the tests by Playwright, whose set-up finds the runtime.');
  return { executable, switches: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'] };
}

/** The settings of a node whose first run is done: what most tests look at comes after it. */
const usualFiles = { 'config.json': JSON.stringify({ version: 1, values: { 'node.firstRunDone': true } }) };

/** A data folder of its own. @param files those of a node whose first run is done when absent; `{}` is a new machine */
export async function makeDataFolder(files: AppOptions['files'] = usualFiles): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-e2e-'));
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  return folder;
}

/** Starts the application with a data folder of its own and any free port, and waits for its window. */
export async function launchApp(options: AppOptions = {}): Promise<App> {
  const { executable, switches } = electronCommand();
  const dataFolder = options.dataFolder ?? (await makeDataFolder(options.files));
  const electron = await _electron.launch({
    executablePath: executable,
    args: [...playwrightLoader(), ...switches, root, '--data', dataFolder, '--port', '0', ...(options.args ?? [])],
    chromiumSandbox: process.getuid?.() !== 0,
    env: { ...(process.env as Record<string, string>), ...options.env },
  });
  const page = await electron.firstWindow();
  return {
    electron,
    page,
    dataFolder,
    close: async () => {
      await electron.close();
      if (options.dataFolder === undefined || options.removeData === true) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Lines of the log whose event is `event`, as far as they are written. */
export async function logLines({ dataFolder }: Pick<App, 'dataFolder'>, event: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(dataFolder, 'logs', 'node.log'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.includes(`"${event}"`))
    .map((line) => JSON.parse(line));
}
