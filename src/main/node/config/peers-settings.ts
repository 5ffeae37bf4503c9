import { z } from 'zod';
import { setting } from './setting.ts';

/** This node and its peers. */
export const peersSettings = {
  'peers.heartbeatMs': setting({
    schema: z.number().int().min(5_000).max(600_000),
    group: 'Peers',
    title: 'Peers: time between heartbeats (ms)',
    help: 'How often this node tells each peer how it is, and measures the way to it. After three that nobody heard, others are asked whether they see the peer. Longer for links that are paid by the byte; about 500 bytes each.',
    fallback: () => 30_000,
    applies: 'restart',
  }),
} as const;
