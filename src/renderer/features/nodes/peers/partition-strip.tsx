import { useNow } from '../../../app/frame/connection-label.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatClock, formatTime } from '../../../state/format.ts';
import { dataOf } from '../../../state/use-call.ts';
import { formatSince } from '../node-words.ts';
import { healedLately, missingNames, type PeersTopology } from './model/partition.ts';
import { usePeersCall } from './use-peers-data.ts';
import './texts.ts';

/** The cluster is in parts: who is missing since when, and on which side this node is. For a while also that it is whole again. */
export function PartitionStrip() {
  const { state } = usePeersCall('peers.topology', {});
  const topology = dataOf(state);
  return topology === undefined ? null : <PartitionNotice topology={topology} />;
}

/** What {@link PartitionStrip} says, for an answer that is there. */
export function PartitionNotice({ topology }: { readonly topology: PeersTopology }) {
  return topology.partition === null ? <Healed topology={topology} /> : <InParts topology={topology} partition={topology.partition} />;
}

interface InPartsProps {
  readonly topology: PeersTopology;
  readonly partition: NonNullable<PeersTopology['partition']>;
}

function InParts({ topology: { members, reachable }, partition: { since, missing, isMinority } }: InPartsProps) {
  const { t } = useTranslation('peers');
  const { names, more } = missingNames(missing);
  const list = names.join(', ');
  const fact = t('parted', { count: missing.length, members, time: formatSince(since) });
  const words = `${more === 0 ? t('partedNames', { list }) : t('partedNamesMore', { list, count: more })} ${t('partedSide', { reachable, members })}`;
  return (
    <Strip tone="warn" icon={<StateShape kind="warn" />} fact={fact}>
      <span title={missing.map(({ name }) => name).join(', ')}>
        {words} {isMinority && t('partedMinority')}
      </span>
    </Strip>
  );
}

function Healed({ topology }: { readonly topology: PeersTopology }) {
  const { t } = useTranslation('peers');
  const nowMs = useNow(topology.healedAt !== null);
  const healedAt = healedLately(topology, nowMs);
  if (healedAt === undefined) return null;
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="online" />}
      fact={<span title={formatTime(healedAt)}>{t('healed', { time: formatClock(healedAt) })}</span>}
    >
      {t('healedDetail', { count: topology.members })}
    </Strip>
  );
}
