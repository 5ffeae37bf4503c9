import { useMemo, useState } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { NothingMatches } from '../../shared/table/nothing-matches.tsx';
import { ClusterTable } from './cluster-table.tsx';
import { filterRows, type Sort } from './model/table.ts';
import { flatRows, groupedRows, keyOfRow, keyOfTopic, type TopicColumn, type TopicRow } from './model/topic-rows.ts';
import { useTopicColumns } from './topic-columns.tsx';
import { TopicInspector } from './topic-inspector.tsx';

/** The topics, one a topic and node or below their nodes, and beside them the details of the chosen one. */
export function TopicsTable(props: {
  readonly answer: ResultOf<'cluster.topics'>;
  readonly grouped: boolean;
  readonly filter: string;
  readonly onClearFilter: () => void;
}) {
  const { t } = useTranslation('cluster');
  const { answer, grouped, filter } = props;
  const [sort, setSort] = useState<Sort<TopicColumn>>({ column: 'published', descending: true });
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [selectedKey, setSelectedKey] = useState<string>();
  const columns = useTopicColumns(grouped);
  const rows = useMemo(() => {
    const topics = filterRows(answer.topics, filter, ({ topic, name }) => [topic, name]);
    const nodes = filter.trim() === '' ? answer.nodes : answer.nodes.filter(({ error }) => error === null);
    return grouped ? groupedRows(topics, nodes, sort, closed) : flatRows(topics, sort);
  }, [answer, filter, grouped, sort, closed]);
  const selected = answer.topics.find((topic) => keyOfTopic(topic) === selectedKey);
  const open = (row: TopicRow) => {
    if (row.kind === 'topic') setSelectedKey(keyOfTopic(row.topic));
    else setClosed((before) => toggled(before, row.node.nodeId));
  };
  return (
    <div className="sb-split">
      <div className="sb-col sb-grow">
        {rows.length === 0 ? (
          <NothingMatches title={t('noMatch', { text: filter.trim() })} onClear={props.onClearFilter} />
        ) : (
          <ClusterTable
            label={t('topicsByNode')}
            columns={columns}
            rows={rows}
            keyOf={keyOfRow}
            sort={sort}
            onSort={setSort}
            selected={selectedKey}
            onOpen={open}
          />
        )}
        {answer.left > 0 && <div className="ac-counters">{t('left', { count: answer.left })}</div>}
      </div>
      {selected !== undefined && <TopicInspector topic={selected} onClose={() => setSelectedKey(undefined)} />}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
