import { z } from 'zod';
import { setting } from './setting.ts';

/** The key-value store of the node. */
export const storeSettings = {
  'store.maxItems': setting({
    schema: z.number().int().min(1).max(1_000_000),
    group: 'Store',
    title: 'Store: values at most',
    help: 'Values of this node and copies for others together. Beyond it new ones are refused and counted.',
    fallback: () => 100_000,
    applies: 'live',
  }),
  'store.maxBytes': setting({
    schema: z.number().int().min(262_144).max(17_179_869_184),
    group: 'Store',
    title: 'Store: size at most (bytes)',
    help: 'Size of all values and copies together. Beyond it new ones are refused and counted.',
    fallback: () => 268_435_456,
    applies: 'live',
  }),
  'store.maxItemsPerOwner': setting({
    schema: z.number().int().min(1).max(1_000_000),
    group: 'Store',
    title: 'Store: copies of one node at most',
    help: 'So that no node takes the room of the others.',
    fallback: () => 20_000,
    applies: 'live',
  }),
  'store.maxBytesPerOwner': setting({
    schema: z.number().int().min(1).max(17_179_869_184),
    group: 'Store',
    title: 'Store: size of the copies of one node (bytes)',
    help: 'So that no node takes the room of the others.',
    fallback: () => 67_108_864,
    applies: 'live',
  }),
  'store.keepCopies': setting({
    schema: z.boolean(),
    group: 'Store',
    title: 'Store: keep copies for other nodes',
    help: 'Off: nodes that choose this one for a copy are refused, and told why. Copies that are here stay.',
    fallback: () => true,
    applies: 'live',
  }),
} as const;
