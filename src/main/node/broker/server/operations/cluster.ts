import type { BrokerId, CoreStatus, GroupMember } from '../../core/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Group } from '../../engine/group.ts';
import type { Handler } from './context.ts';
import { findGroup } from './queue-lookup.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `PING`. */
export const ping: Handler<'PING'> = ({ engine }, _operation, call) => {
  call.answer({ fields: { broker_id: engine.brokerId, time_ms: Date.now() } });
};

/** `CLUSTER_QUERY`: who belongs to a group and who leads it, as far as this broker knows. Any broker answers. */
export const clusterQuery: Handler<'CLUSTER_QUERY'> = ({ engine }, { cluster_id: groupId, detail }, call) => {
  call.session?.followCluster();
  const group = groupId === undefined ? engine.groups()[0] : findGroup(engine, groupId);
  if (group === undefined) {
    call.answer({
      fields: { broker_id: engine.brokerId, cluster_id: null, cluster_version: 0, self_role: null, brokers: [], members: [], groups: [] },
    });
    return;
  }
  const status = group.driver.status();
  const brokers = brokersOf(engine, group, status);
  call.answer({
    fields: {
      ...clusterFields(engine, group, status),
      brokers,
      members: brokers,
      broker_id: engine.brokerId,
      commit_index: status.commitIndex,
      applied_index: group.driver.appliedIndex,
      durable_index: status.durableIndex,
      writable: group.driver.serves,
      ...(detail && { ...group.fingerprint() }),
      groups: engine.groups().map((each) => {
        const state = each.driver.status();
        return { ...clusterFields(engine, each, state), leader: state.leaderId, brokers: brokersOf(engine, each, state) };
      }),
    },
  });
};

function clusterFields(engine: Engine, group: Group, status: CoreStatus): Fields {
  return {
    cluster_id: group.groupId,
    cluster_version: status.configuration.version,
    term: status.term,
    self_role: wireRole(status.role === 'leader', memberOf(status, engine.brokerId)),
  };
}

/** `GROUP_LIST`: every replica of this broker, with how its members follow. */
export const listGroups: Handler<'GROUP_LIST'> = ({ engine, peers }, _operation, call) => {
  engine.requireOpen();
  const groups = engine
    .groups()
    .map((group) => groupFields(engine, group, (brokerId) => peers?.snapshotProgress(group.groupId, brokerId) ?? null));
  call.answer({ fields: { groups } });
};

/** For `CLUSTER_UPDATE`: a hint to clients that the leader or the members of a group have changed. */
export function clusterUpdate(engine: Engine, group: Group): Fields {
  const status = group.driver.status();
  return {
    operation: 'CLUSTER_UPDATE',
    cluster_id: group.groupId,
    cluster_version: status.configuration.version,
    term: status.term,
    leader: status.leaderId,
    brokers: brokersOf(engine, group, status),
  };
}

/** @param snapshotOf how much of a snapshot a member has */
function groupFields(engine: Engine, group: Group, snapshotOf: (brokerId: BrokerId) => number | null): Fields {
  const status = group.driver.status();
  const { configuration, term, leaderId, commitIndex } = status;
  const load = engine.load(group.groupId);
  const voters = configuration.members.filter(({ voter }) => voter);
  const activeVoters = voters.filter((member) => isActive(engine, group, status, member)).length;
  // Of the others it is not known here.
  const votes = activeVoters - (status.impaired && voters.some(({ brokerId }) => brokerId === engine.brokerId) ? 1 : 0);
  const quorum = Math.floor(voters.length / 2) + 1;
  const writable = leaderId !== null && (status.role !== 'leader' || group.driver.serves);
  return {
    cluster_id: group.groupId,
    cluster_version: configuration.version,
    term,
    leader: leaderId,
    leader_since_ms: group.leaderSinceMs,
    commit_index: commitIndex,
    applied_index: group.driver.appliedIndex,
    writable,
    why_not_writable: writable ? null : votes < quorum ? `no quorum: ${votes} of ${voters.length}` : 'no leader',
    voters: voters.length,
    quorum,
    active_voters: activeVoters,
    members: configuration.members.map((member) => memberFields(engine, group, status, member, snapshotOf(member.brokerId))),
    queues: load?.queues ?? 0,
    messages: load?.messages ?? 0,
    bytes: load?.bytes ?? 0,
    log_bytes: engine.disk()?.sizeBytes ?? 0,
    in_per_second: load?.inPerSecond ?? 0,
    out_per_second: load?.outPerSecond ?? 0,
  };
}

function memberFields(engine: Engine, group: Group, status: CoreStatus, member: GroupMember, snapshot: number | null): Fields {
  const isSelf = member.brokerId === engine.brokerId;
  const progress = status.members.find(({ brokerId }) => brokerId === member.brokerId);
  const matchIndex = isSelf ? status.durableIndex : (progress?.matchIndex ?? null);
  return {
    broker_id: member.brokerId,
    node_id: member.nodeId,
    host: member.host,
    port: member.port,
    role: wireRole(member.brokerId === status.leaderId, member),
    status: isActive(engine, group, status, member) ? 'active' : 'inactive',
    match_index: matchIndex,
    lag: status.role !== 'leader' || matchIndex === null ? null : Math.max(0, status.last.index - matchIndex),
    lag_since_ms: group.lagSinceMs(member.brokerId),
    snapshot: snapshot ?? (progress?.state === 'snapshot' ? 0 : null),
    impaired: isSelf && status.impaired,
  };
}

function brokersOf(engine: Engine, group: Group, status: CoreStatus): readonly Fields[] {
  return status.configuration.members.map((member) => ({
    broker_id: member.brokerId,
    host: member.host,
    port: member.port,
    role: member.brokerId === status.leaderId ? 'leader' : 'replica',
    status: isActive(engine, group, status, member) ? 'active' : 'inactive',
  }));
}

/** The leader knows whom it has heard of; others know who leads and to whom they are connected. */
function isActive(engine: Engine, group: Group, status: CoreStatus, { brokerId }: GroupMember): boolean {
  if (brokerId === engine.brokerId || brokerId === status.leaderId) return true;
  if (status.role !== 'leader') return engine.isConnected(brokerId);
  const heardAtMs = status.members.find((member) => member.brokerId === brokerId)?.heardAtMs ?? null;
  return heardAtMs !== null && engine.nowMs() - heardAtMs <= group.inactiveAfterMs;
}

function memberOf(status: CoreStatus, brokerId: string): GroupMember | undefined {
  return status.configuration.members.find((member) => member.brokerId === brokerId);
}

function wireRole(leads: boolean, member: GroupMember | undefined): 'leader' | 'replica' | 'learner' {
  if (leads) return 'leader';
  return member?.voter === false ? 'learner' : 'replica';
}
