/**
 * A queue broker in a process of its own, without a node: `node broker-process.ts OPTIONS`, these as JSON. Tells its parent when its port is
 * open, and ends when it is told to stop or its parent is gone. What it says of leading it writes down at once, so that a kill does not
 * take it back.
 */
import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildIn, type Mistake } from './broker-mistakes.ts';
import { adminToken } from './broker-tokens.ts';
import { staticPeerTrust } from './broker-trust.ts';

export interface BrokerProcessOptions {
  /** Of the broker's files. */
  readonly folder: string;
  readonly port: number;
  /** The key of its node is 32 of this byte; those of all members, its own among them. */
  readonly seedByte: number;
  readonly memberBytes: readonly number[];
  /** The port to dial instead, by the port that a member names. */
  readonly routes: Readonly<Record<number, number>>;
  /** Built in on purpose. */
  readonly mistake?: Mistake;
}

/** What it tells its parent. */
export interface BrokerReady {
  readonly brokerId: string;
}

const options = JSON.parse(process.argv[2] ?? '') as BrokerProcessOptions;
const { folder, port, seedByte, memberBytes, routes, mistake } = options;
const { trust, nodeId } = staticPeerTrust({ byte: seedByte, members: memberBytes });
const say = (...text: unknown[]) => process.stderr.write(`${text.map(String).join(' ')}\n`);
const logger = { trace: () => undefined, debug: () => undefined, info: () => undefined, warn: say, error: say, fatal: say };
const led = new Map<string, number>();
if (mistake !== undefined) buildIn(mistake);
// Not before the mistake is built in.
const { Broker } = await import('../../src/main/node/broker/broker.ts');

const broker = await Broker.create({
  folder,
  host: '127.0.0.1',
  port,
  profile: 'lan',
  nodeId,
  checkToken: (token) => Promise.resolve(token === adminToken ? { user: 'test', roles: ['admin'] } : undefined),
  anonymous: () => true,
  name: `node-${seedByte}`,
  trust,
  addressOf: (member) => ({ host: member.host, port: routes[member.port] ?? member.port }),
  logger,
  problems: { raise: ({ title, detail }) => say(title, detail), clear: () => undefined },
  onRole: (groupId, { role, term }) => {
    if (role !== 'leader' || led.get(groupId) === term) return;
    led.set(groupId, term);
    appendFileSync(join(dirname(folder), 'leaderships.jsonl'), `${JSON.stringify({ groupId, term })}\n`);
  },
});
await broker.start();
const stop = async () => {
  await broker.stop();
  process.exit();
};
process.once('SIGTERM', stop);
process.once('disconnect', stop);
process.send?.({ brokerId: broker.brokerId } satisfies BrokerReady);
