import './queues.css';
import './texts.ts';
import { type ReactNode, useEffect, useMemo } from 'react';
import { type Action, provideActions } from '../../app/actions/registry.ts';
import { Button } from '../../design/controls/index.ts';
import { Loading } from '../../design/feedback/states.tsx';
import { IconPlus } from '../../design/icons/index.ts';
import { ViewBar } from '../../design/layout/bars.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { CallFailure } from '../shared/call-failure.tsx';
import { mayNow, type Rights, RightsContext, usePersonsRights, useRights } from '../shared/rights.ts';
import { StaleStrip } from '../shared/stale-strip.tsx';
import { orderRows } from '../shared/table/table-model.ts';
import { QueueDetail } from './detail/queue-detail.tsx';
import { OpenQueueDialog } from './dialogs/open-queue-dialog.tsx';
import { NoQueues } from './empty.tsx';
import { GroupDetail } from './group/group-detail.tsx';
import { ListSide } from './list/list-side.tsx';
import { findQueue, queueTable } from './model/queue-table.ts';
import { NoneShown, OutsideStrip, useOutside } from './outside.tsx';
import { groupActions, queueActions, screenActions } from './queue-actions.ts';
import { closeQueueDialog, openQueueDialog } from './queues-dialogs.ts';
import { type QueuesRoute, showFirst, useQueuesRoute } from './queues-route.ts';
import { useListOrder } from './queues-store.ts';
import { UnreachableStrip } from './strips.tsx';
import { type QueuesData, useQueuesData } from './use-queues-data.ts';

/** The Queues screen: what is in the queues, how their replicas are, who has read how far (ui.md 4.5). */
export function Queues() {
  const route = useQueuesRoute();
  const data = useQueuesData();
  const rights = usePersonsRights();
  useActionsOf(route, data, rights);
  useFirstQueue(route, data);
  useEffect(() => closeQueueDialog, []);
  return (
    <RightsContext value={rights}>
      <Content route={route} data={data} />
      <OpenQueueDialog data={data} />
    </RightsContext>
  );
}

function Content({ route, data }: { readonly route: QueuesRoute; readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const outside = useOutside();
  const { state, retry, cancel } = data.list;
  if (state.kind === 'loading') {
    return (
      <Alone>
        <Loading rows={10} asking={(seconds) => t('asking', { seconds })} cancelLabel={common('cancel')} onCancel={cancel} />
      </Alone>
    );
  }
  if (state.kind === 'error') {
    return (
      <Alone>
        <CallFailure title={t('listFailed')} error={state.error} call="queues.list" onRetry={retry} />
      </Alone>
    );
  }
  if (data.queues.length === 0 && data.groups.size === 0 && data.groupsState.kind !== 'error') {
    // Whether there are groups without queues, or others that tell nothing, is not known yet: the empty state would flash.
    if (data.groupsState.kind === 'loading' || data.status === undefined || outside === undefined) return <Alone />;
    return (
      <Alone count={0}>
        <StaleStrip state={state} onRetry={retry} />
        <UnreachableStrip unreachable={data.unreachable} onRetry={data.refresh} />
        {outside ? <NoneShown /> : <NoQueues data={data} />}
      </Alone>
    );
  }
  return (
    <div className="sb-split qu-split">
      <SideColumn
        name="queues.list"
        side="left"
        initialWidth={372}
        minWidth={240}
        maxWidth={760}
        label={t('listWidth')}
        className="sb-col qu-side"
      >
        <ListSide route={route} data={data} />
      </SideColumn>
      <div className="sb-col sb-grow qu-detail">
        <StaleStrip state={state} onRetry={retry} />
        {outside && <OutsideStrip />}
        <UnreachableStrip unreachable={data.unreachable} onRetry={data.refresh} />
        {route.group === undefined ? <QueueDetail route={route} data={data} /> : <GroupDetail groupId={route.group} data={data} />}
      </div>
    </div>
  );
}

/** The screen without a list: its bar, and what stands in place of everything else. */
function Alone({ count, children }: { readonly count?: number; readonly children?: ReactNode }) {
  const { t } = useTranslation('queues');
  const mayCreate = mayNow(useRights(), 'operator');
  return (
    <>
      <ViewBar title={t('title')} detail={count}>
        {count !== undefined && (
          <Button
            leftSection={<IconPlus size={14} stroke={1.6} />}
            disabled={!mayCreate}
            onClick={() => openQueueDialog({ kind: 'create' })}
          >
            {t('newQueue')}
          </Button>
        )}
      </ViewBar>
      {children}
    </>
  );
}

/** What can be done now, for palette and keys. Figures change every second and acts do not: they are told when they differ. */
function useActionsOf(route: QueuesRoute, data: QueuesData, rights: Rights): void {
  const { t } = useTranslation('queues');
  const queue = findQueue(data.queues, route.queue);
  const group = route.group === undefined ? undefined : data.groups.get(route.group);
  const key = `${queue?.queueId} ${queue?.name} ${queue?.groupId} ${queue?.options.appendRole} ${group?.groupId}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what the acts hang on
  const actions = useMemo<readonly Action[]>(
    () => [
      ...screenActions(t, route, rights),
      ...(route.group === undefined && queue !== undefined ? queueActions(t, queue, rights) : []),
      ...(group !== undefined ? groupActions(t, group, rights) : []),
    ],
    [t, route, rights, key],
  );
  useEffect(() => provideActions('queues', actions), [actions]);
}

/** A screen that was opened without a queue shows the first one. */
function useFirstQueue(route: QueuesRoute, data: QueuesData): void {
  const sort = useListOrder((state) => state.sort);
  const none = route.queue === undefined && route.group === undefined;
  const first = none ? orderRows(queueTable, data.queues, sort)[0]?.queueId : undefined;
  useEffect(() => {
    if (first !== undefined) showFirst({ queue: first });
  }, [first]);
}
