import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { StateLabel, StateShape } from '../../../../design/icons/index.ts';
import { KeyValues, Strip } from '../../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatDuration, formatTime } from '../../../../state/format.ts';
import { useNodeNames } from '../../../../state/node-names.ts';
import { dataOf } from '../../../../state/use-call.ts';
import { CallFailure } from '../../../shared/call-failure.tsx';
import { neighboursOf } from '../../../shared/topology/model/peer-links.ts';
import { useStale } from '../../use-known-nodes.ts';
import { shapeOf, stateOf } from '../model/peer-health.ts';
import type { PeerActContext } from '../peer-actions.ts';
import { amountOf, healthWords, shareWords } from '../peer-words.ts';
import { usePeersCall } from '../use-peers-data.ts';
import { CountList } from './count-list.tsx';
import { Events } from './events.tsx';
import { History } from './history.tsx';
import { Queued } from './queued.tsx';
import { StandingParts } from './standing-parts.tsx';
import { Ways } from './ways.tsx';

export interface PeerDetailProps {
  readonly peer: PeerInfo;
  /** When the node said so. */
  readonly saidAtMs: number;
  readonly context: PeerActContext;
}

/** Everything that this node knows of one peer, live. */
export function PeerDetail({ peer, saidAtMs, context }: PeerDetailProps) {
  const { t } = useTranslation('peers');
  const stale = useStale();
  const { state, retry } = usePeersCall('peers.get', { node: peer.nodeId });
  const more = dataOf(state);
  return (
    <ScrollArea label={t('inspector')}>
      {peer.removed ? <RemovedStrip /> : peer.reason !== null && <Reason peer={peer} stale={stale} />}
      <Ways peer={peer} saidAtMs={saidAtMs} stale={stale} />
      <Facts peer={peer} stale={stale} />
      {state.kind === 'error' && (
        <CallFailure title={t('detailFailed', { name: peer.name })} error={state.error} call="peers.get" onRetry={retry} />
      )}
      {more !== undefined && <Events events={more.events} />}
      {more !== undefined && <History history={more.history} />}
      <Queued peer={peer} context={context} />
      <StandingParts peer={peer} />
      <Counts peer={peer} />
    </ScrollArea>
  );
}

function Reason({ peer, stale }: { readonly peer: PeerInfo; readonly stale: boolean }) {
  const tone = peer.health === 'Critical' ? 'crit' : peer.health === 'Warning' ? 'warn' : 'mode';
  return (
    <div className={`nd-problem sb-strip ${tone}`} role={tone === 'crit' ? 'alert' : 'status'}>
      <StateShape kind={shapeOf(peer.health, stale)} />
      <p>{peer.reason}</p>
    </div>
  );
}

function RemovedStrip() {
  const { t } = useTranslation('peers');
  return (
    <Strip tone="mode" icon={<StateShape kind="paused" />} fact={t('removedFact')}>
      {t('removedDetail')}
    </Strip>
  );
}

function Facts({ peer, stale }: { readonly peer: PeerInfo; readonly stale: boolean }) {
  const { t } = useTranslation('peers');
  const { latencyMs, latencyP95Ms, inFlight } = peer;
  return (
    <div className="sb-sec">
      <KeyValues
        items={[
          [
            t('fact_health'),
            <StateLabel key="health" kind={shapeOf(stateOf(peer), stale)}>
              {healthWords(t, peer, stale)}
            </StateLabel>,
          ],
          [t('fact_reported'), peer.reported === null ? t('reportedNothing') : t(`health_${peer.reported}`)],
          [
            t('fact_latency'),
            latencyMs === null
              ? t('notMeasured')
              : t('latencyWords', {
                  median: formatDuration(latencyMs),
                  p95: latencyP95Ms === null ? '–' : formatDuration(latencyP95Ms),
                }),
          ],
          [t('fact_success'), peer.successRate === null ? t('nothingSent') : t('successWords', { share: shareWords(peer.successRate) })],
          [t('fact_seen'), peer.lastSeenAt === null ? t('never') : formatTime(peer.lastSeenAt)],
          [
            t('fact_heartbeats'),
            peer.missedHeartbeats === 0 ? t('heartbeatsNone') : t('heartbeatsMissed', { count: peer.missedHeartbeats }),
          ],
          [t('fact_inFlight'), inFlight.messages === 0 ? t('inFlightNone') : t('messages', amountOf(inFlight))],
          [t('fact_degree'), <Neighbours key="degree" peer={peer} />],
          [t('fact_proven'), peer.secure ? t('provenYes') : t('provenNo')],
          [t('fact_kept'), t(peer.removed ? 'keptRemoved' : peer.pinned ? 'keptYes' : 'keptNo')],
        ]}
      />
    </div>
  );
}

/** How many it says it is linked with, and those of them that are known. */
function Neighbours({ peer: { nodeId, degree } }: { readonly peer: PeerInfo }) {
  const { t } = useTranslation('peers');
  const nameOf = useNodeNames();
  const topology = dataOf(usePeersCall('peers.topology', {}).state);
  const names = neighboursOf(nodeId, topology?.edges ?? [])
    .map(nameOf)
    .sort();
  if (degree === null) return t('reportedNothing');
  const words = t('degreeWords', { count: degree });
  const list = names.length === 0 ? words : t('degreeNames', { words, list: names.join(', ') });
  return <span title={list}>{list}</span>;
}

/** Since the start of the node. */
function Counts({ peer: { counts } }: { readonly peer: PeerInfo }) {
  const { t } = useTranslation('peers');
  const shown = ['sent', 'taken', 'received', 'repeated', 'moved', 'expired', 'dropped', 'refused'] as const;
  const troubles: ReadonlySet<string> = new Set(['expired', 'dropped', 'refused']);
  return (
    <section className="sb-sec" aria-labelledby="pe-counts">
      <h3 id="pe-counts" className="sb-h">
        {t('counts')}
      </h3>
      <CountList
        labelledBy="pe-counts"
        counts={shown.map((id) => ({
          id,
          label: t(`count_${id}`),
          hint: t(`countHint_${id}`),
          value: counts[id],
          trouble: troubles.has(id),
        }))}
      />
    </section>
  );
}
