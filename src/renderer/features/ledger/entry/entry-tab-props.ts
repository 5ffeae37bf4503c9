import type { ActContext } from '../ledger-actions.ts';
import type { EntryDetail } from '../model/proof.ts';

/** What each tab of an entry's inspector gets. */
export interface EntryTabProps {
  readonly detail: EntryDetail;
  readonly context: ActContext;
}
