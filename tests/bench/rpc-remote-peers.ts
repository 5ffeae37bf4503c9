/** The other process of the remote benchmark: a responder of each kind on the broker it is told. */
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { startBenchNode } from './bench-node.ts';

export const bareRequests = 'cloudisense/bench/requests';
export const bareAnswers = 'cloudisense/bench/answers';
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

export async function openClient(url: string): Promise<MqttClient> {
  const client = await connectAsync(url);
  (client as unknown as { stream: { setNoDelay?: (on: boolean) => void } }).stream.setNoDelay?.(true);
  return client;
}

/** Bare mqtt.js: a request topic and an answer topic. */
async function respondBare(url: string): Promise<void> {
  const client = await openClient(url);
  client.on('message', (_topic, payload) => {
    const { requestid, params } = JSON.parse(payload.toString()) as Message;
    client.publish(bareAnswers, JSON.stringify({ requestid, data: validated(params.values) }));
  });
  await client.subscribeAsync(bareRequests);
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

if (process.send !== undefined) {
  const urls = process.argv.slice(2);
  const nodes: string[] = [];
  for (const url of urls) {
    await respondBare(url);
    await respondNaive(url);
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
    const { nodeId, router } = await startBenchNode({ name: 'b', url, folder });
    router.register({ 'config.validate': ({ values }) => validated(values) });
    nodes.push(nodeId);
  }
  process.send({ ready: true, nodes, tag: randomBytes(4).toString('hex') });
}
