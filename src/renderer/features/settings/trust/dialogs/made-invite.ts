import type { ResultOf } from '../../../../../common/contract/index.ts';

/** An invitation as it was told once, and who was a member before it. */
export type MadeInvite = (
  | (ResultOf<'membership.invite'> & { readonly kind: 'code' })
  | (ResultOf<'membership.inviteFile'> & { readonly kind: 'file'; readonly uses: number })
) & { readonly membersBefore: ReadonlySet<string> };
