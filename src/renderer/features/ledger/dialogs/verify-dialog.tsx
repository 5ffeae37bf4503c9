import { useState } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { parseNumber } from '../model/export-file.ts';
import { verifyChain } from '../verification.ts';

/** Asks which blocks of a chain are checked; how far it has come is shown above the list. */
export function VerifyDialog({ chain, onClose }: { readonly chain: LedgerChain; readonly onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const fromHeight = parseNumber(from);
  const toHeight = parseNumber(to);
  const problem = (value: number | undefined | null): string | undefined => {
    if (value === undefined) return undefined;
    if (value === null || value > chain.height || value < chain.firstHeight)
      return t('heightHelp', { from: formatCount(chain.firstHeight), to: formatCount(chain.height) });
    return undefined;
  };
  const reversed = typeof fromHeight === 'number' && typeof toHeight === 'number' && fromHeight > toHeight;
  const wrong = problem(fromHeight) !== undefined || problem(toHeight) !== undefined || reversed;
  const submit = () => {
    void verifyChain({ chainId: chain.chainId, name: chain.name, fromHeight: fromHeight ?? undefined, toHeight: toHeight ?? undefined });
    onClose();
  };
  return (
    <FormDialog
      title={t('verifyTitle', { name: chain.name })}
      verb={t('verifyVerb')}
      working={false}
      disabled={wrong || chain.height < 0}
      failure={undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 le-text">{t('verifyMessage')}</p>
      <div className="le-fields">
        <TextInput
          label={t('field_fromHeight')}
          placeholder={formatCount(chain.firstHeight)}
          data-autofocus
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={problem(fromHeight)}
          autoComplete="off"
        />
        <TextInput
          label={t('field_toHeight')}
          placeholder={formatCount(Math.max(0, chain.height))}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={problem(toHeight) ?? (reversed ? t('heightReversed') : undefined)}
          autoComplete="off"
        />
      </div>
    </FormDialog>
  );
}
