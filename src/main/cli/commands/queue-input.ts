/** Messages to append: from the command line, a file or a pipe. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate as setImmediatePromise, setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { ParamsOf } from '../../../common/contract/index.ts';
import { limits } from '../../../common/limits.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';

export type NewMessage = ParamsOf<'queues.append'>['messages'][number];

/** A call may have 500 messages and a frame of a megabyte and so many keys; base64 and quotes, and the call's own keys, have their share. */
const batchMessages = 500;
const batchCharacters = limits.clientFrameBytes / 2;
const batchKeys = limits.jsonKeys - 50;
/** A pause after which what has come is sent. */
const idleMs = 50;
/** The whole of a file as one message: with base64 it has to fit into a frame. */
const wholeBytes = 720_000;

export interface InputFlags {
  readonly file?: string;
  readonly whole?: boolean;
  readonly text?: boolean;
  readonly key?: string;
  readonly header?: Readonly<Record<string, string>>;
}

/** The messages that a command line asks to append. @throws UsageError for contradictory options and a file that cannot be read */
export async function* messagesOf(data: readonly string[], flags: InputFlags, io: CliIo): AsyncGenerator<NewMessage> {
  const { file, whole, key, header } = flags;
  if (data.length > 0 && (file !== undefined || whole === true))
    throw new UsageError('Give messages on the command line, or --file and --whole; not both.');
  const beside = { ...(key !== undefined && { key }), ...(header !== undefined && { headers: header }) };
  if (whole === true) {
    const bytes = file === undefined || file === '-' ? await readAll(io.stdin) : await readBytes(file);
    yield { data: bytes.toString('base64'), encoding: 'base64', ...beside };
    return;
  }
  const lines = data.length > 0 ? data : createInterface({ input: inputOf(file, io), crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines)
      if (line !== '' || data.length > 0) yield { data: flags.text === true ? line : jsonOrText(line), ...beside };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unreadable(file ?? '-', error);
  }
}

/** Messages in calls of bounded size, in their order. What has come goes when nothing more comes for a moment, as from `tail -F`. */
export async function* batchesOf(messages: AsyncIterable<NewMessage>): AsyncGenerator<NewMessage[]> {
  const iterator = messages[Symbol.asyncIterator]();
  let next = iterator.next();
  let batch: NewMessage[] = [];
  let characters = 0;
  let keys = 0;
  const take = () => {
    const taken = batch;
    batch = [];
    characters = 0;
    keys = 0;
    return taken;
  };
  for (;;) {
    if (batch.length > 0 && !(await comesSoon(next))) yield take();
    const { done, value } = await next;
    if (done === true) break;
    next = iterator.next();
    // Whoever waits for it meets the fault.
    next.catch(() => undefined);
    const size = JSON.stringify(value).length;
    const more = keysIn(value);
    if (batch.length > 0 && (batch.length === batchMessages || characters + size > batchCharacters || keys + more > batchKeys))
      yield take();
    batch.push(value);
    characters += size;
    keys += more;
  }
  if (batch.length > 0) yield take();
}

/** Whether it is there already, or within the moment that a slow pipe gets. */
async function comesSoon(next: Promise<unknown>): Promise<boolean> {
  const there = next.then(
    () => true,
    () => true,
  );
  if (await Promise.race([there, setImmediatePromise(false)])) return true;
  const end = new AbortController();
  const moment = setTimeoutPromise(idleMs, false, { signal: end.signal }).catch(() => false);
  const soon = await Promise.race([there, moment]);
  end.abort();
  return soon;
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce<number>((sum, item) => sum + keysIn(item), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}

function jsonOrText(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}

function inputOf(file: string | undefined, io: CliIo): Readable {
  return file === undefined || file === '-' ? io.stdin : createReadStream(file);
}

async function readAll(input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer | string);
    size += bytes.length;
    if (size > wholeBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function readBytes(file: string): Promise<Buffer> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (bytes.length > wholeBytes) throw tooLarge();
  return bytes;
}

function tooLarge(): UsageError {
  return new UsageError(
    `--whole: one message from here has ${wholeBytes} bytes at most. Larger ones go over the broker's own port: docs/broker-protocol.md`,
  );
}

function unreadable(file: string, error: unknown): UsageError {
  return new UsageError(`--file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}).`);
}
