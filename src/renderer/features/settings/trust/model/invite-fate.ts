import type { z } from 'zod';
import type { inviteSchema } from '../../../../../common/contract/membership.ts';

export type Invite = z.infer<typeof inviteSchema>;

/** What has become of an invitation. `tried`: open, and somebody has proven it wrong. */
export type InviteFate = 'open' | 'tried' | 'used' | 'burned' | 'expired' | 'withdrawn';

/**
 * What has become of an invitation that was made here.
 *
 * @param invites as last read; undefined before the first answer
 * @param joined members that were not there before it
 * @param wasListed it has been read once: what is not there any more was withdrawn
 */
export function fateOf(
  made: { readonly inviteId: string; readonly expiresAt: number },
  invites: readonly Invite[] | undefined,
  joined: number,
  wasListed: boolean,
  nowMs: number,
): InviteFate {
  const invite = invites?.find(({ inviteId }) => inviteId === made.inviteId);
  if (invite !== undefined && invite.state !== 'open') return invite.state;
  // Nodes clear expired ones away.
  if (nowMs >= made.expiresAt) return joined > 0 ? 'used' : 'expired';
  // A list that was asked for before it was made does not have it either.
  if (invite === undefined) return invites !== undefined && wasListed ? 'withdrawn' : 'open';
  return invite.failures > 0 ? 'tried' : 'open';
}
