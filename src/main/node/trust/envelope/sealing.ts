/** Payloads that only their receivers can read, carried and kept by others (security.md 2.5). */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { hpkeOverheadBytes, type SealOpener, sealTo } from '../../identity/index.ts';
import { ByteReader, u32 } from '../byte-reader.ts';
import { refusal } from '../refusal.ts';
import { type EnvelopeFields, sealedType } from './envelope.ts';

/** What a sealed payload is bound to: nobody can strip our signature and send the ciphertext as theirs. */
export type SealedPlace = Pick<EnvelopeFields, 'clusterId' | 'messageId' | 'source' | 'target'>;

const info = 'SGBX/seal/v1';
const groupInfo = Buffer.from('SGBX/group/v1', 'latin1');
const everybody = new Uint8Array(32);
const tagBytes = 16;

/** cluster ‖ message id ‖ source ‖ target ‖ type. */
function associatedData({ clusterId, messageId, source, target }: SealedPlace): Uint8Array {
  return Buffer.concat([clusterId, messageId, source, target ?? everybody, Buffer.from(sealedType, 'latin1')]);
}

/**
 * Seals a message for one node.
 *
 * @param sealingKey the receiver's X25519 key, 32 bytes
 * @returns the payload of the envelope: enc (32 bytes) ‖ ciphertext ‖ tag
 * @throws SignalboxError `KEY_WEAK`
 */
export function sealForNode(plain: Uint8Array, sealingKey: Uint8Array, place: SealedPlace): Promise<Uint8Array> {
  return sealTo(sealingKey, plain, { info, associatedData: associatedData(place) });
}

/**
 * Opens a payload sealed for this node.
 *
 * @param openers of the present sealing key and the one before it
 * @throws SignalboxError `DECRYPT`
 */
export async function openForNode(payload: Uint8Array, openers: readonly SealOpener[], place: SealedPlace): Promise<Uint8Array> {
  const context = { info, associatedData: associatedData(place) };
  let failure: unknown = cannotOpen('this node has no sealing key');
  for (const opener of payload.length < hpkeOverheadBytes ? openers.slice(0, 1) : openers) {
    try {
      return await opener.open(payload, context);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** A key that all members have, and its number. */
export interface GroupKey {
  readonly epoch: number;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** A key and a nonce of this message alone: message ids do not repeat, so neither does the pair. */
function groupCipherKey(
  { epoch, key }: GroupKey,
  { messageId, source }: SealedPlace,
): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const salt = Buffer.concat([messageId, source]);
  const derived = new Uint8Array(hkdfSync('sha256', key, salt, Buffer.concat([groupInfo, u32(epoch)]), 44));
  return { key: derived.subarray(0, 32), nonce: derived.subarray(32) };
}

/**
 * Seals a broadcast with the cluster's group key.
 *
 * @returns the payload of the envelope: epoch u32 ‖ ciphertext ‖ tag
 */
export function sealForGroup(plain: Uint8Array, groupKey: GroupKey, place: SealedPlace): Uint8Array {
  const { key, nonce } = groupCipherKey(groupKey, place);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(place));
  return Buffer.concat([u32(groupKey.epoch), cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens a broadcast sealed with a group key.
 *
 * @param keyOf the key of an epoch, undefined when this node does not have it
 * @throws SignalboxError `DECRYPT`; `data.reason` is `missingKey` when the key may be on its way
 */
export function openForGroup(payload: Uint8Array, keyOf: (epoch: number) => GroupKey | undefined, place: SealedPlace): Uint8Array {
  if (payload.length < 4 + tagBytes) throw cannotOpen('it is too short');
  const epoch = new ByteReader(payload, 'sealed payload').u32();
  const groupKey = keyOf(epoch);
  if (groupKey === undefined) throw cannotOpen(`this node does not have the group key ${epoch}`, { reason: 'missingKey', epoch });
  const { key, nonce } = groupCipherKey(groupKey, place);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(payload.subarray(-tagBytes));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(payload.subarray(4, -tagBytes)), decipher.final()]));
  } catch {
    throw cannotOpen('it was altered, or moved to another envelope');
  }
}

function cannotOpen(why: string, data?: unknown) {
  return refusal('DECRYPT', `A sealed message cannot be opened: ${why}.`, data);
}
