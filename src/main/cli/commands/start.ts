import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { defaultDataFolder, isSettingKey, type SettingKey, settings } from '../../node/config/index.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { Output } from '../output.ts';
import { parseAssignments } from '../setting-values.ts';

/** Options of commands that run a node. */
export interface StartOptions {
  readonly data?: string;
  readonly port?: number;
  readonly host?: string;
  readonly set?: readonly string[];
  readonly console: boolean;
  readonly json?: boolean;
}

/** `signalbox start`: resolves when the node has stopped. */
export function addStartCommand(program: Command, io: CliIo): void {
  const start = program
    .command('start')
    .description('run a node here without a window, until Ctrl-C; its console is served to browsers')
    .option('--headless', 'accepted for clarity: this command never opens a window');
  withStartOptions(start).action(async (options: StartOptions, command: Command) => {
    const { json } = command.optsWithGlobals<StartOptions>();
    const out = new Output(io, json === true);
    const consoleFolder = options.console ? findConsoleFolder() : undefined;
    if (options.console && consoleFolder === undefined)
      out.note('The console is not built here, so it is not served. Build it with: npm run build');
    // Loaded only here: the other commands need no node.
    const { runNode } = await import('../run-node.ts');
    await runNode({
      out,
      dataFolder: resolve(options.data ?? defaultDataFolder()),
      overrides: overridesOf(options),
      consoleFolder,
    });
  });
}

/** Adds what is said of any node that is run here. */
export function withStartOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder (made when it is not there)')
    .option('--port <n>', 'port of the console, 0 for any free one; wins over the settings file', port)
    .option('--host <address>', 'address of the console to listen on; wins over the settings file')
    .option('--set <key=value...>', 'settings for this run only')
    .option('--no-console', 'serve programs only')
    .option('--json', 'JSON for programs: one line a state');
}

/** Settings of this run, by key. @throws UsageError an unknown key */
export function overridesOf(options: StartOptions): Record<string, unknown> {
  const values = parseAssignments(options.set ?? [], (key) => isSettingKey(key) && takesText(key));
  for (const key of Object.keys(values)) {
    if (!isSettingKey(key)) throw new UsageError(`--set: there is no setting ${key}. signalbox config schema lists them.`);
  }
  return {
    ...values,
    ...(options.port !== undefined && { 'http.port': options.port }),
    ...(options.host !== undefined && { 'http.host': options.host }),
  };
}

/** A digit or two may be a text too: ports of a list, a name. */
function takesText(key: SettingKey): boolean {
  return z.toJSONSchema(settings[key].schema).type === 'string';
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a number from 0 to 65535.');
  return value;
}

/** The built console: beside the built command (`out/renderer`), or in the project when run unbuilt. */
export function findConsoleFolder(): string | undefined {
  const here = import.meta.dirname;
  const candidates = ['../renderer', '../../renderer', '../../../../out/renderer'].map((path) => join(here, path));
  return candidates.find((folder) => existsSync(join(folder, 'index.html')));
}
