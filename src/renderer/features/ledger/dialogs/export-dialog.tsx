import { useEffect, useRef, useState } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { allows } from '../../../../common/roles.ts';
import { Checkbox, TextInput } from '../../../design/controls/index.ts';
import { saveTextFile } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { useRights } from '../../shared/rights.ts';
import { exportFileName, parseNumber, verifyCommand } from '../model/export-file.ts';

/** One page of the export; a slow machine reads many blocks for it. */
const timeoutMs = 60_000;
/** What the console holds before it saves; more is exported in parts, or by the command line. */
const mostBytes = 256 * 1024 * 1024;

interface Made {
  readonly fileName: string;
  readonly entries: number;
  readonly blocks: number;
  readonly sizeBytes: number;
}

/** Saves blocks, entries and proofs of a chain as a file that anybody can check without this node. */
export function ExportDialog({ chain, onClose }: { readonly chain: LedgerChain; readonly onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const isAdmin = allows(useRights().roles, 'admin');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [withDetails, setWithDetails] = useState(false);
  const [withConfirmations, setWithConfirmations] = useState(false);
  const [read, setRead] = useState(0);
  const [made, setMade] = useState<Made>();
  const attempt = useAttempt();
  const abort = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const fromNumber = parseNumber(from);
  const toNumber = parseNumber(to);
  const problem = (value: number | undefined | null) =>
    value === null || value === 0 || (value !== undefined && value > chain.entries)
      ? t('numberHelp', { to: formatCount(chain.entries) })
      : undefined;
  const reversed = typeof fromNumber === 'number' && typeof toNumber === 'number' && fromNumber > toNumber;
  const wrong = problem(fromNumber) !== undefined || problem(toNumber) !== undefined || reversed;
  const submit = () => {
    const mine = new AbortController();
    abort.current = mine;
    setMade(undefined);
    setRead(0);
    void attempt.run(async () => {
      const range = { ...(typeof fromNumber === 'number' && { fromNumber }), ...(typeof toNumber === 'number' && { toNumber }) };
      const file = await readAll(
        { chain: chain.chainId, ...range, withDetails, withConfirmations },
        mine.signal,
        setRead,
        t('exportTooLong'),
      );
      const fileName = exportFileName(chain.name, fromNumber ?? undefined, toNumber ?? undefined);
      saveTextFile(fileName, file.text, 'application/x-ndjson');
      setMade({ fileName, entries: file.entries, blocks: file.blocks, sizeBytes: file.text.length });
      showToast({ title: t('exported', { name: fileName }) });
    });
  };
  return (
    <FormDialog
      title={t('exportTitle', { name: chain.name })}
      verb={t('exportVerb')}
      working={attempt.working}
      disabled={wrong}
      done={made !== undefined}
      failure={attempt.failure}
      note={attempt.working && read > 0 ? t('exportRead', { amount: formatCount(read) }) : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 le-text">{t('exportMessage')}</p>
      <div className="le-fields">
        <TextInput
          label={t('field_fromNumber')}
          placeholder="1"
          data-autofocus
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={problem(fromNumber)}
          autoComplete="off"
        />
        <TextInput
          label={t('field_toNumber')}
          placeholder={formatCount(chain.entries)}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={problem(toNumber) ?? (reversed ? t('numberReversed') : undefined)}
          autoComplete="off"
        />
      </div>
      <Checkbox
        label={t('field_details')}
        description={isAdmin ? t('field_detailsHelp') : common('needsRole', { role: common('role_admin') })}
        checked={withDetails}
        disabled={!isAdmin}
        onChange={(event) => setWithDetails(event.currentTarget.checked)}
      />
      <Checkbox
        label={t('field_confirmations')}
        description={t('field_confirmationsHelp')}
        checked={withConfirmations}
        onChange={(event) => setWithConfirmations(event.currentTarget.checked)}
      />
      {made !== undefined && (
        <div role="status" className="le-made">
          <StateLabel kind="online">
            {t('exportMade', {
              name: made.fileName,
              entries: formatCount(made.entries),
              blocks: formatCount(made.blocks),
              size: formatBytes(made.sizeBytes),
            })}
          </StateLabel>
          <p className="sb-2 le-text">{t('exportCheck')}</p>
          <code className="sb-mono sb-select le-hash">{verifyCommand(made.fileName)}</code>
        </div>
      )}
    </FormDialog>
  );
}

interface Asked {
  readonly chain: string;
  readonly fromNumber?: number;
  readonly toNumber?: number;
  readonly withDetails: boolean;
  readonly withConfirmations: boolean;
}

/** All pages of an export, one after the other. @throws SignalboxError of the node; Error when it is longer than is held here */
async function readAll(asked: Asked, signal: AbortSignal, onRead: (entries: number) => void, tooLong: string) {
  const parts: string[] = [];
  let [entries, blocks, characters] = [0, 0, 0];
  let after: string | null = null;
  do {
    const params: Asked & { readonly after?: string } = { ...asked, ...(after !== null && { after }) };
    const page = await nodeClient().call('ledger.export', params, { signal, timeoutMs });
    parts.push(page.text);
    entries += page.entries;
    blocks += page.blocks;
    characters += page.text.length;
    if (characters > mostBytes) throw new Error(tooLong);
    after = page.next;
    onRead(entries);
  } while (after !== null);
  return { text: parts.join(''), entries, blocks };
}
