import { memo, type ReactNode } from 'react';
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { GridCells } from '../../../design/data/grid-cells.tsx';
import { IconArrowRight, IconWorld, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatRate } from '../../../state/format.ts';
import { tunnelHealth, tunnelShapes } from '../../shared/tunnels/tunnel-health.ts';
import { firstAddress, shortAddress, shortTarget, type TunnelColumn, type TunnelColumnId } from '../model/tunnel-table.ts';
import { exposureWords, msNumber, percentWords, stateWord, troubleWords } from '../words.ts';

interface TunnelRowProps {
  readonly tunnel: TunnelInfo;
  readonly columns: readonly TunnelColumn[];
  readonly node: string;
  /** Its node does not answer: what is shown is what was last seen. */
  readonly stale: boolean;
  /** Seconds count down to the next try: the time now, in whole ones. */
  readonly nowMs: number;
}

/** The cells of one tunnel; drawn again only when something in it has changed. */
export const TunnelRow = memo(function TunnelRow({ tunnel, columns, node, stale, nowMs }: TunnelRowProps) {
  const { t } = useTranslation('tunnels');
  const health = tunnelHealth(tunnel);
  const trouble = troubleWords(t, tunnel, nowMs);
  const address = shortAddress(firstAddress(tunnel));
  const goesTo = `${node} → ${shortTarget(tunnel.target)}`;
  const serves = tunnel.state === 'up' && !stale;
  const cells: Record<TunnelColumnId, () => ReactNode> = {
    address: () => (
      <span className="tu-address" title={firstAddress(tunnel)}>
        <b className="sb-clip">{address}</b>
        {tunnel.kind !== 'http' && <span className="sb-tag">{tunnel.kind.toUpperCase()}</span>}
        <span className="sb-grow" />
        <IconArrowRight size={14} stroke={1.6} className="sb-3" />
      </span>
    ),
    target: () => (
      <span className="sb-mono" title={`${node} → ${tunnel.target.host}:${tunnel.target.port}`}>
        {goesTo}
      </span>
    ),
    state: () => <StateLabel kind={stale ? 'unknown' : tunnelShapes[health]}>{stateWord(t, tunnel, stale)}</StateLabel>,
    rate: () => (serves ? formatRate(tunnel.requestsPerSecond) : '–'),
    p95: () => (serves ? msNumber(tunnel.p95Ms) : '–'),
    errors: () => (
      <span className={serves && (tunnel.errorRatio ?? 0) > 0 ? 'sb-warn' : undefined}>
        {serves ? percentWords(tunnel.errorRatio) : '–'}
      </span>
    ),
    exposure: () =>
      trouble !== '' ? (
        <span className={health === 'failed' ? 'sb-crit' : health === 'serviceDown' ? 'sb-warn' : 'sb-2'} title={trouble}>
          {trouble}
        </span>
      ) : tunnel.state === 'off' ? (
        <span className="sb-3">{t('reachesNobody')}</span>
      ) : (
        <span
          className={tunnel.exposure === 'public' ? 'tu-exposure' : 'tu-exposure sb-2'}
          title={t(`exposureHelp_${tunnel.exposure ?? 'unknown'}`)}
        >
          {tunnel.exposure === 'public' && <IconWorld size={14} stroke={1.6} />}
          <span className="sb-clip">{exposureWords(t, tunnel)}</span>
        </span>
      ),
  };
  return <GridCells columns={columns} stale={stale} cell={({ id }) => cells[id]()} />;
});
