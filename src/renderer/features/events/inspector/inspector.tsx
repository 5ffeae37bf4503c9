import { useEffect, useId, useState } from 'react';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button } from '../../../design/controls/index.ts';
import { copyText } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy, IconPin, IconPinnedOff, IconX } from '../../../design/icons/index.ts';
import { TabBar } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import type { FeedHeader } from '../../../state/feed-ring.ts';
import { feed } from '../../../state/feed-store.ts';
import { closeInspector } from '../acts.ts';
import { inspectorTabs, useEvents } from '../events-state.ts';
import { payloadText } from '../model/payload-text.ts';
import { partsOf } from '../model/topic-words.ts';
import { TopicText } from '../parts/topic-text.tsx';
import { ChartTab } from './chart-tab.tsx';
import { DiffTab } from './diff-tab.tsx';
import { Facts } from './facts.tsx';
import { HexTab, JsonTab, TextTab } from './payload-tabs.tsx';
import { useComparison } from './use-comparison.ts';
import { useKnownValue, usePayload } from './use-payload.ts';

/** One event in detail. The header is taken when the row is selected, so it stays when the row has left the list. */
export function Inspector() {
  const selected = useEvents((state) => state.selected);
  const [header, setHeader] = useState<FeedHeader | undefined>(() => (selected === undefined ? undefined : feed.ring.headerOf(selected)));
  useEffect(() => {
    const found = selected === undefined ? undefined : feed.ring.headerOf(selected);
    if (found !== undefined) setHeader(found);
  }, [selected]);
  if (header === undefined || selected === undefined) return null;
  return <EventDetail header={header} sequence={selected} />;
}

function EventDetail({ header, sequence }: { readonly header: FeedHeader; readonly sequence: number }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const tab = useEvents((state) => state.tab);
  const pinned = useEvents((state) => state.pinned);
  const panelId = useId();
  const payload = usePayload(header);
  const known = useKnownValue(header, payload);
  const comparison = useComparison(sequence, known);
  const isPinned = pinned === sequence;
  const color = feed.subscriptionOf(header.topic)?.color ?? 's6';
  const copy = async () => {
    const copied = await copyText(known === undefined ? header.preview : payloadText(known.value));
    showToast(copied ? { title: t('copied') } : { title: t('notCopied'), tone: 'error' });
  };
  const props = { header, payload, known };
  return (
    <aside className="sb-col sb-grow" aria-label={t('inspector')} data-region="inspector">
      <header className="sb-insp-head">
        <i className="sb-swatch" style={{ background: `var(--sb-${color})` }} />
        <h2 className="sb-mono sb-clip sb-grow sb-select" title={header.topic}>
          <TopicText topic={header.topic} origin={header.origin} />
        </h2>
        <IconButton
          label={isPinned ? t('unpin') : t('pin')}
          pressed={isPinned}
          onClick={() => useEvents.setState({ pinned: isPinned ? undefined : sequence })}
        >
          {isPinned ? <IconPinnedOff size={16} stroke={1.5} /> : <IconPin size={16} stroke={1.5} />}
        </IconButton>
        <IconButton label={common('close')} shortcut="Esc" onClick={closeInspector}>
          <IconX size={16} stroke={1.5} />
        </IconButton>
      </header>
      <TabBar
        label={t('inspectorTabs')}
        items={inspectorTabs.map((id) => ({ id, label: t(`tab_${id}`) }))}
        current={tab}
        onChange={(next) => useEvents.setState({ tab: next })}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`tab_${tab}`)} className="sb-col sb-grow sb-events-panel">
        {tab === 'json' && <JsonTab {...props} comparison={comparison} />}
        {tab === 'text' && <TextTab {...props} />}
        {tab === 'hex' && <HexTab {...props} />}
        {tab === 'diff' && <DiffTab comparison={comparison} />}
        {tab === 'chart' && <ChartTab {...props} />}
        <Facts header={header} payload={payload} />
        {tab === 'json' && <ChartTab {...props} pinnedOnly />}
      </div>
      <footer className="sb-events-foot">
        <Button
          variant="default"
          onClick={() =>
            useEvents.setState({
              draft: {
                topic: partsOf(header.topic).path,
                text: known === undefined ? '' : (JSON.stringify(known.value) ?? ''),
                nodeId: header.origin,
              },
            })
          }
        >
          {t('useAsDraft')}
        </Button>
        <span className="sb-grow" />
        <Button variant="default" leftSection={<IconCopy size={14} stroke={1.6} />} onClick={() => void copy()} title={t('copyPayload')}>
          {common('copy')}
        </Button>
      </footer>
    </aside>
  );
}
