/** The other process of the remote benchmark: a responder of each kind on the brokers it is told. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import moleculer from 'moleculer';
import { MqttLink } from '../../src/main/node/federation/mqtt-link.ts';
import { startBenchNode } from './bench-node.ts';
import { openClient } from './broker-process.ts';

/** Where a kind of bare request goes, and where its answer comes back. */
export interface Topics {
  readonly requests: string;
  readonly answers: string;
}

const topicsOf = (kind: string): Topics => ({
  requests: `cloudisense/bench/${kind}/requests`,
  answers: `cloudisense/bench/${kind}/answers`,
});
export const bareTopics = topicsOf('bare');
export const bareQos1Topics = topicsOf('bare-qos1');
export const noDelayQos1Topics = topicsOf('no-delay-qos1');
export const linkTopics = topicsOf('link');
export const relayInbox = (id: string) => `cloudisense/service/${id}/inbox`;

/** What every responder answers with. */
export function validated(values: Readonly<Record<string, unknown>>) {
  return { valid: true, issues: [{ key: 'text', message: String(values.text) }], restartNeeded: [] };
}

interface Message {
  readonly requestid: string;
  readonly originId: string;
  readonly params: { readonly values: Record<string, unknown> };
}

/** A link as a node has it, with its defaults; resolves when it is connected. */
export function openLink(url: string, id: string, filter: string, onMessage: (payload: Buffer) => void): Promise<MqttLink> {
  const silent = () => undefined;
  return new Promise((resolve) => {
    const link = new MqttLink({
      target: () => Promise.resolve({ url }),
      session: () => ({ clientId: id, will: { topic: `${filter}/gone`, payload: '', qos: 0, retain: false } }),
      filters: [filter],
      keepaliveSeconds: 30,
      onMessage: (_topic, payload) => onMessage(payload),
      onState: ({ kind }) => kind === 'connected' && resolve(link),
      logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
    });
    void link.start();
  });
}

function answerTo(payload: Buffer): string {
  const { requestid, params } = JSON.parse(payload.toString()) as Message;
  return JSON.stringify({ requestid, data: validated(params.values) });
}

/** Bare mqtt.js: a request topic and an answer topic. */
async function respondBare(url: string, topics: Topics, qos: 0 | 1, noDelay: boolean): Promise<void> {
  const client = await openClient(url, noDelay);
  client.on('message', (_topic, payload) => client.publish(topics.answers, answerTo(payload), { qos }));
  await client.subscribeAsync(topics.requests, { qos });
}

async function respondLink(url: string): Promise<void> {
  const link = await openLink(url, 'bench-link-far', linkTopics.requests, (payload) =>
    link.publish({ topic: linkTopics.answers, payload: answerTo(payload), qos: 1, retain: false }),
  );
}

/** The far end of the naive relay: what one writes in an afternoon. */
async function respondNaive(url: string): Promise<void> {
  const client = await openClient(url);
  client.on('message', (_topic, payload) => {
    const { requestid, originId, params } = JSON.parse(payload.toString()) as Message;
    const answer = { type: 'rpc_response', requestid, status: 'success', data: validated(params.values), timestamp: Date.now() };
    client.publish(relayInbox(originId), JSON.stringify(answer));
  });
  await client.subscribeAsync(relayInbox('naive-b'));
}

/** Moleculer with its defaults; its validator checks the params, as ours does. */
export async function startMoleculer(nodeID: string, url: string): Promise<moleculer.ServiceBroker> {
  // A URL is taken too; its types leave that out.
  const broker = new moleculer.ServiceBroker({ nodeID, transporter: url as 'MQTT', logger: false });
  await broker.start();
  return broker;
}

async function respondMoleculer(url: string): Promise<void> {
  const broker = await startMoleculer('far', url);
  const handler = ({ params }: { params: { values: Record<string, unknown> } }) => validated(params.values);
  const service = broker.createService({ name: 'config', actions: { validate: { params: { values: 'object' }, handler } } });
  await broker.waitForServices(service.name);
}

/** Arguments: the URL of Mosquitto, then that of the hub, which carries no topics of Moleculer. */
if (process.send !== undefined) {
  const urls = process.argv.slice(2);
  const nodes: string[] = [];
  await respondMoleculer(urls[0] ?? '');
  for (const url of urls) {
    await respondBare(url, bareTopics, 0, true);
    await respondBare(url, bareQos1Topics, 1, false);
    await respondBare(url, noDelayQos1Topics, 1, true);
    await respondLink(url);
    await respondNaive(url);
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
    const { nodeId, router } = await startBenchNode({ name: 'b', url, folder });
    router.register({ 'config.validate': ({ values }) => validated(values) });
    nodes.push(nodeId);
  }
  process.send({ ready: true, nodes });
}
