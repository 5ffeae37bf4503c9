import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerFace } from '../../broker/broker-face.ts';
import { howToTurnOn } from './broker-errors.ts';

/** A broker that was just turned on opens its files first. */
const startMs = 10_000;

/** Resolves when a broker that is starting has started, or has not; at once in any other state. */
export function whenSettled(broker: BrokerFace): Promise<void> {
  if (broker.status().state !== 'starting') return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      unlisten();
      resolve();
    };
    const timer = setTimeout(end, startMs);
    const unlisten = broker.onChange(() => {
      if (broker.status().state !== 'starting') end();
    });
  });
}

/**
 * Resolves when the broker of this node runs: the act is its own.
 *
 * @throws SignalboxError `CONFLICT` it is off or has failed, `NODE_UNREACHABLE` it takes long to start
 */
export async function requireRunning(broker: BrokerFace): Promise<void> {
  await whenSettled(broker);
  const { state, detail } = broker.status();
  if (state === 'running') return;
  if (state === 'starting')
    throw new SignalboxError('NODE_UNREACHABLE', 'The queue broker of this node is still starting. Try again in a moment.', {
      executed: 'no',
    });
  const text =
    state === 'failed'
      ? `The queue broker of this node has failed: ${detail === '' ? 'its log says why' : detail}`
      : `The queue broker of this node is off. ${howToTurnOn}`;
  throw new SignalboxError('CONFLICT', text, { executed: 'no', data: { reason: state === 'failed' ? 'brokerFailed' : 'brokerOff' } });
}
