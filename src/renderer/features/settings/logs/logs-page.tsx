import { type ReactNode, useState } from 'react';
import { TabBar } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useSectionName } from '../use-section-name.ts';
import { LogsSection } from './logs-section.tsx';

const tabs = ['lines', 'settings'] as const;

/** The logs live, and beside them what is set for all of them. */
export function LogsPage({ mayWrite, children }: { readonly mayWrite: boolean; readonly children: ReactNode }) {
  const { t } = useTranslation('settings');
  const sectionName = useSectionName();
  const [tab, setTab] = useState<(typeof tabs)[number]>('lines');
  return (
    <>
      <TabBar
        label={sectionName('logs')}
        items={tabs.map((id) => ({ id, label: t(`logTab_${id}`) }))}
        current={tab}
        onChange={setTab}
        panelId="st-log-panel"
      />
      <div id="st-log-panel" role="tabpanel" aria-label={t(`logTab_${tab}`)} className="sb-col st-log-panel">
        {tab === 'lines' ? (
          <LogsSection mayWrite={mayWrite} />
        ) : (
          <ScrollArea label={t('logTab_settings')}>
            <div className="st-page">{children}</div>
          </ScrollArea>
        )}
      </div>
    </>
  );
}
