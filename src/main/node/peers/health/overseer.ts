import { type ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { PeerObservation, PeerOversight, PeerPlace, Recovery } from '../oversight.ts';
import type { Recoveries } from '../recovery/index.ts';
import type { ConductKind } from '../types.ts';
import type { PeerWatch } from './peer-watch.ts';
import type { Reputation } from './reputation.ts';

export interface OverseerOptions {
  readonly watch: PeerWatch;
  readonly reputation: Reputation;
  readonly recoveries: Recoveries;
}

/** What every peer may always say: that it is there, how it is, and that it goes. */
const always: ReadonlySet<string> = new Set(['Heartbeat', 'HealthReport', 'JoinNetwork', 'LeaveNetwork']);
/** Control traffic, which a graylisted peer may send: without it nobody could tell whether it got better. */
const control: ReadonlySet<string> = new Set([...always, 'PeerQuery', 'PeerSighting', 'Error']);
/** What is said of others: of a peer that told too much nonsense it is not believed. */
const gossip: ReadonlySet<string> = new Set(['PeerList', 'PeerSighting', 'Block', 'ChainHeads', 'Transaction']);

/** What the communicator is told about peers, and whom it tells what it saw of them. */
export class Overseer implements PeerOversight {
  readonly #options: OverseerOptions;

  constructor(options: OverseerOptions) {
    this.#options = options;
  }

  place(nodeId: string): PeerPlace {
    return this.#options.watch.place(nodeId);
  }

  peers(): readonly string[] {
    return this.#options.watch.all().flatMap(({ nodeId }) => (this.place(nodeId) === 'removed' ? [] : [nodeId]));
  }

  score(nodeId: string): number {
    return this.#options.reputation.score(nodeId);
  }

  conduct(nodeId: string, kind: ConductKind, why: string): void {
    this.#options.reputation.conduct(nodeId, kind, why);
  }

  refusal(nodeId: string, type: string): SignalboxError | undefined {
    const { reputation } = this.#options;
    if (this.place(nodeId) === 'removed' && !always.has(type))
      return new SignalboxError('FORBIDDEN', 'A person took this node out of the peers there. It is a peer again when it is added there.', {
        executed: 'no',
      });
    if (!control.has(type) && reputation.isGraylisted(nodeId))
      return new SignalboxError('OVERLOADED', 'This node behaved badly there, so only control traffic is taken from it for a while.', {
        executed: 'no',
        data: { retryAfterMs: reputation.standingOf(nodeId).graylistedMs },
      });
    if (gossip.has(type) && !reputation.mayGossip(nodeId))
      return new SignalboxError('FORBIDDEN', 'This node told too much there that was wrong: what it says of others is not taken now.', {
        executed: 'no',
      });
    return undefined;
  }

  observe(nodeId: string, observation: PeerObservation): void {
    const { watch, reputation, recoveries } = this.#options;
    if (observation.kind === 'refused') this.#refused(nodeId, observation.code);
    else if (observation.kind === 'settled') {
      if (observation.outcome === 'taken') {
        recoveries.taken(nodeId);
        reputation.conduct(nodeId, 'useful', 'it took a message');
        // Over a relay nobody can tell whether it was the relay that swallowed it.
      } else if (observation.outcome === 'timeout' && observation.way !== 'relay')
        reputation.conduct(nodeId, 'timeout', 'it acknowledged a message not in time');
    }
    watch.observe(nodeId, observation);
  }

  /** This node refused a message: a fault of the peer, or one of this node, which cannot do its part. */
  #refused(nodeId: string, code: ErrorCode): void {
    const { reputation, recoveries } = this.#options;
    const error = new SignalboxError(code, `a message of it was refused (${code})`);
    reputation.refused(nodeId, error);
    if (code === 'STORAGE_FULL' || code === 'STORAGE_CORRUPT') recoveries.decide(nodeId, error, 1, 'here');
  }

  recover(nodeId: string, error: unknown, attempt: number): Recovery {
    return this.#options.recoveries.decide(nodeId, error, attempt);
  }
}
