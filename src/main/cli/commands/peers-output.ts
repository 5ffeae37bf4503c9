/** Peers as tables for people. */
import type { ResultOf } from '../../../common/contract/index.ts';
import { type PeerInfo, type PeerPriority, peerPriorities } from '../../../common/contract/peers.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { formatDuration, formatTime, type Output } from '../output.ts';
import { formatBytes } from '../quantities.ts';

type PeerAnswer = ResultOf<'peers.get'>;
type Statistics = ResultOf<'peers.statistics'>;

/** Lines of what happened; the rest is in --json. */
const mostEvents = 20;
const mostUrgentFirst = peerPriorities.toReversed();

/** A line a peer. */
export function printPeers(out: Output, peers: readonly PeerInfo[]): void {
  out.table(
    ['name', 'node', 'health', 'latency', 'taken', 'standing', 'way', 'circuits', 'waits C/H/M/L', 'last seen', 'why'],
    peers.map((peer) => [
      `${peer.name}${peer.pinned ? ' (pinned)' : ''}${peer.removed ? ' (removed)' : ''}`,
      shortNodeId(peer.nodeId),
      peer.health,
      milliseconds(peer.latencyMs),
      share(peer.successRate),
      standing(peer),
      peer.ways.find(({ inUse }) => inUse)?.kind,
      circuits(peer),
      mostUrgentFirst.map((priority) => peer.queued[priority].messages).join('/'),
      formatTime(peer.lastSeenAt),
      peer.reason,
    ]),
  );
}

/** Everything about one peer. */
export function printPeer(out: Output, { peer, history, events }: PeerAnswer, withHistory: boolean): void {
  out.fields([
    ['node', `${peer.name} (${peer.nodeId})`],
    ['health', `${peer.health}${peer.reason === null ? '' : `: ${peer.reason}`}`],
    ['says of itself', peer.reported],
    ['kept', peer.pinned ? 'pinned by a person' : peer.removed ? 'removed by a person' : 'while it is seen'],
    ['round trip', `${milliseconds(peer.latencyMs) ?? '-'} median, ${milliseconds(peer.latencyP95Ms) ?? '-'} 95th percentile`],
    ['taken', share(peer.successRate)],
    ['heartbeats missing', peer.missedHeartbeats],
    ['last seen', formatTime(peer.lastSeenAt)],
    ['links', peer.degree],
    ['standing', standing(peer)],
    ['made of', standingParts(peer)],
    ['on the way', `${peer.inFlight.messages} messages, ${formatBytes(peer.inFlight.sizeBytes)}`],
    [
      'counts',
      `${peer.counts.sent} sent, ${peer.counts.taken} taken, ${peer.counts.received} received, ${peer.counts.repeated} repeated, ` +
        `${peer.counts.expired} expired, ${peer.counts.dropped} dropped, ${peer.counts.refused} refused, ${peer.counts.moved} sent another way`,
    ],
  ]);
  out.line();
  out.table(
    ['way', 'state', 'circuit', 'tried again', 'failures', 'through'],
    peer.ways.map((way) => [
      way.kind,
      way.inUse ? 'in use' : way.available ? 'there' : 'not there',
      way.circuit,
      way.circuitOpenMs > 0 ? `in ${formatDuration(way.circuitOpenMs)}` : null,
      way.failures,
      way.through,
    ]),
  );
  out.line();
  printBacklog(out, peer.queued);
  if (withHistory) printHistory(out, history);
  if (events.length === 0) return;
  out.line();
  for (const event of events.slice(0, mostEvents)) out.line(`${formatTime(event.at)}  ${event.kind.padEnd(14)}  ${event.detail}`);
}

/** What passed since the start. */
export function printStatistics(out: Output, statistics: Statistics): void {
  const { peers, sent, refused, recoveries, durable } = statistics;
  out.fields([
    [
      'peers',
      Object.entries(peers)
        .map(([health, count]) => `${count} ${health.toLowerCase()}`)
        .join(', '),
    ],
    ['sent', mostUrgentFirst.map((priority) => `${sent[priority]} ${priority}`).join(', ')],
    ['batches', statistics.batches],
    ['taken by peers', statistics.taken],
    ['received', `${statistics.received}, of them ${statistics.repeated} repeated`],
    ['expired', statistics.expired],
    ['dropped', statistics.dropped],
    ['demoted', `${statistics.demoted} Critical treated as High`],
    ['refused', byName(refused)],
    ['dead letters', statistics.deadLetters],
    ['ways left alone', statistics.openWays],
    ['recovered from', byName(recoveries)],
    ['on the disk', `${durable.messages} messages, ${formatBytes(durable.sizeBytes)}`],
  ]);
  out.line();
  printBacklog(out, statistics.queued);
}

/** @param names of nodes by id */
export function printTopology(out: Output, topology: ResultOf<'peers.topology'>, names: ReadonlyMap<string, string>): void {
  const { members, reachable, partition, healedAt, degree, edges } = topology;
  const nameOf = (nodeId: string) => names.get(nodeId) ?? shortNodeId(nodeId);
  out.fields([
    ['members', `${members}, ${reachable} of them reached`],
    ['parts', partition === null ? 'the cluster is whole' : partitionText(partition)],
    ['healed', formatTime(healedAt)],
    ['links', `${degree.links}, of ${degree.least} to ${degree.most}`],
  ]);
  if (edges.length === 0) return;
  out.line();
  out.table(
    ['from', 'to', 'way'],
    edges.map(({ from, to, kind }) => [nameOf(from), nameOf(to), kind]),
  );
}

function partitionText({ since, missing, isMinority }: NonNullable<ResultOf<'peers.topology'>['partition']>): string {
  const side = isMinority ? 'this node is on the smaller side' : 'this node is on the larger side';
  return `in parts since ${formatTime(since)}: ${missing.map(({ name }) => name).join(', ')} missing; ${side}`;
}

function printBacklog(out: Output, queued: Statistics['queued']): void {
  out.table(
    ['priority', 'waiting', 'size', 'oldest'],
    mostUrgentFirst.map((priority: PeerPriority) => {
      const { messages, sizeBytes, oldestMs } = queued[priority];
      return [priority, messages, formatBytes(sizeBytes), messages === 0 ? null : formatDuration(oldestMs)];
    }),
  );
}

function printHistory(out: Output, history: PeerAnswer['history']): void {
  out.line();
  out.table(
    ['at', 'health', 'latency', 'taken', 'score'],
    history.map(({ at, health, latencyMs, successRate, score }) => [
      formatTime(at),
      health,
      milliseconds(latencyMs),
      share(successRate),
      score.toFixed(1),
    ]),
  );
}

function standing({ standing: { score, level, graylistedMs } }: PeerInfo): string {
  return `${score.toFixed(1)} ${level}${graylistedMs > 0 ? ` for ${formatDuration(graylistedMs)}` : ''}`;
}

function standingParts({ standing: { useful, invalid, timeouts, behaviour } }: PeerInfo): string {
  return `${useful} useful, ${invalid} invalid, ${timeouts} late, ${behaviour} misbehaviour`;
}

function circuits({ ways }: PeerInfo): string {
  const open = ways.filter(({ circuit }) => circuit !== 'closed');
  return open.length === 0 ? 'closed' : open.map(({ kind, circuit }) => `${kind} ${circuit}`).join(', ');
}

function byName(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  return entries.length === 0 ? 'nothing' : entries.map(([name, count]) => `${count} ${name}`).join(', ');
}

function milliseconds(value: number | null): string | null {
  return value === null ? null : `${value.toFixed(1)} ms`;
}

function share(value: number | null): string | null {
  return value === null ? null : `${Math.round(value * 100)} %`;
}
