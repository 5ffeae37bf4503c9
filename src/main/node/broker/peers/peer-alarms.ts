import type { SignalboxError } from '../../../../common/errors.ts';
import { type Logger, type Problems, RepeatSampler } from '../../telemetry/index.ts';
import type { BrokerId, GroupConfiguration, GroupId, GroupMember } from '../core/types.ts';

const copyProblem = 'broker.copyRefused';
const renouncedProblem = 'broker.renounced';

/** What people are told of the connections between brokers. */
export class PeerAlarms {
  readonly #logger: Logger;
  readonly #problems: Pick<Problems, 'raise' | 'clear'>;
  readonly #failures = new RepeatSampler();
  /** Brokers of which a copy was refused and that have not been heard of since. */
  readonly #copies = new Map<BrokerId, string>();

  constructor(logger: Logger, problems: Pick<Problems, 'raise' | 'clear'>) {
    this.#logger = logger;
    this.#problems = problems;
  }

  /** A copy or an old disk was refused. */
  copy(brokerId: BrokerId, reason: Error): void {
    this.#logger.error('broker.copyRefused', 'A broker whose disk is a copy or an old state was refused.', {
      brokerId,
      message: reason.message,
    });
    this.#copies.set(brokerId, reason.message);
    this.#show();
  }

  /** A broker was recognised: what was refused under its id is gone. */
  connected(brokerId: BrokerId): void {
    if (this.#copies.delete(brokerId)) this.#show();
  }

  /** Another broker refuses this one for good. @param by name of its node */
  renounced(by: string, reason: SignalboxError): void {
    this.#logger.error('broker.renounced', 'Another broker says that the disk of this one is a copy or an old state.', {
      by,
      message: reason.message,
    });
    this.#problems.raise({
      id: renouncedProblem,
      severity: 'crit',
      title: 'The queue broker of this node is refused by the others',
      detail: `${by} says: ${reason.message} This broker takes another id at its next start and belongs to no group then. Restart it, and let it join its groups anew.`,
    });
  }

  /** The group goes on without this broker, whose copy is of no use any more. Null: it belongs to it. */
  removed(groupId: GroupId, configuration: GroupConfiguration | null): void {
    const id = `broker.removed.${groupId}`;
    if (configuration === null) this.#problems.clear(id);
    else
      this.#problems.raise({
        id,
        severity: 'warn',
        title: `This broker was removed from the group ${groupId}`,
        detail: `The group goes on with ${configuration.members.map(({ brokerId }) => brokerId).join(', ')}. The copy here is kept and no longer follows. Leave the group to free its disk space, or join it again.`,
      });
  }

  /** A member could not be dialled; it is tried again. */
  dialFailed({ brokerId, host, port }: GroupMember, { code, message }: SignalboxError): void {
    const suppressed = this.#failures.take(`${brokerId} ${code}`);
    if (suppressed !== undefined)
      this.#logger.warn('broker.dialFailed', 'Another broker could not be reached.', { brokerId, host, port, code, message, suppressed });
  }

  #show(): void {
    const [message] = [...this.#copies.values()].slice(-1);
    if (message === undefined) this.#problems.clear(copyProblem);
    else
      this.#problems.raise({
        id: copyProblem,
        severity: 'crit',
        title: 'A copy of a queue broker was refused',
        detail: message,
      });
  }
}
