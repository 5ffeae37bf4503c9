import { linkDegree } from './limits.ts';
import { hasRoom, type LinkNeed, leastNeeded, planLinks } from './link-plan.ts';

export interface LinkNeedsOptions {
  /** Hex of the key of this node; members go by such names too. */
  readonly self: string;
  readonly isLinked: (member: string) => boolean;
  /** Some address of it is known. */
  readonly isDialable: (member: string) => boolean;
  readonly isTrusted: (member: string) => boolean;
  /** Members that much is sent to, most first. */
  readonly used: () => readonly string[];
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/** Which links this node needs, by what it knows of the members, and which of those it has nobody needs. */
export class LinkNeeds {
  readonly #options: LinkNeedsOptions;
  #members: readonly string[] = [];
  /** When a member was last tried in vain. */
  readonly #failedMs = new Map<string, number>();
  /** What linked members say: whether they need the link. One that says nothing is of an older version and needs it. */
  readonly #neededThere = new Map<string, boolean>();
  /** Since when neither end has needed a link. */
  readonly #unneededMs = new Map<string, number>();

  constructor(options: LinkNeedsOptions) {
    this.#options = options;
  }

  /** @param members all others of the cluster */
  follow(members: readonly string[]): void {
    this.#members = members;
    const known = new Set(members);
    for (const map of [this.#failedMs, this.#neededThere, this.#unneededMs])
      for (const member of map.keys()) if (!known.has(member)) map.delete(member);
  }

  isMember(member: string): boolean {
    return this.#members.includes(member);
  }

  /** A member could not be linked: others stand in for it, until it is linked or long after. */
  failed(member: string): void {
    this.#failedMs.set(member, this.#options.monotonicMs());
  }

  /** There is reason to hope for a member, or for all. */
  hope(member?: string): void {
    if (member === undefined) this.#failedMs.clear();
    else this.#failedMs.delete(member);
  }

  /** What the member at the other end of a link says of it. */
  said(member: string, needed: boolean): void {
    this.#neededThere.set(member, needed);
  }

  /** A link has ended. */
  ended(member: string): void {
    this.#neededThere.delete(member);
    this.#unneededMs.delete(member);
  }

  /** Members that this node wants to be linked with, and why. */
  plan(): ReadonlyMap<string, LinkNeed> {
    const { self, isLinked, isDialable, isTrusted, used } = this.#options;
    const forgottenMs = this.#options.monotonicMs() - linkDegree.forgetFailureMs;
    for (const [member, failedMs] of this.#failedMs) if (failedMs < forgottenMs) this.#failedMs.delete(member);
    return planLinks({
      self,
      others: this.#members,
      isLinked,
      hasFailed: (member) => this.#failedMs.has(member) || !isDialable(member),
      isTrusted,
      used: used(),
    });
  }

  /** Those of the plan that are linked, or may be: this node has room for them. */
  affordable(plan: ReadonlyMap<string, LinkNeed>): ReadonlySet<string> {
    const linked = this.#linked().length;
    return new Set(
      [...plan].flatMap(([member, need]) => (this.#options.isLinked(member) || this.#hasRoom(member, need, plan, linked) ? [member] : [])),
    );
  }

  /**
   * Whether a member that has come is given a link.
   *
   * @returns `false`: no; otherwise the member whose link makes room for it, if one must
   */
  admit(member: string): false | { readonly instead: string | undefined } {
    const plan = this.plan();
    const linked = this.#linked();
    const need = plan.get(member);
    if (!this.#hasRoom(member, need, plan, linked.length)) return false;
    return { instead: need === 'everyone' || linked.length < linkDegree.most ? undefined : this.#spare(linked, plan) };
  }

  /** The link that is let go of now, if there are more than wanted: for long neither end has needed it. */
  surplus(plan: ReadonlyMap<string, LinkNeed>): string | undefined {
    const { self, monotonicMs } = this.#options;
    const linked = this.#linked();
    for (const member of linked) {
      if (plan.has(member) || this.#neededThere.get(member) !== false) this.#unneededMs.delete(member);
      else if (!this.#unneededMs.has(member)) this.#unneededMs.set(member, monotonicMs());
    }
    if (linked.length <= linkDegree.wanted) return undefined;
    const due = [...this.#unneededMs].filter(([, sinceMs]) => monotonicMs() - sinceMs >= linkDegree.unneededMs);
    return leastNeeded(
      self,
      due.map(([member]) => member),
    );
  }

  #hasRoom(member: string, need: LinkNeed | undefined, plan: ReadonlyMap<string, LinkNeed>, linked: number): boolean {
    const missingRing = [...plan].filter(([name, why]) => why === 'ring' && name !== member && !this.#options.isLinked(name)).length;
    return hasRoom(linked, missingRing, need);
  }

  /** Of the links that are not of the ring, one that is not needed here, or else any. */
  #spare(linked: readonly string[], plan: ReadonlyMap<string, LinkNeed>): string | undefined {
    const outside = linked.filter((member) => plan.get(member) !== 'ring');
    const unneeded = outside.filter((member) => !plan.has(member));
    return leastNeeded(this.#options.self, unneeded.length > 0 ? unneeded : outside);
  }

  #linked(): readonly string[] {
    return this.#members.filter((member) => this.#options.isLinked(member));
  }
}
