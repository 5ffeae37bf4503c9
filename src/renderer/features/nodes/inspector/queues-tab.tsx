import { useMemo } from 'react';
import type { GroupInfo, GroupMemberInfo } from '../../../../common/contract/brokers.ts';
import { goTo } from '../../../app/routes.ts';
import { GridTable } from '../../../design/data/grid-table.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { memberShapes, memberState } from '../../shared/queues/health.ts';
import { answerOf, type InspectedProps } from './use-ask.ts';

const everyMs = 2_000;

/** The groups of queues that the node leads or follows, as the console's own node sees them: also while it is away. */
export function QueuesTab({ node }: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  const { state, retry, cancel } = useCall('brokers.groups', {}, { pollMs: everyMs });
  const groups = answerOf(state)?.data.groups;
  const rows = useMemo(() => (groups ?? []).flatMap((group) => placesOf(group, node.nodeId)), [groups, node.nodeId]);
  if (state.kind === 'loading')
    return (
      <Loading
        asking={(seconds) => common('asking', { node: common('thisNode'), seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  if (state.kind === 'error') return <CallFailure title={t('queuesFailed')} error={state.error} call="brokers.groups" onRetry={retry} />;
  if (rows.length === 0) return <p className="sb-sec sb-3">{t('queuesNone', { name: node.name })}</p>;
  return (
    <ScrollArea label={t('show_queues')}>
      <GridTable
        label={t('show_queues')}
        columns={[
          { id: 'group', title: t('queuesGroup'), width: '84px' },
          { id: 'place', title: t('queuesPlace'), width: 'minmax(96px, 1fr)' },
          { id: 'behind', title: t('queuesBehind'), width: '64px', right: true },
          { id: 'queues', title: t('queuesCount'), width: '56px', right: true },
        ]}
        rows={rows.map(({ group, member }) => {
          const place = memberState(member, group);
          return {
            id: `${group.groupId} ${member.brokerId}`,
            cells: [
              <button key="group" type="button" className="sb-link sb-mono" onClick={() => goTo('queues', { group: group.groupId })}>
                {group.groupId}
              </button>,
              <StateLabel key="place" kind={memberShapes[place]}>
                {t(`queues_${place}`)}
              </StateLabel>,
              member.lag === null ? '–' : formatCount(member.lag),
              formatCount(group.queues),
            ],
          };
        })}
      />
    </ScrollArea>
  );
}

interface Place {
  readonly group: GroupInfo;
  readonly member: GroupMemberInfo;
}

/** What a node is in a group: a node that has lost its disk may be there twice. */
function placesOf(group: GroupInfo, nodeId: string): readonly Place[] {
  return group.members.filter((member) => member.nodeId === nodeId).map((member) => ({ group, member }));
}
