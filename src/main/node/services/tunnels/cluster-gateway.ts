import type { z } from 'zod';
import type { gatewayContract } from '../../../../common/contract/gateway.ts';
import type { TunnelKind } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Principal } from '../../../../common/roles.ts';
import type { Router } from '../../router/index.ts';

type ResultOf<M extends keyof typeof gatewayContract> = z.output<(typeof gatewayContract)[M]['result']>;

const askMs = 8_000;

/** Gateways that are nodes of the cluster: their tokens are made, and ended, in the name of the person who asks. */
export class ClusterGateways {
  readonly #router: Pick<Router, 'callAt'>;
  readonly #nameOf: (nodeId: string) => string;

  constructor(router: Pick<Router, 'callAt'>, nameOf: (nodeId: string) => string) {
    this.#router = router;
    this.#nameOf = nameOf;
  }

  /** Where agents sign in at a node. @throws SignalboxError `CONFLICT` it is no gateway; those of the call */
  async agentsUrl(nodeId: string, principal: Principal): Promise<string> {
    const status = (await this.#router.callAt(
      { node: nodeId },
      'gateway.status',
      {},
      { principal, timeoutMs: askMs },
    )) as ResultOf<'gateway.status'>;
    if (status.state === 'running' && status.agentsUrl !== null) return status.agentsUrl;
    const why =
      status.state === 'off'
        ? 'is turned off; turn on gateway.enabled there'
        : `does not run${status.detail === '' ? '' : `: ${status.detail}`}`;
    throw new SignalboxError('CONFLICT', `The gateway of ${this.#nameOf(nodeId)} ${why}.`, { executed: 'no' });
  }

  /** Makes a token for one tunnel. @throws SignalboxError `FORBIDDEN` the person may not at that node; those of the call */
  async createToken(nodeId: string, agentId: string, kind: TunnelKind, principal: Principal): Promise<ResultOf<'gateway.createToken'>> {
    const params = { name: `Tunnel ${agentId}`, agentIds: [agentId], kinds: [kind] };
    return (await this.#router.callAt({ node: nodeId }, 'gateway.createToken', params, {
      principal,
      timeoutMs: askMs,
    })) as ResultOf<'gateway.createToken'>;
  }

  /** @throws SignalboxError of the call */
  async revokeToken(nodeId: string, tokenId: string, principal: Principal): Promise<void> {
    await this.#router.callAt({ node: nodeId }, 'gateway.revokeToken', { tokenId }, { principal, timeoutMs: askMs });
  }
}
