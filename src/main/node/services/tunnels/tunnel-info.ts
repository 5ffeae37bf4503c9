import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import type { TunnelView } from '../../tunnel/agent/tunnels-part.ts';

/** A tunnel as `tunnels.list` shows it: without its secrets. */
export function tunnelInfo(nodeId: string, { definition, report }: TunnelView): TunnelInfo {
  const { tunnelId, agentId, kind, target, hostHeader, access, publicPort, links, gateway, enabled, capture, createdAt } = definition;
  const figures = report?.figures;
  return {
    tunnelId,
    nodeId,
    agentId,
    kind,
    target,
    hostHeader,
    access: { ...access, basicAuth: access.basicAuth === null ? null : { username: access.basicAuth.username } },
    publicPort: report?.place?.publicPort || publicPort,
    links,
    gateway: { url: gateway.url, nodeId: gateway.nodeId, tokenId: gateway.tokenId, legacy: gateway.legacy },
    enabled,
    state: report?.state ?? (enabled ? 'connecting' : 'off'),
    stateSince: report?.since ?? createdAt,
    publicUrls: [...(report?.place?.publicUrls ?? [])],
    exposure: report?.place?.exposure ?? null,
    lastError: report?.lastError ?? null,
    nextTryAt: report?.nextTryAt ?? null,
    rttMs: report?.rttMs ?? null,
    openLinks: report?.openLinks ?? 0,
    inFlight: report?.inFlight ?? 0,
    requests: figures?.requests ?? 0,
    requestsPerSecond: figures?.requestsPerSecond ?? 0,
    p50Ms: figures?.p50Ms ?? null,
    p95Ms: figures?.p95Ms ?? null,
    errorRatio: figures?.errorRatio ?? null,
    bytesIn: figures?.bytesIn ?? 0,
    bytesOut: figures?.bytesOut ?? 0,
    service: figures?.service ?? null,
    capture,
  };
}
