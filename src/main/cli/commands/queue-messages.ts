import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { NodeClient } from '../../../common/client/node-client.ts';
import type { ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import type { QueueMessageView } from '../../../common/contract/queues.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { contextOf } from '../command-context.ts';
import { Interrupted, UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatBytes, formatCount, parseDurationMs, parseWholeNumber } from '../quantities.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { positiveInteger } from './call.ts';
import { batchesOf, messagesOf, type NewMessage } from './queue-input.ts';

/** How often an append of unknown outcome is sent again with the same numbers. */
const mostTries = 5;
const tailPauseMs = 500;
const tailPage = 200;
/** What a waiting read has beyond its wait. */
const wayMs = 5_000;

interface AppendFlags extends NodeFlag {
  readonly file?: string;
  readonly whole?: boolean;
  readonly text?: boolean;
  readonly key?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly client?: string;
}

/** `signalbox queue append`, `read`, `peek` and `tail` */
export function addQueueMessageCommands(queue: Command, io: CliIo): void {
  addAppend(queue, io);
  addRead(queue, io);
  addPeek(queue, io);
  addTail(queue, io);
}

function addAppend(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('append'))
    .argument('<queue>')
    .argument('[data...]', 'messages, each JSON where it can be, else text; the lines of stdin when left out')
    .description('append messages; done means that they are on the disks of a majority')
    .option('--file <file>', 'the lines of a file instead, a message each')
    .option('--whole', 'the whole input is one message of bytes')
    .option('--text', 'every message is text, also one that looks like JSON')
    .option('--key <key>', 'key of every message')
    .option('--header <name=value>', 'header of every message; may be given several times', addHeader, {})
    .option('--client <id>', 'written beside the messages; who calls when left out')
    .action(async (name: string, data: string[], options: AppendFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const summary = await withNode(async (client, signal) => {
        const messages = messagesOf(data, options, io);
        const append = appender(client, name, options, signal);
        let first: number | undefined;
        let last = 0;
        let count = 0;
        for await (const batch of batchesOf(messages)) {
          const done = await append(batch);
          first ??= done.firstSequence;
          last = done.firstSequence + done.count - 1;
          count += done.count;
        }
        return { count, firstSequence: first ?? null, lastSequence: first === undefined ? null : last };
      });
      if (out.json) out.jsonLine(summary);
      else if (summary.count === 0) out.line('There was nothing to append.');
      else if (summary.count === 1) out.line(`Appended message ${summary.lastSequence}.`);
      else out.line(`Appended ${summary.count} messages, ${summary.firstSequence} to ${summary.lastSequence}.`);
    });
}

/** Appends batches with a stamp of this run, so that one whose answer was lost is sent again and stored once. */
function appender(client: NodeClient, queue: string, options: AppendFlags, signal: AbortSignal) {
  const id = `cli-${randomBytes(8).toString('hex')}`;
  let sequence = 1;
  return async (messages: NewMessage[]): Promise<ResultOf<'queues.append'>> => {
    const producer = { id, epoch: 0, sequence };
    const params: ParamsOf<'queues.append'> = {
      queue,
      messages,
      producer,
      ...(options.client !== undefined && { clientId: options.client }),
    };
    for (let tries = 1; ; tries++) {
      try {
        const done = await client.call('queues.append', params, { signal, ...atNode(options) });
        sequence += messages.length;
        return done;
      } catch (error) {
        if (!(error instanceof SignalboxError) || !error.retryable || tries === mostTries) throw error;
      }
    }
  };
}

function addRead(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('read <queue>'))
    .description('take the next messages for a client, which moves its position')
    .requiredOption('--client <id>', 'who reads')
    .option('--max <n>', 'messages at most (default 1)', positiveInteger)
    .option('--wait <time>', 'how long to wait for a message when there is none, such as 10s', parseDurationMs)
    .option('--request-id <id>', 'the same id again gives the same messages again')
    .action(async (name: string, options: NodeFlag & ReadFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { client: clientId, max, wait = 0, requestId } = options;
      const params = {
        queue: name,
        clientId,
        waitMs: wait,
        ...(max !== undefined && { max }),
        ...(requestId !== undefined && { requestId }),
      };
      const taken = await withNode((client, signal) =>
        client.call('queues.read', params, { signal, timeoutMs: wait + wayMs, ...atNode(options) }),
      );
      for (const message of taken.messages) printMessage(out, message);
      if (taken.messages.length === 0) out.note('There is no message for it.');
    });
}

interface ReadFlags {
  readonly client: string;
  readonly max?: number;
  readonly wait?: number;
  readonly requestId?: string;
}

interface PeekFlags extends NodeFlag {
  readonly from: string;
  readonly limit?: number;
  readonly filter?: string;
  readonly message?: number;
}

function addPeek(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('peek <queue>'))
    .description("look at messages without moving anybody's position")
    .option('--from <where>', 'first, latest (going back), a sequence, or a time such as 2026-11-21T12:00:00', 'latest')
    .option('--limit <n>', 'messages at most (default 50)', positiveInteger)
    .option('--filter <expression>', 'words of the text, or a condition such as: value.line == 7')
    .option('--message <sequence>', 'this one, whole', parseWholeNumber)
    .action(async (name: string, options: PeekFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { message, limit, filter } = options;
      if (message !== undefined) {
        const found = await withNode((client, signal) =>
          client.call('queues.message', { queue: name, sequence: message }, { signal, ...atNode(options) }),
        );
        printMessage(out, found);
        return;
      }
      const params = {
        queue: name,
        from: whereFrom(options.from),
        ...(limit !== undefined && { limit }),
        ...(filter !== undefined && { filter }),
      };
      const seen = await withNode((client, signal) => client.call('queues.browse', params, { signal, ...atNode(options) }));
      for (const shown of seen.messages) printMessage(out, shown);
      const range = seen.scanned === 0 ? 'no message' : `${formatCount(seen.scanned, 'message')}, ${seen.scannedFrom} to ${seen.scannedTo}`;
      out.note(`Looked at ${range}${seen.more ? '; there are more' : ''}.`);
    });
}

function addTail(queue: Command, io: CliIo): void {
  withNodeOption(queue.command('tail <queue>'))
    .description("print messages as they come, until Ctrl-C, without moving anybody's position")
    .option('--lines <n>', 'begin with so many of the newest (default 10)', parseWholeNumber)
    .option('--filter <expression>', 'words of the text, or a condition such as: value.line == 7')
    .option('--count <n>', 'stop after that many messages', positiveInteger)
    .action(async (name: string, options: NodeFlag & TailFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      await withNode((client, signal) => follow(client, { queue: name, options, out, signal }));
    });
}

interface TailFlags {
  readonly lines?: number;
  readonly filter?: string;
  readonly count?: number;
}

interface Following {
  readonly queue: string;
  readonly options: NodeFlag & TailFlags;
  readonly out: Output;
  readonly signal: AbortSignal;
}

/** Asks for what came after the last message that was seen, again and again. */
async function follow(client: NodeClient, { queue, options, out, signal }: Following): Promise<void> {
  const call = { signal, ...atNode(options) };
  const filter = options.filter === undefined ? {} : { filter: options.filter };
  let left = options.count ?? Number.POSITIVE_INFINITY;
  const { lastSequence } = await client.call('queues.get', { queue }, call);
  let next = Math.max(1, lastSequence + 1 - (options.lines ?? 10));
  for (;;) {
    const seen = await client.call(
      'queues.browse',
      { queue, from: { sequence: next }, direction: 'forward', limit: tailPage, ...filter },
      call,
    );
    for (const message of seen.messages) {
      if (left-- <= 0) return;
      printMessage(out, message);
    }
    if (left <= 0) return;
    if (seen.scanned > 0) next = Math.max(next, seen.scannedTo + 1);
    if (!seen.more) await pause(tailPauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new Interrupted('no');
  }
}

function whereFrom(text: string): ParamsOf<'queues.browse'>['from'] {
  if (text === 'first' || text === 'latest') return text;
  if (/^\d{1,15}$/.test(text)) return { sequence: Number(text) };
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new UsageError(`--from ${text}: give first, latest, a sequence, or a time such as 2026-11-21T12:00:00.`);
  return { at };
}

function addHeader(text: string, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const mark = text.indexOf('=');
  if (mark < 1) throw new UsageError(`--header ${text}: write name=value.`);
  return { ...headers, [text.slice(0, mark)]: text.slice(mark + 1) };
}

function printMessage(out: Output, message: QueueMessageView): void {
  if (out.json) {
    out.jsonLine(message);
    return;
  }
  const { sequence, at, key, clientId, sizeBytes, encoding, data, cut } = message;
  const text = encoding === 'base64' ? `base64 ${String(data)}` : cut ? String(data) : JSON.stringify(data);
  const facts = [`#${sequence}`, formatTime(at), clientId, ...(key === null ? [] : [`key=${key}`]), formatBytes(sizeBytes)];
  out.line(`${facts.join('  ')}  ${text}${cut ? ' … (cut)' : ''}`);
}
