import { goTo } from '../../app/routes.ts';
import { Button, Menu, SegmentedControl } from '../../design/controls/index.ts';
import { MenuButton } from '../../design/controls/menu-button.tsx';
import { IconChevronDown, IconCopy } from '../../design/icons/index.ts';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatClock } from '../../state/format.ts';
import { ChartPanel } from './chart-panel.tsx';
import { type Range, rangeNames, ranges } from './model/ranges.ts';
import { copySnapshot, saveSnapshot } from './snapshot-acts.ts';
import type { LiveSeries } from './use-metric-series.ts';

/** What the bar of the Overview offers: how far back the charts reach, and a report to take away. */
export function ViewActs({ range, ready }: { readonly range: Range; readonly ready: boolean }) {
  const { t } = useTranslation('overview');
  return (
    <>
      <SegmentedControl
        aria-label={t('range')}
        value={range}
        onChange={(next) => goTo('overview', { range: next })}
        data={rangeNames.map((name) => ({ value: name, label: t(`range_${name}`) }))}
      />
      <SnapshotButton disabled={!ready} />
    </>
  );
}

/**
 * The charts beside the rest, with the range they show.
 *
 * @param props.worst the times and shares are those of the worst of several nodes
 */
export function ChartsColumn(props: { readonly range: Range; readonly live: LiveSeries; readonly worst?: boolean }) {
  const { range, live } = props;
  const { t } = useTranslation('overview');
  return (
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
      <ChartPanel live={live} range={range} worst={props.worst === true} />
    </SideColumn>
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
