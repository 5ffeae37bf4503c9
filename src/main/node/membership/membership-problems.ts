import type { Problems } from '../telemetry/index.ts';
import type { WaitingJoin } from './join-requests.ts';

const ids = {
  door: 'links.notListening',
  revoked: 'membership.revoked',
  burned: 'membership.inviteBurned',
  requests: 'membership.joinRequests',
} as const;

/** What people are told of the membership while it lasts, in `node.status` and on every screen. */
export class MembershipProblems {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** The door for other nodes. @param failure why it does not open; null: it is open */
  door(failure: string | null): void {
    if (failure === null) this.#problems.clear(ids.door);
    else
      this.#problems.raise({
        id: ids.door,
        severity: 'crit',
        title: 'Other nodes cannot reach this one',
        detail: `${failure} Set links.port to a free one (0 takes any) and restart. Members that this node can dial are linked all the same.`,
        view: '/settings',
      });
  }

  /** Whether this node belongs to the cluster. @param reason why it does not any more; null: it does */
  revoked(reason: string | null, cluster: string): void {
    if (reason === null) this.#problems.clear(ids.revoked);
    else
      this.#problems.raise({
        id: ids.revoked,
        severity: 'crit',
        title: `This node does not belong to the cluster ${cluster} any more`,
        detail: `${reason} The other members refuse it. Ask whoever removed it.`,
        view: '/settings',
      });
  }

  /** A code met too many wrong proofs. @param address whose was the last; null: there is a new code */
  burned(address: string | null): void {
    if (address === null) this.#problems.clear(ids.burned);
    else
      this.#problems.raise({
        id: ids.burned,
        severity: 'warn',
        title: 'A join code was burned after 5 wrong proofs',
        detail: `Somebody at ${address} named the code without knowing it. Nobody has joined with it and nobody can. Make a new one for whom it was meant.`,
        view: '/settings',
      });
  }

  /** Who waits to be let in, the oldest first. */
  requests(waiting: readonly WaitingJoin[]): void {
    const [first] = waiting;
    if (first === undefined) this.#problems.clear(ids.requests);
    else
      this.#problems.raise({
        id: ids.requests,
        severity: 'warn',
        title: waiting.length === 1 ? `${first.name} asks to join the cluster` : `${waiting.length} nodes ask to join the cluster`,
        detail: `The first asks from ${first.address}. Let it in only when you know who asks: signalbox cluster requests.`,
        view: '/settings',
      });
  }

  /** The node has left its cluster. */
  clear(): void {
    for (const id of Object.values(ids)) this.#problems.clear(id);
  }
}
