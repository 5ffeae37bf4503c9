import { z } from 'zod';
import { defineService } from './define.ts';

/** What a node may do in its cluster (security.md 2.7). */
export const memberRoles = ['peer', 'viewer', 'operator', 'admin', 'bridge', 'agent'] as const;
export type MemberRole = (typeof memberRoles)[number];

const rolesSchema = z.array(z.enum(memberRoles)).min(1).max(memberRoles.length);
/** What a node can be let in with: admin is given afterwards. */
export const invitedRoles = z
  .array(z.enum(memberRoles).exclude(['admin']))
  .min(1)
  .max(memberRoles.length);
/** Longest text of an invite file. */
export const inviteFileCharacters = 16_384;
const timeMs = z.number().describe('Milliseconds since the epoch');
const whoSchema = z.object({ nodeId: z.string(), name: z.string().nullable().describe('null for a key that is no member any more') });
const failureSchema = z.object({ code: z.string(), message: z.string() }).nullable();
const member = z.string().min(1).max(128).describe('Node id or unique name of a member');

export const fingerprintSchema = z.object({
  words: z.array(z.string()).describe('Eight words to read out and compare'),
  hex: z.string(),
});

export const memberSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  fingerprint: fingerprintSchema,
  roles: z.array(z.enum(memberRoles)),
  since: timeMs,
  addedBy: whoSchema,
  endsAt: timeMs.nullable().describe('End of the membership; null: none'),
  state: z.enum(['self', 'linked', 'notLinked']),
  failure: failureSchema.describe('Why there is no link'),
  addresses: z.array(z.string()).describe('Where it was found, the likeliest first'),
  provenAt: timeMs.nullable().describe('When it last proved its key to this node'),
  rttMs: z.number().nullable(),
});
export type ClusterMember = z.infer<typeof memberSchema>;

export const inviteSchema = z.object({
  inviteId: z.string(),
  roles: z.array(z.enum(memberRoles)),
  createdAt: timeMs,
  expiresAt: timeMs,
  state: z.enum(['open', 'used', 'expired', 'burned']),
  usesLeft: z.number().int(),
  failures: z.number().int().describe('Wrong proofs so far'),
});

const clusterSchema = z.object({
  clusterId: z.string(),
  name: z.string(),
  createdAt: timeMs,
  members: z.number().int(),
  linked: z.number().int().describe('Members that are linked with this node'),
  roles: z.array(z.enum(memberRoles)).describe('What this node may do; none when it is no member any more'),
  removed: failureSchema.describe('Why this node is no member any more'),
  stale: z.boolean().describe('No admin was heard of for so long that operators and admins on other nodes are refused'),
  adminHeardAt: timeMs.describe('When an admin of the cluster last signed that it was there, as far as this node knows'),
  merged: z
    .object({ times: z.number().int(), lastAt: timeMs.nullable() })
    .describe('How often changes that were signed apart have been put together; lastAt: null when never'),
});

/** What a node belongs to that has just joined. */
export const joinedSchema = z.object({ clusterId: z.string(), name: z.string(), members: z.number().int() });

export const membershipContract = defineService({
  'membership.status': {
    params: z.strictObject({}),
    result: z.object({
      nodeId: z.string(),
      name: z.string(),
      fingerprint: fingerprintSchema,
      keyStore: z.string().describe('What protects the key of the node'),
      cluster: clusterSchema.nullable().describe('null while the node is in no cluster'),
      addresses: z.array(z.string()).describe('Where other nodes find this one'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Who this node is, the fingerprint of its key, and the cluster it belongs to.',
    quiet: true,
  },
  'membership.create': {
    params: z.strictObject({ name: z.string().min(1).max(128).describe('Name of the cluster') }),
    result: z.object({
      clusterId: z.string(),
      name: z.string(),
      recoveryWords: z.array(z.string()).describe('24 words, told once: they make and unmake admins when no admin node is left'),
    }),
    role: 'admin',
    effect: 'write',
    help: 'Founds a cluster with this node as its first admin.',
    secretResult: true,
    example: { name: 'North yard' },
  },
  'membership.invite': {
    params: z.strictObject({
      roles: invitedRoles.default(['peer', 'viewer']).describe('What the new member may do'),
      minutes: z.number().int().min(1).max(1_440).default(15).describe('How long the code is good'),
    }),
    result: z.object({
      inviteId: z.string().describe('Names it in membership.invites'),
      code: z.string().describe('20 characters, good once'),
      addresses: z.array(z.string()).describe('Where to join; the likeliest first'),
      roles: z.array(z.enum(memberRoles)),
      expiresAt: timeMs,
    }),
    role: 'admin',
    effect: 'write',
    help: 'Makes a join code for one node.',
    secretResult: true,
  },
  'membership.inviteFile': {
    params: z.strictObject({
      uses: z.number().int().min(1).max(1_000).describe('How many nodes may join with it'),
      roles: invitedRoles.default(['peer', 'viewer']).describe('What the new members may do'),
      minutes: z.number().int().min(1).max(1_440).describe('How long it is good'),
    }),
    result: z.object({
      inviteId: z.string(),
      file: z.string().describe('Text of the file, JSON. Whoever has it can join'),
      addresses: z.array(z.string()).describe('Where to join; the likeliest first'),
      expiresAt: timeMs,
    }),
    role: 'admin',
    effect: 'write',
    help: 'Makes an invite file with which several nodes join, for example from one disk image.',
    secretResult: true,
    example: { uses: 20, minutes: 60 },
  },
  'membership.invites': {
    params: z.strictObject({}),
    result: z.object({ invites: z.array(inviteSchema) }),
    role: 'admin',
    effect: 'read',
    help: 'Join codes this node has made, with what became of them; never the codes.',
  },
  'membership.withdraw': {
    params: z.strictObject({ inviteId: z.string().min(1).max(64) }),
    result: z.object({ withdrawn: z.literal(true) }),
    role: 'admin',
    effect: 'write',
    help: 'Makes a join code worthless.',
  },
  'membership.join': {
    params: z.strictObject({
      code: z.string().min(1).max(200).optional().describe('Join code, as it was read out'),
      address: z
        .string()
        .min(3)
        .max(320)
        .optional()
        .describe('HOST:PORT of the node that made the code; when absent the nodes on the local network are tried'),
      file: z.string().min(1).max(inviteFileCharacters).optional().describe('Text of an invite file, in place of code and address'),
    }),
    result: joinedSchema,
    progress: z.object({
      step: z.literal('waits').describe('The code is right, and an admin is to let this node in'),
      expiresAt: timeMs,
    }),
    role: 'admin',
    effect: 'write',
    help: 'Makes this node a member of the cluster of another node, with a join code or an invite file.',
    secretParams: ['code', 'file'],
    example: { code: '0H48S-M8NB6-EY49K-ANVNT', address: '192.168.1.20:7422' },
  },
  'membership.members': {
    params: z.strictObject({}),
    result: z.object({
      members: z.array(memberSchema),
      removed: z.array(z.object({ nodeId: z.string(), name: z.string(), by: whoSchema, at: timeMs })).describe('The latest first'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Members of the cluster with fingerprint, roles, link and last proof; and who was removed.',
    quiet: true,
  },
  'membership.setRoles': {
    params: z.strictObject({ node: member, roles: rolesSchema }),
    result: memberSchema,
    role: 'admin',
    effect: 'write',
    help: 'Changes what a member may do. With admin it can invite, change and remove members.',
  },
  'membership.revoke': {
    params: z.strictObject({ node: member }),
    result: z.object({ nodeId: z.string(), name: z.string(), revoked: z.literal(true) }),
    role: 'admin',
    effect: 'destructive',
    help: 'Removes a member. Its links end at once, and every member that has heard of it refuses it.',
  },
  'membership.recover': {
    params: z.strictObject({
      words: z.array(z.string().min(1).max(32)).length(24).describe('The recovery words, in their order'),
    }),
    result: z.object({ nodeId: z.string(), name: z.string(), roles: z.array(z.enum(memberRoles)) }),
    role: 'admin',
    effect: 'write',
    help: 'Makes this member an admin with the recovery words, for when no admin node is left.',
    secretParams: ['words'],
  },
  'membership.leave': {
    params: z.strictObject({}),
    result: z.object({ name: z.string().describe('Name of the cluster that was left'), left: z.literal(true) }),
    role: 'admin',
    effect: 'destructive',
    help: 'Forgets the cluster on this node, so that it can join one. The others list it until an admin removes it.',
  },
});
