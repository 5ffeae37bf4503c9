import { useMemo, useState } from 'react';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconSend } from '../../../design/icons/index.ts';
import { Strip, TabBar, type TabItem } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { byNodeName, type NodeGrid, nodeGrid } from '../model/node-grid.ts';
import { tablesIn } from '../model/result-table.ts';
import { type Tab, type TabRuns, useRpc } from '../state/rpc-store.ts';
import type { Run } from '../state/run.ts';
import { stopRepeating } from '../state/sending.ts';
import { ResultDiff } from './result-diff.tsx';
import { ResultError } from './result-error.tsx';
import { ResultJson } from './result-json.tsx';
import { ResultNodes } from './result-nodes.tsx';
import { ResultRaw } from './result-raw.tsx';
import { ResultStatus } from './result-status.tsx';
import { ResultTables } from './result-tables.tsx';
import { ResultTimeline } from './result-timeline.tsx';
import { ResultWaiting } from './result-waiting.tsx';

type View = 'nodes' | 'error' | 'json' | 'table' | 'raw' | 'diff' | 'timeline';
const panelId = 'rpc-result';

/** The answer of a request in whichever way it is best read. */
export function ResultPanel({ tab, onReveal }: { readonly tab: Tab; readonly onReveal: (pointer: string) => void }) {
  const { t } = useTranslation('rpc');
  const runs = useRpc((state) => state.runs[tab.id]);
  return (
    <section className="sb-col sb-grow sb-rpc-result" aria-label={t('result')}>
      <RepeatStrip tabId={tab.id} />
      {runs === undefined ? <NothingSent /> : <Result runs={runs} tab={tab} onReveal={onReveal} />}
    </section>
  );
}

function NothingSent() {
  const { t } = useTranslation('rpc');
  return (
    <Empty icon={<IconSend size={24} stroke={1.5} />} title={t('nothingSent')}>
      {t('nothingSentHelp')}
    </Empty>
  );
}

function Result(props: { readonly runs: TabRuns; readonly tab: Tab; readonly onReveal: (pointer: string) => void }) {
  const { t } = useTranslation('rpc');
  const { current, previous } = props.runs;
  // While the next answer is waited for, the last one stays; progress takes its place.
  const shown = current.state === 'running' && previous !== undefined && current.timeline.length === 1 ? previous : current;
  const [wanted, setWanted] = useState<View>();
  const grid = useMemo(() => (isGathered(shown) ? nodeGrid(shown) : undefined), [shown]);
  const tables = useMemo(() => (shown.state === 'ok' && grid === undefined ? tablesIn(shown.data) : []), [shown, grid]);
  const items = viewsOf(shown, grid, tables[0]?.rows.length).map(
    ({ id, count }): TabItem<View> => ({ id, label: t(`result_${id}`), ...(count !== undefined && { count }) }),
  );
  const view = items.find((item) => item.id === wanted)?.id ?? items[0]?.id ?? 'json';
  return (
    <>
      <TabBar
        label={t('resultViews')}
        items={items}
        current={view}
        onChange={setWanted}
        panelId={panelId}
        end={<ResultStatus run={current} grid={isGathered(current) ? grid : undefined} />}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`result_${view}`)} className="sb-col sb-grow">
        <ResultBody {...props} run={shown} view={view} grid={grid} tables={tables} />
      </div>
    </>
  );
}

/** Several nodes answer, or would have: each has its row, also while they are waited for. */
function isGathered(run: Run): boolean {
  return run.target.kind === 'all' && (run.state === 'ok' || run.state === 'running' || run.parts.length > 0);
}

interface ViewTab {
  readonly id: View;
  readonly count?: number;
}

function viewsOf(run: Run, grid: NodeGrid | undefined, tableRows: number | undefined): readonly ViewTab[] {
  const timeline = { id: 'timeline', count: run.timeline.length } as const;
  const nodes: readonly ViewTab[] = grid === undefined ? [] : [{ id: 'nodes', count: grid.rows.length }];
  if (run.state === 'running') return [...(grid === undefined ? [{ id: 'json' } as const] : nodes), timeline];
  if (run.state !== 'ok') return [{ id: 'error' }, ...nodes, timeline];
  const table: readonly ViewTab[] = tableRows === undefined ? [] : [{ id: 'table', count: tableRows }];
  return [...nodes, { id: 'json' }, ...table, { id: 'raw' }, { id: 'diff' }, timeline];
}

function ResultBody(props: {
  readonly runs: TabRuns;
  readonly run: Run;
  readonly tab: Tab;
  readonly view: View;
  readonly grid: NodeGrid | undefined;
  readonly tables: ReturnType<typeof tablesIn>;
  readonly onReveal: (pointer: string) => void;
}) {
  const { run, grid } = props;
  const nameOf = useNodeNames();
  if (props.view === 'timeline') return <ResultTimeline run={props.runs.current} />;
  if (props.view === 'nodes' && grid !== undefined) return <ResultNodes run={run} grid={grid} />;
  if (run.state === 'running') return <ResultWaiting run={run} tabId={props.tab.id} />;
  if (run.error !== undefined) return <ResultError run={run} tabId={props.tab.id} onReveal={props.onReveal} />;
  const dataOf = (of: Run) => (of.target.kind === 'all' ? byNodeName(of.data as GatheredResults, nameOf) : of.data);
  const previous = run === props.runs.previous ? undefined : props.runs.previous;
  switch (props.view) {
    case 'table':
      return <ResultTables tables={props.tables} />;
    case 'raw':
      return <ResultRaw data={run.data} />;
    case 'diff':
      return (
        <ResultDiff
          now={dataOf(run)}
          before={previous === undefined ? undefined : { data: dataOf(previous), atMs: previous.startedAtMs }}
        />
      );
    default:
      return <ResultJson key={`${props.tab.id} ${run.method}`} data={run.data} bytes={run.bytes} name={run.method} />;
  }
}

function RepeatStrip({ tabId }: { readonly tabId: string }) {
  const { t } = useTranslation('rpc');
  const repeat = useRpc((state) => state.repeats[tabId]);
  if (repeat === undefined) return null;
  return (
    <Strip
      tone="mode"
      fact={t('repeating', { seconds: repeat.everyMs / 1_000 })}
      act={
        <button type="button" className="sb-link" onClick={() => stopRepeating(tabId)}>
          {t('stopRepeating')}
        </button>
      }
    >
      {t('repeated', { amount: formatCount(repeat.sent) })}
    </Strip>
  );
}
