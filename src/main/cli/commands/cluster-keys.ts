import type { Command } from 'commander';
import type { ResultOf } from '../../../common/contract/index.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { readWords } from '../read-secret.ts';

const recoveryWords = 24;

/** `signalbox cluster rotate|rotation|recover`: the keys of the cluster itself. */
export function addKeyCommands(cluster: Command, io: CliIo): void {
  withCommonOptions(cluster.command('rotate'))
    .description('change the group key on every member; --skip goes on without one that does not answer')
    .option('--skip <node>', 'name or node id of a member that is waited for')
    .action(async ({ skip }: { readonly skip?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (skip !== undefined) {
        const result = await withNode((client, signal) => client.call('membership.skip', { node: skip }, { signal }));
        if (out.json) out.jsonLine(result);
        else
          out.line(
            result.skipped
              ? `The rotation goes on without ${result.name}. It is given the key when it is back.`
              : `Nobody waits for ${result.name}.`,
          );
        return;
      }
      const { epoch } = await withNode((client, signal) => client.call('membership.rotate', {}, { signal }));
      if (out.json) out.jsonLine({ epoch });
      else out.line(`Group key ${epoch} is introduced. See how far it is with: signalbox cluster rotation`);
    });

  withCommonOptions(cluster.command('rotation'))
    .description('show how far the change of the group key is, member by member')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const rotation = await withNode((client, signal) => client.call('membership.rotation', {}, { signal }));
      if (out.json) out.jsonLine(rotation);
      else printRotation(out, rotation);
    });

  withCommonOptions(cluster.command('recover'))
    .description('make this member an admin with the 24 recovery words, for when no admin node is left; reads them from the input')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const words = await readWords(io, 'Type the 24 recovery words, in their order:', recoveryWords);
      if (words.length !== recoveryWords) throw new UsageError(`There are ${words.length} words; it takes ${recoveryWords}.`);
      const result = await withNode((client, signal) => client.call('membership.recover', { words }, { signal }));
      if (out.json) out.jsonLine(result);
      else out.line(`${result.name} is an admin now: ${result.roles.join(', ')}.`);
    });
}

function printRotation(out: Output, rotation: ResultOf<'membership.rotation'>): void {
  const { epoch, state, since, dueAt, leader, members } = rotation;
  out.fields([
    ['group key', epoch],
    ['state', state],
    ['since', since === null ? null : formatTime(since)],
    ['changes by itself', dueAt === null ? null : formatTime(dueAt)],
    ['led by', leader === null ? null : (leader.name ?? leader.nodeId)],
  ]);
  if (members.length === 0) return;
  out.line();
  out.table(
    ['member', 'last step', 'confirmed', 'why not'],
    members.map(({ name, step, confirmed, failure }) => [name, step ?? 'none', confirmed ? 'yes' : 'no', failure ?? '']),
  );
}
