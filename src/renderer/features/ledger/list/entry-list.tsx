import type { LedgerEntry } from '../../../../common/contract/ledger.ts';
import { useElementSize, VisuallyHidden } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { trackOf } from '../../shared/table/fitting-columns.ts';
import { useRowMenu } from '../../shared/table/row-menu.tsx';
import { useFittingColumns } from '../../shared/table/use-fitting-columns.ts';
import { type ActContext, entryActions } from '../ledger-actions.ts';
import type { EntryPlace } from '../ledger-route.ts';
import { showLedger } from '../ledger-route.ts';
import { entryListId } from '../ledger-store.ts';
import { type EntryColumn, entryColumns } from '../model/entry-columns.ts';
import { keyOf } from '../model/entry-pages.ts';
import { isZeroHash, shortHash } from '../model/hashes.ts';
import { actorWord, actWord, listTime, outcomeWord, signatureShapes } from '../words.ts';

/** Rows from the end at which the next page is asked for. */
const rowsAhead = 40;

interface EntryListProps {
  readonly entries: readonly LedgerEntry[];
  /** Node whose entries are listed; undefined: those of all. */
  readonly chain: string | undefined;
  readonly selected: EntryPlace | undefined;
  readonly context: ActContext;
  /** The reader has left the newest rows, or come back to them. */
  readonly onAtTop: (atTop: boolean) => void;
  /** The reader comes near the last row. */
  readonly onNearEnd: () => void;
}

/** The entries, newest first. They are read, never edited. */
export function EntryList({ entries, chain, selected, context, onAtTop, onNearEnd }: EntryListProps) {
  const { t } = useTranslation('ledger');
  const rowHeight = useRowHeight('--sb-row');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const columns = useFittingColumns(entryColumns, width);
  const tracks = columns.map(trackOf).join(' ');
  const menu = useRowMenu<LedgerEntry>(
    entryListId,
    (key) => entries.find((entry) => keyOf(entry) === key),
    (entry) => ({ name: `#${formatCount(entry.number)}`, actions: entryActions(context, entry) }),
  );
  const index = entries.findIndex((entry) => isAt(entry, selected, context.ownId));
  const placeOf = ({ chainId, number }: LedgerEntry): EntryPlace => ({ chain: chain ?? chainId, number });
  const select = (at: number) => {
    const entry = entries[at];
    if (entry !== undefined) showLedger({ entry: placeOf(entry) });
    if (at >= entries.length - rowsAhead) onNearEnd();
  };
  const nowMs = Date.now();
  const nameOf = useNodeNames();
  return (
    <div
      ref={ref}
      id={entryListId}
      className="sb-col sb-grow le-entries"
      onScrollCapture={({ target }) => {
        if (!(target instanceof Element)) return;
        onAtTop(target.scrollTop < rowHeight);
        if (target.scrollHeight - target.scrollTop - target.clientHeight < rowsAhead * rowHeight) onNearEnd();
      }}
    >
      <VirtualList
        label={t('entries')}
        count={entries.length}
        rowHeight={rowHeight}
        keyOf={(at) => {
          const entry = entries[at];
          return entry === undefined ? at : keyOf(entry);
        }}
        renderRow={(at) => cells(entries[at], columns, { t, nameOf, nowMs })}
        columns={tracks}
        selectedIndex={index === -1 ? undefined : index}
        onSelect={select}
        onOpen={select}
        openOnClick
        onMenu={(at, place) => {
          const entry = entries[at];
          if (entry === undefined) return;
          select(at);
          menu.open(keyOf(entry), entry, place);
        }}
        head={
          <div className="sb-head" aria-hidden="true" style={{ gridTemplateColumns: tracks }}>
            {columns.map(({ id, right }) => (
              <span key={id} className={right === true ? 'sb-r' : undefined} title={t(`hint_${id}`)}>
                {t(`col_${id}`)}
              </span>
            ))}
          </div>
        }
      />
      {menu.shown}
    </div>
  );
}

/** Whether an entry is the one that an address names, by id or by name of its node. */
function isAt({ chainId, chainName, number }: LedgerEntry, place: EntryPlace | undefined, ownId: string | undefined): boolean {
  if (place === undefined || place.number !== number) return false;
  const { chain = ownId } = place;
  return chain === chainId || chain === chainName;
}

/** What the words of a row hang on. */
interface Saying {
  readonly t: ActContext['t'];
  readonly nameOf: (nodeId: string) => string;
  readonly nowMs: number;
}

/** The cells of a row. Not components: hooks and memo would cost more than the cells do. */
function cells(entry: LedgerEntry | undefined, columns: readonly EntryColumn[], saying: Saying) {
  return entry === undefined ? null : columns.map(({ id }) => cell(entry, id, saying));
}

function cell(entry: LedgerEntry, id: EntryColumn['id'], { t, nameOf, nowMs }: Saying) {
  switch (id) {
    case 'signature':
      return (
        <span key={id} className={entry.signature === 'valid' ? 'le-mark le-quiet' : 'le-mark'} title={t(`signature_${entry.signature}`)}>
          <StateShape kind={signatureShapes[entry.signature]} />
          <VisuallyHidden>{t(`signature_${entry.signature}`)}</VisuallyHidden>
        </span>
      );
    case 'time':
      return (
        <span key={id} className="sb-2" title={formatTime(entry.at, { milliseconds: true })}>
          {listTime(entry.at, nowMs)}
        </span>
      );
    case 'chain':
      return (
        <span key={id} className="le-name" title={entry.chainName}>
          {entry.chainName}
        </span>
      );
    case 'number':
      return (
        <span key={id} className="sb-r sb-2">
          {formatCount(entry.number)}
        </span>
      );
    case 'actor':
      return (
        <span key={id} title={entry.actor}>
          {actorWord(entry, nameOf)}
        </span>
      );
    case 'act':
      return (
        <span key={id} className={entry.kind === 'act' || entry.kind === 'refusal' ? 'sb-mono' : undefined} title={entry.text ?? entry.act}>
          {actWord(t, entry)}
          {entry.kind === 'note' && entry.text !== null && <span className="sb-2">{` ${entry.text}`}</span>}
        </span>
      );
    case 'target':
      return (
        <span key={id} className="sb-2 le-target" title={entry.target ?? undefined}>
          {entry.target ?? '–'}
        </span>
      );
    case 'outcome':
      return (
        <span key={id} className={entry.outcome === 'done' ? 'sb-2' : 'le-outcome sb-crit'} title={entry.text ?? undefined}>
          {entry.outcome !== 'done' && <StateShape kind="failed" />}
          <span className="sb-clip">{outcomeWord(t, entry)}</span>
        </span>
      );
    case 'prevHash':
      return (
        <span key={id} className="sb-mono sb-3" title={entry.prevHash}>
          {isZeroHash(entry.prevHash) ? '–' : shortHash(entry.prevHash)}
        </span>
      );
  }
}
