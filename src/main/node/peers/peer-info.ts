import type { PeerInfo } from '../../../common/contract/peers.ts';
import type { PeerFigures } from './communicator/index.ts';
import type { PeerChoice } from './health/peer-choices.ts';
import type { PeerRecord } from './health/peer-record.ts';
import type { TransportWay } from './transport.ts';

/** Where what is shown of a peer comes from. */
export interface PeerSources {
  readonly record: PeerRecord;
  readonly choice: PeerChoice['choice'] | undefined;
  /** Best first. */
  readonly ways: readonly TransportWay[];
  readonly standing: PeerInfo['standing'];
  readonly figures: PeerFigures;
  readonly missedHeartbeats: number;
}

/** A peer as `peers.list` shows it. */
export function peerInfoOf({ record, choice, ways, standing, figures, missedHeartbeats }: PeerSources): PeerInfo {
  const { nodeId, name, health, reason, reported, service, lastSeenAt, secure, degree } = record;
  const inUse = ways.find(({ available, circuit }) => available && circuit !== 'open');
  const { queued, inFlight, counts } = figures;
  return {
    nodeId,
    name,
    pinned: choice === 'pinned',
    removed: choice === 'removed',
    health,
    reason,
    reported,
    latencyMs: rounded(service.latencyMs),
    latencyP95Ms: rounded(service.latencyP95Ms),
    successRate: service.successRate,
    lastSeenAt,
    missedHeartbeats,
    secure,
    ways: ways.map((way) => ({ ...way, circuitOpenMs: Math.ceil(way.circuitOpenMs), inUse: way === inUse })),
    standing,
    queued,
    inFlight,
    degree,
    counts: { ...counts },
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
