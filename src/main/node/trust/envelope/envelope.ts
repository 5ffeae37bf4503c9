/** What an envelope says and which bytes of it are signed (security.md 2.5). */
import { sha256, toHex } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';

/** Weakest first; the place in the list is the number that is signed. */
export const envelopePriorities = ['Low', 'Medium', 'High', 'Critical'] as const;
export type EnvelopePriority = (typeof envelopePriorities)[number];

/** Everything that a signature covers. */
export interface EnvelopeFields {
  /** 32 bytes. */
  readonly clusterId: Uint8Array;
  /** 16 bytes, UUIDv7. */
  readonly messageId: Uint8Array;
  /** The sender's public key, 32 bytes. */
  readonly source: Uint8Array;
  /** The receiver's public key; null: every node. */
  readonly target: Uint8Array | null;
  /** By the sender's clock, milliseconds since the epoch. */
  readonly timestampMs: number;
  /** 0: for a live session only. */
  readonly ttlSeconds: number;
  readonly priority: EnvelopePriority;
  /** The payload is sealed; its type is then {@link sealedType}. */
  readonly encrypted: boolean;
  /** The payload is a batch of messages. */
  readonly batch: boolean;
  /** Counts the starts of the sender. */
  readonly epoch: number;
  /** Counts the sender's envelopes in this epoch, from 1. */
  readonly seq: number;
  /** `[a-z0-9._-]`, the payload's tag in lower case with dashes. */
  readonly type: string;
  /** As sent: the ciphertext when it is sealed. */
  readonly payload: Uint8Array;
}

export interface SignedEnvelope extends EnvelopeFields {
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

/** The type of a sealed payload; what is inside says its own type when it is open. */
export const sealedType = 'sealed';

const tag = Buffer.from('SGBX/envelope/v1', 'latin1');
const broadcastTarget = new Uint8Array(32);
const typePattern = /^[a-z0-9._-]+$/;
const fixedBytes = 156;
const u32Max = 0xffff_ffff;

/** Bits of the flags byte; the others are zero. */
export const envelopeFlags = { encrypted: 1, batch: 2 } as const;

/** The flags byte of an envelope. */
export function flagsOf({ encrypted, batch }: Pick<EnvelopeFields, 'encrypted' | 'batch'>): number {
  return (encrypted ? envelopeFlags.encrypted : 0) | (batch ? envelopeFlags.batch : 0);
}

/**
 * The bytes that are signed, 190 and the type.
 *
 * @param fields checked by {@link checkEnvelopeFields} when they came from outside
 */
export function envelopeBytes(fields: EnvelopeFields): Uint8Array {
  const typeBytes = fields.type.length;
  const bytes = Buffer.allocUnsafe(fixedBytes + typeBytes + 36);
  bytes.set(tag, 0);
  bytes.set(fields.clusterId, 16);
  writeEnvelopeHead(bytes, 48, fields);
  bytes.set(sha256(fields.payload), fixedBytes + typeBytes + 4);
  return bytes;
}

/** What both the signed bytes and the binary form hold, from the message id to the payload's length. */
export function writeEnvelopeHead(bytes: Buffer, at: number, fields: EnvelopeFields): void {
  const typeBytes = fields.type.length;
  bytes.set(fields.messageId, at);
  bytes.set(fields.source, at + 16);
  bytes.set(fields.target ?? broadcastTarget, at + 48);
  bytes.writeBigUInt64BE(BigInt(fields.timestampMs), at + 80);
  bytes.writeUInt32BE(fields.ttlSeconds, at + 88);
  bytes.writeUInt8(envelopePriorities.indexOf(fields.priority), at + 92);
  bytes.writeUInt8(flagsOf(fields), at + 93);
  bytes.writeUInt32BE(fields.epoch, at + 94);
  bytes.writeBigUInt64BE(BigInt(fields.seq), at + 98);
  bytes.writeUInt16BE(typeBytes, at + 106);
  bytes.write(fields.type, at + 108, 'latin1');
  bytes.writeUInt32BE(fields.payload.length, at + 108 + typeBytes);
}

/** Bytes that {@link writeEnvelopeHead} writes. */
export function envelopeHeadBytes(type: string): number {
  return 112 + type.length;
}

/** The target of 32 bytes as it stands in the layout. */
export function targetOf(bytes: Uint8Array): Uint8Array | null {
  return bytes.every((byte) => byte === 0) ? null : bytes;
}

/**
 * Checks what a layout cannot say: bounds, and that the flag of a sealed payload and its type agree (security.md rows 44, 48, 50).
 *
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`
 */
export function checkEnvelopeFields(fields: EnvelopeFields): void {
  const wrong = firstFault(fields);
  if (wrong !== undefined) throw refusal('INVALID_PARAMS', `The envelope is not valid: ${wrong}.`);
  if (fields.payload.length > trustLimits.payloadBytes)
    throw refusal('TOO_LARGE', `The envelope is too large: its payload has ${fields.payload.length} bytes.`);
}

function firstFault(fields: EnvelopeFields): string | undefined {
  const { clusterId, messageId, source, target, timestampMs, ttlSeconds, epoch, seq, type } = fields;
  if (clusterId.length !== 32 || messageId.length !== 16 || source.length !== 32) return 'an id has the wrong length';
  if (target !== null && (target.length !== 32 || targetOf(target) === null)) return 'the target is no key';
  if (!isWhole(timestampMs, 0, Number.MAX_SAFE_INTEGER)) return 'the time is no whole number of milliseconds';
  if (!isWhole(ttlSeconds, 0, trustLimits.ttlSeconds)) return 'the time to live is out of bounds';
  if (!isWhole(epoch, 0, u32Max)) return 'the epoch is out of bounds';
  if (!isWhole(seq, 1, Number.MAX_SAFE_INTEGER)) return 'the sequence number is out of bounds';
  if (!envelopePriorities.includes(fields.priority)) return 'there is no such priority';
  if (type.length > trustLimits.payloadTypeBytes || !typePattern.test(type)) return 'the payload type is not valid';
  if (fields.encrypted !== (type === sealedType)) return 'its payload is not what its encryption flag says';
  return undefined;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

const dashedUuid = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/;

/** A message id as a UUID in lower case. */
export function messageIdText(messageId: Uint8Array): string {
  return toHex(messageId).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** @throws SignalboxError `INVALID_PARAMS` for anything but a UUID in lower case */
export function messageIdBytes(text: string): Uint8Array {
  if (!dashedUuid.test(text)) throw refusal('INVALID_PARAMS', 'The envelope is not valid: its message id is no UUID in lower case.');
  return new Uint8Array(Buffer.from(text.replaceAll('-', ''), 'hex'));
}
