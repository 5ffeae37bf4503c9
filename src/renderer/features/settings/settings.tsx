import './settings.css';
import './texts.ts';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { allows } from '../../../common/roles.ts';
import { provideActions } from '../../app/actions/registry.ts';
import { goTo, routeNow, useRoute } from '../../app/routes.ts';
import { Kbd, TextInput } from '../../design/controls/index.ts';
import { IconSearch, StateShape } from '../../design/icons/index.ts';
import { Strip, ViewBar } from '../../design/layout/bars.tsx';
import { ScrollArea } from '../../design/layout/scroll-area.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useNode } from '../../state/node.ts';
import { AuditSection } from './audit/audit-section.tsx';
import { DiagnosticsSection } from './diagnostics/diagnostics-section.tsx';
import { dialogFrom, openDialog } from './dialogs.ts';
import { LogsPage } from './logs/logs-page.tsx';
import { type Section, sectionFrom, sectionOf } from './model/sections.ts';
import { NodeSettings } from './node/node-settings.tsx';
import { RestartStrip } from './node/restart.tsx';
import { loadSettings } from './node/setting-acts.ts';
import { useDrafts, useSettings } from './node/settings-store.ts';
import { OpenDialog } from './open-dialog.tsx';
import { AboutSection } from './parts/about-section.tsx';
import { AppearanceSection } from './parts/appearance-section.tsx';
import { ConsoleCertificate } from './parts/console-certificate.tsx';
import { FirstRunPart } from './parts/first-run-part.tsx';
import { ShortcutsSection } from './parts/shortcuts-section.tsx';
import { SearchResults } from './search-results.tsx';
import { SectionList } from './section-list.tsx';
import { searchFieldId, settingsActions } from './settings-actions.ts';
import { TrustSection } from './trust/trust-section.tsx';
import { useSectionName } from './use-section-name.ts';
import { UsersSection } from './users/users-section.tsx';

/** Settings of the node and of this console, people, logs and what else a person looks after. */
export function Settings() {
  const { t } = useTranslation('settings');
  const route = useRoute();
  const section = sectionFrom(route.query.get('section'));
  const [query, setQuery] = useState('');
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const roles = useNode(({ me }) => me?.roles);
  const isAdmin = allows(roles ?? [], 'admin');
  const actions = useMemo(() => settingsActions(t), [t]);
  useEffect(() => provideActions('settings', actions), [actions]);
  useEffect(() => {
    if (connected) void loadSettings();
  }, [connected]);
  useEffect(() => {
    const asked = dialogFrom(route.query.get('open'));
    if (asked === undefined || route !== routeNow()) return;
    openDialog(asked);
    // The dialog is opened once: going back to the address does not ask again.
    goTo('settings', { section }, { replace: true });
  }, [route, section]);
  const marked = useMarked();
  const searching = query.trim() !== '';
  return (
    <>
      <ViewBar title={t('title')} detail={t('titleDetail')}>
        <TextInput
          id={searchFieldId}
          aria-label={t('search')}
          placeholder={t('search')}
          className="st-search"
          leftSection={<IconSearch size={14} stroke={1.6} />}
          rightSection={<Kbd>/</Kbd>}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setQuery('');
          }}
        />
      </ViewBar>
      <RestartStrip mayRestart={isAdmin && connected} />
      {roles !== undefined && !isAdmin && <ReadOnlyStrip />}
      <div className="sb-split">
        <SideColumn
          name="settings.sections"
          side="left"
          initialWidth={216}
          minWidth={160}
          maxWidth={320}
          label={t('sections')}
          className="sb-col st-side"
        >
          <SectionList current={searching ? undefined : section} marked={marked} onGo={() => setQuery('')} />
        </SideColumn>
        <div className="sb-col sb-grow">
          {searching ? (
            <SearchResults query={query} readOnly={!isAdmin || !connected} onClear={() => setQuery('')} />
          ) : (
            <SectionContent section={section} isAdmin={isAdmin} connected={connected} roles={roles ?? []} />
          )}
        </div>
      </div>
      <OpenDialog />
    </>
  );
}

/** Sections that hold something unfinished. */
function useMarked(): ReadonlySet<Section> {
  const settings = useSettings((state) => state.settings);
  const drafts = useDrafts((state) => state.drafts);
  return useMemo(
    () => new Set((settings ?? []).filter(({ key, pendingRestart }) => pendingRestart || drafts[key] !== undefined).map(sectionOf)),
    [settings, drafts],
  );
}

function SectionContent(props: {
  readonly section: Section;
  readonly isAdmin: boolean;
  readonly connected: boolean;
  readonly roles: Parameters<typeof allows>[0];
}) {
  const { t } = useTranslation('settings');
  const sectionName = useSectionName();
  const { section, isAdmin, connected } = props;
  const nodeSettings = <NodeSettings filter={(setting) => sectionOf(setting) === section} readOnly={!isAdmin || !connected} />;
  const page = (content: ReactNode) => (
    <ScrollArea label={sectionName(section)} key={section}>
      <div className="st-page">
        <h2 className="st-title">{sectionName(section)}</h2>
        {content}
      </div>
    </ScrollArea>
  );
  const scroll = (content: ReactNode) => (
    <ScrollArea label={sectionName(section)} key={section}>
      {content}
    </ScrollArea>
  );
  switch (section) {
    case 'general':
      return page(
        <>
          {nodeSettings}
          <FirstRunPart />
        </>,
      );
    case 'network':
      return page(
        <>
          <ConsoleCertificate />
          {nodeSettings}
        </>,
      );
    case 'federation':
    case 'limits':
      return page(nodeSettings);
    case 'appearance':
      return page(<AppearanceSection />);
    case 'trust':
      return <TrustSection isAdmin={isAdmin} connected={connected} />;
    case 'users':
      return (
        <ScrollArea label={sectionName('users')} key={section}>
          <UsersSection isAdmin={isAdmin} />
          <div className="st-page">
            <h3 className="sb-h">{t('signIn')}</h3>
            {nodeSettings}
          </div>
        </ScrollArea>
      );
    case 'logs':
      return <LogsPage mayWrite={allows(props.roles, 'operator') && connected}>{nodeSettings}</LogsPage>;
    case 'diagnostics':
      return scroll(<DiagnosticsSection />);
    case 'audit':
      return <AuditSection isAdmin={isAdmin} />;
    case 'shortcuts':
      return scroll(<ShortcutsSection />);
    case 'about':
      return scroll(<AboutSection />);
  }
}

function ReadOnlyStrip() {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const role = useNode(({ me }) => me?.roles.at(-1));
  return (
    <Strip tone="mode" icon={<StateShape kind="paused" />} fact={t('readOnly')}>
      {t('readOnlyDetail', { role: role === undefined ? common('none') : common(`role_${role}`) })}
    </Strip>
  );
}
