/** The ways to a peer and their circuits. */

import type { z } from 'zod';
import type { PeerInfo, peerWaySchema } from '../../../../../common/contract/peers.ts';

export type PeerWay = z.infer<typeof peerWaySchema>;

/** `used`: messages take it. `left`: its circuit is open, so it is passed over. `probed`: one message tries it. */
export type WayState = 'used' | 'ready' | 'left' | 'probed' | 'missing';

/** The way that the next message takes. */
export function wayInUse({ ways }: Pick<PeerInfo, 'ways'>): PeerWay | undefined {
  return ways.find(({ inUse }) => inUse);
}

export function stateOfWay({ inUse, available, circuit }: PeerWay): WayState {
  if (circuit === 'open') return 'left';
  if (circuit === 'halfOpen') return 'probed';
  if (inUse) return 'used';
  return available ? 'ready' : 'missing';
}

/** The first way that is passed over because of its circuit. */
export function wayLeft({ ways }: Pick<PeerInfo, 'ways'>): PeerWay | undefined {
  return ways.find(({ circuit }) => circuit !== 'closed');
}

/**
 * How long a circuit stays open yet, in ms: what the node said, less the time since.
 *
 * @param saidAtMs when the node said it
 */
export function openForMs({ circuitOpenMs }: Pick<PeerWay, 'circuitOpenMs'>, saidAtMs: number, nowMs: number): number {
  return Math.max(0, circuitOpenMs - Math.max(0, nowMs - saidAtMs));
}
