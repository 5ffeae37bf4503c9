import { toErrorShape } from '../../../../common/errors.ts';
import type { Problems } from '../../telemetry/index.ts';
import { type NetworkError, networkErrors } from '../communicator/index.ts';
import type { Recovery } from '../oversight.ts';
import { classOf, type ErrorClass, networkErrorOf } from './error-classes.ts';
import { recoveryLimits, strategies } from './strategies.ts';

export interface RecoveriesOptions {
  readonly problems: Problems;
  readonly nameOf: (nodeId: string) => string;
  /** For tests; 0 to 1. */
  readonly random?: () => number;
}

/** Classes that a person has to see to; of a full disk the store tells. */
const alerted: ReadonlySet<ErrorClass> = new Set<ErrorClass>(['authentication', 'authorisation', 'clock']);

/** Decides how it goes on after an error, counts the decisions, and tells people where only they can help. */
export class Recoveries {
  readonly #options: RecoveriesOptions;
  readonly #counts = new Map<NetworkError, number>();
  /** Problems that were raised of a peer. */
  readonly #raised = new Map<string, Set<string>>();

  constructor(options: RecoveriesOptions) {
    this.#options = options;
  }

  /** By kind of error, those that happened. */
  get counts(): Record<string, number> {
    return Object.fromEntries(networkErrors.flatMap((kind) => (this.#counts.has(kind) ? [[kind, this.#counts.get(kind) ?? 0]] : [])));
  }

  /**
   * Decides (seed 3, recover_from_error).
   *
   * @param attempt how often the message was sent, from 1
   * @param where `here`: this node could not do its part
   */
  decide(nodeId: string, error: unknown, attempt: number, where: 'here' | 'there' = 'there'): Recovery {
    const errorClass = classOf(error);
    const kind = networkErrorOf(errorClass);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const recovery = strategies[errorClass]({ error, attempt, where, random: this.#options.random ?? Math.random });
    if (alerted.has(errorClass) && recovery.action !== 'retry' && recovery.action !== 'measureClock')
      this.#alert(nodeId, errorClass, toErrorShape(error).message);
    return recovery;
  }

  /** A peer took a message: what stood between it and this node is over. */
  taken(nodeId: string): void {
    for (const id of this.#raised.get(nodeId) ?? []) this.#options.problems.clear(id);
    this.#raised.delete(nodeId);
  }

  #alert(nodeId: string, errorClass: ErrorClass, message: string): void {
    const { problems, nameOf } = this.#options;
    const id = `peers.${errorClass}.${nodeId}`;
    const ids = this.#raised.get(nodeId) ?? new Set();
    this.#raised.set(nodeId, ids.add(id));
    problems.raise({ id, severity: 'warn', view: '/nodes', ...textOf(errorClass, nameOf(nodeId), message) });
  }
}

function textOf(errorClass: ErrorClass, name: string, message: string): { readonly title: string; readonly detail: string } {
  const minutes = recoveryLimits.restMs / 60_000;
  switch (errorClass) {
    case 'authentication':
      return {
        title: `${name} and this node could not prove themselves to each other`,
        detail: `${message} What is for it waits ${minutes} min before the next attempt. Compare the fingerprints of both nodes under Cluster.`,
      };
    case 'clock':
      return {
        title: `The clocks of ${name} and of this node are too far apart`,
        detail: `${message} Set both clocks by a time server.`,
      };
    default:
      return {
        title: `${name} refuses messages of this node`,
        detail: `${message} Check the roles of both nodes under Cluster.`,
      };
  }
}
