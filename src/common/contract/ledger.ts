import { z } from 'zod';
import { defineService } from './define.ts';

/** What an entry of the ledger tells. What was passed to the act stays at its node; the entry holds its digest. */
export const ledgerEntrySchema = z.object({
  chainId: z.string().describe('Node that wrote it'),
  chainName: z.string(),
  number: z.number().int().describe('Counts the entries of the chain, from 1'),
  height: z.number().int().describe('Block that holds it; the first is 0'),
  prevHash: z.string().describe('Of the block before the one that holds it, hex'),
  at: z.number().describe('Milliseconds since the epoch, by the clock of the node that wrote it'),
  kind: z.enum(['genesis', 'act', 'refusal', 'note', 'witness', 'checkpoint', 'fork']),
  actor: z.string(),
  roles: z.array(z.string()),
  via: z.string(),
  act: z.string(),
  target: z.string().nullable(),
  outcome: z.enum(['done', 'failed', 'refused']),
  code: z.string().nullable(),
  text: z.string().nullable().describe('Of a note; what a refusal or failure said'),
  digest: z.string().describe('SHA-256 of the bytes of the entry, hex'),
  detailsDigest: z.string().nullable().describe('SHA-256 over salt and params, hex; null: none were passed'),
  signature: z.enum(['valid', 'invalid', 'unchecked']),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export const ledgerFaultSchema = z.object({
  chainId: z.string(),
  height: z.number().int(),
  number: z.number().int().nullable().describe('The entry, where one is concerned'),
  fault: z.enum(['entryChanged', 'entryMissing', 'blockChanged', 'signature', 'prevHash', 'gap', 'order', 'unreadable', 'rolledBack']),
  message: z.string(),
  expected: z.string().nullable(),
  found: z.string().nullable(),
});
export type LedgerFault = z.infer<typeof ledgerFaultSchema>;

export const ledgerChainSchema = z.object({
  chainId: z.string(),
  name: z.string(),
  self: z.boolean(),
  height: z.number().int().describe('Of the newest block held here; -1: none'),
  entries: z.number().int(),
  headHash: z.string().nullable(),
  headAt: z.number().nullable(),
  firstHeight: z.number().int().describe('Oldest block still held; those before it are sealed by a checkpoint'),
  announcedHeight: z.number().int().nullable().describe('Newest that anybody told of'),
  verifiedHeight: z.number().int().describe('Checked without a fault up to here; -1: nothing yet'),
  verifiedAt: z.number().nullable(),
  state: z.enum(['whole', 'behind', 'overShare', 'unconfirmed', 'forked', 'damaged', 'empty']),
  fault: ledgerFaultSchema.nullable(),
  sizeBytes: z.number().int(),
  begunBy: z
    .string()
    .nullable()
    .describe('Node on whose word alone the copy begins above block 0; null: it needs no word, or has more than one'),
  overShare: z
    .object({
      share: z.enum(['day', 'total']).describe('Which share is used up: that of a day comes back by itself'),
      seenHeight: z.number().int().describe('Newest block that was seen, and not kept'),
      missingEntries: z.number().int().describe('Entries that are not kept, as far as was seen'),
      againAt: z.number().describe('When the rest is fetched again, milliseconds since the epoch'),
    })
    .nullable()
    .describe('Of a copy that has come to the bound of what this node keeps for another: ledger.copyMegabytes and the like'),
});
export type LedgerChain = z.infer<typeof ledgerChainSchema>;

export const ledgerForkSchema = z.object({
  chainId: z.string(),
  name: z.string(),
  height: z.number().int(),
  seenAt: z.number(),
  blocks: z.array(
    z.object({ hash: z.string(), at: z.number(), entries: z.number().int(), from: z.string().describe('Node that brought it') }),
  ),
});
export type LedgerFork = z.infer<typeof ledgerForkSchema>;

const chain = z.string().min(1).max(128).optional().describe('Node whose chain, by id or name; without: that of the answering node');
const filter = {
  actor: z.string().max(128).optional(),
  act: z.string().max(128).optional().describe('Beginning of the act, for example queues.'),
  target: z.string().max(256).optional().describe('Part of the target'),
  outcome: z.enum(['done', 'failed', 'refused']).optional(),
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
};

const blockSchema = z.object({
  chainId: z.string(),
  height: z.number().int(),
  hash: z.string(),
  prevHash: z.string(),
  entriesRoot: z.string(),
  firstNumber: z.number().int(),
  count: z.number().int(),
  at: z.number(),
  signature: z.string().describe('Ed25519, base64url'),
});

export type LedgerBlock = z.infer<typeof blockSchema>;

/** What one node says of a place in a chain. */
const confirmationSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  verdict: z.enum(['same', 'differs', 'unknown', 'pruned', 'noAnswer']),
  height: z.number().int().nullable().describe('How far its copy reaches'),
  hash: z.string().nullable().describe('Of the block in question at that node'),
  message: z.string().nullable(),
  answeredAt: z.number().nullable(),
  signature: z.string().nullable().describe('Of the answer, by the key of that node, base64url'),
});
export type LedgerConfirmation = z.infer<typeof confirmationSchema>;

const blockSide = z.object({ block: blockSchema, entries: z.array(z.string()) }).nullable();
const differenceSchema = z.object({
  ours: blockSide,
  theirs: blockSide,
  fields: z.array(
    z.object({
      path: z.string().describe('For example entries[2].target'),
      ours: z.string().nullable(),
      theirs: z.string().nullable(),
    }),
  ),
  valid: z.object({ ours: z.boolean(), theirs: z.boolean() }).describe('Whether each bears the signature of the chain and its own hash'),
});
export type LedgerDifference = z.infer<typeof differenceSchema>;

export const ledgerContract = defineService({
  'ledger.status': {
    params: z.strictObject({}),
    result: z.object({
      chain: ledgerChainSchema,
      chains: z.number().int(),
      forks: z.number().int(),
      damaged: z.number().int(),
      waiting: z.number().int().describe('Acts that are on the disk and not yet in a block'),
      verifying: z.object({ chainId: z.string(), checked: z.number().int(), total: z.number().int() }).nullable(),
      retention: z.object({ days: z.number().int().nullable(), sealedHeight: z.number().int(), archivedEntries: z.number().int() }),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'The ledger of this node: its head, how far it is verified, forks and damage. Live: topic /ledger.',
    quiet: true,
  },
  'ledger.chains': {
    params: z.strictObject({}),
    result: z.object({ chains: z.array(ledgerChainSchema), forks: z.array(ledgerForkSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Every chain that this node holds: its own and copies of those of others.',
    quiet: true,
  },
  'ledger.list': {
    params: z.strictObject({
      chain: chain.describe('Node whose chain, by id or name; without: all that are held here'),
      ...filter,
      before: z.string().max(64).optional().describe('Cursor of the answer before'),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    result: z.object({
      entries: z.array(ledgerEntrySchema),
      next: z.string().nullable().describe('Cursor of the next page, which may follow though this one is not full; null: that was all'),
      total: z.number().int().describe('Entries that match, on all pages, as far as was looked through'),
      searchedTo: z.number().nullable().describe('Time down to which was looked through for the filter, newest first; null: all was'),
    }),
    role: 'operator',
    effect: 'read',
    help: 'Who did what, where, with which result, newest first. Entries can be added, never edited.',
    quiet: true,
  },
  'ledger.get': {
    params: z.strictObject({ chain, number: z.number().int().min(1) }),
    result: z.object({
      entry: ledgerEntrySchema,
      block: blockSchema,
      proof: z
        .array(z.object({ side: z.enum(['left', 'right']), hash: z.string() }))
        .describe('From the entry to the root (RFC 6962 2.1.1)'),
      details: z
        .object({ params: z.unknown(), salt: z.string() })
        .nullable()
        .describe('What was passed, without secrets; null: kept at another node, pruned, or not for this role'),
      text: z.string().describe('The exact bytes of the entry'),
    }),
    role: 'operator',
    effect: 'read',
    help: 'One entry with its block, its proof, and what was passed where that is kept here.',
    example: { number: 1 },
    quiet: true,
  },
  'ledger.verify': {
    params: z.strictObject({
      chain,
      fromHeight: z.number().int().min(0).optional().describe('Without: from the oldest block held'),
      toHeight: z.number().int().min(0).optional().describe('Without: to the newest'),
    }),
    result: z.object({
      chain: ledgerChainSchema,
      checkedBlocks: z.number().int(),
      checkedEntries: z.number().int(),
      durationMs: z.number(),
      fault: ledgerFaultSchema.nullable(),
    }),
    progress: z.object({ checked: z.number().int(), total: z.number().int() }),
    role: 'viewer',
    effect: 'read',
    help: 'Recomputes every hash and checks every signature of a chain; names the first place that is not right.',
  },
  'ledger.compare': {
    params: z.strictObject({
      chain,
      nodes: z.array(z.string().min(1).max(128)).max(64).optional().describe('Without: every peer that answers'),
    }),
    result: z.object({
      chainId: z.string(),
      height: z.number().int(),
      headHash: z.string().nullable(),
      nodes: z.array(
        confirmationSchema.extend({ differsAt: z.number().int().nullable().describe('First height at which the copies differ') }),
      ),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Compares a chain with the copies of other nodes; says from which block on one differs.',
  },
  'ledger.confirm': {
    params: z.strictObject({ chain, number: z.number().int().min(1), nodes: z.array(z.string().min(1).max(128)).max(64).optional() }),
    result: z.object({ entry: ledgerEntrySchema, confirmations: z.array(confirmationSchema) }),
    role: 'operator',
    effect: 'read',
    help: 'Asks other nodes whether they hold the very same entry; each answer is signed.',
    example: { number: 1 },
  },
  'ledger.difference': {
    params: z.strictObject({ chain, height: z.number().int().min(0), node: z.string().min(1).max(128) }),
    result: differenceSchema,
    role: 'operator',
    effect: 'read',
    help: 'Shows field by field where a block here and at another node differ.',
    example: { height: 12, node: 'press-07' },
  },
  'ledger.export': {
    params: z.strictObject({
      chain,
      fromNumber: z.number().int().min(1).optional(),
      toNumber: z.number().int().min(1).optional(),
      withDetails: z.boolean().default(false).describe('What was passed to each act, opened for the reader; admins alone'),
      withConfirmations: z
        .boolean()
        .default(false)
        .describe('Asks the other nodes about the last block of the range, and adds their signed answers'),
      after: z.string().max(256).optional().describe('Cursor of the answer before'),
    }),
    result: z.object({
      text: z.string().describe('Lines of JSON to be appended to the file'),
      next: z.string().nullable(),
      entries: z.number().int(),
      blocks: z.number().int(),
    }),
    role: 'operator',
    effect: 'read',
    help: 'Blocks, entries and proofs as lines of JSON, which `signalbox ledger verify FILE` checks without any node.',
    quiet: true,
  },
  'ledger.note': {
    params: z.strictObject({
      chain: chain.describe('Node whose chain; that of another one is offered the note, signed, as soon as that node is there'),
      text: z.string().min(1).max(1_000),
      target: z.string().max(256).optional().describe('What it is about'),
    }),
    result: z.object({ number: z.number().int().nullable().describe('null: offered to another node, which numbers it') }),
    role: 'operator',
    effect: 'write',
    help: 'Writes a note into the ledger of this node, for whoever reads it later. It cannot be taken back.',
    example: { text: 'Replaced the fan of press-07.' },
  },
  'ledger.checkpoint': {
    params: z.strictObject({}),
    result: z.object({
      height: z.number().int(),
      sealedHeight: z.number().int(),
      archivedEntries: z.number().int(),
      archiveFile: z.string().nullable(),
    }),
    role: 'admin',
    effect: 'write',
    help: 'Seals what is older than the retention with a checkpoint now and moves it to an archive file.',
  },
  'ledger.repair': {
    params: z.strictObject({ chain }),
    result: z.object({ chain: ledgerChainSchema, replacedBlocks: z.number().int(), from: z.array(z.string()) }),
    role: 'admin',
    effect: 'destructive',
    help: 'Takes blocks that are damaged here from nodes whose copies are whole. The damaged file is kept beside it.',
  },
});
