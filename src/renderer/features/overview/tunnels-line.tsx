import { goTo } from '../../app/routes.ts';
import { StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatRate } from '../../state/format.ts';
import { useTunnelSums } from '../shared/tunnels/tunnel-summary.ts';

/** `Tunnels 3 of 3 up · 12.4 requests/s`; nothing while there is none. */
export function TunnelsLine() {
  const { t } = useTranslation('overview');
  const { wanted, up, needPerson, requestsPerSecond } = useTunnelSums();
  if (wanted === 0) return null;
  return (
    <div className="sb-part-head">
      <StateShape kind={needPerson > 0 ? 'warn' : up === wanted ? 'online' : 'lagging'} />
      <h2 className="sb-h">{t('tunnels')}</h2>
      <span className="sb-2 sb-num sb-clip">
        {[t('tunnelsUp', { up, count: wanted }), t('tunnelsRate', { rate: formatRate(requestsPerSecond) })].join(' · ')}
      </span>
      <span className="sb-grow" />
      <button type="button" className="sb-link" onClick={() => goTo('tunnels')}>
        {t('tunnelsOpen')}
      </button>
    </div>
  );
}
