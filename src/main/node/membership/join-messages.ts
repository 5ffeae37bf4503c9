/** What a node that wants to join and its inviter say to each other (security.md 2.4, J1 to J4). */
import { z } from 'zod';
import { fromBase64url, toBase64url } from '../identity/index.ts';
import type { JoinProof } from '../trust/index.ts';
import { decodeJoining, encodeJoining } from './joining-frame.ts';
import { membershipLimits } from './limits.ts';

const keyBytes = 32;
const text = z.string().max(128);
const time = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const requestSchema = z.strictObject({
  v: z.literal(1),
  invite_id: text,
  pk: text,
  name: text,
  nonce: text,
  clock_ms: time,
  seal_cert: z.string().max(512),
});
const replySchema = z.strictObject({ v: z.literal(1), pk: text, nonce: text, clock_ms: time });
const proofSchema = z.strictObject({ mac: text, sig: text });
const answerSchema = z.strictObject({ mac: text, bytes: z.number().int().min(1).max(membershipLimits.joinBodyBytes) });

/** J1: who wants to join, by which invitation. */
export interface JoinRequest {
  readonly inviteId: Uint8Array;
  readonly publicKey: Uint8Array;
  /** What the node is called. */
  readonly name: string;
  readonly nonce: Uint8Array;
  readonly clockMs: number;
  readonly sealingCertificate: Uint8Array;
}

/** J2: who answers. */
export interface JoinReply {
  readonly publicKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly clockMs: number;
}

/** J4: the inviter's proof over a body of so many bytes, which follows. */
export interface JoinAnswerHead {
  readonly mac: Uint8Array;
  readonly bytes: number;
}

export function encodeJoinRequest({ inviteId, publicKey, name, nonce, clockMs, sealingCertificate }: JoinRequest): Buffer {
  return encodeJoining({
    v: 1,
    invite_id: toBase64url(inviteId),
    pk: toBase64url(publicKey),
    name,
    nonce: toBase64url(nonce),
    clock_ms: clockMs,
    seal_cert: toBase64url(sealingCertificate),
  });
}

/** @throws SignalboxError `INVALID_PARAMS`, `BAD_REQUEST`, `TOO_LARGE`; that of the refusal when the other side refused */
export function decodeJoinRequest(frame: Buffer): JoinRequest {
  const { invite_id, pk, name, nonce, clock_ms, seal_cert } = decodeJoining(requestSchema, frame);
  return {
    inviteId: fromBase64url(invite_id, 'the name of the invitation', 8),
    publicKey: fromBase64url(pk, 'the public key', keyBytes),
    name,
    nonce: fromBase64url(nonce, 'the nonce', keyBytes),
    clockMs: clock_ms,
    sealingCertificate: fromBase64url(seal_cert, 'the sealing key'),
  };
}

export function encodeJoinReply({ publicKey, nonce, clockMs }: JoinReply): Buffer {
  return encodeJoining({ v: 1, pk: toBase64url(publicKey), nonce: toBase64url(nonce), clock_ms: clockMs });
}

/** @throws as {@link decodeJoinRequest} */
export function decodeJoinReply(frame: Buffer): JoinReply {
  const { pk, nonce, clock_ms } = decodeJoining(replySchema, frame);
  return {
    publicKey: fromBase64url(pk, 'the public key', keyBytes),
    nonce: fromBase64url(nonce, 'the nonce', keyBytes),
    clockMs: clock_ms,
  };
}

export function encodeJoinProof({ mac, signature }: JoinProof): Buffer {
  return encodeJoining({ mac: toBase64url(mac), sig: toBase64url(signature) });
}

/** @throws as {@link decodeJoinRequest} */
export function decodeJoinProof(frame: Buffer): JoinProof {
  const { mac, sig } = decodeJoining(proofSchema, frame);
  return { mac: fromBase64url(mac, 'the proof', keyBytes), signature: fromBase64url(sig, 'the signature', 64) };
}

export function encodeJoinAnswerHead({ mac, bytes }: JoinAnswerHead): Buffer {
  return encodeJoining({ mac: toBase64url(mac), bytes });
}

/** @throws as {@link decodeJoinRequest} */
export function decodeJoinAnswerHead(frame: Buffer): JoinAnswerHead {
  const { mac, bytes } = decodeJoining(answerSchema, frame);
  return { mac: fromBase64url(mac, 'the proof', keyBytes), bytes };
}
