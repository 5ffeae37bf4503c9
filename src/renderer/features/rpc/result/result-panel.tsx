import { useEffect, useMemo, useState } from 'react';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconSend } from '../../../design/icons/index.ts';
import { Strip, TabBar, type TabItem } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeGrid, tablesIn } from '../model/result-table.ts';
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
  const [wanted, setWanted] = useState<View>('json');
  const gathered = shown.state === 'ok' && shown.target === 'all' ? (shown.data as GatheredResults) : undefined;
  const tables = useMemo(() => (shown.state === 'ok' && gathered === undefined ? tablesIn(shown.data) : []), [shown, gathered]);
  const items = viewsOf(shown, gathered, tables[0]?.rows.length).map(
    ({ id, count }): TabItem<View> => ({ id, label: t(`result_${id}`), ...(count !== undefined && { count }) }),
  );
  const view = items.some((item) => item.id === wanted) ? wanted : (items[0]?.id ?? 'json');
  useEffect(() => {
    if (gathered !== undefined) setWanted((before) => (before === 'json' ? 'nodes' : before));
  }, [gathered]);
  return (
    <>
      <TabBar
        label={t('resultViews')}
        items={items}
        current={view}
        onChange={setWanted}
        panelId={panelId}
        end={<ResultStatus run={current} gathered={gathered} />}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`result_${view}`)} className="sb-col sb-grow">
        <ResultBody {...props} run={shown} view={view} gathered={gathered} tables={tables} />
      </div>
    </>
  );
}

function viewsOf(
  run: Run,
  gathered: GatheredResults | undefined,
  tableRows: number | undefined,
): readonly { readonly id: View; readonly count?: number }[] {
  const timeline = { id: 'timeline', count: run.timeline.length } as const;
  if (run.state === 'running') return [{ id: 'json' }, timeline];
  if (run.state !== 'ok') return [{ id: 'error' }, timeline];
  const first: readonly { readonly id: View; readonly count?: number }[] =
    gathered === undefined ? [{ id: 'json' }] : [{ id: 'nodes', count: nodeGrid(gathered).rows.length }, { id: 'json' }];
  const table = tableRows === undefined ? [] : [{ id: 'table' as const, count: tableRows }];
  return [...first, ...table, { id: 'raw' }, { id: 'diff' }, timeline];
}

function ResultBody(props: {
  readonly runs: TabRuns;
  readonly run: Run;
  readonly tab: Tab;
  readonly view: View;
  readonly gathered: GatheredResults | undefined;
  readonly tables: ReturnType<typeof tablesIn>;
  readonly onReveal: (pointer: string) => void;
}) {
  const { run } = props;
  if (props.view === 'timeline') return <ResultTimeline run={props.runs.current} />;
  if (run.state === 'running') return <ResultWaiting run={run} tabId={props.tab.id} />;
  if (run.error !== undefined) return <ResultError run={run} tabId={props.tab.id} onReveal={props.onReveal} />;
  switch (props.view) {
    case 'nodes':
      return props.gathered === undefined ? null : <ResultNodes gathered={props.gathered} />;
    case 'table':
      return <ResultTables tables={props.tables} />;
    case 'raw':
      return <ResultRaw data={run.data} />;
    case 'diff':
      return <ResultDiff current={run} previous={run === props.runs.previous ? undefined : props.runs.previous} />;
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
