import { useId, useMemo, useState } from 'react';
import type { QueueMessageView } from '../../../../common/contract/queues.ts';
import { useElementSize } from '../../../design/controls/index.ts';
import { CodeView } from '../../../design/data/code-view.tsx';
import { colour } from '../../../design/data/json-view.tsx';
import { KeyValues, TabBar } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { hexLine, hexLineCount } from '../../shared/payload/hex.ts';
import { jsonLines } from '../../shared/payload/json-lines.ts';
import { wrapText } from '../../shared/payload/text-lines.ts';
import { contentOf, type MessageContent } from '../model/message.ts';

const views = ['json', 'text', 'hex', 'headers'] as const;
type View = (typeof views)[number];

interface MessageViewProps {
  readonly message: QueueMessageView;
  readonly loading: boolean;
  readonly onLoadWhole: () => void;
  /** Why the whole of it could not be loaded. */
  readonly failure: string | undefined;
}

/** Of a large payload this much is drawn until all of it is asked for (ui.md section 2: one big value must not hang the console). */
const shownCharacters = 65_536;
/** A line longer than this is cut: the Text view has all of it. */
const longestLine = 2_000;

/** The payload as JSON, as text, as bytes, and the headers. What is in it is shown as text, whatever it holds. */
export function MessageView({ message, loading, onLoadWhole, failure }: MessageViewProps) {
  const { t } = useTranslation('queues');
  const panelId = useId();
  const content = useMemo(() => contentOf(message), [message]);
  const [chosen, setChosen] = useState<View>();
  const [all, setAll] = useState(false);
  const usual: View = content.json === undefined ? 'text' : 'json';
  const view = chosen === undefined || (chosen === 'json' && content.json === undefined) ? usual : chosen;
  const count = Object.keys(message.headers).length;
  const offered = views.filter((id) => id !== 'json' || content.json !== undefined);
  const isLong = content.text.length > shownCharacters;
  return (
    <>
      <TabBar
        label={t('messageViews')}
        items={offered.map((id) => ({ id, label: t(`view_${id}`), ...(id === 'headers' && { count }) }))}
        current={view}
        onChange={setChosen}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`view_${view}`)} className="sb-col sb-grow qu-payload">
        {view === 'json' && <Json content={content} all={all} />}
        {view === 'text' && <Text content={content} all={all} />}
        {view === 'hex' && <Hex content={content} all={all} />}
        {view === 'headers' && <Headers message={message} />}
      </div>
      <p className="qu-size sb-3" role="status">
        {message.cut ? t('sizeCut', { size: formatBytes(message.sizeBytes) }) : t('sizeWhole', { size: formatBytes(message.sizeBytes) })}{' '}
        {message.cut && !loading && (
          <button type="button" className="sb-link" onClick={onLoadWhole}>
            {t('loadWhole', { size: formatBytes(message.sizeBytes) })}
          </button>
        )}
        {loading && t('loadingWhole')}
        {!message.cut && isLong && !all && (
          <>
            {t('sizePart', { size: formatBytes(shownCharacters) })}{' '}
            <button type="button" className="sb-link" onClick={() => setAll(true)}>
              {t('showWhole')}
            </button>
          </>
        )}
        {failure !== undefined && <span className="sb-crit"> {failure}</span>}
      </p>
    </>
  );
}

interface ContentProps {
  readonly content: MessageContent;
  readonly all: boolean;
}

function Json({ content, all }: ContentProps) {
  const { t } = useTranslation('queues');
  const lines = useMemo(() => jsonLines(content.json?.value, all ? undefined : shownCharacters), [content, all]);
  return (
    <CodeView
      label={t('view_json')}
      count={lines.length}
      numbered
      lineAt={(index) => colour((lines[index]?.text ?? '').slice(0, longestLine))}
    />
  );
}

/** Width of a monospaced character at the size of payloads, and the room that padding takes, in px. */
const characterPx = 6.93;
const paddingPx = 36;

function useColumns() {
  const { ref, width } = useElementSize<HTMLDivElement>();
  return { ref, columns: width === 0 ? 80 : Math.max(16, Math.floor((width - paddingPx) / characterPx)) };
}

function Text({ content, all }: ContentProps) {
  const { t } = useTranslation('queues');
  const { ref, columns } = useColumns();
  const lines = useMemo(() => wrapText(all ? content.text : content.text.slice(0, shownCharacters), columns), [content, all, columns]);
  return (
    <div ref={ref} className="sb-col sb-grow">
      <CodeView label={t('view_text')} count={lines.length} lineAt={(index) => <span className="sb-code-text">{lines[index]}</span>} />
    </div>
  );
}

function Hex({ content, all }: ContentProps) {
  const { t } = useTranslation('queues');
  const { ref, columns } = useColumns();
  const bytes = useMemo(() => (all ? content.bytes : content.bytes.subarray(0, shownCharacters)), [content, all]);
  // Offset and gaps take 10 characters, a byte takes 4.
  const perLine = columns >= 10 + 4 * 16 ? 16 : 8;
  return (
    <div ref={ref} className="sb-col sb-grow">
      <CodeView
        label={t('view_hex')}
        count={hexLineCount(bytes, perLine)}
        lineAt={(index) => <span className="sb-code-text">{hexLine(bytes, index, perLine)}</span>}
      />
    </div>
  );
}

function Headers({ message }: { readonly message: QueueMessageView }) {
  const { t } = useTranslation('queues');
  const headers = Object.entries(message.headers);
  if (headers.length === 0) return <p className="qu-note sb-3">{t('noHeaders')}</p>;
  return (
    <ScrollArea label={t('view_headers')}>
      <div className="sb-sec qu-headers">
        <KeyValues items={headers} />
      </div>
    </ScrollArea>
  );
}
