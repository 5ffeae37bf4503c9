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
  /** A clock that is never set, milliseconds. */
  readonly monotonicMs: () => number;
}

/** Classes that a person has to see to; of a full disk the store tells. */
const alerted: ReadonlySet<ErrorClass> = new Set<ErrorClass>(['authentication', 'authorisation', 'clock']);

/** Decides how it goes on after an error, counts the decisions, and tells people where only they can help. */
export class Recoveries {
  readonly #options: RecoveriesOptions;
  readonly #counts = new Map<NetworkError, number>();
  /** Problems that were raised of a peer, by class, and when each was last found. */
  readonly #raised = new Map<string, Map<ErrorClass, number>>();

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

  /**
   * A peer took a message: it proved itself, and its clock is right. That it takes one message, such as a heartbeat, does not mean that it
   * takes those that it refused.
   */
  taken(nodeId: string): void {
    for (const errorClass of this.#raised.get(nodeId)?.keys() ?? []) if (errorClass !== 'authorisation') this.#clear(nodeId, errorClass);
  }

  /** Takes back what has not happened again for a while. Called once in a while. */
  maintain(): void {
    const before = this.#options.monotonicMs() - recoveryLimits.toldMs;
    for (const [nodeId, found] of this.#raised)
      for (const [errorClass, lastMs] of found) if (lastMs <= before) this.#clear(nodeId, errorClass);
  }

  #clear(nodeId: string, errorClass: ErrorClass): void {
    const found = this.#raised.get(nodeId);
    found?.delete(errorClass);
    if (found?.size === 0) this.#raised.delete(nodeId);
    this.#options.problems.clear(idOf(nodeId, errorClass));
  }

  #alert(nodeId: string, errorClass: ErrorClass, message: string): void {
    const { problems, nameOf, monotonicMs } = this.#options;
    const found = this.#raised.get(nodeId) ?? new Map<ErrorClass, number>();
    this.#raised.set(nodeId, found.set(errorClass, monotonicMs()));
    const id = idOf(nodeId, errorClass);
    problems.raise({ id, severity: 'warn', view: '/nodes', ...textOf(errorClass, nameOf(nodeId), message) });
  }
}

function idOf(nodeId: string, errorClass: ErrorClass): string {
  return `peers.${errorClass}.${nodeId}`;
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
