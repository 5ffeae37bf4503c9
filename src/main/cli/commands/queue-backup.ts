import type { Command } from 'commander';
import type { NodeClient } from '../../../common/client/node-client.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { contextOf } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatBytes, formatCount } from '../quantities.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';

/** A copy of a large group takes a while. */
const copyTimeoutMs = 3_600_000;

/** `signalbox queue backup` and `signalbox queue restore` */
export function addQueueBackupCommands(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('backup'))
    .description('write a copy of a group, with all its queues, to a file on the machine of the node, while it goes on')
    .option('--group <id>', 'which; needed where the node has replicas of several')
    .option('--file <file>', 'where, on that machine; below the data folder of the node when left out')
    .action(async (options: NodeFlag & { readonly group?: string; readonly file?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const written = await withNode(async (client, signal) => {
        const groupId = options.group ?? (await onlyGroup(client, options, signal));
        const params = { groupId, ...(options.file !== undefined && { file: options.file }) };
        return client.call('brokers.backup', params, { signal, timeoutMs: copyTimeoutMs, ...atNode(options) });
      });
      if (out.json) out.jsonLine(written);
      else {
        out.fields([
          ['file', written.file],
          ['size', formatBytes(written.sizeBytes)],
          ['SHA-256', written.sha256],
          ['log index', written.index],
        ]);
      }
    });

  withNodeOption(queue.command('restore <file>'))
    .description('begin a new group with what a backup holds; its queues get new ids and keep their names')
    .action(async (file: string, options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const restored = await withNode((client, signal) =>
        client.call('brokers.restore', { file }, { signal, timeoutMs: copyTimeoutMs, ...atNode(options) }),
      );
      if (out.json) out.jsonLine(restored);
      else
        out.line(
          `The new group ${restored.groupId} has ${formatCount(restored.queues, 'queue')} with ${formatCount(restored.messages, 'message')}.`,
        );
    });
}

/** @throws UsageError when there are several; SignalboxError `NOT_FOUND` when there is none */
async function onlyGroup(client: NodeClient, options: NodeFlag, signal: AbortSignal): Promise<string> {
  const { groups } = await client.call('brokers.groups', { hereOnly: true }, { signal, ...atNode(options) });
  const [first] = groups;
  if (first === undefined)
    throw new SignalboxError('NOT_FOUND', 'This node has no replica of a group. Back it up at one that has: --node NODE', {
      executed: 'no',
    });
  if (groups.length > 1)
    throw new UsageError(`The node has several groups: add --group with one of ${groups.map(({ groupId }) => groupId).join(', ')}.`);
  return first.groupId;
}
