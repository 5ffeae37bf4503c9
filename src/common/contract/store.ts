import { z } from 'zod';
import { defineService } from './define.ts';

/** Keys of the store: 1 to 256 bytes of printable ASCII without spaces; `/` parts them for people. */
export const storeKeyPattern = /^[!-~]{1,256}$/;
const key = z.string().regex(storeKeyPattern, '1 to 256 printable ASCII characters without spaces');
const owner = z
  .string()
  .min(1)
  .max(128)
  .optional()
  .describe('Node whose value it is, by id or name; without: this node. Another one here: the copy kept for it');

const itemFields = {
  key: z.string(),
  ownerId: z.string(),
  version: z.number().int().describe('Counts the changes of the key at its owner'),
  sizeBytes: z.number().int(),
  updatedAt: z.number(),
  updatedBy: z.string(),
  replicas: z
    .array(
      z.object({
        nodeId: z.string(),
        name: z.string(),
        version: z.number().int().nullable(),
        state: z.enum(['current', 'behind', 'waiting', 'refused']),
        refusal: z.string().nullable().describe('Why the replica does not take the value; null unless refused'),
      }),
    )
    .describe('Where copies are kept; at a copy: empty'),
};
export const storeItemSchema = z.object(itemFields);
export type StoreItem = z.infer<typeof storeItemSchema>;

export const storeContract = defineService({
  'store.get': {
    params: z.strictObject({ key, owner }),
    result: storeItemSchema.extend({ value: z.string(), encoding: z.enum(['utf8', 'base64']) }),
    role: 'viewer',
    effect: 'read',
    help: 'A value of the key-value store of this node, or the copy that it keeps for another.',
    example: { key: 'site/contact' },
  },
  'store.put': {
    params: z.strictObject({
      key,
      value: z.string().max(349_528),
      encoding: z.enum(['utf8', 'base64']).default('utf8'),
      replicas: z
        .array(z.string().min(1).max(128))
        .max(16)
        .optional()
        .describe('Nodes that shall keep a copy; without: as before, at first none'),
      ifVersion: z.number().int().min(0).optional().describe('Only when this is its version; 0: only when there is none'),
    }),
    result: storeItemSchema,
    role: 'operator',
    effect: 'write',
    help: 'Stores a value of up to 256 KiB. The answer means that it is on the disk of this node; copies follow.',
    example: { key: 'site/contact', value: 'Ines, +41 44 000 00 00' },
  },
  'store.delete': {
    params: z.strictObject({ key, ifVersion: z.number().int().min(1).optional() }),
    result: z.object({ deleted: z.boolean() }),
    role: 'operator',
    effect: 'destructive',
    help: 'Deletes a value of this node, and its copies.',
    example: { key: 'site/contact' },
  },
  'store.list': {
    params: z.strictObject({
      prefix: z.string().max(256).default(''),
      owner,
      after: z.string().max(256).optional().describe('Only keys behind this one'),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    result: z.object({ items: z.array(storeItemSchema), more: z.boolean() }),
    role: 'viewer',
    effect: 'read',
    help: 'Keys of the store in order, without their values.',
    quiet: true,
  },
  'store.usage': {
    params: z.strictObject({}),
    result: z.object({
      own: z.object({ items: z.number().int(), sizeBytes: z.number().int() }),
      copies: z.array(z.object({ ownerId: z.string(), name: z.string(), items: z.number().int(), sizeBytes: z.number().int() })),
      quota: z.object({
        items: z.number().int(),
        sizeBytes: z.number().int(),
        perOwnerItems: z.number().int(),
        perOwnerBytes: z.number().int(),
      }),
      refused: z.number().int().describe('Values and copies that were not taken because of a quota'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'How much the store of this node holds, and may.',
    quiet: true,
  },
  'store.forget': {
    params: z.strictObject({ owner: z.string().min(1).max(128).describe('Node whose copies they are, by id or name') }),
    result: z.object({ forgotten: z.number().int().describe('Copies that were dropped') }),
    role: 'operator',
    effect: 'destructive',
    help: 'Drops the copies that this node keeps for another one, which does not come back. One that does sends them again.',
    example: { owner: 'press-07' },
  },
});
