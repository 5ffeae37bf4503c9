import { type Command, Option } from 'commander';
import { contextOf, withCommonOptions } from '../command-context.ts';
import type { CliIo } from '../io.ts';
import { formatTime } from '../output.ts';
import { positiveInteger } from './call.ts';

interface AuditOptions {
  readonly limit: number;
  readonly outcome?: 'done' | 'failed' | 'refused';
  readonly user?: string;
  readonly act?: string;
}

/** `signalbox audit` */
export function addAuditCommand(program: Command, io: CliIo): void {
  withCommonOptions(program.command('audit'))
    .description('who changed what and who was refused, newest first')
    .option('--limit <n>', 'most entries, up to 500', positiveInteger, 50)
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['done', 'failed', 'refused']))
    .option('--user <name>', 'only this user, as listed')
    .option('--act <prefix>', 'only acts that begin so, for example users.')
    .action(async (options: AuditOptions, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { limit, outcome, user, act } = options;
      const filter = { limit, ...(outcome && { outcome }), ...(user && { user }), ...(act && { act }) };
      const { entries, total } = await withNode((client, signal) => client.call('audit.list', filter, { signal }));
      if (out.json) {
        for (const entry of entries) out.jsonLine(entry);
        return;
      }
      out.table(
        ['time', 'user', 'via', 'act', 'target', 'outcome', 'detail'],
        entries.map((entry) => [
          formatTime(entry.timestamp),
          shortUser(entry.user),
          entry.via,
          entry.act,
          entry.target,
          entry.outcome,
          entry.detail ?? entry.code,
        ]),
      );
      out.note(`${entries.length} of ${total} entries`);
    });
}

/** `ada@n1abcdef…` without the rest of the node id. */
function shortUser(user: string): string {
  return user.replace(/@(n1[a-z2-7]{6})[a-z2-7]{46}$/, '@$1');
}
