import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { Meter } from '../../../../design/data/small.tsx';
import { KeyValues } from '../../../../design/layout/bars.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge } from '../../../../state/format.ts';
import { formatScore, standingPercent, standingTones } from '../model/standing.ts';

const parts = ['useful', 'invalid', 'timeouts', 'behaviour'] as const;

/** What this node thinks of the peer, and what that is made of (security.md 2.7). */
export function StandingParts({ peer: { standing } }: { readonly peer: PeerInfo }) {
  const { t } = useTranslation('peers');
  const tone = standingTones[standing.level];
  return (
    <section className="sb-sec" aria-labelledby="pe-standing">
      <h3 id="pe-standing" className="sb-h">
        {t('standing')}
      </h3>
      <p className="sb-flex pe-score">
        <Meter percent={standingPercent(standing.score)} {...(tone !== undefined && { tone })} />
        <b className={tone === undefined ? undefined : `sb-${tone}`}>{t(`level_${standing.level}`)}</b>
        <span className="sb-3 sb-num">{t('score', { score: formatScore(standing.score) })}</span>
      </p>
      <p className="sb-2 pe-note">
        {standing.graylistedMs > 0 ? t('graylistedFor', { time: formatAge(standing.graylistedMs) }) : t(`levelHint_${standing.level}`)}
      </p>
      <KeyValues items={parts.map((part) => [t(`part_${part}`), <PartWords key={part} part={part} value={standing[part]} />] as const)} />
    </section>
  );
}

/** All of them decay: what is far back counts little. */
function PartWords({ part, value }: { readonly part: (typeof parts)[number]; readonly value: number }) {
  const { t } = useTranslation('peers');
  const rounded = Math.round(value * 10) / 10;
  return <span title={t(`partHint_${part}`)}>{rounded === 0 ? t('partNone') : t('partWords', { value: rounded })}</span>;
}
