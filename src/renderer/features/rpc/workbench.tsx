import { useState } from 'react';
import { runAction } from '../../app/actions/registry.ts';
import { TopRow } from '../../design/layout/row-split.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { MethodDoc } from './request/method-doc.tsx';
import { ParamsPanel } from './request/params-panel.tsx';
import { RequestBar } from './request/request-bar.tsx';
import { panelId, RequestTabs } from './request/request-tabs.tsx';
import { ResultPanel } from './result/result-panel.tsx';
import { type Tab, useRpc } from './state/rpc-store.ts';
import { cancel } from './state/sending.ts';

/** One request: tabs, bar, params beside the method's description, answer below. */
export function Workbench({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('rpc');
  const [reveal, setReveal] = useState<{ readonly tabId: string; readonly pointer: string }>();
  const running = useRpc((state) => state.runs[tab.id]?.current.state === 'running');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape cancels from wherever the focus is, also from the editor
    <div
      className="sb-col sb-grow"
      onKeyDownCapture={(event) => {
        // Before editor, lists and fields, each of which has an Enter of its own.
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        runAction('rpc.send');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || !running) return;
        event.preventDefault();
        cancel(tab.id);
      }}
    >
      <RequestTabs active={tab} />
      <div id={panelId} role="tabpanel" aria-label={t('request')} className="sb-col sb-grow">
        <RequestBar tab={tab} />
        <div className="sb-col sb-grow">
          <TopRow
            name="rpc.params"
            initialHeight={280}
            minHeight={120}
            minHeightBelow={140}
            label={t('resizeParams')}
            className="sb-split sb-rpc-params"
          >
            <ParamsPanel tab={tab} reveal={reveal?.tabId === tab.id ? reveal : undefined} />
            <SideColumn
              name="rpc.doc"
              side="right"
              initialWidth={296}
              minWidth={200}
              maxWidth={520}
              label={t('resizeDoc')}
              className="sb-col"
            >
              <MethodDoc tab={tab} />
            </SideColumn>
          </TopRow>
          <ResultPanel tab={tab} onReveal={(pointer) => setReveal({ tabId: tab.id, pointer })} />
        </div>
      </div>
    </div>
  );
}
