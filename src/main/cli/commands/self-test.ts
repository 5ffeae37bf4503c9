import type { Command } from 'commander';
import { selfTest } from '../../node/self-test.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { Output } from '../output.ts';

/** `signalbox self-test`: needs no running node. */
export function addSelfTestCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  program
    .command('self-test')
    .description('check that cryptography, SQLite and worker threads of this installation work')
    .option('--json', 'JSON for programs: one check a line')
    .action(async (_options: unknown, command: Command) => {
      const out = new Output(io, command.optsWithGlobals<{ readonly json?: boolean }>().json === true);
      const checks = await selfTest({ resourcesPath: process.resourcesPath });
      if (out.json) for (const check of checks) out.jsonLine(check);
      else
        out.table(
          ['check', 'result', 'detail'],
          checks.map(({ name, passed, detail }) => [name, passed ? 'ok' : 'failed', detail]),
        );
      if (checks.some(({ passed }) => !passed)) setExitCode(exitCodes.failed);
    });
}
