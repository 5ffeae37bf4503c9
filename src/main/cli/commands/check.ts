import type { Command } from 'commander';
import type { Check } from '../../../common/contract/system.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';

const words: Record<Check['state'], string> = { pass: 'passed', warn: 'look at', fail: 'failed', unknown: 'unknown' };

/** `signalbox check` */
export function addCheckCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withCommonOptions(program.command('check'))
    .description('check ports, clock, key store and MQTT broker, and say what to do where they are not right')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { checks } = await withNode((client, signal) => client.call('system.checks', {}, { signal }));
      if (checks.some(({ state }) => state === 'fail')) setExitCode(exitCodes.failed);
      if (out.json) {
        for (const check of checks) out.jsonLine(check);
        return;
      }
      for (const { state, title, detail, fix } of checks) {
        out.line(`${words[state].padEnd(8)} ${title}`);
        for (const more of [detail, fix]) if (more !== null) out.line(`         ${more}`);
      }
    });
}
