import { useMemo, useState } from 'react';
import { hexLine, hexLineCount } from '../../../../common/hex.ts';
import { CodeView } from '../../../design/data/code-view.tsx';
import { colour } from '../../../design/data/json-view.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { type FeedHeader, previewCharacters } from '../../../state/feed-ring.ts';
import { formatBytes } from '../../../state/format.ts';
import { jsonLines, pointerLabel } from '../../shared/payload/json-lines.ts';
import { wrapText } from '../../shared/payload/text-lines.ts';
import type { Difference } from '../model/diff.ts';
import { payloadText } from '../model/payload-text.ts';
import type { Comparison } from './use-comparison.ts';
import type { Known, Payload } from './use-payload.ts';

export interface PayloadProps {
  readonly header: FeedHeader;
  readonly payload: Payload | undefined;
  readonly known: Known | undefined;
}

/** Of a large payload this much is shown until all of it is asked for (ui.md section 2: one big value must not hang the console). */
const shownCharacters = 65_536;
/** A line longer than this is cut: the Text tab has all of it. */
const longestLine = 2_000;
const textColumns = 42;
const namedChanges = 3;
const noDifference: readonly Difference[] = [];

/** The payload as JSON, changed lines marked, with the old values in words. */
export function JsonTab({ comparison, ...props }: PayloadProps & { readonly comparison: Comparison }) {
  const { t } = useTranslation('events');
  const [all, loadAll] = useLoadAll(props.header);
  const { known } = props;
  const lines = useMemo(() => (known === undefined ? undefined : jsonLines(known.value, all ? undefined : shownCharacters)), [known, all]);
  const differences = comparison.kind === 'ready' && !comparison.withPinned ? comparison.differences : noDifference;
  const changes = useChanges(differences);
  const changed = useMemo(() => {
    const pointers = new Set(differences.map(({ pointer }) => pointer));
    const found = new Set<number>();
    lines?.forEach(({ pointer }, index) => {
      if (pointer !== undefined && pointers.has(pointer)) found.add(index);
    });
    return found;
  }, [lines, differences]);
  if (lines === undefined) return <Incomplete {...props} />;
  return (
    <>
      <Note {...props} />
      <CodeView
        label={t('tab_json')}
        count={lines.length}
        numbered
        changed={changed}
        lineAt={(index) => colour((lines[index]?.text ?? '').slice(0, longestLine))}
      />
      {differences.length > 0 && <p className="sb-events-changes sb-3">{t('changedSince', { changes })}</p>}
      <SizeRule {...props} all={all} onLoadAll={loadAll} />
    </>
  );
}

function useChanges(differences: readonly Difference[]): string {
  const { t } = useTranslation('events');
  const words = differences.slice(0, namedChanges).map(({ pointer, kind, before }) => {
    const field = pointerLabel(pointer);
    if (kind === 'added') return t('changeNew', { field });
    return kind === 'removed' ? t('changeRemoved', { field }) : t('changeWas', { field, value: payloadText(before).slice(0, 40) });
  });
  if (differences.length > namedChanges) words.push(t('changeMore', { amount: differences.length - namedChanges }));
  return words.join(', ');
}

/** The payload as it is. */
export function TextTab(props: PayloadProps) {
  const { t } = useTranslation('events');
  const [all, loadAll] = useLoadAll(props.header);
  const text = props.known === undefined ? props.header.preview : payloadText(props.known.value);
  const lines = useMemo(() => wrapText(all ? text : text.slice(0, shownCharacters), textColumns), [text, all]);
  return (
    <>
      <Note {...props} />
      <CodeView label={t('tab_text')} count={lines.length} lineAt={(index) => <span className="sb-code-text">{lines[index]}</span>} />
      <SizeRule {...props} all={all} onLoadAll={loadAll} />
    </>
  );
}

/** The bytes of the payload in UTF-8. */
export function HexTab(props: PayloadProps) {
  const { t } = useTranslation('events');
  const [all, loadAll] = useLoadAll(props.header);
  const text = props.known === undefined ? props.header.preview : payloadText(props.known.value);
  const bytes = useMemo(() => new TextEncoder().encode(all ? text : text.slice(0, shownCharacters)), [text, all]);
  return (
    <>
      <Note {...props} />
      <CodeView
        label={t('tab_hex')}
        count={hexLineCount(bytes)}
        lineAt={(index) => <span className="sb-code-text">{hexLine(bytes, index)}</span>}
      />
      <SizeRule {...props} all={all} onLoadAll={loadAll} />
    </>
  );
}

/** Large payloads are opened whole on demand, for this event only. */
function useLoadAll(header: FeedHeader): readonly [all: boolean, loadAll: () => void] {
  const key = `${header.epoch} ${header.id}`;
  const [wanted, setWanted] = useState<string>();
  return [wanted === key || header.sizeBytes <= shownCharacters, () => setWanted(key)];
}

function SizeRule(props: PayloadProps & { readonly all: boolean; readonly onLoadAll: () => void }) {
  const { t } = useTranslation('events');
  if (props.all || props.known === undefined) return null;
  const size = formatBytes(props.header.sizeBytes);
  return (
    <p className="sb-events-changes sb-3">
      {t('sizePart', { shown: formatBytes(shownCharacters), size })}{' '}
      <button type="button" className="sb-link" onClick={props.onLoadAll}>
        {t('loadAll', { size })}
      </button>
    </p>
  );
}

/** The first characters, where the whole is not here. */
function Incomplete(props: PayloadProps) {
  const { t } = useTranslation('events');
  const lines = wrapText(props.header.preview, textColumns);
  return (
    <>
      <Note {...props} />
      <CodeView label={t('tab_json')} count={lines.length} lineAt={(index) => lines[index]} />
    </>
  );
}

/** Why the payload is not whole. */
function Note({ payload, known }: PayloadProps) {
  const { t } = useTranslation('events');
  if (payload === undefined || payload.kind === 'ready' || payload.kind === 'loading') return null;
  if (payload.kind === 'failed') {
    return (
      <p className="sb-events-changes sb-crit" role="alert">
        {t('readFailed')} {payload.error.message}
      </p>
    );
  }
  if (known !== undefined) return null;
  const words = { characters: previewCharacters };
  return (
    <p className="sb-events-changes sb-warn" role="status">
      {payload.why === 'evicted' ? t('gone', words) : t('goneWithConnection', words)}
    </p>
  );
}
