/** What passes when a snapshot is brought to a member (docs/broker-protocol.md, "Between brokers"). */
import { z } from 'zod';
import { brokerIdPattern, groupIdPattern } from '../../../../common/contract/brokers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { GroupConfiguration, GroupId } from '../core/types.ts';
import type { SnapshotFile } from '../state/types.ts';
import { peerLimits } from './limits.ts';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const group = z.string().regex(groupIdPattern);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** At most as many members as a group can have. */
const mostMembers = 64;
export const configurationSchema: z.ZodType<GroupConfiguration> = z.strictObject({
  groupId: group,
  version: count,
  members: z
    .array(
      z.strictObject({
        brokerId: z.string().regex(brokerIdPattern),
        voter: z.boolean(),
        nodeId: z.string().max(64).nullable(),
        host: z.string().min(1).max(255),
        port: z.number().int().min(0).max(65_535),
      }),
    )
    .max(mostMembers),
});

const offerSchema = z.strictObject({
  group,
  snapshot_id: sha256,
  total_bytes: z.number().int().min(1).max(peerLimits.snapshotBytes),
  position: z.strictObject({ index: count, term: count, checksum: count }),
  configuration: configurationSchema,
});
const requestSchema = z.strictObject({
  group,
  snapshot_id: sha256,
  offset: count,
  max_bytes: z.number().int().min(1).max(peerLimits.snapshotChunkBytes),
});
const chunkSchema = z.union([
  z.strictObject({ snapshot_id: sha256, offset: count, done: z.boolean() }),
  z.strictObject({ code: z.string().max(64), message: z.string().max(512) }),
]);
const doneSchema = z.strictObject({ group, snapshot_id: sha256, ok: z.boolean(), message: z.string().max(512) });

export type SnapshotOffer = Omit<SnapshotFile, 'path'> & { readonly groupId: GroupId };

export function offerHeader(groupId: GroupId, { position, configuration, sizeBytes, sha256: digest }: SnapshotFile): object {
  return { group: groupId, snapshot_id: digest, total_bytes: sizeBytes, position, configuration };
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function decodeOffer(header: unknown): SnapshotOffer {
  const offer = parse(offerSchema, header, 'offer of a snapshot');
  return {
    groupId: offer.group,
    position: offer.position,
    configuration: offer.configuration,
    sizeBytes: offer.total_bytes,
    sha256: offer.snapshot_id,
  };
}

/** @throws SignalboxError `INVALID_PARAMS` */
export const decodeRequest = (header: unknown) => parse(requestSchema, header, 'request for a snapshot');
/** @throws SignalboxError `INVALID_PARAMS` */
export const decodeChunk = (header: unknown) => parse(chunkSchema, header, 'piece of a snapshot');
/** @throws SignalboxError `INVALID_PARAMS` */
export const decodeDone = (header: unknown) => parse(doneSchema, header, 'end of a snapshot');

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', `The ${what} is not valid.`, { executed: 'no' });
}
