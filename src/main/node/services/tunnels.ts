import type { ParsedParamsOf } from '../../../common/contract/index.ts';
import type { tunnelsContract } from '../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { Handlers, Router } from '../router/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { plainTarget } from '../tunnel/agent/index.ts';
import { gatewayUrl } from '../tunnel/agent/sign-in.ts';
import { SignInFailed } from '../tunnel/agent/sign-in-failure.ts';
import { newTunnelId, type TunnelDefinition } from '../tunnel/agent/tunnel-definition.ts';
import type { TunnelsPart } from '../tunnel/agent/tunnels-part.ts';
import { defaultCapture } from '../tunnel/inspector/index.ts';
import { ClusterGateways } from './tunnels/cluster-gateway.ts';
import { listeningServices, type ReadConnections } from './tunnels/listening-services.ts';
import { tunnelInfo } from './tunnels/tunnel-info.ts';

export interface TunnelsServiceOptions {
  readonly tunnels: TunnelsPart;
  readonly router: Pick<Router, 'nodeId' | 'callAt'>;
  readonly nameOf: (nodeId: string) => string;
  readonly logger: Logger;
  readonly readConnections?: ReadConnections;
}

type CreateParams = ParsedParamsOf<'tunnels.create'>;

const hostHeaderPattern = /^(?:target|original|[A-Za-z0-9_.-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?)$/;

/** Tunnels of this node: what a person does with them. They run in a thread of their own (`tunnel/agent`). */
export function createTunnelsService(options: TunnelsServiceOptions): Handlers<keyof typeof tunnelsContract> {
  const { tunnels, router, nameOf, logger, readConnections } = options;
  const gateways = new ClusterGateways(router, nameOf);
  return {
    'tunnels.list': () => ({ tunnels: tunnels.list().map((view) => tunnelInfo(router.nodeId, view)) }),
    'tunnels.services': async () => ({ services: [...(await listeningServices(process.pid, readConnections))] }),
    'tunnels.create': async (params, { principal }) => {
      checkOptions(params);
      const gateway = await gatewayOf(params, principal, tunnels, gateways);
      const tunnelId = newTunnelId();
      const { agentId, kind, target, hostHeader, access, publicPort, links, enabled } = params;
      try {
        await tunnels.add({
          tunnelId,
          agentId,
          kind,
          target: plainTarget(target),
          hostHeader,
          access,
          publicPort,
          links,
          gateway,
          enabled,
          capture: defaultCapture,
          createdAt: Date.now(),
        });
      } catch (error) {
        await revoke(gateway, principal);
        throw error;
      }
      return { tunnelId };
    },
    'tunnels.update': async ({ tunnelId, secret, capture, ...changes }) => {
      const { definition } = tunnels.get(tunnelId);
      const { target, hostHeader, access, publicPort, links, enabled } = changes;
      checkOptions({
        ...definition,
        ...(target !== undefined && { target }),
        ...(hostHeader !== undefined && { hostHeader }),
        ...(publicPort !== undefined && { publicPort }),
      });
      if (capture !== undefined) await tunnels.setCapture(tunnelId, capture);
      if (secret === undefined && Object.values(changes).every((change) => change === undefined)) return {};
      await tunnels.replace({
        ...definition,
        ...(target !== undefined && { target: plainTarget(target) }),
        ...(hostHeader !== undefined && { hostHeader }),
        ...(access !== undefined && { access }),
        ...(publicPort !== undefined && { publicPort }),
        ...(links !== undefined && { links }),
        ...(enabled !== undefined && { enabled }),
        ...(capture !== undefined && { capture }),
        ...(secret !== undefined && { gateway: { ...definition.gateway, secret } }),
      });
      return {};
    },
    'tunnels.delete': async ({ tunnelId }, { principal }) => {
      const { definition } = tunnels.get(tunnelId);
      await tunnels.remove(tunnelId);
      await revoke(definition.gateway, principal);
      return {};
    },
    'tunnels.test': async ({ tunnelId }, { signal }) => {
      tunnels.get(tunnelId);
      return tunnels.ask('test', { tunnelId }, signal);
    },
    'tunnels.requests': (params, { signal }) => tunnels.ask('requests', params, signal),
    'tunnels.request': (params) => tunnels.ask('request', params),
    'tunnels.replay': (params) => tunnels.ask('replay', params),
    'tunnels.clearRequests': async (params) => {
      tunnels.get(params.tunnelId);
      return tunnels.ask('clearRequests', params);
    },
  };

  /** A token that was made for one tunnel ends with it. The tunnel is gone whatever comes of this. */
  async function revoke({ nodeId, tokenId }: TunnelDefinition['gateway'], principal: Principal): Promise<void> {
    if (nodeId === null) return;
    try {
      await gateways.revokeToken(nodeId, tokenId, principal);
    } catch (error) {
      logger.warn('tunnels.tokenNotRevoked', `The token ${tokenId} of a deleted tunnel could not be revoked at its gateway.`, {
        nodeId,
        error,
      });
    }
  }
}

async function gatewayOf(
  { gateway, agentId, kind }: CreateParams,
  principal: Principal,
  tunnels: TunnelsPart,
  gateways: ClusterGateways,
): Promise<TunnelDefinition['gateway']> {
  if ('nodeId' in gateway) {
    const { nodeId } = gateway;
    const url = await gateways.agentsUrl(nodeId, principal);
    tunnels.checkRoom(agentId, url);
    const { tokenId, secret } = await gateways.createToken(nodeId, agentId, kind, principal);
    return { url, tokenId, secret, legacy: false, verify: 'token', nodeId };
  }
  if (gateway.legacy && kind !== 'http')
    throw new SignalboxError('INVALID_PARAMS', 'A gateway of the first system carries HTTP alone.', { executed: 'no' });
  return { ...gateway, url: checkedUrl(gateway), nodeId: null };
}

function checkedUrl(gateway: { readonly url: string; readonly legacy: boolean }): string {
  try {
    return gatewayUrl(gateway).href;
  } catch (error) {
    if (!(error instanceof SignInFailed)) throw error;
    throw new SignalboxError('INVALID_PARAMS', error.message, { executed: 'no' });
  }
}

/** @throws SignalboxError `INVALID_PARAMS` */
function checkOptions({ target, hostHeader, kind, publicPort }: Pick<CreateParams, 'target' | 'hostHeader' | 'kind' | 'publicPort'>): void {
  plainTarget(target);
  if (!hostHeaderPattern.test(hostHeader))
    throw new SignalboxError('INVALID_PARAMS', 'hostHeader is target, original, or a host name with or without a port.', {
      executed: 'no',
    });
  if (publicPort !== null && kind !== 'tcp')
    throw new SignalboxError('INVALID_PARAMS', 'Only a tunnel of kind tcp has a public port of its own.', { executed: 'no' });
}
