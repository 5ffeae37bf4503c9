import './activity.css';
import './texts.ts';
import { useEffect, useState } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { goTo } from '../../../app/routes.ts';
import { Button, SegmentedControl, Switch } from '../../../design/controls/index.ts';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconActivity } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCall } from '../../../state/use-call.ts';
import { ActivityCharts } from './activity-charts.tsx';
import { ActivityFigures } from './activity-figures.tsx';
import { ActivityTable, type Part, parts, type Selection } from './activity-table.tsx';
import { ClusterAnswer } from './cluster-answer.tsx';
import { ClusterBar } from './cluster-bar.tsx';
import { useAskedNode } from './model/asked-node.ts';
import { tabId } from './model/focus.ts';
import { keepPoint } from './model/history.ts';

const everyMs = 2_000;
/** Newest calls that are asked for. */
const mostCalls = 200;

/** What is called on the nodes: how often, how fast, with what outcome. */
export function ActivityTab() {
  const { t } = useTranslation('cluster');
  const [nodeId, askNode] = useAskedNode('activity');
  const [part, setPart] = useState<Part>('methods');
  const [errorsOnly, setErrorsOnly] = useState(false);
  const [filter, setFilter] = useState('');
  const [selection, setSelection] = useState<Selection>();
  const call = useCall(
    'cluster.activity',
    { limit: mostCalls, errorsOnly, ...(nodeId !== undefined && { node: nodeId }) },
    { pollMs: everyMs },
  );
  useHistory(call.state, nodeId);
  const show = (next: Part) => {
    setPart(next);
    setSelection(undefined);
  };
  return (
    <div id={tabId} className="ac sb-col sb-grow">
      <ClusterBar
        nodeId={nodeId}
        onNode={askNode}
        filter={filter}
        onFilter={setFilter}
        filterLabel={t(part === 'methods' ? 'filterMethods' : part === 'nodes' ? 'filterNodes' : 'filterCalls')}
      >
        <SegmentedControl
          aria-label={t('show')}
          value={part}
          onChange={(next) => show(next as Part)}
          data={parts.map((value) => ({ value, label: t(`show_${value}`) }))}
        />
        <Switch label={t('errorsOnly')} checked={errorsOnly} onChange={(event) => setErrorsOnly(event.currentTarget.checked)} />
      </ClusterBar>
      <ClusterAnswer call={call} method="cluster.activity" failedTitle={t('activityFailed')}>
        {(answer) =>
          answer.methods.length === 0 && answer.answered === answer.asked ? (
            <NoCalls answered={answer.answered} />
          ) : (
            <>
              <ActivityFigures answer={answer} />
              <ActivityCharts />
              <ActivityTable
                key={part}
                part={part}
                answer={answer}
                errorsOnly={errorsOnly}
                filter={filter}
                onShowAll={() => {
                  setFilter('');
                  setErrorsOnly(false);
                }}
                selection={selection}
                onSelect={setSelection}
                onNode={(id) => {
                  askNode(id);
                  show('methods');
                }}
              />
            </>
          )
        }
      </ClusterAnswer>
    </div>
  );
}

/** Keeps the figures of each answer for the charts. */
function useHistory(state: ReturnType<typeof useCall<'cluster.activity'>>['state'], nodeId: string | undefined): void {
  const answer: { readonly data: ResultOf<'cluster.activity'>; readonly atMs: number } | undefined =
    state.kind === 'ready' ? state : undefined;
  useEffect(() => {
    if (answer === undefined) return;
    // While the answer for another node is on its way, the old one is still there.
    const { data, atMs } = answer;
    const isOfNode = nodeId === undefined || (data.asked === 1 && data.nodes[0]?.nodeId === nodeId);
    if (isOfNode) keepPoint(nodeId ?? '', { timeMs: atMs, ...data.totals });
  }, [answer, nodeId]);
}

function NoCalls({ answered }: { readonly answered: number }) {
  const { t } = useTranslation('cluster');
  return (
    <Empty
      icon={<IconActivity size={24} stroke={1.5} />}
      title={t('emptyCalls')}
      act={<Button onClick={() => goTo('rpc')}>{t('openRpc')}</Button>}
      terminal={{ label: t('terminal'), command: 'signalbox nodes --activity' }}
    >
      {t('emptyCallsText')} {t('proof', { count: answered })}
    </Empty>
  );
}
