/** What is hard to undo about a ledger: each names its object and says what follows (danger levels 2 and 3, ui.md section 4). */
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { ledgerChanged, useLedger } from '../../../state/ledger.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { act } from '../../shared/act.ts';

/** Level 3: the name of the node whose chain it is is typed. */
export function RepairDialog({ chain, onClose }: { readonly chain: LedgerChain; readonly onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const { chainId, name, fault } = chain;
  const repair = async () => {
    await act(
      'ledger.repair',
      { chain: chainId },
      {
        done: ({ replacedBlocks, from }) =>
          replacedBlocks === 0
            ? t('repairedNothing', { name })
            : t('repaired', { name, count: replacedBlocks, amount: formatCount(replacedBlocks), from: from.join(', ') }),
        failed: t('notRepaired', { name }),
      },
    );
    await ledgerChanged(nodeClient());
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('repairTitle', { name }),
        message: t('repairMessage', { name }),
        effects: [
          [t('effect_breaks'), fault === null ? '–' : t('effectBreaksAt', { height: formatCount(fault.height), message: fault.message })],
          [t('effect_taken'), t('repairTaken')],
          [t('effect_kept'), t('repairKept')],
        ],
        verb: t('repairVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void repair();
      }}
    />
  );
}

/** Level 2. */
export function CheckpointDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const name = useNode(({ status }) => status?.name) ?? common('thisNode');
  const retention = useLedger(({ status }) => status?.retention);
  const seal = async () => {
    await act(
      'ledger.checkpoint',
      {},
      {
        done: ({ archivedEntries, archiveFile }) =>
          archivedEntries === 0
            ? t('sealedNothing')
            : t('sealed', { count: archivedEntries, amount: formatCount(archivedEntries), file: archiveFile ?? '–' }),
        failed: t('notSealed'),
      },
    );
    await ledgerChanged(nodeClient());
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('checkpointTitle', { name }),
        message: t('checkpointMessage'),
        effects: [
          [t('effect_older'), retention?.days == null ? t('keepsAll') : t('olderThan', { count: retention.days })],
          [
            t('effect_sealed'),
            retention === undefined || retention.sealedHeight < 0
              ? t('nothingSealed')
              : t('sealedTo', { height: formatCount(retention.sealedHeight) }),
          ],
          [t('effect_archived'), formatCount(retention?.archivedEntries ?? 0)],
        ],
        verb: t('checkpointVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void seal();
      }}
    />
  );
}
