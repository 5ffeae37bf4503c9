/** NodeMessages by which peers tell how they are and ask after others (wire.md 3, HealthReport; security.md 2.7, suspect). */
import { z } from 'zod';
import { peerHealthSchema } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { nodeIdPattern } from '../../../../common/ids.ts';

const requestId = z.string().min(1).max(64);

const healthReportSchema = z.strictObject({
  type: z.literal('HealthReport'),
  status: peerHealthSchema,
  /** Calls that run there. */
  load: z.number().int().min(0).max(1_000_000),
  /** Peers that it is linked with. */
  degree: z.number().int().min(0).max(65_535),
});
export type HealthReport = z.infer<typeof healthReportSchema>;

/** Whether the peer that is asked reaches another one. */
const peerQuerySchema = z.strictObject({ type: z.literal('PeerQuery'), request_id: requestId, node_id: z.string().regex(nodeIdPattern) });
export type PeerQuery = z.infer<typeof peerQuerySchema>;

const peerSightingSchema = z.strictObject({
  type: z.literal('PeerSighting'),
  request_id: requestId,
  node_id: z.string().regex(nodeIdPattern),
  /** It acknowledged a message just now. */
  seen: z.boolean(),
});
export type PeerSighting = z.infer<typeof peerSightingSchema>;

/** @throws SignalboxError `INVALID_PARAMS`, as the others below */
export function readHealthReport(message: unknown): HealthReport {
  return read(healthReportSchema, message);
}

export function readPeerQuery(message: unknown): PeerQuery {
  return read(peerQuerySchema, message);
}

export function readPeerSighting(message: unknown): PeerSighting {
  return read(peerSightingSchema, message);
}

function read<T>(schema: z.ZodType<T>, message: unknown): T {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SignalboxError(
    'INVALID_PARAMS',
    `What a peer says of its health or of another is not valid (${issue?.path.join('.') ?? ''}).`,
    {
      executed: 'no',
    },
  );
}
