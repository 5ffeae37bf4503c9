/** The key that all members share for broadcasts, on its way to one of them. */
import { randomBytes } from 'node:crypto';
import { type SealOpener, sealTo } from '../../identity/index.ts';
import { ByteReader, u32 } from '../byte-reader.ts';
import { sha256 } from '../digest.ts';
import type { GroupKey } from '../envelope/index.ts';
import { refusal } from '../refusal.ts';

const info = 'SGBX/group-key/v1';
const commitmentTag = Buffer.from(info, 'latin1');
const keyBytes = 32;

/** @param epoch one above the key before */
export function newGroupKey(epoch: number): GroupKey {
  return { epoch, key: new Uint8Array(randomBytes(keyBytes)) };
}

/** What the membership log says of a key without giving it away: all members can tell whether they got the same. */
export function groupKeyCommitment({ epoch, key }: GroupKey): Uint8Array {
  return sha256(commitmentTag, u32(epoch), key);
}

/**
 * Seals a group key for one member.
 *
 * @param sealingKey X25519 key of the member
 * @returns epoch u32 ‖ sealed key
 * @throws SignalboxError `KEY_WEAK`
 */
export async function wrapGroupKey(
  groupKey: GroupKey,
  sealingKey: Uint8Array,
  member: Uint8Array,
  clusterId: Uint8Array,
): Promise<Uint8Array> {
  const associatedData = Buffer.concat([clusterId, u32(groupKey.epoch), member]);
  return Buffer.concat([u32(groupKey.epoch), await sealTo(sealingKey, groupKey.key, { info, associatedData })]);
}

/**
 * Opens a group key that was sealed for this node.
 *
 * @param openers of the present sealing key and the one before it
 * @throws SignalboxError `DECRYPT`, `INVALID_PARAMS`
 */
export async function unwrapGroupKey(
  wrapped: Uint8Array,
  openers: readonly SealOpener[],
  member: Uint8Array,
  clusterId: Uint8Array,
): Promise<GroupKey> {
  const reader = new ByteReader(wrapped, 'group key');
  const epoch = reader.u32();
  const sealed = reader.take(reader.rest);
  const context = { info, associatedData: Buffer.concat([clusterId, u32(epoch), member]) };
  for (const opener of openers) {
    const key = await opener.open(sealed, context).catch(() => undefined);
    if (key?.length === keyBytes) return { epoch, key };
  }
  throw refusal('DECRYPT', 'The group key cannot be opened: it was sealed for another node, or altered.');
}
