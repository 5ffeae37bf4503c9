import { goTo, useRoute } from '../../../app/routes.ts';

export const trustTabs = ['overview', 'members', 'removed', 'invites'] as const;
export type TrustTab = (typeof trustTabs)[number];

/** The part of Identity & trust that an address shows, and the member whose details are open. */
export function useTrustRoute(): {
  readonly tab: TrustTab;
  readonly memberId: string | undefined;
  readonly ask: string | null;
  readonly request: string | null;
} {
  const { query } = useRoute();
  return {
    tab: trustTabs.find((known) => known === query.get('show')) ?? 'overview',
    memberId: query.get('member') ?? undefined,
    ask: query.get('ask'),
    request: query.get('request'),
  };
}

/** Goes to a part of Identity & trust. */
export function showTrust(tab: TrustTab, memberId?: string, options: { readonly replace?: boolean } = {}): void {
  goTo('settings', { section: 'trust', show: tab, ...(memberId !== undefined && { member: memberId }) }, options);
}
