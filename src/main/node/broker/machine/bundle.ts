/** Bundles: the commands of one log entry as bytes (docs/broker-protocol.md). What is not known stops the reader, never is passed over. */
import { asBuffer, LayoutReader, writeName, writeU64 } from './bytes.ts';
import { machineLimits } from './limits.ts';
import type { Command, ProducerStamp, QueueOptions } from './types.ts';
import { UnreadableBundleError } from './unreadable-bundle-error.ts';

const bundleVersion = 1;
const commandVersion = 1;
/** `u8 version | u8 reserved | u16 count`. */
const bundleHeadBytes = 4;
/** `u8 type | u8 version | u32 length`. */
const commandHeadBytes = 6;

/** Numbers of the types on disk. 16 to 47 are kept for what is to come. */
const typeNumbers = {
  createQueue: 1,
  configureQueue: 2,
  deleteQueue: 3,
  append: 4,
  take: 5,
  seek: 6,
  forgetClient: 7,
  purge: 8,
  expire: 9,
  registerProducer: 10,
  commit: 11,
} as const satisfies Record<Command['type'], number>;

const typeNames = new Map(Object.entries(typeNumbers).map(([name, number]) => [number as number, name as Command['type']]));

/** A command ready for a bundle: its bytes in pieces, the records of an append not copied. */
export interface EncodedCommand {
  readonly sizeBytes: number;
  readonly pieces: readonly Uint8Array[];
}

/** A command as bytes. */
export function encodeCommand(command: Command): EncodedCommand {
  const body = Buffer.allocUnsafe(longestBody(command));
  let at = body.writeUInt8(typeNumbers[command.type]);
  at = body.writeUInt8(commandVersion, at);
  at += 4;
  at = writeU64(body, command.timeMs, at);
  at = writeName(body, command.type === 'expire' ? '' : command.queueId, at);
  at = writeRest(body, command, at);
  const tail = command.type === 'append' ? command.batch.data : undefined;
  const sizeBytes = at + (tail?.byteLength ?? 0);
  body.writeUInt32BE(sizeBytes - commandHeadBytes, 2);
  const head = body.subarray(0, at);
  return { sizeBytes, pieces: tail === undefined ? [head] : [head, tail] };
}

/** Room for everything but the records: names are of 255 bytes at most, and texts are options. */
function longestBody(command: Command): number {
  if (command.type === 'createQueue' || command.type === 'configureQueue') return 2_048;
  return command.type === 'append' ? 128 + 6 * (command.clientId.length + (command.producer?.producerId.length ?? 0)) : 768;
}

function writeRest(body: Buffer, command: Command, start: number): number {
  let at = start;
  switch (command.type) {
    case 'createQueue':
      return writeText(body, JSON.stringify(command.options), writeName(body, command.name, at));
    case 'configureQueue':
      return writeText(body, JSON.stringify(command.options), at);
    case 'append':
      at = writeName(body, command.clientId, at);
      at = writeName(body, command.producer?.producerId ?? '', at);
      if (command.producer !== null) at = writeU64(body, command.producer.sequence, writeU64(body, command.producer.epoch, at));
      return body.writeUInt32BE(command.batch.count, at);
    case 'take':
      at = writeName(body, command.requestId ?? '', writeName(body, command.clientId, at));
      return body.writeUInt32BE(command.maxBytes, body.writeUInt32BE(command.max, at));
    case 'seek':
    case 'commit':
      return writeU64(body, command.position, writeName(body, command.clientId, at));
    case 'forgetClient':
      return writeName(body, command.clientId, at);
    case 'purge':
      return writeU64(body, command.upTo, at);
    case 'registerProducer':
      return writeName(body, command.producerId, at);
    case 'deleteQueue':
    case 'expire':
      return at;
  }
}

function writeText(target: Buffer, text: string, at: number): number {
  const length = target.write(text, at + 2, 'utf8');
  target.writeUInt16BE(length, at);
  return at + 2 + length;
}

/** True when a command may be added to a bundle that holds `commands` of together `sizeBytes`. */
export function fitsBundle(commands: number, sizeBytes: number, next: EncodedCommand): boolean {
  if (commands === 0) return true;
  return commands < machineLimits.bundleCommands && bundleHeadBytes + sizeBytes + next.sizeBytes <= machineLimits.bundleBytes;
}

/** Commands as the data of one log entry; the only copy of what they hold. */
export function encodeBundle(commands: readonly EncodedCommand[]): Buffer {
  const data = Buffer.allocUnsafe(commands.reduce((sum, { sizeBytes }) => sum + sizeBytes, bundleHeadBytes));
  let at = data.writeUInt8(bundleVersion);
  at = data.writeUInt8(0, at);
  at = data.writeUInt16BE(commands.length, at);
  for (const { pieces } of commands) {
    for (const piece of pieces) {
      data.set(piece, at);
      at += piece.byteLength;
    }
  }
  return data;
}

/**
 * The commands of a log entry, all or none; records of appends are views.
 *
 * @throws UnreadableBundleError
 */
export function decodeBundle(data: Uint8Array): readonly Command[] {
  const bytes = asBuffer(data);
  if (bytes.byteLength < bundleHeadBytes) throw new UnreadableBundleError('it is too short');
  if (bytes[0] !== bundleVersion || bytes[1] !== 0) throw new UnreadableBundleError(`a bundle of version ${bytes[0]}`);
  const count = bytes.readUInt16BE(2);
  const commands: Command[] = [];
  let at = bundleHeadBytes;
  while (at < bytes.byteLength) {
    if (bytes.byteLength - at < commandHeadBytes) throw new UnreadableBundleError('a command in it ends too early');
    const end = at + commandHeadBytes + bytes.readUInt32BE(at + 2);
    if (end > bytes.byteLength) throw new UnreadableBundleError('a command in it ends too early');
    commands.push(decodeCommand(bytes, at, end));
    at = end;
  }
  if (commands.length !== count) throw new UnreadableBundleError('it holds another number of commands than it says');
  return commands;
}

function decodeCommand(bytes: Buffer, at: number, end: number): Command {
  const type = typeNames.get(bytes[at] as number);
  if (type === undefined || bytes[at + 1] !== commandVersion)
    throw new UnreadableBundleError(`a command of type ${bytes[at]}, version ${bytes[at + 1]}`);
  try {
    const reader = new LayoutReader(bytes, 'command', at + commandHeadBytes, end);
    const timeMs = reader.u64();
    const command = readRest(type, reader, timeMs, reader.name());
    if (reader.rest > 0) throw reader.invalid('more follows than belongs to it');
    return command;
  } catch (error) {
    throw new UnreadableBundleError('a command in it is damaged', error);
  }
}

function readRest(type: Command['type'], reader: LayoutReader, timeMs: number, queueId: string): Command {
  switch (type) {
    case 'createQueue':
      return { type, queueId, name: reader.name(), options: readOptions(reader), timeMs };
    case 'configureQueue':
      return { type, queueId, options: readOptions(reader), timeMs };
    case 'append': {
      const clientId = reader.name();
      const producer = readProducer(reader);
      const count = reader.u32();
      return { type, queueId, clientId, producer, batch: { count, data: reader.take(reader.rest) }, timeMs };
    }
    case 'take': {
      const clientId = reader.name();
      const requestId = reader.name();
      return { type, queueId, clientId, requestId: requestId === '' ? null : requestId, max: reader.u32(), maxBytes: reader.u32(), timeMs };
    }
    case 'seek':
    case 'commit':
      return { type, queueId, clientId: reader.name(), position: reader.u64(), timeMs };
    case 'forgetClient':
      return { type, queueId, clientId: reader.name(), timeMs };
    case 'purge':
      return { type, queueId, upTo: reader.u64(), timeMs };
    case 'registerProducer':
      return { type, queueId, producerId: reader.name(), timeMs };
    case 'deleteQueue':
      return { type, queueId, timeMs };
    case 'expire':
      return { type, timeMs };
  }
}

function readProducer(reader: LayoutReader): ProducerStamp | null {
  const producerId = reader.name();
  return producerId === '' ? null : { producerId, epoch: reader.u64(), sequence: reader.u64() };
}

function readOptions(reader: LayoutReader): QueueOptions {
  const options = JSON.parse(reader.text()) as Partial<QueueOptions>;
  for (const name of ['maxMessages', 'maxBytes', 'maxAgeMs', 'maxMessageBytes', 'overflow', 'readRole', 'appendRole'] as const)
    if (options[name] === undefined) throw reader.invalid(`the option ${name} is missing`);
  return options as QueueOptions;
}
