import { useState } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { Select, Textarea, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { ledgerChanged } from '../../../state/ledger.ts';
import { nodeClient } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { showLedger } from '../ledger-route.ts';
import { findChain } from '../model/chain-table.ts';

/** As the contract has it. */
const longestNote = 1_000;
const longestTarget = 256;

interface NoteDialogProps {
  readonly chains: readonly LedgerChain[];
  /** What the note is about, as it is proposed. */
  readonly target: string | undefined;
  readonly onClose: () => void;
}

/** Adds a note (danger level 2): it cannot be taken back, and says so. Another node is offered it, and writes it itself. */
export function NoteDialog({ chains, target, onClose }: NoteDialogProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const own = findChain(chains, undefined);
  const [chainId, setChainId] = useState(own?.chainId);
  const name = findChain(chains, chainId)?.name ?? common('thisNode');
  const isOwn = chainId === own?.chainId;
  const [text, setText] = useState('');
  const [about, setAbout] = useState(target ?? '');
  const attempt = useAttempt();
  const submit = () =>
    void attempt.run(async () => {
      const params = {
        text: text.trim(),
        ...(about.trim() !== '' && { target: about.trim() }),
        ...(chainId !== undefined && !isOwn && { chain: chainId }),
      };
      const { number } = await nodeClient().call('ledger.note', params, { timeoutMs: writeTimeoutMs });
      showToast({ title: number === null ? t('noteOffered', { name }) : t('noteAdded', { number: formatCount(number), name }) });
      onClose();
      await ledgerChanged(nodeClient());
      showLedger({ tab: 'entries' });
    });
  return (
    <FormDialog
      title={t('noteTitle')}
      verb={t('noteVerb')}
      working={attempt.working}
      disabled={text.trim() === ''}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 le-text">{t(isOwn ? 'noteMessage' : 'noteMessageOther', { name })}</p>
      {chains.length > 1 && (
        <Select
          label={t('field_chain')}
          data={chains.map((chain) => ({ value: chain.chainId, label: chain.name }))}
          value={chainId ?? null}
          onChange={(value) => setChainId(value ?? own?.chainId)}
          allowDeselect={false}
        />
      )}
      <Textarea
        label={t('field_note')}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={longestNote}
        minRows={3}
        autosize
        maxRows={8}
      />
      <TextInput
        label={t('field_about')}
        description={t('field_aboutHelp')}
        value={about}
        onChange={(event) => setAbout(event.currentTarget.value)}
        maxLength={longestTarget}
        autoComplete="off"
      />
    </FormDialog>
  );
}
