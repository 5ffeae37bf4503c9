import type { PeerInfo } from '../../../../src/common/contract/peers.ts';

const empty = { messages: 0, sizeBytes: 0, oldestMs: 0 };

/** A healthy peer without a history. */
export function peer(name: string, part: Partial<PeerInfo> = {}): PeerInfo {
  return {
    nodeId: `n1${name}`,
    name,
    pinned: false,
    removed: false,
    health: 'Healthy',
    reason: null,
    reported: null,
    latencyMs: null,
    latencyP95Ms: null,
    successRate: null,
    lastSeenAt: null,
    missedHeartbeats: 0,
    secure: true,
    ways: [],
    standing: { score: 0, useful: 0, invalid: 0, timeouts: 0, behaviour: 0, level: 'neutral', graylistedMs: 0 },
    queued: { Low: empty, Medium: empty, High: empty, Critical: empty },
    inFlight: { messages: 0, sizeBytes: 0 },
    degree: null,
    counts: { sent: 0, taken: 0, received: 0, repeated: 0, expired: 0, dropped: 0, refused: 0, moved: 0 },
    ...part,
  };
}
