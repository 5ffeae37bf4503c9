/** What the two ends of a link say to each other before either has proven anything (security.md 2.4). */
import { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import { parseGuarded } from '../../../common/wire/guarded-json.ts';
import { fromBase64url, toBase64url } from '../identity/index.ts';

export const linkVersion = 1;
const keyBytes = 32;
const bounds = { depth: 4, keys: 64 };

/** Who a node says it is, in bytes. */
export interface Hello {
  readonly clusterId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly nonce: Uint8Array;
  /** Starts of the node. */
  readonly epoch: number;
  /** Made up at each start, so that two nodes with one key are told apart (security.md row 39). */
  readonly instance: string;
  /** When this start was, by the node's own clock, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly clockMs: number;
  /** Digest of what the node knows of the membership, 32 bytes: two nodes with the same need exchange nothing. */
  readonly memberHead: Uint8Array;
  /** The key that others seal with for this node, signed by it (trust/sealing-key). */
  readonly sealingCertificate: Uint8Array;
  readonly capabilities: readonly string[];
}

const text = z.string().max(128);
const helloSchema = z.strictObject({
  v: z.number().int(),
  cluster: text,
  pk: text,
  nonce: text,
  epoch: z.number().int().min(0),
  instance: z.string().min(1).max(64),
  since_ms: z.number().int().min(0),
  clock_ms: z.number().int().min(0),
  member_head: text,
  seal_cert: z.string().max(512),
  caps: z.array(z.string().max(64)).max(32),
});
const proofSchema = z.strictObject({ cb: text, sig: text });
const acceptanceSchema = z.strictObject({ session_id: z.string().min(1).max(64), your_roles: z.number().int().min(0).max(255) });
const refusalSchema = z.strictObject({ refused: z.strictObject({ code: z.string().max(64), message: z.string().max(512) }) });

export function encodeHello(hello: Hello): Buffer {
  return encode({
    v: linkVersion,
    cluster: toBase64url(hello.clusterId),
    pk: toBase64url(hello.publicKey),
    nonce: toBase64url(hello.nonce),
    epoch: hello.epoch,
    instance: hello.instance,
    since_ms: hello.sinceMs,
    clock_ms: hello.clockMs,
    member_head: toBase64url(hello.memberHead),
    seal_cert: toBase64url(hello.sealingCertificate),
    caps: hello.capabilities,
  });
}

/** @throws SignalboxError `VERSION`, `INVALID_PARAMS`, `BAD_REQUEST`, `TOO_LARGE`; that of the refusal when the other side refused */
export function decodeHello(frame: Buffer): Hello {
  const value = decodeRefusable(frame);
  if (typeof value === 'object' && value !== null && 'v' in value && value.v !== linkVersion)
    throw new SignalboxError(
      'VERSION',
      `The other node speaks version ${String(value.v).slice(0, 16)} of the link, this one ${linkVersion}. Update one of them.`,
    );
  const hello = parse(helloSchema, value, 'hello');
  return {
    clusterId: fromBase64url(hello.cluster, 'the cluster id', keyBytes),
    publicKey: fromBase64url(hello.pk, 'the public key', keyBytes),
    nonce: fromBase64url(hello.nonce, 'the nonce', keyBytes),
    epoch: hello.epoch,
    instance: hello.instance,
    sinceMs: hello.since_ms,
    clockMs: hello.clock_ms,
    memberHead: fromBase64url(hello.member_head, 'the membership digest', keyBytes),
    sealingCertificate: fromBase64url(hello.seal_cert, 'the sealing key'),
    capabilities: hello.caps,
  };
}

export interface ProofMessage {
  readonly channelBinding: Uint8Array;
  readonly signature: Uint8Array;
}

export function encodeProof({ channelBinding, signature }: ProofMessage): Buffer {
  return encode({ cb: toBase64url(channelBinding), sig: toBase64url(signature) });
}

/** @throws as {@link decodeHello} */
export function decodeProof(frame: Buffer): ProofMessage {
  const { cb, sig } = parse(proofSchema, decodeRefusable(frame), 'proof');
  return { channelBinding: fromBase64url(cb, 'the channel binding', keyBytes), signature: fromBase64url(sig, 'the signature', 64) };
}

/** The server's last word of a handshake. */
export interface Acceptance {
  readonly sessionId: string;
  /** What the client may do there, bits of security.md 2.7. */
  readonly roles: number;
}

export function encodeAcceptance({ sessionId, roles }: Acceptance): Buffer {
  return encode({ session_id: sessionId, your_roles: roles });
}

/** @throws as {@link decodeHello} */
export function decodeAcceptance(frame: Buffer): Acceptance {
  const { session_id, your_roles } = parse(acceptanceSchema, decodeRefusable(frame), 'acceptance');
  return { sessionId: session_id, roles: your_roles };
}

export function encodeRefusal({ code, message }: SignalboxError): Buffer {
  return encode({ refused: { code, message: message.slice(0, 512) } });
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/**
 * Reads a frame of somebody who has not proven anything.
 *
 * @throws SignalboxError `BAD_REQUEST`, `INVALID_PARAMS`, `TOO_LARGE`; that of the refusal when the frame is one
 */
export function decodeRefusable(frame: Buffer): unknown {
  const value = parseGuarded(frame.toString('utf8'), bounds);
  const refusal = refusalSchema.safeParse(value);
  if (refusal.success) {
    const { code, message } = refusal.data.refused;
    throw SignalboxError.fromShape({ code, message, retryable: false });
  }
  return value;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', `The ${what} of the other node is not valid.`, { executed: 'no' });
}
