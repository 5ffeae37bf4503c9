/** Turning the gateway of a node on, which is off until somebody wants to expose something. */
import { SignalboxError } from '../../../../common/errors.ts';
import { nodeClient } from '../../../state/node.ts';
import type { GatewayStatus } from '../model/address.ts';
import type { GatewayForm } from '../model/gateway-form.ts';

const askEveryMs = 300;
const startsWithinMs = 30_000;

/**
 * Saves settings of a gateway, turns it on and waits until it runs.
 *
 * @param at the node; the own one when empty
 * @throws SignalboxError of `config.set`; `INTERNAL` with the gateway's own words when it does not start, `TIMEOUT` when it takes longer than 30 s
 */
export async function turnGatewayOn(
  at: { readonly serviceId?: string },
  settings: Readonly<Partial<GatewayForm>> = {},
): Promise<GatewayStatus> {
  const client = nodeClient();
  await client.call('config.set', { values: { ...settings, 'gateway.enabled': true } }, at);
  const untilMs = Date.now() + startsWithinMs;
  while (Date.now() < untilMs) {
    const status = await client.call('gateway.status', {}, at);
    if (status.state === 'running') return status;
    if (status.state === 'failed') throw new SignalboxError('INTERNAL', status.detail, { executed: 'yes' });
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  throw new SignalboxError('TIMEOUT', 'The gateway was turned on and does not run yet. Look at the logs of the node.', { executed: 'yes' });
}
