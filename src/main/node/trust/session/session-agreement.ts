/**
 * Agreeing on session keys over a carrier that nobody trusts: `SessionOffer` and `SessionAccept` of wire.md 3, an ephemeral X25519 key
 * of each side signed by its identity key. When the ephemeral keys are gone, what was recorded stays closed (forward secrecy).
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  agree,
  importAgreementKey,
  type KnownKeys,
  rawAgreementKey,
  type Signer,
  sameBytes,
  signatureBytes,
} from '../../identity/index.ts';
import { ByteReader, u32, u64 } from '../byte-reader.ts';
import { sha256 } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import { deriveSessionKeys, type SessionKeys } from './session-keys.ts';

const offerTag = Buffer.from('SGBX/s-offer/v1\0', 'latin1');
const acceptTag = Buffer.from('SGBX/s-accept/v1', 'latin1');
const noOffer = new Uint8Array(32);

/** Who speaks to whom. */
export interface AgreementParties {
  readonly identity: Signer;
  readonly clusterId: Uint8Array;
  /** Public key of the other node. */
  readonly peer: Uint8Array;
  /** Counts the starts of this node. */
  readonly epoch: number;
}

interface AgreementMessage {
  readonly clusterId: Uint8Array;
  readonly sender: Uint8Array;
  readonly receiver: Uint8Array;
  readonly epoch: number;
  readonly timestampMs: number;
  readonly ephemeral: Uint8Array;
  /** Digest of the offer that is accepted. */
  readonly offer: Uint8Array;
}

/** tag ‖ cluster ‖ sender ‖ receiver ‖ epoch u32 ‖ time u64 ‖ ephemeral key ‖ digest of the offer ‖ signature. */
function encode(tag: Uint8Array, message: AgreementMessage, identity: Signer): Uint8Array {
  const { clusterId, sender, receiver, epoch, timestampMs, ephemeral, offer } = message;
  const signed = Buffer.concat([tag, clusterId, sender, receiver, u32(epoch), u64(timestampMs), ephemeral, offer]);
  return Buffer.concat([signed, identity.sign(signed)]);
}

interface Received extends AgreementMessage {
  readonly ephemeralKey: KeyObject;
}

/** Checks everything that one side can: form, parties, time, signature, key. */
function decode(tag: Uint8Array, bytes: Uint8Array, parties: AgreementParties, keys: KnownKeys, nowMs: number): Received {
  const reader = new ByteReader(bytes, 'session agreement');
  if (!sameBytes(reader.take(tag.length), tag)) throw reader.invalid('it is of another kind');
  const message = {
    clusterId: reader.take(32),
    sender: reader.take(32),
    receiver: reader.take(32),
    epoch: reader.u32(),
    timestampMs: reader.u64(),
    ephemeral: reader.take(32),
    offer: reader.take(32),
  };
  const signature = reader.take(signatureBytes);
  reader.end();
  const { clusterId, peer, identity } = parties;
  if (!sameBytes(message.clusterId, clusterId)) throw refusal('WRONG_CLUSTER', 'Session keys were offered by a node of another cluster.');
  if (sameBytes(message.sender, identity.publicKey)) throw refusal('SELF', 'Session keys were offered by this node itself.');
  if (!sameBytes(message.sender, peer) || !sameBytes(message.receiver, identity.publicKey))
    throw reader.invalid('it is between other nodes');
  if (!keys.isSigned(peer, bytes.subarray(0, bytes.length - signatureBytes), signature))
    throw refusal('BAD_SIGNATURE', 'Session keys were refused: the signature is not that of the node they name.');
  if (message.timestampMs > nowMs + trustLimits.clockToleranceMs) throw refusal('FUTURE', 'Session keys were offered from the future.');
  if (message.timestampMs < nowMs - trustLimits.sessionOfferMs) throw refusal('EXPIRED', 'The offer of session keys is too old.');
  return { ...message, ephemeralKey: importAgreementKey(message.ephemeral) };
}

/** An offer this node made, until it is accepted. */
export interface OpenOffer {
  /** To be sent. */
  readonly bytes: Uint8Array;
  /**
   * Takes the answer; once. The ephemeral key is given up with it.
   *
   * @returns the keys, and the epoch of the other node
   * @throws SignalboxError `INVALID_PARAMS` (not the answer to this offer), `BAD_SIGNATURE`, `WRONG_CLUSTER`, `SELF`, `FUTURE`, `EXPIRED`,
   *   `KEY_WEAK`, `REPLAYED` (a second answer)
   */
  complete(accept: Uint8Array, keys: KnownKeys, nowMs: number): AgreedSession;
}

/** What both sides have in the end. */
export interface AgreedSession {
  readonly keys: SessionKeys;
  /** Of the other node. */
  readonly peerEpoch: number;
}

/** Offers keys to a node. @param nowMs milliseconds since the epoch */
export function offerSession(parties: AgreementParties, nowMs: number): OpenOffer {
  const { identity, clusterId, peer, epoch } = parties;
  let ephemeral: KeyObject | undefined = generateKeyPairSync('x25519').privateKey;
  const bytes = encode(
    offerTag,
    {
      clusterId,
      sender: identity.publicKey,
      receiver: peer,
      epoch,
      timestampMs: nowMs,
      ephemeral: rawAgreementKey(ephemeral),
      offer: noOffer,
    },
    identity,
  );
  return {
    bytes,
    complete(accept, keys, acceptedMs) {
      const answer = decode(acceptTag, accept, parties, keys, acceptedMs);
      if (!sameBytes(answer.offer, sha256(bytes))) throw refusal('INVALID_PARAMS', 'The answer is to another offer of session keys.');
      if (ephemeral === undefined) throw refusal('REPLAYED', 'The offer of session keys was answered before.');
      const secret = agree(ephemeral, answer.ephemeralKey);
      ephemeral = undefined;
      const transcript = sha256(bytes, accept);
      const agreed = { secret, transcript, clusterId, initiator: identity.publicKey, responder: peer };
      return { keys: deriveSessionKeys(agreed, 'initiator', acceptedMs), peerEpoch: answer.epoch };
    },
  };
}

/**
 * Accepts an offer. A repeated offer makes other keys that nobody has: the session counts only from its first message on.
 *
 * @returns the answer to be sent, and the session
 * @throws SignalboxError `INVALID_PARAMS`, `BAD_SIGNATURE`, `WRONG_CLUSTER`, `SELF`, `FUTURE`, `EXPIRED`, `KEY_WEAK`
 */
export function acceptSession(
  offer: Uint8Array,
  parties: AgreementParties,
  keys: KnownKeys,
  nowMs: number,
): AgreedSession & { readonly bytes: Uint8Array } {
  const offered = decode(offerTag, offer, parties, keys, nowMs);
  const { identity, clusterId, peer, epoch } = parties;
  const ephemeral = generateKeyPairSync('x25519').privateKey;
  const bytes = encode(
    acceptTag,
    {
      clusterId,
      sender: identity.publicKey,
      receiver: peer,
      epoch,
      timestampMs: nowMs,
      ephemeral: rawAgreementKey(ephemeral),
      offer: sha256(offer),
    },
    identity,
  );
  const agreed = {
    secret: agree(ephemeral, offered.ephemeralKey),
    transcript: sha256(offer, bytes),
    clusterId,
    initiator: peer,
    responder: identity.publicKey,
  };
  return { bytes, keys: deriveSessionKeys(agreed, 'responder', nowMs), peerEpoch: offered.epoch };
}

/** What the first bytes of an agreement message say it is; undefined for anything else. */
export function agreementKind(bytes: Uint8Array): 'offer' | 'accept' | undefined {
  const tag = bytes.subarray(0, offerTag.length);
  return sameBytes(tag, offerTag) ? 'offer' : sameBytes(tag, acceptTag) ? 'accept' : undefined;
}

/** The sender that an agreement message names, by which its receiver finds the peer. @throws SignalboxError `INVALID_PARAMS` */
export function agreementSender(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, 'session agreement');
  reader.take(16 + 32);
  return reader.take(32);
}
