/** Everything of the queue broker that reads what clients, other brokers and disks hold, with a good input each. */

import { FrameAssembler } from '../../src/common/client/queue-client-frames.ts';
import { decodeRuns } from '../../src/common/client/queue-client-records.ts';
import { SignalboxError } from '../../src/common/errors.ts';
import { compileFilter } from '../../src/main/node/broker/filter/index.ts';
import {
  checkBatch,
  decodeBundle,
  decodeMessages,
  encodeBundle,
  encodeCommand,
  encodeMessages,
  encodeRunsOf,
  type QueueMessage,
  readRuns,
  UnreadableBundleError,
} from '../../src/main/node/broker/machine/index.ts';
import {
  ConnectionReader,
  decodeBinary,
  decodeCoreMessage,
  encodeAnswer,
  encodeBinary,
  encodeCoreMessage,
  frameTypes,
  RequestError,
  readRequest,
} from '../../src/main/node/broker/protocol/index.ts';
import type { Decoder } from './decoders.ts';

const message: QueueMessage = {
  sequence: 7,
  timeMs: 1_732_147_200_000,
  clientId: 'C-ABC12',
  key: '42',
  headers: { source: 'plc-7' },
  encoding: 'json',
  data: Buffer.from('{"line":7,"items":[1,2]}'),
};
const batch = encodeMessages([message, { ...message, key: null, encoding: 'bytes' }]);
const queueId = 'Q-XYZ78AAAAA';
const commands = [
  { type: 'append', queueId, clientId: 'C', producer: { producerId: 'P', epoch: 1, sequence: 1 }, batch, timeMs: 1 },
  { type: 'take', queueId, clientId: 'C', requestId: 'r1', max: 1, maxBytes: 1_000, timeMs: 2 },
  { type: 'purge', queueId, upTo: 9, timeMs: 3 },
] as const;
const replicate = encodeCoreMessage('G-XYZ78', {
  type: 'REPLICATE',
  term: 3,
  previous: { index: 1, term: 1, checksum: 9 },
  entries: [2, 3].map((index) => ({ index, term: 3, kind: 'commands', checksum: index, data: Buffer.from('data') })),
  commitIndex: 1,
  readRound: 4,
});
const framed = (text: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([head, Buffer.from(text)]);
};
const appendText =
  '{"operation":"APPEND","request_id":"r1","queue_name":"orders","messages":[{"data":{"a":1}},{"data":"AA==","encoding":"base64"}]}';
const appendFrame = Buffer.concat(encodeBinary(frameTypes.request, 5, { operation: 'APPEND', queue_name: 'orders' }, [batch.data]));

/** What a broker does with all that comes on a connection: each frame is a request or refused with its id, until the stream is no longer one. */
function readConnection(bytes: Uint8Array): undefined {
  const reader = new ConnectionReader();
  reader.push(Buffer.from(bytes));
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    try {
      readRequest(frame);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }
}

function readCoreMessage(bytes: Uint8Array): undefined {
  const { type, header, payload } = decodeBinary(Buffer.from(bytes).subarray(4));
  decodeCoreMessage(type, header, payload);
}

function readBundle(bytes: Uint8Array): Uint8Array {
  try {
    return encodeBundle(decodeBundle(bytes).map(encodeCommand));
  } catch (error) {
    if (!(error instanceof UnreadableBundleError)) throw error;
    throw new SignalboxError('INVALID_PARAMS', error.message);
  }
}

export const brokerDecoders: readonly Decoder[] = [
  { name: 'connection to a broker, JSON frames', good: framed(appendText), decode: readConnection },
  { name: 'connection to a broker, binary frames', good: appendFrame, decode: readConnection },
  { name: 'connection to a broker, lines', good: Buffer.from(`${appendText}\n{"operation":"PING"}\n`), decode: readConnection },
  { name: 'log entries from another broker', good: Buffer.concat(replicate), decode: readCoreMessage },
  { name: 'bundle of commands', good: encodeBundle(commands.map(encodeCommand)), decode: readBundle },
  {
    name: 'records to be appended',
    good: batch.data,
    decode: (bytes) => encodeMessages(decodeMessages(checkBatch(bytes))).data,
  },
  { name: 'runs of a segment', good: encodeRunsOf([message]), decode: (bytes) => void readRuns(bytes) },
  { name: 'runs in an answer', good: new Uint8Array(encodeRunsOf([message])), decode: (bytes) => void decodeRuns(new Uint8Array(bytes)) },
  {
    name: 'answer of a broker',
    good: Buffer.concat(
      encodeAnswer({ fields: { position: 7 }, messages: [message] }, { form: 'binary', frameRequestId: 5, requestId: 'r1' }),
    ),
    decode: (bytes) => void new FrameAssembler().push(new Uint8Array(bytes)),
  },
  {
    name: 'filter of messages',
    good: Buffer.from('value.line == 7 and (key != "a" or not headers["source"]) plc'),
    decode: (bytes) => void compileFilter(Buffer.from(bytes).toString('utf8'))(message),
  },
];
