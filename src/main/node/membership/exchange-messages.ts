/** What linked members tell each other about the membership and its keys, as control messages of a link (security.md 2.4, 2.7). */
import { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import { parseGuarded } from '../../../common/wire/guarded-json.ts';
import { fromBase64url, toBase64url } from '../identity/index.ts';
import { trustLimits } from '../trust/index.ts';
import { groupKeyStepSchema, groupKeysHeldSchema } from './group-key/index.ts';
import { membershipLimits } from './limits.ts';

const digest = z.string().length(43);
const address = z.strictObject({ host: z.string().regex(/^[A-Za-z0-9.:%_-]{1,253}$/), port: z.number().int().min(1).max(65_535) });
const addresses = z.array(address).max(membershipLimits.addresses);
const operations = z.array(z.string().max(1_024)).max(1_000);

const messageSchema = z.discriminatedUnion('type', [
  /** What the sender knows: the other answers with what it lacks. */
  z.strictObject({
    type: z.literal('have'),
    heads: z.array(digest).max(trustLimits.waitingOperations),
    checkpoints: z.array(digest).max(trustLimits.members),
  }),
  /** The answer, as much as fits into a page. */
  z.strictObject({ type: z.literal('page'), operations, more: z.boolean() }),
  /** Operations that were just made, or have just come from another member; `head` is the digest of all that the sender knows. */
  z.strictObject({ type: z.literal('news'), operations, head: digest }),
  /** Where members were found; of the sender itself where it listens. */
  z.strictObject({ type: z.literal('addresses'), of: z.array(z.strictObject({ member: digest, at: addresses })).max(64) }),
  /** Whether the sender needs the link: one that neither end needs is let go of (degree limits). */
  z.strictObject({ type: z.literal('need'), needed: z.boolean() }),
  /** Another node has come with the key of the one that is told, and was refused. */
  z.strictObject({ type: z.literal('sameKey'), address: z.string().max(64) }),
  groupKeyStepSchema,
  groupKeysHeldSchema,
]);

export type ExchangeMessage = z.infer<typeof messageSchema>;

/** Members in one `addresses` message. */
export const addressedMembers = 64;
const bounds = { depth: 6, keys: 4_096 };

export function encodeExchange(message: ExchangeMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

/** Undefined for a message of a newer version. @throws SignalboxError `INVALID_PARAMS`, `BAD_REQUEST`, `TOO_LARGE` */
export function decodeExchange(bytes: Buffer): ExchangeMessage | undefined {
  const value = parseGuarded(bytes.toString('utf8'), bounds);
  const parsed = messageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { type } = z.object({ type: z.string() }).safeParse(value).data ?? {};
  if (type !== undefined && !messageSchema.options.some((option) => option.shape.type.value === type)) return undefined;
  throw new SignalboxError('INVALID_PARAMS', 'A message about the membership is not valid.', { executed: 'no' });
}

/** A digest or key in a message. */
export function toText(bytes: Uint8Array): string {
  return toBase64url(bytes);
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function toBytes(texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => fromBase64url(text, 'a digest of the membership', 32));
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function toOperations(texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => fromBase64url(text, 'a membership operation'));
}
