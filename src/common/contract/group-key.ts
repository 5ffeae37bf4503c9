import { z } from 'zod';
import { defineService } from './define.ts';

/** What every member is led through, each step confirmed by all before the next (security.md 2.3). */
export const rotationStepNames = ['install', 'use', 'remove'] as const;

const timeMs = z.number().describe('Milliseconds since the epoch');
const epoch = z.number().int().describe('Number of a group key');

export const rotationMemberSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  step: z.enum(rotationStepNames).nullable().describe('The last step it has confirmed; null: none'),
  confirmed: z.boolean().describe('It has confirmed the present step'),
  failure: z.string().nullable().describe('Why it could not do the present step'),
});
export type RotationMemberState = z.infer<typeof rotationMemberSchema>;

export const groupKeyContract = defineService({
  'membership.rotate': {
    params: z.strictObject({}),
    result: z.object({ epoch: epoch.describe('Number of the new group key') }),
    role: 'admin',
    effect: 'write',
    help: 'Begins to change the group key: every member installs the new one, then uses it, then removes the old one.',
  },
  'membership.rotation': {
    params: z.strictObject({}),
    result: z.object({
      epoch: epoch.describe('Number of the key that is being introduced; of the key in use when none is'),
      since: timeMs.nullable().describe('When this node began to use its key, or the rotation began; null: it has no key'),
      dueAt: timeMs.nullable().describe('When the key in use is changed by itself'),
      state: z.enum(['idle', 'installing', 'using', 'removing']),
      leader: z
        .object({ nodeId: z.string(), name: z.string().nullable() })
        .nullable()
        .describe('The admin node that leads the rotation; null: none is under way'),
      members: z.array(rotationMemberSchema).describe('Known on the node that leads it; empty on others'),
      skippable: z.array(z.string()).describe('Node ids of those that are waited for: the rotation can go on without them'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'How far the change of the group key is, member by member.',
    quiet: true,
  },
  'membership.skip': {
    params: z.strictObject({ node: z.string().min(1).max(128).describe('Node id or unique name of a member') }),
    result: z.object({ nodeId: z.string(), name: z.string(), skipped: z.boolean().describe('false: nobody waits for it any more') }),
    role: 'admin',
    effect: 'write',
    help: 'Goes on with the change of the group key without a member that does not answer. It is given the key when it is back.',
  },
});
