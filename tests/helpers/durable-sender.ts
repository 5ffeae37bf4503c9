/** A node in a process of its own, to be killed, that sends numbered messages which must not be lost: `durable-sender.ts OPTIONS`. */
import { createNode } from '../../src/main/node/node.ts';

export interface DurableSenderOptions {
  readonly folder: string;
  readonly brokerUrl: string;
  /** Id of the node that the messages are for. */
  readonly to: string;
  readonly first: number;
}

/** A message was accepted: it must come. */
export interface Accepted {
  readonly accepted: number;
}

const { folder, brokerUrl, to, first } = JSON.parse(process.argv[2] ?? '{}') as DurableSenderOptions;
const overrides = {
  'node.name': 'north',
  'http.port': 0,
  'links.mode': 'off',
  'links.discovery': 'off',
  'federation.mode': 'external',
  'federation.brokerUrl': brokerUrl,
};
const node = await createNode({ dataFolder: folder, mode: 'headless', overrides, onRestart: () => undefined, environment: {} });
await node.start();
const { communicator } = node.peers;
if (!communicator.reachable().includes(to))
  await new Promise<void>((resolve) => communicator.onReachable((nodeId) => (nodeId === to ? resolve() : undefined)));
let next = first;
const sendOn = async () => {
  for (;;) {
    const number = next++;
    await communicator.send(to, { type: 'Note', number }, { priority: 'Medium', durable: true, ttlSeconds: 3_600 });
    process.send?.({ accepted: number } satisfies Accepted);
  }
};
await Promise.all(Array.from({ length: 8 }, sendOn));
