import type { ReactNode } from 'react';
import type { PeerInfo, PeerPriority } from '../../../../../common/contract/peers.ts';
import { GridCells } from '../../../../design/data/grid-cells.tsx';
import { Meter } from '../../../../design/data/small.tsx';
import { IconPin, StateLabel, StateShape } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge, formatBytes, formatCount, formatTime } from '../../../../state/format.ts';
import { bareMs, formatSince } from '../../node-words.ts';
import { shapeOf, stateOf } from '../model/peer-health.ts';
import type { PeerColumn, PeerColumnId } from '../model/peer-table.ts';
import { wayInUse, wayLeft } from '../model/peer-ways.ts';
import { formatScore, standingPercent, standingTones } from '../model/standing.ts';
import { healthWords, type NameOf, shareWords, wayLeftWords, wayWords } from '../peer-words.ts';

interface PeerRowProps {
  readonly peer: PeerInfo;
  readonly columns: readonly PeerColumn[];
  readonly nameOf: NameOf;
  /** The console has lost its own node. */
  readonly stale: boolean;
  readonly saidAtMs: number;
  readonly nowMs: number;
}

/** The cells of one peer. */
export function PeerRow({ columns, ...props }: PeerRowProps) {
  return (
    <GridCells
      columns={columns}
      cell={({ id }) => {
        const Cell = cells[id];
        return <Cell {...props} />;
      }}
    />
  );
}

/** Below it the share of taken messages is a warning, as the node judges it. */
const goodShare = 0.9;

type CellProps = Omit<PeerRowProps, 'columns'>;

const cells: Record<PeerColumnId, (props: CellProps) => ReactNode> = {
  name: Name,
  health: Health,
  way: Way,
  latency: ({ peer }) => bareMs(peer.latencyMs),
  p95: ({ peer }) => bareMs(peer.latencyP95Ms),
  success: ({ peer: { successRate } }) => (
    <span className={successRate !== null && successRate < goodShare ? 'sb-warn' : undefined}>{shareWords(successRate)}</span>
  ),
  standing: Standing,
  Critical: queuedOf('Critical'),
  High: queuedOf('High'),
  Medium: queuedOf('Medium'),
  Low: queuedOf('Low'),
  seen: Seen,
};

function Name({ peer: { name, pinned } }: CellProps) {
  const { t } = useTranslation('peers');
  return (
    <span className="sb-flex" title={name}>
      <span className="nd-name sb-clip">{name}</span>
      {pinned && (
        <span className="sb-3 pe-pin" title={t('pinnedHint')}>
          <IconPin size={12} stroke={1.6} aria-hidden="true" />
          <span className="sb-hidden">{t('pinned')}</span>
        </span>
      )}
    </span>
  );
}

function Health({ peer, stale }: CellProps) {
  const { t } = useTranslation('peers');
  return (
    <span className="sb-flex" title={peer.reason ?? undefined}>
      <StateLabel kind={shapeOf(stateOf(peer), stale)}>{healthWords(t, peer, stale)}</StateLabel>
      {peer.reason !== null && !peer.removed && <span className="sb-3 sb-clip">{peer.reason}</span>}
    </span>
  );
}

/** The way in use, and beside it one that is left alone. */
function Way({ peer, nameOf, saidAtMs, nowMs, stale }: CellProps) {
  const { t } = useTranslation('peers');
  if (peer.removed) return <span className="sb-3">{t('sentNothing')}</span>;
  const used = wayInUse(peer);
  const left = wayLeft(peer);
  const leftWords = left === undefined ? undefined : wayLeftWords(t, left, nameOf, { saidAtMs, nowMs });
  return (
    <span className="sb-flex" title={leftWords}>
      <span className={used === undefined ? 'sb-3' : left === undefined ? 'sb-clip' : 'pe-fixed'}>
        {used === undefined ? t('noWay') : wayWords(t, used, nameOf)}
      </span>
      {left !== undefined && !stale && (
        <span className="sb-flex sb-warn sb-clip pe-left">
          <StateShape kind="paused" />
          <span className="sb-clip">{leftWords}</span>
        </span>
      )}
    </span>
  );
}

function Standing({ peer: { standing } }: CellProps) {
  const { t } = useTranslation('peers');
  const tone = standingTones[standing.level];
  return (
    <span className="sb-flex" title={t('standingHint', { score: formatScore(standing.score), words: t(`levelHint_${standing.level}`) })}>
      <Meter percent={standingPercent(standing.score)} {...(tone !== undefined && { tone })} />
      <span className={tone === undefined ? 'sb-2' : `sb-${tone}`}>{t(`level_${standing.level}`)}</span>
    </span>
  );
}

/** The messages of one priority that wait; how many bytes they are is in the tooltip. */
function queuedOf(priority: PeerPriority) {
  return function Queued({ peer: { queued } }: CellProps) {
    const { t } = useTranslation('peers');
    const { messages, sizeBytes } = queued[priority];
    return (
      <span
        className={messages === 0 ? 'sb-3' : undefined}
        title={t('queuedOne', { priority: t(`priority_${priority}`), amount: formatCount(messages), size: formatBytes(sizeBytes) })}
      >
        {shortCount(messages)}
      </span>
    );
  };
}

/** `140`, `12k`, `1.2M`: the exact number is in the tooltip and in the inspector. */
function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: count < 10_000 ? 1 : 0 }).format(count);
}

function Seen({ peer: { lastSeenAt, health }, nowMs, stale }: CellProps) {
  if (lastSeenAt === null) return <span className="sb-3">–</span>;
  const words = health === 'Offline' || stale ? formatSince(lastSeenAt) : formatAge(nowMs - lastSeenAt);
  return (
    <span className="sb-3" title={formatTime(lastSeenAt)}>
      {words}
    </span>
  );
}
