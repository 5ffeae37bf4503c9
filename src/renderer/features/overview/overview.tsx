import './overview.css';
import { useEffect, useMemo } from 'react';
import { provideActions } from '../../app/actions/registry.ts';
import { goTo, useRoute } from '../../app/routes.ts';
import { Button, Menu, SegmentedControl } from '../../design/controls/index.ts';
import { MenuButton } from '../../design/controls/menu-button.tsx';
import { Loading } from '../../design/feedback/states.tsx';
import { IconChevronDown, IconCopy } from '../../design/icons/index.ts';
import { ViewBar } from '../../design/layout/bars.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatClock, formatDuration } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import { useCall } from '../../state/use-call.ts';
import { ActivityList } from './activity-list.tsx';
import { Attention } from './attention.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { FigureStrip } from './figure-strip.tsx';
import { type Range, rangeNames, rangeOf, ranges } from './model/ranges.ts';
import { Listeners, NodeFacts, Processes } from './node-facts.tsx';
import { overviewActions } from './overview-actions.ts';
import { copySnapshot, saveSnapshot } from './snapshot-acts.ts';
import { type LiveSeries, useMetricSeries } from './use-metric-series.ts';

/** How the node is: health first, what needs a person, then figures and charts that live. */
export function Overview() {
  const { t } = useTranslation('overview');
  const range = rangeOf(useRoute().query.get('range'));
  const status = useNode((node) => node.status);
  const metrics = useNode((node) => node.metrics);
  const stale = useNode(({ connection }) => connection.kind !== 'connected');
  const live = useMetricSeries(range);
  // The status is read every few seconds, the measures come every second.
  const nowMs = Math.max(metrics?.timestamp ?? 0, status === undefined ? 0 : status.startedAt + status.uptimeMs);
  const uptimeMs = status === undefined ? 0 : nowMs - status.startedAt;
  const actions = useMemo(() => overviewActions(t), [t]);
  useEffect(() => provideActions('overview', actions), [actions]);
  return (
    <>
      <ViewBar
        title={t('title')}
        detail={status === undefined ? undefined : t('upFor', { mode: t(`mode_${status.mode}`), uptime: formatDuration(uptimeMs) })}
      >
        <RangeSwitch range={range} />
        <SnapshotButton disabled={status === undefined} />
      </ViewBar>
      {status === undefined ? (
        <Waiting />
      ) : (
        <div className="ov sb-col" {...(stale && { 'data-stale': true })}>
          <FigureStrip status={status} uptimeMs={uptimeMs} metrics={metrics} series={live.series} stale={stale} />
          <div className="sb-split">
            <div className="ov-left sb-col sb-grow">
              <Attention problems={status.problems} nowMs={nowMs} />
              <NodeFacts status={status} />
              <Listeners status={status} stale={stale} />
              <ProcessesLive />
              <ActivityList />
            </div>
            <SideColumn
              name="overview.charts"
              side="right"
              initialWidth={404}
              minWidth={300}
              maxWidth={900}
              label={t('charts')}
              className="ov-right sb-col"
            >
              <ChartsHead range={range} live={live} />
              <ChartPanel live={live} range={range} />
            </SideColumn>
          </div>
        </div>
      )}
    </>
  );
}

const processesEveryMs = 2_000;

function ProcessesLive() {
  const { state } = useCall('system.processes', {}, { pollMs: processesEveryMs });
  return <Processes state={state} />;
}

function Waiting() {
  const { t } = useTranslation('overview');
  const { t: common } = useTranslation('common');
  return <Loading rows={10} asking={(seconds) => t('asking', { node: common('thisNode'), seconds })} cancelLabel={common('cancel')} />;
}

function RangeSwitch({ range }: { readonly range: Range }) {
  const { t } = useTranslation('overview');
  return (
    <SegmentedControl
      aria-label={t('range')}
      value={range}
      onChange={(next) => goTo('overview', { range: next })}
      data={rangeNames.map((name) => ({ value: name, label: t(`range_${name}`) }))}
    />
  );
}

function ChartsHead({ range, live }: { readonly range: Range; readonly live: LiveSeries }) {
  const { t } = useTranslation('overview');
  const newestMs = live.series.points.at(-1)?.timestamp;
  return (
    <div className="sb-part-head">
      <h2 className="sb-h">{t('last', { range: t(`range_${range}`) })}</h2>
      <span className="sb-grow" />
      {newestMs !== undefined && (
        <span className="sb-3 sb-num">
          {formatClock(newestMs - ranges[range])} – {formatClock(newestMs)}
        </span>
      )}
    </div>
  );
}

function SnapshotButton({ disabled }: { readonly disabled: boolean }) {
  const { t } = useTranslation('overview');
  return (
    <span className="sb-flex ov-snapshot">
      <Button
        variant="default"
        leftSection={<IconCopy size={14} stroke={1.6} />}
        disabled={disabled}
        onClick={() => void copySnapshot('md')}
      >
        {t('snapshot')}
      </Button>
      <MenuButton label={t('snapshotMore')} icon={<IconChevronDown size={14} stroke={1.6} />} disabled={disabled}>
        <Menu.Item onClick={() => void copySnapshot('md')}>{t('snapshotMarkdown')}</Menu.Item>
        <Menu.Item onClick={() => void copySnapshot('json')}>{t('snapshotJson')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void saveSnapshot('md')}>{t('snapshotSaveMarkdown')}</Menu.Item>
        <Menu.Item onClick={() => void saveSnapshot('json')}>{t('snapshotSaveJson')}</Menu.Item>
      </MenuButton>
    </span>
  );
}
