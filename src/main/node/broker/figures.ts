import type { Engine } from './engine/engine.ts';

/** Numbers of a broker for `/metrics`, taken about once a second. */
export interface BrokerFigures {
  readonly clients: number;
  readonly peers: number;
  readonly refused: number;
  readonly flushP50Ms: number;
  readonly flushP99Ms: number;
  readonly logBytes: number;
  readonly tailBytes: number;
  readonly groups: readonly {
    readonly groupId: string;
    readonly term: number;
    readonly leads: boolean;
    readonly commitIndex: number;
    readonly appliedIndex: number;
    /** Entries that the slowest member is behind; of a leader. */
    readonly maxLag: number;
    readonly waiting: number;
    readonly refused: number;
    readonly elections: number;
    readonly commands: number;
    readonly entries: number;
  }[];
  readonly queues: readonly {
    readonly groupId: string;
    readonly queue: string;
    readonly messages: number;
    readonly bytes: number;
    readonly oldestTimeMs: number | null;
    readonly appended: number;
    readonly taken: number;
  }[];
}

/** Queues that `/metrics` names; more would make it useless. */
const mostQueues = 1_000;

/** @param connections of clients and of brokers, and those refused */
export function figuresOf(
  engine: Engine,
  connections: { readonly clients: number; readonly peers: number; readonly refused: number },
): BrokerFigures {
  const disk = engine.disk();
  const groups = engine.groups();
  return {
    ...connections,
    flushP50Ms: disk?.flushP50Ms ?? 0,
    flushP99Ms: disk?.flushP99Ms ?? 0,
    logBytes: disk?.sizeBytes ?? 0,
    tailBytes: engine.tailBytes,
    groups: groups.map(({ groupId, driver }) => {
      const { term, role, commitIndex, last, members } = driver.status();
      const { elections, commands, bundles } = driver.counters;
      const maxLag = role === 'leader' ? Math.max(0, ...members.map(({ matchIndex }) => last.index - matchIndex)) : 0;
      return {
        groupId,
        term,
        leads: driver.serves,
        commitIndex,
        appliedIndex: driver.appliedIndex,
        maxLag,
        waiting: driver.waiting,
        refused: driver.refused,
        elections,
        commands,
        entries: bundles,
      };
    }),
    queues: groups
      .flatMap((group) =>
        group.driver.machine.queues().map(({ queueId, name, messages, bytes, oldestTimeMs, lastSequence }) => ({
          groupId: group.groupId,
          queue: name,
          messages,
          bytes,
          oldestTimeMs,
          appended: lastSequence,
          taken: group.rates.takenOf(queueId),
        })),
      )
      .slice(0, mostQueues),
  };
}
