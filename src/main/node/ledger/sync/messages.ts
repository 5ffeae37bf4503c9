/** What nodes tell each other of their chains (wire.md 3). Everything that came from outside is read here, strictly. */
import { z } from 'zod';
import { SignalboxError } from '../../../../common/errors.ts';
import { fromBase64url, toBase64url } from '../../identity/index.ts';
import { decodeBlock, encodeBlock } from '../block.ts';
import { ledgerLimits } from '../limits.ts';
import type { FullBlock } from '../types.ts';
import { verdicts } from './confirmation.ts';
import { syncLimits } from './limits.ts';

const chainId = z.string().regex(/^n1[a-z2-7]{52}$/);
const requestId = z.string().min(1).max(64);
const height = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const blockText = z.strictObject({
  /** Head and signature, base64url. */
  block: z.string().length(272),
  entries: z.array(z.string().max(ledgerLimits.entryBytes)).min(1).max(ledgerLimits.blockEntries),
});
export type BlockText = z.infer<typeof blockText>;

export const blockMessage = z.strictObject({ type: z.literal('Block'), chain_id: chainId, ...blockText.shape });

export const getBlocksMessage = z.strictObject({
  type: z.literal('GetBlocks'),
  request_id: requestId,
  chain_id: chainId,
  from_height: height,
  limit: z.number().int().min(1).max(syncLimits.pageBlocks),
});

export const blockResponseMessage = z.strictObject({
  type: z.literal('BlockResponse'),
  request_id: requestId,
  chain_id: chainId,
  blocks: z.array(blockText).max(syncLimits.pageBlocks),
  /** Newest block that the answering node holds; -1: none. */
  height: z.number().int().min(-1).max(Number.MAX_SAFE_INTEGER),
  more: z.boolean(),
});

const head = z.strictObject({ chain_id: chainId, height, hash });
export type HeadText = z.infer<typeof head>;

export const chainHeadsMessage = z.strictObject({
  type: z.literal('ChainHeads'),
  /** SHA-256 over all heads held, hex: the same digest, the same chains. */
  digest: hash,
  /** Left out while only the digest is told. */
  heads: z.array(head).max(ledgerLimits.chains).optional(),
  /** Whoever sent it wants the heads of the other in return. */
  reply: z.boolean(),
});

export const transactionMessage = z.strictObject({
  type: z.literal('Transaction'),
  transaction_id: z.uuid(),
  /** Node that offers it. */
  author: chainId,
  chain_id: chainId,
  at: height,
  actor: z.string().min(1).max(128),
  text: z.string().min(1).max(ledgerLimits.entryTextCharacters),
  target: z.string().max(256).nullable(),
  /** Ed25519 of the author, base64url: see transaction.ts. */
  signature: z.string().length(86),
});

export const validationRequestMessage = z.strictObject({
  type: z.literal('ValidationRequest'),
  request_id: requestId,
  chain_id: chainId,
  places: z
    .array(z.strictObject({ height, hash: hash.nullable() }))
    .min(1)
    .max(syncLimits.places),
});

export const validationResponseMessage = z.strictObject({
  type: z.literal('ValidationResponse'),
  request_id: requestId,
  chain_id: chainId,
  answers: z
    .array(z.strictObject({ height, verdict: z.enum(verdicts), hash: hash.nullable() }))
    .min(1)
    .max(syncLimits.places),
  height: z.number().int().min(-1).max(Number.MAX_SAFE_INTEGER),
  at: height,
  signature: z.string().length(86),
});

/** @throws SignalboxError `INVALID_PARAMS` */
export function readMessage<S extends z.ZodType>(schema: S, message: unknown): z.output<S> {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SignalboxError(
    'INVALID_PARAMS',
    `A message about a chain is not valid: ${issue?.path.join('.') || 'message'}: ${issue?.message ?? ''}.`,
    { executed: 'no' },
  );
}

/** A block as messages carry it. */
export function textOfBlock({ block, entries }: FullBlock): BlockText {
  return { block: toBase64url(encodeBlock(block)), entries: entries.map((bytes) => Buffer.from(bytes).toString('utf8')) };
}

/** Reads a block that came from outside; nothing of it is checked beyond its layout. @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK` */
export function blockOfText({ block, entries }: BlockText): FullBlock {
  return {
    block: decodeBlock(fromBase64url(block, 'block', 204)),
    entries: entries.map((text) => new Uint8Array(Buffer.from(text, 'utf8'))),
  };
}
