import { type Command, Option } from 'commander';
import { type LogEntry, type LogLevel, logEntrySchema, logLevels } from '../../../common/contract/logs.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { positiveInteger } from './call.ts';
import { printEvents } from './subscribe.ts';

interface LogsOptions {
  readonly lines: number;
  readonly level?: LogLevel;
  readonly follow?: boolean;
}

/** `signalbox logs [NAME]` */
export function addLogsCommand(program: Command, io: CliIo): void {
  withCommonOptions(program.command('logs [name]'))
    .description('print the last lines of a log ("all" for every one); without a name list the logs')
    .option('--lines <n>', 'most lines, up to 2000', positiveInteger, 50)
    .addOption(new Option('--level <level>', 'only this level and above').choices(logLevels))
    .option('--follow', 'go on with new lines until Ctrl-C')
    .action(async (name: string | undefined, options: LogsOptions, command: Command) => {
      const context = contextOf(command, io);
      const { out, withNode } = context;
      if (name === undefined) {
        if (options.follow === true) throw new UsageError('--follow needs the name of a log, or "all".');
        const logs = await withNode((client, signal) => client.call('logs.list', {}, { signal }));
        if (out.json) for (const log of logs) out.jsonLine(log);
        else
          out.table(
            ['log', 'level', 'lines', 'topic'],
            logs.map((log) => [log.name, log.level, log.lines, log.topic]),
          );
        return;
      }
      const { lines, level } = options;
      const { entries, dropped } = await withNode((client, signal) =>
        client.call('logs.tail', { name, lines, ...(level !== undefined && { level }) }, { signal }),
      );
      for (const entry of entries) printEntry(out, entry);
      if (dropped > 0 && entries.length < lines) out.note(`${dropped} older lines are no longer kept; the log file has more`);
      if (options.follow !== true) return;
      const least = level === undefined ? 0 : logLevels.indexOf(level);
      await printEvents(context, name === 'all' ? '/logging/+' : `/logging/${name}`, Number.POSITIVE_INFINITY, (event) => {
        const entry = logEntrySchema.safeParse(event.data);
        if (entry.success && logLevels.indexOf(entry.data.level) >= least) printEntry(out, entry.data);
      });
    });
}

function printEntry(out: Output, entry: LogEntry): void {
  if (out.json) out.jsonLine(entry);
  else {
    const fields = Object.keys(entry.fields).length === 0 ? '' : `  ${JSON.stringify(entry.fields)}`;
    out.line(`${formatTime(entry.timestamp)}  ${entry.level.padEnd(5)}  ${entry.log}  ${entry.message}${fields}`);
  }
}
