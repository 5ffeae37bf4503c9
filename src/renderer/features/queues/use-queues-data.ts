import { useEffect, useMemo, useState } from 'react';
import type { GroupInfo } from '../../../common/contract/brokers.ts';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { QueueInfo } from '../../../common/contract/queues.ts';
import type { CallState, ViewCall } from '../../state/use-call.ts';
import { dataOf, useCall } from '../../state/use-call.ts';
import { type Health, queueHealth } from '../shared/queues/health.ts';
import { useQueueTrouble } from '../shared/queues/queue-trouble.ts';
import { troubledGroups } from '../shared/queues/troubled-groups.ts';

const liveMs = 1_000;
/** A list of thousands is megabytes: it is read less often. */
const longListMs = 5_000;
const longList = 1_000;
const statusMs = 5_000;

export interface QueuesData {
  readonly list: ViewCall<ResultOf<'queues.list'>>;
  readonly queues: readonly QueueInfo[];
  /** False: there are more queues than one answer holds. */
  readonly complete: boolean;
  /** Why the figures of a group are missing or old, by group. */
  readonly unreachable: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, GroupInfo>;
  readonly groupsState: CallState<ResultOf<'brokers.groups'>>;
  readonly retryGroups: () => void;
  /** The broker of the console's own node. */
  readonly status: ResultOf<'brokers.status'> | undefined;
  readonly healthOf: (queue: QueueInfo) => Health;
  /** Asks again at once: something was changed. */
  readonly refresh: () => void;
}

/** Queues and groups of the cluster, read again while the window is visible. */
export function useQueuesData(): QueuesData {
  const status = useCall('brokers.status', {}, { pollMs: statusMs });
  const groupsCall = useCall('brokers.groups', {}, { pollMs: liveMs });
  const list = useList();
  const listed = dataOf(list.state);
  const queues = listed?.queues ?? none;
  const unreachable = useMemo(() => new Map(listed?.unreachable.map(({ groupId, reason }) => [groupId, reason])), [listed]);
  const found = dataOf(groupsCall.state);
  const groups = useMemo(() => new Map(found?.groups.map((group) => [group.groupId, group])), [found]);
  // Fresher than what the rail asks for by itself.
  useEffect(() => {
    if (found !== undefined) useQueueTrouble.setState({ groups: troubledGroups(found.groups) });
  }, [found]);
  const healthOf = useMemo(() => {
    const away = new Set(unreachable.keys());
    return (queue: QueueInfo) => queueHealth(queue, groups.get(queue.groupId), away);
  }, [unreachable, groups]);
  return {
    list,
    queues,
    complete: listed?.complete ?? true,
    unreachable,
    groups,
    groupsState: groupsCall.state,
    retryGroups: groupsCall.retry,
    status: dataOf(status.state),
    healthOf,
    refresh: () => {
      list.refresh();
      groupsCall.refresh();
      status.refresh();
    },
  };
}

const none: readonly QueueInfo[] = [];

function useList(): ViewCall<ResultOf<'queues.list'>> {
  const [pollMs, setPollMs] = useState(liveMs);
  const list = useCall('queues.list', {}, { pollMs });
  const count = dataOf(list.state)?.queues.length ?? 0;
  const wanted = count > longList ? longListMs : liveMs;
  if (wanted !== pollMs) setPollMs(wanted);
  return list;
}
