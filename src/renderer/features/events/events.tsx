import './events.css';
import './texts.ts';
import { useEffect, useMemo } from 'react';
import { provideActions } from '../../app/actions/registry.ts';
import { Button } from '../../design/controls/index.ts';
import { ErrorPanel, Loading } from '../../design/feedback/states.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { eventActions } from './event-actions.ts';
import { useEvents } from './events-state.ts';
import { Inspector } from './inspector/inspector.tsx';
import { BroadQuestion } from './parts/broad-question.tsx';
import { Counters } from './parts/counters.tsx';
import { ListArea } from './parts/list-area.tsx';
import { PublishBar } from './parts/publish-bar.tsx';
import { Side } from './parts/side.tsx';
import { Strips } from './parts/strips.tsx';
import { Toolbar } from './parts/toolbar.tsx';
import { useEventsScreen } from './use-events-screen.ts';

/** Live events: what is subscribed, the topics there are, a tail of what comes, and one event in detail. */
export function Events() {
  const { t } = useTranslation('events');
  const { failure, retry } = useEventsScreen();
  const loaded = useEvents((state) => state.loaded);
  const inspecting = useEvents((state) => state.inspecting && state.selected !== undefined);
  const paused = useEvents((state) => state.paused);
  const actions = useMemo(() => eventActions(t, { paused, inspecting }), [t, paused, inspecting]);
  useEffect(() => provideActions('events', actions), [actions]);
  return (
    <div className="sb-split sb-events">
      <SideColumn
        name="events.side"
        side="left"
        initialWidth={232}
        minWidth={180}
        maxWidth={420}
        label={t('side')}
        className="sb-col sb-events-side"
      >
        <Side />
      </SideColumn>
      <div className="sb-col sb-grow sb-events-middle">
        <Toolbar />
        <Strips />
        {loaded ? <ListArea /> : <Opening failure={failure} retry={retry} />}
        <Counters />
        <PublishBar />
      </div>
      {inspecting && (
        <SideColumn
          name="events.inspector"
          side="right"
          initialWidth={320}
          minWidth={300}
          maxWidth={720}
          label={t('inspectorWidth')}
          className="sb-col sb-events-inspector"
        >
          <Inspector />
        </SideColumn>
      )}
      <BroadQuestion />
    </div>
  );
}

function Opening({ failure, retry }: ReturnType<typeof useEventsScreen>) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  if (failure === undefined) return <Loading asking={(seconds) => t('readingView', { seconds })} cancelLabel={common('cancel')} />;
  return (
    <ErrorPanel
      title={t('viewFailedTitle')}
      meaning={t('viewFailedMeaning')}
      facts={[
        [common('error.code'), failure.code],
        [common('error.call'), 'workspace.list'],
      ]}
      acts={<Button onClick={retry}>{common('tryAgain')}</Button>}
    />
  );
}
