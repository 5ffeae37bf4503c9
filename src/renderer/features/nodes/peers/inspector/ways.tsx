import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { type StateKind, StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useNodeNames } from '../../../../state/node-names.ts';
import { stateOfWay, type WayState } from '../model/peer-ways.ts';
import { wayStateWords, wayWords } from '../peer-words.ts';

const shapes: Record<WayState, StateKind> = {
  used: 'online',
  ready: 'online',
  left: 'paused',
  probed: 'running',
  missing: 'offline',
};

interface WaysProps {
  readonly peer: PeerInfo;
  readonly saidAtMs: number;
  readonly stale: boolean;
}

/** Each way to the peer: which one messages take, and how the circuit of each stands. */
export function Ways({ peer, saidAtMs, stale }: WaysProps) {
  const { t } = useTranslation('peers');
  const nameOf = useNodeNames();
  const nowMs = useNow(!stale && peer.ways.some(({ circuit }) => circuit === 'open'));
  return (
    <section className="sb-sec" aria-labelledby="pe-ways">
      <h3 id="pe-ways" className="sb-h">
        {t('ways')}
      </h3>
      {peer.ways.length === 0 ? (
        <p className="sb-3">{t('waysNone')}</p>
      ) : (
        <ul className="pe-ways" aria-labelledby="pe-ways">
          {peer.ways.map((way) => {
            const state = stateOfWay(way);
            return (
              <li key={`${way.kind} ${way.through}`} data-way={way.kind} data-state={state}>
                <span className={`sb-clip${way.inUse ? ' pe-used' : ''}`} title={wayWords(t, way, nameOf)}>
                  {wayWords(t, way, nameOf)}
                </span>
                <StateLabel kind={stale ? 'unknown' : shapes[state]}>
                  <span className={state === 'left' ? 'sb-warn' : undefined}>{wayStateWords(t, way, saidAtMs, nowMs)}</span>
                </StateLabel>
                {way.failures > 0 && <span className="sb-3 pe-failures">{t('failures', { count: way.failures })}</span>}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
