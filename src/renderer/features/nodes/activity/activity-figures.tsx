import type { ResultOf } from '../../../../common/contract/index.ts';
import { Figure, FigureStrip } from '../../../design/data/figure.tsx';
import { Sparkline } from '../../../design/data/small.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { AnsweredFigure } from './answered-figure.tsx';
import { type ActivityPoint, useActivityHistory } from './model/history.ts';
import { formatMs, formatPercent } from './model/numbers.ts';

const sparkPoints = 60;

/** How busy, how fast and how sound the asked nodes are now. */
export function ActivityFigures({ answer }: { readonly answer: ResultOf<'cluster.activity'> }) {
  const { t } = useTranslation('cluster');
  const points = useActivityHistory((state) => state.points).slice(-sparkPoints);
  const spark = (value: (point: ActivityPoint) => number | null, color: string) => (
    <Sparkline values={points.map(value)} color={`var(--sb-${color})`} />
  );
  const { totals, asked, answered } = answer;
  const unit = (ms: number | null) => (ms === null ? {} : { unit: t('ms') });
  return (
    <FigureStrip label={t('figures')}>
      <Figure
        label={t('calls')}
        value={formatRate(totals.perSecond)}
        unit={t('perSecond')}
        spark={spark(({ perSecond }) => perSecond, 's1')}
        sub={t('callsSub', { calls: formatCount(totals.calls), running: formatCount(totals.inFlight) })}
      />
      <Figure
        label={t('median')}
        value={formatMs(totals.p50Ms)}
        {...unit(totals.p50Ms)}
        spark={spark(({ p50Ms }) => p50Ms, 's1')}
        sub={t('medianSub')}
      />
      <Figure
        label={t('p95')}
        value={formatMs(totals.p95Ms)}
        {...unit(totals.p95Ms)}
        spark={spark(({ p95Ms }) => p95Ms, 's2')}
        sub={t('p95Sub')}
      />
      <Figure
        label={t('errors')}
        value={formatRate(totals.errorsPerSecond)}
        unit={t('perSecond')}
        {...(totals.errorsPerSecond > 0 && { tone: 'crit' as const })}
        spark={spark(({ errorsPerSecond }) => errorsPerSecond, 's5')}
        sub={t('errorsSub', { errors: formatCount(totals.errors), percent: formatPercent(totals.errors, totals.calls) })}
      />
      <AnsweredFigure asked={asked} answered={answered} />
    </FigureStrip>
  );
}
