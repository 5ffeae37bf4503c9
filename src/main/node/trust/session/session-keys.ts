/** Keys of one session between two nodes: a signature a message costs most of the speed, so they agree on keys first (wire.md 3). */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { sha256 } from '../digest.ts';

const info = 'SGBX/session-keys/v1';
const keyBytes = 32;
const idBytes = 8;

/** One direction of a session. */
export interface DirectionKeys {
  /** Names the session on the wire; 8 bytes. */
  readonly keyId: Uint8Array;
  /** AES-256-GCM. */
  readonly sealing: KeyObject;
  /** HMAC-SHA-256, where only integrity is wanted. */
  readonly authentication: KeyObject;
  /** Bound into every message: cluster, sender and receiver. */
  readonly context: Uint8Array;
}

/** Both directions, as one of the two sees them. */
export interface SessionKeys {
  readonly outgoing: DirectionKeys;
  readonly incoming: DirectionKeys;
  /** When they were agreed on, milliseconds since the epoch. */
  readonly agreedMs: number;
}

export interface SessionSecret {
  /** Of a key agreement, or exported from TLS: 32 bytes known to the two alone. */
  readonly secret: Uint8Array;
  /** Digest of everything that both said and signed before. */
  readonly transcript: Uint8Array;
  readonly clusterId: Uint8Array;
  /** Public keys of the two nodes. */
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
}

/**
 * Derives both directions' keys with HKDF-SHA-256.
 *
 * @param side which of the two this node is
 * @param agreedMs milliseconds since the epoch
 */
export function deriveSessionKeys(agreed: SessionSecret, side: 'initiator' | 'responder', agreedMs: number): SessionKeys {
  const { secret, transcript, clusterId, initiator, responder } = agreed;
  const salt = sha256(transcript, clusterId, initiator, responder);
  const derived = Buffer.from(hkdfSync('sha256', secret, salt, info, 2 * (idBytes + 2 * keyBytes)));
  const direction = (at: number, from: Uint8Array, to: Uint8Array): DirectionKeys => ({
    keyId: new Uint8Array(derived.subarray(at, at + idBytes)),
    // A raw key would be imported again for every message, which costs four times the message itself.
    sealing: createSecretKey(derived.subarray(at + idBytes, at + idBytes + keyBytes)),
    authentication: createSecretKey(derived.subarray(at + idBytes + keyBytes, at + idBytes + 2 * keyBytes)),
    context: sha256(clusterId, from, to),
  });
  const fromInitiator = direction(0, initiator, responder);
  const fromResponder = direction(idBytes + 2 * keyBytes, responder, initiator);
  return side === 'initiator'
    ? { outgoing: fromInitiator, incoming: fromResponder, agreedMs }
    : { outgoing: fromResponder, incoming: fromInitiator, agreedMs };
}
