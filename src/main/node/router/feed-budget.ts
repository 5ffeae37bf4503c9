/** What a feed holds, as far as the budget needs to know. */
export interface BudgetMember {
  readonly bytes: number;
  /** Gives its oldest event up. */
  evictOldest(): void;
}

/** The bytes that all feeds of one client keep together (security.md row 12): many feeds cost the node no more than one. */
export class FeedBudget {
  readonly #maxBytes: number;
  readonly #members = new Set<BudgetMember>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  join(member: BudgetMember): void {
    this.#members.add(member);
  }

  leave(member: BudgetMember): void {
    this.#members.delete(member);
  }

  /** Makes room at the cost of whoever holds most, so that a flood on one feed does not empty the others. */
  makeRoom(sizeBytes: number): void {
    for (;;) {
      let total = 0;
      let largest: BudgetMember | undefined;
      for (const member of this.#members) {
        total += member.bytes;
        if (member.bytes > (largest?.bytes ?? 0)) largest = member;
      }
      if (largest === undefined || total + sizeBytes <= this.#maxBytes) return;
      largest.evictOldest();
    }
  }
}
