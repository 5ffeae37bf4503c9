import type { MenuEntry } from '../../../design/controls/context-menu.tsx';
import { copyText } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy, IconFilter, IconPlus, IconTopologyStar3 } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { addSubscription, toggleTopicFilter } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import type { ClusterLine } from '../model/cluster-topics.ts';
import { isCovered, partsOf } from '../model/topic-words.ts';

const icon = { size: 14, stroke: 1.6 };

/** What can be done with a line of the tree: the same for its menu and its keys. */
export function useTreeMenu(): (line: ClusterLine) => readonly MenuEntry[] {
  const { t } = useTranslation('events');
  const subscriptions = useEvents((state) => state.subscriptions);
  const nodes = useCluster((state) => state.nodes);
  return (line) => {
    if (line.kind === 'note') return [];
    const { filter } = line;
    const everywhere = `+${partsOf(filter).path}`;
    const covers = (topic: string) => isCovered(topic, subscriptions, nodes);
    return [
      {
        id: 'subscribe',
        label: t('subscribeHere'),
        icon: <IconPlus {...icon} />,
        disabled: covers(filter),
        run: () => addSubscription(filter),
      },
      ...(nodes.length > 1 && filter !== everywhere
        ? [
            {
              id: 'everywhere',
              label: t('subscribeEverywhere'),
              icon: <IconTopologyStar3 {...icon} />,
              disabled: covers(everywhere),
              run: () => addSubscription(everywhere),
            },
          ]
        : []),
      { id: 'narrow', label: t('narrowTo'), icon: <IconFilter {...icon} />, run: () => toggleTopicFilter(filter) },
      {
        id: 'copy',
        label: t('copyTopic'),
        icon: <IconCopy {...icon} />,
        run: () =>
          void copyText(filter).then((done) =>
            showToast(done ? { title: t('topicCopied'), message: filter } : { title: t('notCopied'), tone: 'error' }),
          ),
      },
    ];
  };
}
