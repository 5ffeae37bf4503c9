/** How a node without membership and a member prove to each other that they know one join code (security.md 2.4, J1 to J4). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type KnownKeys, type Signer, sameBytes } from '../../identity/index.ts';
import { sha256 } from '../digest.ts';
import { refusal } from '../refusal.ts';

const tag = Buffer.from('SGBX/join/v1\0\0\0\0', 'latin1');
const admitTag = Buffer.from('SGBX/admit/v1\0\0\0', 'latin1');

/** Label of the TLS exporter for joining. */
export const joinExporterLabel = 'EXPORTER-SGBX-join-v1';

/** What both ends of a joining connection have seen. */
export interface JoinTranscript {
  /** What this end's TLS exports, 32 bytes. */
  readonly channelBinding: Uint8Array;
  /** Exact bytes of J1 and J2. */
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
}

function digests({ channelBinding, request, reply }: JoinTranscript): Uint8Array {
  return Buffer.concat([channelBinding, sha256(request), sha256(reply)]);
}

function macOf(macKey: Uint8Array, role: 'J' | 'A', ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', macKey).update(role, 'latin1');
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** J3: the joiner knows the code and holds its key. */
export interface JoinProof {
  readonly mac: Uint8Array;
  readonly signature: Uint8Array;
}

/** Made by the joiner. */
export function proveJoin(macKey: Uint8Array, transcript: JoinTranscript, joiner: Signer): JoinProof {
  return { mac: macOf(macKey, 'J', digests(transcript)), signature: signJoin(transcript, joiner) };
}

/** The joiner holds the key it names: all that one without a code can prove. */
export function signJoin(transcript: JoinTranscript, joiner: Signer): Uint8Array {
  return joiner.sign(Buffer.concat([tag, digests(transcript)]));
}

/** True when the joiner knows the code; the inviter counts a false one against it. */
export function knowsCode(macKey: Uint8Array, transcript: JoinTranscript, proof: JoinProof): boolean {
  return isEqual(proof.mac, macOf(macKey, 'J', digests(transcript)));
}

/** Checks that the joiner holds the key it names. @throws SignalboxError `BAD_SIGNATURE`, `KEY_WEAK`, `SELF` */
export function checkJoinSignature(
  transcript: JoinTranscript,
  proof: Pick<JoinProof, 'signature'>,
  joiner: Uint8Array,
  inviter: Uint8Array,
  keys: KnownKeys,
): void {
  if (sameBytes(joiner, inviter)) throw refusal('SELF', 'A node asked itself to join.');
  if (!keys.isSigned(joiner, Buffer.concat([tag, digests(transcript)]), proof.signature))
    throw refusal('BAD_SIGNATURE', 'The node that wants to join did not prove the key that it names.');
}

/** J4: the inviter knows the code too, and stands for this body. */
export function proveInvitation(macKey: Uint8Array, transcript: JoinTranscript, body: Uint8Array): Uint8Array {
  return macOf(macKey, 'A', digests(transcript), sha256(body));
}

/** The admin node stands for this body on this connection, to a joiner without a code. */
export function signInvitation(transcript: JoinTranscript, body: Uint8Array, inviter: Signer): Uint8Array {
  return inviter.sign(Buffer.concat([admitTag, digests(transcript), sha256(body)]));
}

/**
 * Checks the signature of the admin node before anything of the body is read. Whether it is the node that is meant, the number tells.
 *
 * @throws SignalboxError `BAD_SIGNATURE`, `KEY_WEAK`
 */
export function checkSignedInvitation(
  transcript: JoinTranscript,
  body: Uint8Array,
  signature: Uint8Array,
  inviter: Uint8Array,
  keys: KnownKeys,
): void {
  if (!keys.isSigned(inviter, Buffer.concat([admitTag, digests(transcript), sha256(body)]), signature))
    throw refusal('BAD_SIGNATURE', 'The node that answered did not sign what it sent. Nothing was stored.');
}

/**
 * Checks the inviter's proof before anything of the body is read (security.md row 59).
 *
 * @throws SignalboxError `INVITE_INVALID`
 */
export function checkInvitation(macKey: Uint8Array, transcript: JoinTranscript, body: Uint8Array, mac: Uint8Array): void {
  if (!isEqual(mac, macOf(macKey, 'A', digests(transcript), sha256(body))))
    throw refusal('INVITE_INVALID', 'The node that answered does not know the join code. It could not be verified; nothing was stored.', {
      reason: 'inviter',
    });
}
