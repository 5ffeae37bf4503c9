import type { Command } from 'commander';
import type { NodeClient } from '../../../common/client/node-client.ts';
import type { Setting } from '../../../common/contract/config.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import type { Output } from '../output.ts';
import { parseAssignments } from '../setting-values.ts';

/** `signalbox config …` */
export function addConfigCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const config = program.command('config').description('settings of the node');

  withCommonOptions(config.command('get [key...]'))
    .description('show settings as they are in force; all without a key')
    .action(async (keys: string[], _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { values } = await withNode((client, signal) => client.call('config.get', keys.length === 0 ? {} : { keys }, { signal }));
      if (out.json) out.jsonLine(values);
      else
        out.table(
          ['key', 'value'],
          Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]),
        );
    });

  withCommonOptions(config.command('set <key=value...>'))
    .description('change settings, all or none; null puts the default back')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const result = await withNode(async (client, signal) =>
        client.call('config.set', { values: await readValues(client, words) }, { signal }),
      );
      if (out.json) out.jsonLine(result);
      else printResult(out, result.applied, result.restartNeeded);
    });

  withCommonOptions(config.command('validate <key=value...>'))
    .description('check settings without saving them')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const result = await withNode(async (client, signal) =>
        client.call('config.validate', { values: await readValues(client, words) }, { signal }),
      );
      if (out.json) out.jsonLine(result);
      else if (result.valid)
        out.line(result.restartNeeded.length === 0 ? 'Valid.' : `Valid. Needs a restart: ${result.restartNeeded.join(', ')}`);
      else for (const { key, message } of result.issues) out.line(`${key}: ${message}`);
      if (!result.valid) setExitCode(exitCodes.failed);
    });

  withCommonOptions(config.command('schema'))
    .description('list every setting with help, default and value')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { settings } = await withNode((client, signal) => client.call('config.schema', {}, { signal }));
      if (out.json) for (const setting of settings) out.jsonLine(setting);
      else printSettings(out, settings);
    });
}

async function readValues(client: NodeClient, words: readonly string[]): Promise<Record<string, unknown>> {
  const { settings } = await client.call('config.schema', {});
  const texts = new Set(settings.filter(({ schema }) => schema.type === 'string').map(({ key }) => key));
  return parseAssignments(words, (key) => texts.has(key));
}

function printResult(out: Output, applied: readonly string[], restartNeeded: readonly string[]): void {
  if (applied.length > 0) out.line(`In force: ${applied.join(', ')}`);
  if (restartNeeded.length > 0) out.line(`Saved, in force after a restart (signalbox call node.restart): ${restartNeeded.join(', ')}`);
  if (applied.length === 0 && restartNeeded.length === 0) out.line('Nothing to change.');
}

function printSettings(out: Output, settings: readonly Setting[]): void {
  out.table(
    ['key', 'value', 'default', 'takes effect', 'title'],
    settings.map((setting) => [
      setting.key,
      JSON.stringify(setting.value),
      JSON.stringify(setting.default),
      setting.pendingRestart ? 'waits for a restart' : setting.live ? 'at once' : 'after a restart',
      setting.title,
    ]),
  );
}
