/** What linked members say to each other about the group key, as control messages of a link (security.md 2.3). */
import { z } from 'zod';
import { rotationStepNames } from '../../../../common/contract/group-key.ts';
import { trustLimits } from '../../trust/index.ts';

const epoch = z.number().int().min(1).max(0xffff_ffff);
const digest = z.string().length(43);

/** An admin asks a member for one step. Only `install` carries the key, sealed for that member. */
export const groupKeyStepSchema = z.strictObject({
  type: z.literal('groupKeyStep'),
  epoch,
  step: z.enum(rotationStepNames),
  sealedKey: z.string().max(512).nullable(),
});

/** A member says to an admin what it holds: when it is linked, after each step, and from time to time. */
export const groupKeysHeldSchema = z.strictObject({
  type: z.literal('groupKeysHeld'),
  held: z.array(z.strictObject({ epoch, commitment: digest, state: z.enum(['installed', 'inUse', 'former']) })).max(trustLimits.groupKeys),
  /** Of the sender: the key is sealed with it. */
  sealingCertificate: z.string().max(512),
  /** Why the step that was asked for could not be done; null: it was, or none was. */
  failure: z.strictObject({ epoch, message: z.string().max(512) }).nullable(),
});

export type GroupKeyStep = z.infer<typeof groupKeyStepSchema>;
export type GroupKeysHeld = z.infer<typeof groupKeysHeldSchema>;
export type GroupKeyMessage = GroupKeyStep | GroupKeysHeld;
