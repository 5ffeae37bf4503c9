import type { TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { timingBars } from '../model/timing.ts';
import { durationWords } from '../words.ts';

/** Where the time of a request went, part by part. */
export function TimingBars({ timings }: Pick<TunnelRequestDetail, 'timings'>) {
  const { t } = useTranslation('tunnels');
  return (
    <dl className="tu-timing" aria-label={t('timingLabel')}>
      {timingBars(timings).map(({ part, ms, start, share, longest }) => (
        <div key={part}>
          <dt title={t(`timingHelp_${part}`)}>{t(`timing_${part}`)}</dt>
          <dd>
            <span className="tu-bar" aria-hidden="true">
              {share > 0 && <i className={longest ? 'longest' : undefined} style={{ left: `${start * 100}%`, width: `${share * 100}%` }} />}
            </span>
            <span className="sb-num">{durationWords(ms)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
