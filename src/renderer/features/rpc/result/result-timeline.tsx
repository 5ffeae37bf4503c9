import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatDuration, formatTime } from '../../../state/format.ts';
import { shortJson } from '../model/json-preview.ts';
import type { Run, TimelineEntry } from '../state/run.ts';

const columns = '96px 88px 110px minmax(0, 1fr)';
const longestDetail = 400;

/** What happened and when: asked, progress as it comes, answered. */
export function ResultTimeline({ run }: { readonly run: Run }) {
  const { t } = useTranslation('rpc');
  const rowHeight = useRowHeight('--sb-tree-row');
  return (
    <>
      {run.timelineDropped > 0 && (
        <p className="sb-rpc-progress sb-warn">{t('timelineDropped', { amount: formatCount(run.timelineDropped) })}</p>
      )}
      <VirtualList
        label={t('result_timeline')}
        count={run.timeline.length}
        rowHeight={rowHeight}
        rowClassName="compact"
        columns={columns}
        keyOf={(index) => index}
        head={
          <div className="sb-head" role="presentation" style={{ gridTemplateColumns: columns }}>
            <span>{t('column_time')}</span>
            <span className="sb-r">{t('column_after')}</span>
            <span>{t('column_what')}</span>
            <span>{t('column_detail')}</span>
          </div>
        }
        renderRow={(index) => {
          const entry = run.timeline[index];
          return entry === undefined ? null : <TimelineRow entry={entry} startedAtMs={run.startedAtMs} />;
        }}
      />
    </>
  );
}

function TimelineRow({ entry, startedAtMs }: { readonly entry: TimelineEntry; readonly startedAtMs: number }) {
  const { t } = useTranslation('rpc');
  const detail = entry.code ?? (entry.data === undefined ? '' : shortJson(entry.data, longestDetail));
  return (
    <>
      <span className="sb-3">{formatTime(entry.atMs, { milliseconds: true })}</span>
      <span className="sb-r">{formatDuration(Math.max(0, entry.atMs - startedAtMs))}</span>
      <span className={entry.kind === 'failed' ? 'sb-crit' : undefined}>{t(`timeline_${entry.kind}`)}</span>
      <span className="sb-mono sb-2">{detail}</span>
    </>
  );
}
