import { useId, useMemo, useState } from 'react';
import type { QueueMessageView } from '../../../../common/contract/queues.ts';
import { KeyValues, TabBar } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { HexPayload, JsonPayload, shownCharacters, TextPayload } from '../../shared/payload/payload-parts.tsx';
import { contentOf } from '../model/message.ts';

const views = ['json', 'text', 'hex', 'headers'] as const;
type View = (typeof views)[number];

interface MessageViewProps {
  readonly message: QueueMessageView;
  readonly loading: boolean;
  readonly onLoadWhole: () => void;
  /** Why the whole of it could not be loaded. */
  readonly failure: string | undefined;
}

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
        {view === 'json' && <JsonPayload label={t('view_json')} value={content.json?.value} all={all} />}
        {view === 'text' && <TextPayload label={t('view_text')} text={content.text} all={all} />}
        {view === 'hex' && <HexPayload label={t('view_hex')} bytes={content.bytes} all={all} />}
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
