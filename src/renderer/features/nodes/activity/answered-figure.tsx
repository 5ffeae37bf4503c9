import { Figure } from '../../../design/data/figure.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatCount } from '../../../state/format.ts';

/** Of how many nodes the figures beside it are. A node that is known to be away is no fault, but it is said. */
export function AnsweredFigure({ asked, answered }: { readonly asked: number; readonly answered: number }) {
  const { t } = useTranslation('cluster');
  const away = useCluster(({ nodes }) => nodes.filter(({ status }) => status !== 'online').length);
  return (
    <Figure
      label={t('nodes')}
      value={formatCount(answered)}
      unit={t('answeredOf', { asked: formatCount(asked) })}
      {...(answered < asked && { tone: 'warn' as const })}
      sub={away === 0 ? t('answeredSub') : t('answeredSubAway', { count: away })}
    />
  );
}
