/** Finding other nodes on the local network, and becoming a member with or without a code (security.md 2.4). */
import { z } from 'zod';
import { defineService } from './define.ts';
import { fingerprintSchema, invitedRoles, joinedSchema, memberRoles } from './membership.ts';

const timeMs = z.number().describe('Milliseconds since the epoch');
const address = z.string().min(3).max(320).describe('HOST:PORT');
const requestId = z.string().min(1).max(64).describe('Of membership.requests');

export const nearbyNodeSchema = z.object({
  name: z.string().describe('As it says itself'),
  shortId: z.string().describe('First characters of its node id, as it says itself'),
  address: z.string().describe('HOST:PORT where it answered from'),
  cluster: z.string().nullable().describe('Name of its cluster, as it says itself; null: it says none'),
  clusterShortId: z.string().nullable().describe('First characters of the id of its cluster, to tell two of one name apart'),
  takesRequests: z.boolean().describe('It says that a node can join there'),
  seenAt: timeMs,
});
export type NearbyNode = z.infer<typeof nearbyNodeSchema>;

export const joinRequestSchema = z.object({
  requestId: z.string(),
  kind: z
    .enum(['number', 'code'])
    .describe('number: it asks without a code, and the digits on its screen are typed; code: it has shown a code'),
  name: z.string().describe('As it says itself'),
  shortId: z.string().describe('First characters of its node id'),
  fingerprint: fingerprintSchema,
  address: z.string().describe('Where it asks from'),
  roles: z.array(z.enum(memberRoles)).nullable().describe('What its code gives; null: membership.admit says it'),
  askedAt: timeMs,
  expiresAt: timeMs,
});
export type JoinRequestEntry = z.infer<typeof joinRequestSchema>;

/** What the person at the node that asks is to do next. */
export const askProgressSchema = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('number'),
    number: z.string().describe('Six digits to read out to an admin, who types them there'),
    expiresAt: timeMs,
  }),
  z.object({
    step: z.literal('accept'),
    cluster: z.string().describe('Name of the cluster that let this node in'),
    by: z.object({ nodeId: z.string(), name: z.string(), fingerprint: fingerprintSchema }).describe('The admin node that did'),
    expiresAt: timeMs.describe('Until when membership.accept may be called'),
  }),
]);
export type AskProgress = z.infer<typeof askProgressSchema>;

export const joiningContract = defineService({
  'membership.nearby': {
    params: z.strictObject({}),
    result: z.object({
      state: z.enum(['on', 'off', 'failed']),
      detail: z.string().nullable().describe('What is wrong, or what is left out'),
      advertised: z.boolean().describe('Other nodes on the local network find this one'),
      nodes: z.array(nearbyNodeSchema),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Nodes on the local network, as they say themselves: hints to an address, never proof of who is there.',
    quiet: true,
  },
  'membership.ask': {
    params: z.strictObject({ address: address.describe('HOST:PORT of an admin node of the cluster') }),
    result: joinedSchema,
    progress: askProgressSchema,
    role: 'admin',
    effect: 'write',
    help: 'Asks to join without a code: an admin types the six digits that are shown here, then membership.accept is called here.',
  },
  'membership.accept': {
    params: z.strictObject({}),
    result: z.object({ accepted: z.literal(true) }),
    role: 'admin',
    effect: 'write',
    help: 'Ends membership.ask: the admin has said over another way that it was they who typed the digits.',
  },
  'membership.requests': {
    params: z.strictObject({}),
    result: z.object({ requests: z.array(joinRequestSchema).describe('The oldest first') }),
    role: 'admin',
    effect: 'read',
    help: 'Nodes that wait to be let in here. The topic /membership tells when it changes.',
    quiet: true,
  },
  'membership.admit': {
    params: z.strictObject({
      requestId,
      number: z.string().max(32).optional().describe('The six digits on the screen of the node that asks; one attempt. Not for a code'),
      roles: invitedRoles.optional().describe('What the new member may do; peer and viewer when absent. Not for a code, which has its own'),
    }),
    result: z.object({ nodeId: z.string(), name: z.string(), roles: z.array(z.enum(memberRoles)), admitted: z.literal(true) }),
    role: 'admin',
    effect: 'write',
    help: 'Lets a node in that waits. Other digits than those on its screen end the request: somebody may stand between the two.',
    secretParams: ['number'],
  },
  'membership.refuse': {
    params: z.strictObject({ requestId }),
    result: z.object({ refused: z.literal(true) }),
    role: 'admin',
    effect: 'write',
    help: 'Sends a node away that waits to be let in.',
  },
});
