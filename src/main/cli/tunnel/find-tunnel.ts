import type { NodeClient } from '../../../common/client/node-client.ts';
import type { TunnelInfo } from '../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { atNode, type NodeFlag } from '../commands/at-node.ts';
import { UsageError } from '../exit-codes.ts';

/**
 * The tunnel of a node that a person named by its name or its id.
 *
 * @throws SignalboxError `NOT_FOUND` none; UsageError several have the name, at different gateways
 */
export async function findTunnel(client: NodeClient, name: string, options: NodeFlag, signal: AbortSignal): Promise<TunnelInfo> {
  const { tunnels } = await client.call('tunnels.list', {}, { signal, ...atNode(options) });
  const found = tunnels.filter(({ tunnelId, agentId }) => tunnelId === name || agentId === name);
  const [tunnel] = found;
  if (found.length > 1)
    throw new UsageError(`Several tunnels are named ${name}: ${found.map(({ tunnelId }) => tunnelId).join(', ')}. Give the id.`);
  if (tunnel === undefined)
    throw new SignalboxError('NOT_FOUND', `The node has no tunnel ${name}. See them with: signalbox tunnel list`, { executed: 'no' });
  return tunnel;
}
