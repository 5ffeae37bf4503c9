import type { AgentDirectory, AgentSession } from '../types.ts';
import { type Due, DueList } from './due-list.ts';
import type { FrontLimits } from './front-limits.ts';

/** Whoever wants an agent that is away for a moment. */
export interface Guest extends Due {
  readonly agentId: string;
  /** @param session undefined: it did not come back in time */
  arrived(session: AgentSession | undefined): void;
}

/** Requests to agents in grace: they wait, few and not long, in place of being told that nobody is there (tunnel.md 8). */
export class WaitingRoom {
  readonly #directory: AgentDirectory;
  readonly #limits: FrontLimits;
  readonly #leave = new Map<Guest, () => void>();
  readonly #perAgent = new Map<string, number>();
  readonly #times: DueList<Guest>;

  constructor(directory: AgentDirectory, limits: FrontLimits) {
    this.#directory = directory;
    this.#limits = limits;
    this.#times = new DueList(limits.waitMs, (guest) => {
      this.leave(guest);
      guest.arrived(undefined);
    });
  }

  get size(): number {
    return this.#leave.size;
  }

  /** @returns false: the room is full */
  enter(guest: Guest): boolean {
    const { agentId } = guest;
    const there = this.#perAgent.get(agentId) ?? 0;
    if (this.#leave.size >= this.#limits.waiting || there >= this.#limits.waitingPerAgent) return false;
    guest.progressAtMs = performance.now();
    this.#perAgent.set(agentId, there + 1);
    this.#times.add(guest);
    const stopWaiting = this.#directory.awaitReturn(agentId, (session) => {
      this.#forget(guest);
      guest.arrived(session);
    });
    this.#leave.set(guest, stopWaiting);
    return true;
  }

  /** The guest does not want to wait any more; without effect for one that is not there. */
  leave(guest: Guest): void {
    const stopWaiting = this.#leave.get(guest);
    if (stopWaiting === undefined) return;
    stopWaiting();
    this.#forget(guest);
  }

  sweep(nowMs: number): void {
    this.#times.sweep(nowMs);
  }

  #forget(guest: Guest): void {
    if (!this.#leave.delete(guest)) return;
    this.#times.delete(guest);
    const left = (this.#perAgent.get(guest.agentId) ?? 1) - 1;
    if (left === 0) this.#perAgent.delete(guest.agentId);
    else this.#perAgent.set(guest.agentId, left);
  }
}
