/** Turning the queue broker of a node on, which is off until somebody wants a queue. */
import { SignalboxError } from '../../../common/errors.ts';
import { nodeClient } from '../../state/node.ts';

const askEveryMs = 400;
const startsWithinMs = 30_000;

/**
 * Turns the broker of a node on and waits until it runs.
 *
 * @param nodeId the console's own node when absent
 * @throws SignalboxError of `config.set`; `INTERNAL` with the broker's own words when it does not start, `TIMEOUT` when it takes longer than 30 s
 */
export async function turnBrokerOn(nodeId?: string): Promise<void> {
  const client = nodeClient();
  const at = nodeId === undefined ? {} : { serviceId: nodeId };
  await client.call('config.set', { values: { 'broker.enabled': true } }, at);
  const untilMs = Date.now() + startsWithinMs;
  while (Date.now() < untilMs) {
    const { state, detail } = await client.call('brokers.status', {}, at);
    if (state === 'running') return;
    if (state === 'failed') throw new SignalboxError('INTERNAL', detail, { executed: 'yes' });
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  throw new SignalboxError('TIMEOUT', 'The queue broker was turned on and does not run yet. Look at the logs of the node.', {
    executed: 'yes',
  });
}
