/** What a node without a code and the admin node it asks say to each other (security.md 2.4, "Ask to join"). */
import { z } from 'zod';
import { fromBase64url, toBase64url } from '../identity/index.ts';
import { decodeRefusable } from '../links/index.ts';
import { decodeJoining, encodeJoining } from './joining-frame.ts';
import { membershipLimits } from './limits.ts';

const keyBytes = 32;
const signatureBytes = 64;
const text = z.string().max(128);
const requestSchema = z.strictObject({
  v: z.literal(1),
  ask: text,
  pk: text,
  name: text,
  clock_ms: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  seal_cert: z.string().max(512),
});
const openingSchema = z.strictObject({ nonce: text, sig: text });
const answerSchema = z.strictObject({ sig: text, bytes: z.number().int().min(1).max(membershipLimits.joinBodyBytes) });
const waitSchema = z.strictObject({ wait_ms: z.number().int().min(1).max(membershipLimits.confirmMs) });

/** First: who asks, and a promise of the nonce that it will name. */
export interface AskRequest {
  /** See `comparisonCommitment`. */
  readonly commitment: Uint8Array;
  readonly publicKey: Uint8Array;
  /** What the node is called. */
  readonly name: string;
  readonly clockMs: number;
  readonly sealingCertificate: Uint8Array;
}

/** Third: the promise is kept, and the key is proven. The second is a `JoinReply`. */
export interface AskOpening {
  readonly nonce: Uint8Array;
  readonly signature: Uint8Array;
}

/** Last: the admin's signature over a body of so many bytes, which follows. */
export interface AskAnswerHead {
  readonly signature: Uint8Array;
  readonly bytes: number;
}

export function encodeAskRequest({ commitment, publicKey, name, clockMs, sealingCertificate }: AskRequest): Buffer {
  return encodeJoining({
    v: 1,
    ask: toBase64url(commitment),
    pk: toBase64url(publicKey),
    name,
    clock_ms: clockMs,
    seal_cert: toBase64url(sealingCertificate),
  });
}

/** Whether a first frame asks without a code; one that is neither is for the reader of the other kind to refuse. */
export function isAskRequest(frame: Buffer): boolean {
  return requestSchema.safeParse(decodeRefusable(frame)).success;
}

/** @throws SignalboxError `INVALID_PARAMS`, `BAD_REQUEST`, `TOO_LARGE`; that of the refusal when the other side refused */
export function decodeAskRequest(frame: Buffer): AskRequest {
  const { ask, pk, name, clock_ms, seal_cert } = decodeJoining(requestSchema, frame);
  return {
    commitment: fromBase64url(ask, 'the promise', keyBytes),
    publicKey: fromBase64url(pk, 'the public key', keyBytes),
    name,
    clockMs: clock_ms,
    sealingCertificate: fromBase64url(seal_cert, 'the sealing key'),
  };
}

export function encodeAskOpening({ nonce, signature }: AskOpening): Buffer {
  return encodeJoining({ nonce: toBase64url(nonce), sig: toBase64url(signature) });
}

/** @throws as {@link decodeAskRequest} */
export function decodeAskOpening(frame: Buffer): AskOpening {
  const { nonce, sig } = decodeJoining(openingSchema, frame);
  return { nonce: fromBase64url(nonce, 'the nonce', keyBytes), signature: fromBase64url(sig, 'the signature', signatureBytes) };
}

/** A person is to decide, who has so many milliseconds. */
export function encodeWait(waitMs: number): Buffer {
  return encodeJoining({ wait_ms: waitMs });
}

/** Milliseconds that a person has to decide; undefined for another frame. @throws as {@link decodeAskRequest} */
export function readWait(frame: Buffer): number | undefined {
  return waitSchema.safeParse(decodeRefusable(frame)).data?.wait_ms;
}

export function encodeAskAnswerHead({ signature, bytes }: AskAnswerHead): Buffer {
  return encodeJoining({ sig: toBase64url(signature), bytes });
}

/** @throws as {@link decodeAskRequest} */
export function decodeAskAnswerHead(frame: Buffer): AskAnswerHead {
  const { sig, bytes } = decodeJoining(answerSchema, frame);
  return { signature: fromBase64url(sig, 'the signature', signatureBytes), bytes };
}
