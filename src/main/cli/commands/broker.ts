import type { Command } from 'commander';
import type { GroupInfo, GroupMemberInfo } from '../../../common/contract/brokers.ts';
import type { ProgressOf, ResultOf } from '../../../common/contract/index.ts';
import { lackOfVotes, namesOf } from '../../../common/group-votes.ts';
import { isLoopback } from '../../node/loopback.ts';
import { contextOf } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatDuration, formatTime, type Output } from '../output.ts';
import { formatBytes, formatCount, formatRate } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';

/** A copy of everything in the group comes over the network. */
const joinTimeoutMs = 3_600_000;

interface Confirmed extends NodeFlag {
  readonly yes?: boolean;
}

/** `signalbox broker …` */
export function addBrokerCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const broker = program.command('broker').description('the queue broker of a node, and the groups of replicas that brokers form');
  addLookingCommands(broker, io, setExitCode);
  addMemberCommands(broker, io);
  addLeaderCommands(broker, io);
}

function addLookingCommands(broker: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withNodeOption(broker.command('status'))
    .description('show the broker of a node: state, port, groups, connections, disk')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const status = await withNode((client, signal) => client.call('brokers.status', {}, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(status);
      else printStatus(out, status);
    });

  withNodeOption(broker.command('groups'))
    .description('list the groups that can be reached with leader, replicas, term and lag')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { groups } = await withNode((client, signal) => client.call('brokers.groups', {}, { signal, ...atNode(options) }));
      if (out.json) for (const group of groups) out.jsonLine(group);
      else printGroups(out, groups);
      if (groups.some(({ writable }) => !writable)) setExitCode(exitCodes.partial);
    });
}

function addMemberCommands(broker: Command, io: CliIo): void {
  withNodeOption(broker.command('create'))
    .description('begin a group whose only replica is this node; others join it')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const made = await withNode((client, signal) => client.call('brokers.createGroup', {}, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(made);
      else out.line(`The group ${made.groupId} has begun. On other nodes: signalbox broker join ${made.groupId}`);
    });

  withNodeOption(broker.command('join <group>'))
    .description('make this node a replica of a group: it gets a copy of everything, then a vote')
    .option('--at <host:port>', 'a broker of the group; found in the cluster when left out')
    .option('--replaces <broker>', 'broker id whose place it takes, for a node that has lost its disk')
    .action(async (groupId: string, options: NodeFlag & { readonly at?: string; readonly replaces?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const onProgress = ({ step, done }: ProgressOf<'brokers.join'>) => out.note(`${steps[step]} ${Math.round(done * 100)} %`);
      const { at, replaces } = options;
      const params = { groupId, ...(at !== undefined && { address: at }), ...(replaces !== undefined && { replaces }) };
      const joined = await withNode((client, signal) =>
        client.call('brokers.join', params, { signal, timeoutMs: joinTimeoutMs, onProgress, ...atNode(options) }),
      );
      if (out.json) out.jsonLine(joined);
      else out.line(`${joined.brokerId} is a replica of ${joined.groupId}${joined.voter ? '' : ' without a vote yet'}.`);
    });

  withNodeOption(broker.command('leave <group>'))
    .description("end this node's replica of a group and remove its copy")
    .option('--yes', 'do not ask')
    .action(async (groupId: string, options: Confirmed, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Remove this node's copy of ${groupId}?`, groupId)))
        throw new UsageError(`The node did not leave. Type ${groupId} when asked, or add --yes.`);
      const left = await withNode((client, signal) => client.call('brokers.leave', { groupId }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(left);
      else out.line(`This node is no replica of ${groupId} any more.`);
    });

  withNodeOption(broker.command('remove'))
    .argument('<group>')
    .argument('<broker>', 'broker id, as in: broker groups')
    .description('remove a broker from a group, also one that is gone for good')
    .option('--yes', 'do not ask')
    .action(async (groupId: string, brokerId: string, options: Confirmed, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Remove ${brokerId} from ${groupId}?`, brokerId)))
        throw new UsageError(`${brokerId} was not removed. Type its id when asked, or add --yes.`);
      const removed = await withNode((client, signal) =>
        client.call('brokers.remove', { groupId, brokerId }, { signal, ...atNode(options) }),
      );
      if (out.json) out.jsonLine(removed);
      else out.line(`${brokerId} is removed from ${groupId}.`);
    });
}

function addLeaderCommands(broker: Command, io: CliIo): void {
  withNodeOption(broker.command('transfer <group>'))
    .description('hand the leadership of a group to another replica')
    .option('--to <broker>', 'broker id; the replica that is furthest when left out')
    .action(async (groupId: string, options: NodeFlag & { readonly to?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { groupId, ...(options.to !== undefined && { to: options.to }) };
      const { leader, term } = await withNode((client, signal) => client.call('brokers.transfer', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine({ leader, term });
      else out.line(`${leader} leads ${groupId} since term ${term}.`);
    });

  withNodeOption(broker.command('rebalance'))
    .description('spread the leaderships of all groups evenly over their brokers')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { moved } = await withNode((client, signal) => client.call('brokers.rebalance', {}, { signal, ...atNode(options) }));
      if (out.json) for (const move of moved) out.jsonLine(move);
      else if (moved.length === 0) out.line('Nothing had to move.');
      else
        out.table(
          ['group', 'from', 'to'],
          moved.map(({ groupId, from, to }) => [groupId, from, to]),
        );
    });
}

/** How clients may come in (docs/broker-protocol.md). */
function doorOf({ host }: ResultOf<'brokers.status'>): string {
  return isLoopback(host) ? 'plain and TLS, this machine alone' : 'TLS; plain from this machine alone';
}

const steps: Readonly<Record<ProgressOf<'brokers.join'>['step'], string>> = {
  asking: 'Asking the group',
  snapshot: 'Getting the copy',
  catchingUp: 'Catching up',
  voting: 'Getting a vote',
};

function printStatus(out: Output, status: ResultOf<'brokers.status'>): void {
  if (status.state === 'off') {
    out.line('The queue broker is off. Turn it on with: signalbox config set broker.enabled=true');
    return;
  }
  const ms = (value: number | null) => (value === null ? '-' : `${value} ms`);
  out.fields([
    ['broker', status.brokerId],
    ['state', status.detail === '' ? status.state : `${status.state}: ${status.detail}`],
    ['listens on', status.port === null ? null : `${status.host}:${status.port}, ${doorOf(status)}`],
    ['profile', status.profile],
    ['groups', `${status.groups}, leader of ${status.leaderOf}`],
    ['connections', `${status.clients} of clients, ${status.peers} to other brokers`],
    [
      'disk',
      `a flush takes ${ms(status.flushP50Ms)} (p50), ${ms(status.flushP99Ms)} (p99); ${status.stalledMs > 0 ? `waiting for ${status.stalledMs} ms` : 'nothing waits'}`,
    ],
    ['log', formatBytes(status.logBytes)],
    ['refused', status.refused],
  ]);
}

function printGroups(out: Output, groups: readonly GroupInfo[]): void {
  if (groups.length === 0)
    out.line('No group can be reached. A broker begins its first one with its first queue: signalbox queue create NAME');
  for (const [index, group] of groups.entries()) {
    if (index > 0) out.line();
    const advice = adviceOnVotes(group);
    const state = group.writable ? 'writable' : `not writable: ${group.whyNotWritable ?? 'no leader'}`;
    out.line(
      `${group.groupId}  ${state}  term ${group.term}  commit index ${group.commitIndex}  ${group.activeVoters} of ${group.voters} voters active`,
    );
    out.line(
      `${formatCount(group.queues, 'queue')}, ${formatCount(group.messages, 'message')}, ${formatBytes(group.bytes)}, log ${formatBytes(group.logBytes)}, ${formatRate(group.inPerSecond)} in/s, ${formatRate(group.outPerSecond)} out/s`,
    );
    out.table(
      ['broker', 'node', 'role', 'status', 'on disk', 'behind', 'since', 'address'],
      group.members.map((member) => [
        member.brokerId,
        member.name,
        member.role,
        memberState(member),
        member.matchIndex,
        member.lag,
        member.lagSince === null || member.lag === 0
          ? null
          : `${formatTime(member.lagSince)} (${formatDuration(group.observedAt - member.lagSince)})`,
        `${member.host}:${member.port}`,
      ]),
    );
    if (advice !== undefined) out.line(advice);
  }
}

/** What a person can do for a group that {@link lackOfVotes} keeps from a leader. */
function adviceOnVotes(group: GroupInfo): string | undefined {
  const lack = lackOfVotes(group);
  if (lack === undefined) return undefined;
  const { able, away, impaired, isForGood } = lack;
  if (!isForGood)
    return `Bring back ${namesOf(away)}: with ${group.quorum} votes there is a leader, and it brings ${namesOf(impaired)} up to date.`;
  const whole = able[0]?.name ?? 'the node whose copy reaches furthest';
  return `It does not mend itself: a leader needs ${group.quorum} votes, and only a leader brings ${namesOf(impaired)} up to date. If an older copy of the broker's files was put in place there, or the file synced-through was removed, put the latest ones back and restart that node. Otherwise make a copy of the group at ${whole} (signalbox queue backup --group ${group.groupId} --node NODE) and begin a new group with it there (signalbox queue restore FILE --node NODE): its queues have new ids, and what was appended in the last moment may be missing.`;
}

function memberState({ status, snapshot, impaired }: GroupMemberInfo): string {
  const beside = [
    ...(snapshot === null ? [] : [`getting a copy, ${Math.round(snapshot * 100)} %`]),
    ...(impaired ? ['its disk has lost what it held, or its guard: no vote until it has caught up'] : []),
  ];
  return beside.length === 0 ? status : `${status} (${beside.join('; ')})`;
}
