import { z } from 'zod';
import { setting } from './setting.ts';

/** The ledger of the node. */
export const ledgerSettings = {
  'ledger.retentionDays': setting({
    schema: z.number().int().min(0).max(36_500),
    group: 'Ledger',
    title: 'Ledger: days in the file',
    help: 'Older blocks of this node are sealed by a checkpoint and moved to an archive file in the folder ledger-archive; the checkpoint stays in the chain. 0: everything stays in the file.',
    fallback: () => 0,
    applies: 'live',
  }),
};
