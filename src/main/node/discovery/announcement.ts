/** What nodes tell each other by multicast DNS (RFC 6762, 6763): service `_signalbox._tcp`, and nothing that is secret. */
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type SrvAnswer, type TxtAnswer } from 'dns-packet';
import { z } from 'zod';
import { nodeNamePattern } from '../config/index.ts';
import { checkName } from '../trust/index.ts';
import { discoveryLimits } from './limits.ts';

const service = '_signalbox._tcp.local';
const headerBytes = 12;
/** The record replaces what was known before under its name (RFC 6762 section 10.2). */
const replaces = true;

/** What a node tells of itself. */
export interface Announcement {
  /** First characters of the node id. */
  readonly shortId: string;
  readonly name: string;
  /** Port of its door for other nodes. */
  readonly port: number;
  /** Name and first characters of the id of its cluster; undefined: in none. */
  readonly cluster: { readonly name: string; readonly shortId: string } | undefined;
  /** A node can join there: it is an admin of its cluster. */
  readonly takesRequests: boolean;
}

/** What a packet says, as far as it concerns nodes. */
export interface Heard {
  /** It asks who is there. */
  readonly asks: boolean;
  readonly announced: readonly Announcement[];
  /** Short ids and ports of nodes that say good-bye. */
  readonly left: readonly Pick<Announcement, 'shortId' | 'port'>[];
}

const short = z.string().regex(/^[A-Za-z0-9_-]{1,16}$/);
const fieldsSchema = z.object({
  v: z.literal('1'),
  id: z.string().regex(/^n1[a-z2-7]{6}$/),
  name: z.string().regex(nodeNamePattern),
  cluster: z.string().refine(isName).optional(),
  cid: short.optional(),
  join: z.enum(['0', '1']),
});

/** Asks every node of the network. */
export function encodeQuestion(): Buffer {
  return encode({ type: 'query', id: 0, questions: [{ name: service, type: 'PTR', class: 'IN' }] });
}

/**
 * Tells of this node.
 *
 * @param address IPv4 address of the interface it goes out by
 * @param ttlSeconds how long it holds; 0: good-bye
 */
export function encodeAnnouncement(self: Announcement, address: string, ttlSeconds: number): Buffer {
  // One node tells of each of its doors under one name, and nodes are told apart by where they answer from, not by it.
  const instance = `${self.shortId}.${service}`;
  const host = `${self.shortId}.local`;
  const fields = [
    'v=1',
    `id=${self.shortId}`,
    `name=${self.name}`,
    ...(self.cluster === undefined ? [] : [`cluster=${self.cluster.name}`, `cid=${self.cluster.shortId}`]),
    `join=${self.takesRequests ? 1 : 0}`,
  ];
  const common = { class: 'IN', ttl: ttlSeconds } as const;
  return encode({
    type: 'response',
    id: 0,
    flags: AUTHORITATIVE_ANSWER,
    answers: [{ ...common, type: 'PTR', name: service, data: instance }],
    additionals: [
      { ...common, type: 'SRV', name: instance, flush: replaces, data: { port: self.port, target: host } },
      { ...common, type: 'TXT', name: instance, flush: replaces, data: fields },
      { ...common, type: 'A', name: host, flush: replaces, data: address },
    ],
  });
}

/** Reads a packet of anybody on the network; undefined for one that says nothing about nodes, or nothing valid. Never throws. */
export function readPacket(packet: Buffer): Heard | undefined {
  if (packet.length > discoveryLimits.packetBytes || packet.length < headerBytes) return undefined;
  // Its four counts, before anything is made of it: names may point back and forth, and each costs.
  const records = [4, 6, 8, 10].reduce((sum, at) => sum + packet.readUInt16BE(at), 0);
  if (records > discoveryLimits.packetRecords) return undefined;
  const heard = read(packet);
  return heard === undefined || (!heard.asks && heard.announced.length === 0 && heard.left.length === 0) ? undefined : heard;
}

function read(packet: Buffer): Heard | undefined {
  try {
    const { type, questions = [], answers = [], additionals = [] } = decode(packet);
    if (type === 'query')
      return { asks: questions.some(({ name, type: asked }) => isService(name) && asked !== 'SRV'), announced: [], left: [] };
    return { asks: false, ...readAnswers([...answers, ...additionals]) };
  } catch {
    // The library throws whatever the bytes lead it to; other devices of the network send much that is not meant for nodes.
    return undefined;
  }
}

function readAnswers(records: readonly Answer[]): Pick<Heard, 'announced' | 'left'> {
  const announced: Announcement[] = [];
  const left: Pick<Announcement, 'shortId' | 'port'>[] = [];
  const texts = new Map(records.filter(isText).map((record) => [record.name.toLowerCase(), record]));
  for (const { name, ttl, data } of records.filter(isServer)) {
    const text = texts.get(name.toLowerCase());
    const announcement = text === undefined ? undefined : readFields(text, data.port);
    if (announcement === undefined) continue;
    if (ttl === 0) left.push(announcement);
    else announced.push(announcement);
  }
  return { announced, left };
}

function readFields({ data }: TxtAnswer, port: number): Announcement | undefined {
  const strings = (Array.isArray(data) ? data : [data]).map(String);
  const pairs = strings
    .filter((text) => text.includes('='))
    .map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]);
  const parsed = fieldsSchema.safeParse(Object.fromEntries(pairs));
  if (!parsed.success || port < 1) return undefined;
  const { id, name, cluster, cid, join } = parsed.data;
  return {
    shortId: id,
    name,
    port,
    cluster: cluster === undefined ? undefined : { name: cluster, shortId: cid ?? '' },
    takesRequests: join === '1',
  };
}

function isService(name: string): boolean {
  return name.toLowerCase() === service;
}

function isServer(record: Answer): record is SrvAnswer {
  return record.type === 'SRV' && record.name.toLowerCase().endsWith(`.${service}`);
}

function isText(record: Answer): record is TxtAnswer {
  return record.type === 'TXT' && record.name.toLowerCase().endsWith(`.${service}`);
}

function isName(text: string): boolean {
  try {
    return checkName(text, 'cluster') === text;
  } catch {
    return false;
  }
}
