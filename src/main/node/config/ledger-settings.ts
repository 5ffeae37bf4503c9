import { z } from 'zod';
import { setting } from './setting.ts';

const most = (fallback: number, title: string, help: string) =>
  setting({
    schema: z.number().int().min(0).max(1_000_000_000),
    group: 'Ledger',
    title: `Ledger: ${title}`,
    help: `${help} Beyond it nothing more is kept of that chain, and a problem says so; the chain of this node has no such bound. 0: as much as comes.`,
    fallback: () => fallback,
    applies: 'live',
  });

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
  'ledger.copyMegabytes': most(512, 'MiB of each copy', 'Bytes of entries that are kept of the chain of each other node.'),
  'ledger.copyEntries': most(
    1_000_000,
    'entries of each copy',
    'Entries that are kept of the chain of each other node, about 1 KiB of disk each.',
  ),
  'ledger.copyDayMegabytes': most(
    64,
    'MiB of each copy a day',
    'Bytes of entries that are taken of the chain of each other node within 24 hours.',
  ),
  'ledger.copyDayEntries': most(
    100_000,
    'entries of each copy a day',
    'Entries that are taken of the chain of each other node within 24 hours.',
  ),
};
