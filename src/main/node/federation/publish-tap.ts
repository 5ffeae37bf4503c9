import type { Duplex, Writable } from 'node:stream';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { federationLimits } from './limits.ts';

/** Takes a message with QoS 0. */
export type PublishListener = (topic: string, payload: Buffer, retain: boolean) => void;

const publishType = 0x30;
const retainBit = 0x01;
/** Type, DUP and QoS of the first byte. */
const kindBits = 0xfe;
const continuationBit = 0x80;
const longestLengthBytes = 4;
const topicLengthBytes = 2;

/**
 * Takes the messages with QoS 0 out of what a broker sends, before the MQTT client reads it: on its way through the client
 * each took an eighth of the round trip of a call. Everything else is the client's, byte for byte. A message stays behind what
 * the client has not worked off, so that their order remains.
 */
export class PublishTap {
  readonly #client: Writable;
  readonly #onPublish: PublishListener;
  /** The begin of a packet. */
  #rest: Buffer | undefined;
  /** Bytes still to come of a packet that is the client's. */
  #passBytes = 0;

  /** @param client takes the bytes that are not taken here */
  constructor(client: Writable, onPublish: PublishListener) {
    this.#client = client;
    this.#onPublish = onPublish;
  }

  /** Takes the next bytes of the connection in. False when the client wants no more until it drains. */
  read(chunk: Buffer): boolean {
    let data = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    while (data.length > 0) {
      const bytes = this.#passBytes > 0 ? this.#passBytes : this.#nextPacket(data);
      if (bytes === 0) {
        this.#rest = data;
        break;
      }
      // The client's, whole or in part.
      if (bytes > 0) {
        this.#client.write(data.subarray(0, bytes));
        this.#passBytes = Math.max(0, bytes - data.length);
      }
      data = data.subarray(Math.abs(bytes));
    }
    return !this.#client.writableNeedDrain;
  }

  /** Looks at the packet that begins here. Returns its bytes, negative when it was taken, 0 while it is not all there. */
  #nextPacket(data: Buffer): number {
    let length = 0;
    let start = 1;
    let byte = continuationBit;
    while ((byte & continuationBit) !== 0) {
      // What is no packet is left to the client, which ends the connection.
      if (start > longestLengthBytes) return Number.POSITIVE_INFINITY;
      if (start >= data.length) return 0;
      byte = data[start] as number;
      length += (byte & ~continuationBit) * continuationBit ** (start - 1);
      start++;
    }
    const end = start + length;
    if (((data[0] as number) & kindBits) !== publishType || this.#client.writableLength > 0 || length > federationLimits.packetBytes)
      return end;
    if (end > data.length) return 0;
    const topicEnd = length < topicLengthBytes ? Number.POSITIVE_INFINITY : start + topicLengthBytes + data.readUInt16BE(start);
    if (topicEnd > end) return end;
    const topic = data.toString('utf8', start + topicLengthBytes, topicEnd);
    this.#onPublish(topic, data.subarray(topicEnd, end), ((data[0] as number) & retainBit) !== 0);
    return -end;
  }
}

/**
 * Connects an MQTT client whose messages with QoS 0 go to `onPublish` instead of its `message` event.
 *
 * @param stream a connection that is open already; absent: the client makes its own
 */
export function connectTapped(url: string, options: IClientOptions, onPublish: PublishListener, stream?: Duplex): MqttClient {
  const client = connect(url, { ...options, manualConnect: true });
  // How the client makes its stream is private to it, and the only place before it reads.
  const opening = client as unknown as { streamBuilder: (client: MqttClient) => Duplex };
  const build = opening.streamBuilder;
  opening.streamBuilder = (own) => tapped(stream ?? build(own), onPublish);
  client.connect();
  return client;
}

/** The stream as it is, but for the pipe that the client lays from it to its parser. */
function tapped(stream: Duplex, onPublish: PublishListener): Duplex {
  stream.pipe = <Parser extends NodeJS.WritableStream>(parser: Parser): Parser => {
    const writable = parser as unknown as Writable;
    const tap = new PublishTap(writable, onPublish);
    stream.on('data', (chunk: Buffer) => {
      if (!tap.read(chunk)) stream.pause();
    });
    writable.on('drain', () => stream.resume());
    stream.on('end', () => writable.end());
    return parser;
  };
  return stream;
}
