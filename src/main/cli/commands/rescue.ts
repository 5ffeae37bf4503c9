import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultDataFolder } from '../../node/config/index.ts';
import { lockDataFolder } from '../../node/data-folder-lock.ts';
import { backup, dataFiles, inspect, reset } from '../../node/rescue.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, Output } from '../output.ts';
import { confirm } from '../read-secret.ts';

interface RescueOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `signalbox rescue …`: for a node that cannot start. Works on the files, so the node must not run. */
export function addRescueCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const rescue = program.command('rescue').description('look at, copy and reset the data files of a node that does not start');

  withFolder(rescue.command('inspect'))
    .description('say which data files are damaged; changes nothing')
    .action((_options: unknown, command: Command) =>
      onFolder(command, io, async (folder, out) => {
        const files = await inspect(folder, { resourcesPath: process.resourcesPath });
        if (out.json) for (const file of files) out.jsonLine(file);
        else if (files.length === 0) out.line(`There are no data files in ${folder}.`);
        else
          out.table(
            ['file', 'bytes', 'changed', 'state'],
            files.map((file) => [
              file.file,
              file.sizeBytes,
              formatTime(file.modifiedAt),
              file.damage === null ? 'whole' : `damaged: ${file.damage}`,
            ]),
          );
        if (files.some(({ damage }) => damage !== null)) {
          if (!out.json)
            out.note('Copy everything with: signalbox rescue backup. Then move a file aside with: signalbox rescue reset FILE');
          setExitCode(exitCodes.damaged);
        }
      }),
    );

  withFolder(rescue.command('backup'))
    .description('copy the whole data folder into a new folder inside it')
    .action((_options: unknown, command: Command) =>
      onFolder(command, io, async (folder, out) => {
        const copy = await backup(folder);
        if (out.json) out.jsonLine({ folder: copy });
        else out.line(`Everything is copied to ${copy}.`);
      }),
    );

  withFolder(rescue.command('reset <file>'))
    .description(`move a file aside, so that the next start makes a new one: ${Object.values(dataFiles).join(', ')}`)
    .option('--yes', 'do not ask')
    .action((file: string, options: { readonly yes?: boolean }, command: Command) =>
      onFolder(command, io, async (folder, out) => {
        if (options.yes !== true && !(await confirm(io, `Move ${file} aside and begin with a new one?`))) {
          throw new UsageError(`${file} was left as it is. Without a terminal to ask at, add --yes.`);
        }
        const aside = await reset(folder, file);
        if (out.json) out.jsonLine({ movedTo: aside });
        else out.line(`${file} is now ${aside}. The next start makes a new one.`);
      }),
    );
}

function withFolder(command: Command): Command {
  return command.option('--data <dir>', 'data folder of the node').option('--json', 'JSON for programs');
}

async function onFolder(command: Command, io: CliIo, act: (folder: string, out: Output) => Promise<void>): Promise<void> {
  const { data, json } = command.optsWithGlobals<RescueOptions>();
  const folder = resolve(data ?? defaultDataFolder());
  if (!existsSync(folder)) throw new UsageError(`There is no data folder ${folder}.`);
  const lock = lockDataFolder(folder, process.resourcesPath);
  try {
    await act(folder, new Output(io, json === true));
  } finally {
    lock.release();
  }
}
