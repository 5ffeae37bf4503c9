import type { Command } from 'commander';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { QueueInfo } from '../../../common/contract/queues.ts';
import { contextOf } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatDuration, formatTime, type Output } from '../output.ts';
import { formatBytes, formatCount, formatRate, parseWholeNumber } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { addQueueBackupCommands } from './queue-backup.ts';
import { addQueueMessageCommands } from './queue-messages.ts';
import { type QueueOptionFlags, queueOptionsOf, retentionOf, withQueueOptions } from './queue-options.ts';

interface Confirmed extends NodeFlag {
  readonly yes?: boolean;
}

/** `signalbox queue …` */
export function addQueueCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const queue = program
    .command('queue')
    .description('replicated queues: named by id, by name, or as GROUP/NAME where two groups have one of that name');
  addListCommands(queue, io, setExitCode);
  addKeepingCommands(queue, io);
  addQueueMessageCommands(queue, io);
  addPositionCommands(queue, io);
  addRemovingCommands(queue, io);
  addQueueBackupCommands(queue, io);
}

function addListCommands(queue: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withNodeOption(queue.command('list'))
    .description('list the queues of every group that can be reached')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const answer = await withNode((client, signal) => client.call('queues.list', {}, { signal, ...atNode(options) }));
      if (out.json) for (const info of answer.queues) out.jsonLine(info);
      else printQueues(out, answer);
      for (const { groupId, reason } of answer.unreachable) out.note(`${groupId}  ${reason}`);
      if (!answer.complete) out.note('There are more queues than one answer holds.');
      if (answer.unreachable.length > 0) setExitCode(exitCodes.partial);
    });

  withNodeOption(queue.command('stats <queue>'))
    .description('show one queue: depth, rates, replicas, what it keeps and who may use it')
    .action(async (name: string, options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const info = await withNode((client, signal) => client.call('queues.get', { queue: name }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(info);
      else printQueue(out, info);
    });
}

function addKeepingCommands(queue: Command, io: CliIo): void {
  withQueueOptions(withNodeOption(queue.command('create <name>')))
    .description('create a queue; the same name with the same options again is no error')
    .option('--group <id>', 'group that is to keep it; the least loaded one when left out')
    .action(async (name: string, options: QueueOptionFlags & NodeFlag & { readonly group?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { name, options: queueOptionsOf(options), ...(options.group !== undefined && { groupId: options.group }) };
      const made = await withNode((client, signal) => client.call('queues.create', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(made);
      else out.line(`${made.created ? 'Created' : 'There already:'} ${made.name} (${made.queueId}) in the group ${made.groupId}.`);
    });

  withQueueOptions(withNodeOption(queue.command('configure <queue>')))
    .description('change what a queue keeps and who may use it')
    .action(async (name: string, options: QueueOptionFlags & NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const wanted = queueOptionsOf(options);
      if (Object.keys(wanted).length === 0) throw new UsageError('Say what to change, for example --max-age 7d.');
      const params = { queue: name, options: wanted };
      const changed = await withNode((client, signal) => client.call('queues.configure', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(changed);
      else out.fields(optionFields(changed.options));
    });
}

function addPositionCommands(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('positions <queue>'))
    .description('how far each client has read; --forget CLIENT removes one that does not come back')
    .option('--forget <client>', 'a client of the list')
    .action(async (name: string, options: NodeFlag & { readonly forget?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const answer = await withNode(async (client, signal) => {
        const call = { signal, ...atNode(options) };
        if (options.forget !== undefined) await client.call('queues.forgetClient', { queue: name, clientId: options.forget }, call);
        return client.call('queues.positions', { queue: name }, call);
      });
      if (out.json) for (const position of answer.positions) out.jsonLine(position);
      else
        out.table(
          ['client', 'position', 'behind', 'last read'],
          answer.positions.map((row) => [row.clientId, row.position, row.lag, formatTime(row.updatedAt)]),
        );
      if (!answer.complete) out.note('There are more clients than one answer holds.');
    });

  withNodeOption(queue.command('seek'))
    .argument('<queue>')
    .argument('<client>')
    .argument('<position>', 'the next message it gets is the one after; 0: from the oldest', parseWholeNumber)
    .description('set the position of a client: messages repeat for it, or are skipped')
    .option('--yes', 'do not ask')
    .action(async (name: string, clientId: string, position: number, options: Confirmed, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const question = `Set ${clientId} of ${name} to ${position}?`;
      if (options.yes !== true && !(await confirmByTyping(io, question, clientId)))
        throw new UsageError(`The position of ${clientId} was not changed. Type its name when asked, or add --yes.`);
      const set = await withNode((client, signal) =>
        client.call('queues.seek', { queue: name, clientId, position }, { signal, ...atNode(options) }),
      );
      if (out.json) out.jsonLine(set);
      else out.line(`The next message that ${clientId} gets is the one after ${set.position}.`);
    });
}

function addRemovingCommands(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('purge <queue>'))
    .description('remove messages for good; positions stay')
    .option('--up-to <sequence>', 'up to and with this message; all of now when left out', parseWholeNumber)
    .option('--yes', 'do not ask')
    .action(async (name: string, options: Confirmed & { readonly upTo?: number }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const what = options.upTo === undefined ? 'every message' : `the messages up to ${options.upTo}`;
      if (options.yes !== true && !(await confirmByTyping(io, `Remove ${what} of ${name} for good?`, name)))
        throw new UsageError(`Nothing of ${name} was removed. Type its name when asked, or add --yes.`);
      const params = { queue: name, ...(options.upTo !== undefined && { upTo: options.upTo }) };
      const gone = await withNode((client, signal) => client.call('queues.purge', params, { signal, ...atNode(options) }));
      printRemoved(out, gone, `Removed from ${name}:`);
    });

  withNodeOption(queue.command('delete <queue>'))
    .description('remove a queue with its messages and positions')
    .option('--yes', 'do not ask')
    .action(async (name: string, options: Confirmed, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Delete the queue ${name} with all its messages?`, name)))
        throw new UsageError(`${name} was not deleted. Type its name when asked, or add --yes.`);
      const gone = await withNode((client, signal) => client.call('queues.delete', { queue: name }, { signal, ...atNode(options) }));
      printRemoved(out, gone, `Deleted ${name} with`);
    });
}

function printQueues(out: Output, { queues }: ResultOf<'queues.list'>): void {
  if (queues.length === 0) {
    out.line('There is no queue. Create one with: signalbox queue create NAME');
    return;
  }
  out.table(
    ['queue', 'messages', 'size', 'in/s', 'out/s', 'clients', 'leader', 'in sync', 'max lag', 'group', 'id', 'keeps'],
    queues.map((info) => [
      info.name,
      info.messages,
      formatBytes(info.bytes),
      formatRate(info.inPerSecond),
      formatRate(info.outPerSecond),
      info.clients,
      info.leader?.name,
      `${info.inSync} of ${info.replicas}`,
      info.maxLag,
      info.groupId,
      info.queueId,
      retentionOf(info.options),
    ]),
  );
  for (const { name, whyNotWritable } of queues) if (whyNotWritable !== null) out.note(`${name} takes nothing now: ${whyNotWritable}`);
}

function printQueue(out: Output, info: QueueInfo): void {
  const held = info.messages === 0 ? 'none' : `${info.messages}, ${info.firstSequence} to ${info.lastSequence}, ${formatBytes(info.bytes)}`;
  out.fields([
    ['queue', `${info.name} (${info.queueId})`],
    ['group', info.groupId],
    ['leader', info.leader === null ? 'none' : `${info.leader.name} (${info.leader.brokerId})`],
    ['writable', info.writable ? 'yes' : `no: ${info.whyNotWritable ?? 'no leader'}`],
    ['messages', held],
    ['oldest', info.oldestAt === null ? null : `${formatTime(info.oldestAt)}, ${formatDuration(info.observedAt - info.oldestAt)} ago`],
    ['dropped', info.dropped],
    ['rates', `${formatRate(info.inPerSecond)} in/s, ${formatRate(info.outPerSecond)} out/s`],
    ['replicas', `${info.inSync} of ${info.replicas} in sync, the slowest ${info.maxLag} entries behind`],
    ['clients', info.clients],
    ['created', formatTime(info.createdAt)],
    ...optionFields(info.options),
  ]);
}

function optionFields(options: QueueInfo['options']): (readonly [string, string])[] {
  return [
    ['keeps', retentionOf(options)],
    ['largest message', formatBytes(options.maxMessageBytes)],
    ['may read', options.readRole],
    ['may append', options.appendRole],
  ];
}

function printRemoved(out: Output, gone: { readonly messages: number; readonly bytes: number }, words: string): void {
  if (out.json) out.jsonLine(gone);
  else out.line(`${words} ${formatCount(gone.messages, 'message')}, ${formatBytes(gone.bytes)}.`);
}
