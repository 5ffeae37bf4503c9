import { IconChevronDown, IconChevronRight, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatRate, formatTime } from '../../../state/format.ts';
import type { TableColumn } from './cluster-table.tsx';
import { knownCount, knownRate } from './model/numbers.ts';
import type { TopicColumn, TopicRow } from './model/topic-rows.ts';

/** For each column the cell of a topic, and what stands in its place for a node that has topics below it. */
export function useTopicColumns(grouped: boolean): readonly TableColumn<TopicRow, TopicColumn>[] {
  const { t } = useTranslation('cluster');
  const now = { hint: t('hint_now') };
  const sinceStart = { hint: t('hint_sinceStart') };
  return [
    {
      id: 'topic',
      title: t('topic'),
      width: 'minmax(140px, 1.2fr)',
      text: true,
      cell: (row) => (row.kind === 'node' ? <NodeHead row={row} /> : <TopicName topic={row.topic.topic} indented={grouped} />),
    },
    ...(grouped
      ? []
      : [
          {
            id: 'node' as const,
            title: t('node'),
            width: 'minmax(80px, 144px)',
            text: true,
            cell: (row: TopicRow) => (row.kind === 'topic' ? row.topic.name : row.node.name),
          },
        ]),
    {
      id: 'lastAt',
      title: t('col_lastValue'),
      width: 'minmax(0, 1.4fr)',
      optional: true,
      cell: (row) => row.kind === 'topic' && <LastValue preview={row.topic.lastPreview} lastAt={row.topic.lastAt} />,
    },
    {
      id: 'perSecond',
      title: t('col_eventsPerSecond'),
      width: '72px',
      right: true,
      ...now,
      cell: (row) => (row.kind === 'topic' ? formatRate(row.topic.perSecond) : knownRate(row.node.perSecond)),
    },
    {
      id: 'published',
      title: t('col_published'),
      width: '80px',
      right: true,
      ...sinceStart,
      cell: (row) => (row.kind === 'topic' ? formatCount(row.topic.published) : knownCount(row.node.published)),
    },
    {
      id: 'subscribers',
      title: t('col_subscribers'),
      width: '88px',
      right: true,
      hint: t('subscribersNote'),
      cell: (row) => (row.kind === 'topic' ? formatCount(row.topic.subscribers) : knownCount(row.node.subscriptions)),
    },
    {
      id: 'dropped',
      title: t('col_dropped'),
      width: '72px',
      right: true,
      ...sinceStart,
      cell: (row) => <Dropped count={row.kind === 'topic' ? row.topic.dropped : row.node.dropped} />,
    },
  ];
}

function TopicName({ topic, indented }: { readonly topic: string; readonly indented: boolean }) {
  return (
    <span className={`sb-mono${indented ? ' ac-indented' : ''}`} title={topic}>
      {topic}
    </span>
  );
}

function NodeHead({ row }: { readonly row: Extract<TopicRow, { kind: 'node' }> }) {
  const { t } = useTranslation('cluster');
  const { node, topics, open } = row;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <span className="ac-node-head">
      <Chevron size={14} stroke={1.6} />
      {node.error !== null && <StateShape kind="unknown" />}
      <b>{node.name}</b>
      <span className="sb-hidden">{t(open ? 'topicsShown' : 'topicsHidden')}</span>
      <span className="sb-3">{node.error === null ? t('topicsOf', { count: topics }) : `${t('noAnswer')} · ${node.error.code}`}</span>
    </span>
  );
}

/** What slow clients lost: amber only when there is something to see to. */
export function Dropped({ count }: { readonly count: number | null }) {
  return <span className={count !== null && count > 0 ? 'sb-warn' : undefined}>{knownCount(count)}</span>;
}

function LastValue({ preview, lastAt }: { readonly preview: string | null; readonly lastAt: number | null }) {
  return (
    <span className="ac-last">
      {lastAt !== null && <span className="sb-3">{formatTime(lastAt)}</span>}
      <span className="sb-mono sb-2 sb-clip">{preview}</span>
    </span>
  );
}
