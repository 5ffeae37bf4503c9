import { onTestFinished } from 'vitest';
import { Broker, type BrokerOptions, type PeerTrust } from '../../src/main/node/broker/index.ts';
import type { Logger } from '../../src/main/node/telemetry/index.ts';
import { JsonQueueClient } from './json-queue-client.ts';

const quiet = (): void => undefined;
/** Says nothing. */
export const quietLogger: Logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet };

/** Nobody takes a leader for gone because the machine, its disk or this process stood still: leadership moves where a test moves it. */
const steadyTiming = { heartbeatMs: 50, electionMinMs: 15_000, electionMaxMs: 20_000 };

/** A broker of this test, not yet started; stopped when the test ends. */
export async function testBroker(folder: string, options: Partial<BrokerOptions> & { readonly trust?: PeerTrust } = {}): Promise<Broker> {
  const broker = await Broker.create({
    folder,
    host: '127.0.0.1',
    port: 0,
    profile: 'lan',
    timing: steadyTiming,
    nodeId: null,
    name: 'test',
    checkToken: () => Promise.resolve(undefined),
    anonymous: () => true,
    logger: quietLogger,
    problems: { raise: quiet, clear: quiet },
    ...options,
  });
  onTestFinished(() => broker.stop());
  return broker;
}

/** A client of a broker of this test, over frames of JSON. */
export async function clientOf(broker: Broker): Promise<JsonQueueClient> {
  const client = await JsonQueueClient.connect(broker.address?.port ?? 0);
  onTestFinished(() => client.close());
  return client;
}
