import type { Problems } from '../../telemetry/index.ts';
import type { Partition } from './partition-watch.ts';

const problem = 'cluster-partition';
const namedAtMost = 5;

/** Says for as long as it is so that the cluster is in parts, whom this side does not reach, and what to do. */
export class PartitionProblem {
  readonly #problems: Pick<Problems, 'raise' | 'clear'>;
  readonly #nameOf: (nodeId: string) => string;

  constructor(problems: Pick<Problems, 'raise' | 'clear'>, nameOf: (nodeId: string) => string) {
    this.#problems = problems;
    this.#nameOf = nameOf;
  }

  /** @param reached members that this node reaches, itself included */
  show(partition: Partition | null, reached: number): void {
    if (partition === null) {
      this.#problems.clear(problem);
      return;
    }
    const { missing, isMinority, isAlone } = partition;
    const expected = reached + missing.length;
    this.#problems.raise({
      id: problem,
      severity: isMinority ? 'crit' : 'warn',
      title: isAlone
        ? `This node reaches none of the other ${missing.length} members`
        : `The cluster is in parts: ${missing.length} of ${expected} members cannot be reached`,
      detail: [
        `No way leads to ${this.#namesOf(missing)}, neither from this node nor from the members that it reaches, and none of them said that it leaves.`,
        isMinority
          ? `This side is no majority (${reached} of ${expected}): what needs one, such as writing to replicated queues, waits.`
          : `This side is the majority (${reached} of ${expected}) and goes on.`,
        isAlone
          ? 'Check the network connection of this machine.'
          : 'Check the network between the two sides, and whether those machines are switched on.',
        'Ways are tried again and again; once one is found, both sides exchange what they have missed.',
      ].join(' '),
      view: '/nodes',
    });
  }

  #namesOf(nodeIds: readonly string[]): string {
    const names = nodeIds.map(this.#nameOf).sort();
    const left = names.length - namedAtMost;
    return left > 0 ? `${names.slice(0, namedAtMost).join(', ')} and ${left} more` : names.join(', ');
  }
}
