import { useEffect } from 'react';
import { useNode } from '../../../state/node.ts';
import type { Rights } from './rights.ts';
import { openTrustDialog, trustDialogFrom } from './trust-dialogs.ts';
import { showTrust, useTrustRoute } from './trust-route.ts';

/**
 * Opens the dialog that an address asks for, once, when the person may do what it is for: going back to the address does not ask
 * again.
 *
 * @param known the node has said what it belongs to
 */
export function useAskedDialog(rights: Rights, known: boolean): void {
  const { tab, ask, request } = useTrustRoute();
  const { mayChange, mayLead, why } = rights;
  const settled = useNode(({ me }) => me !== undefined) && known && why !== 'away';
  useEffect(() => {
    const asked = trustDialogFrom(ask, request);
    if (asked === undefined || !settled) return;
    const needsAdminNode = asked.kind === 'invite' || asked.kind === 'admit';
    if (needsAdminNode ? mayLead : mayChange) openTrustDialog(asked);
    showTrust(tab, undefined, { replace: true });
  }, [ask, request, tab, settled, mayChange, mayLead]);
}
