import type { gatewayContract } from '../../../common/contract/gateway.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Handlers } from '../router/types.ts';
import type { GatewayPart } from '../tunnel/gateway/gateway-part.ts';

/** The gateway of this node, its tokens and its routes (seed 5). A changed token holds for live sessions before the call is answered. */
export function createGatewayService(gateway: GatewayPart): Handlers<keyof typeof gatewayContract> {
  const { tokens, routes } = gateway;
  return {
    'gateway.status': () => gateway.status(),
    'gateway.sessions': async () => ({ sessions: [...(await gateway.sessions())] }),
    'gateway.closeSession': async ({ sessionId }) => {
      if (await gateway.closeSession(sessionId)) return {};
      throw new SignalboxError('NOT_FOUND', `The gateway of this node has no session ${sessionId}.`, { executed: 'no' });
    },
    'gateway.routes': async () => ({ routes: [...(await gateway.addresses())] }),
    'gateway.createRoute': async ({ kind, host, pathPrefix, stripPrefix, agentId, access }) => {
      if (kind === 'tls' && (pathPrefix !== '/' || access?.basicAuth != null))
        throw new SignalboxError(
          'INVALID_PARAMS',
          'TLS passes through the gateway unopened: a route of kind tls has no path prefix and no password. Leave them out.',
          { executed: 'no' },
        );
      return { routeId: await routes.create({ kind, host, pathPrefix, stripPrefix, agentId, access }) };
    },
    'gateway.deleteRoute': async ({ routeId }) => {
      await routes.delete(routeId);
      return {};
    },
    'gateway.tokens': async () => {
      const sessions = await gateway.sessions();
      return {
        tokens: tokens.list().map(({ secrets: _secrets, agentIds, kinds, ...token }) => ({
          ...token,
          agentIds: [...agentIds],
          kinds: [...kinds],
          sessions: sessions.filter(({ tokenId }) => tokenId === token.tokenId).length,
        })),
      };
    },
    'gateway.createToken': async ({ tokenId, secret, ...params }, { principal }) => {
      const made = await tokens.create({
        ...params,
        ...(tokenId !== undefined && { tokenId }),
        ...(secret !== undefined && { secret }),
        createdBy: principal.user,
      });
      await gateway.tokensChanged();
      return made;
    },
    'gateway.rotateToken': async ({ tokenId, graceMs }) => {
      const made = await tokens.rotate(tokenId, graceMs);
      await gateway.tokensChanged();
      return made;
    },
    'gateway.revokeToken': async ({ tokenId }) => {
      await tokens.revoke(tokenId);
      return { closedSessions: await gateway.tokensChanged() };
    },
  };
}
