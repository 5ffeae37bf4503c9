import { createHash } from 'node:crypto';
import { linkDegree } from '../../src/main/node/membership/limits.ts';
import { hasRoom, leastNeeded, planLinks } from '../../src/main/node/membership/link-plan.ts';

interface SimulatedNode {
  readonly id: string;
  isOn: boolean;
  readonly links: Set<string>;
  /** Round of the last attempt that failed, and in which the next is due. */
  readonly failed: Map<string, { readonly at: number; readonly again: number }>;
  /** Since which round neither end has needed a link. */
  readonly unneeded: Map<string, number>;
  /** What it wanted when it last looked, and has told those linked. */
  wants: ReturnType<typeof planLinks>;
}

const roundMs = 30_000;
const refusedRounds = 10;
const unneededRounds = linkDegree.unneededMs / roundMs;
const forgetRounds = linkDegree.forgetFailureMs / roundMs;

/** A cluster whose nodes decide about their links as real ones do, in rounds of half a minute, without a network. */
export class SimulatedLinks {
  readonly #nodes = new Map<string, SimulatedNode>();
  readonly #blocked = new Set<string>();
  #round = 0;
  /** Links made and ended so far. */
  changes = 0;
  dials = 0;

  /** A new member, its id made of a number. */
  join(number: number): void {
    const id = createHash('sha256').update(`node ${number}`).digest('hex');
    this.#nodes.set(id, { id, isOn: true, links: new Set(), failed: new Map(), unneeded: new Map(), wants: new Map() });
  }

  get ids(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  on(id: string): void {
    const node = this.#nodes.get(id);
    if (node !== undefined) node.isOn = true;
  }

  /** Switched off without a word. */
  off(id: string): void {
    const node = this.#of(id);
    node.isOn = false;
    for (const other of [...node.links]) this.#part(id, other);
    node.failed.clear();
  }

  remove(id: string): void {
    this.off(id);
    this.#nodes.delete(id);
  }

  /** No connection between the two from now on. */
  block(a: string, b: string): void {
    this.#blocked.add(pairOf(a, b));
    if (this.#of(a).links.has(b)) this.#part(a, b);
  }

  unblockAll(): void {
    this.#blocked.clear();
  }

  run(rounds: number): void {
    for (let left = rounds; left > 0; left--) {
      this.#round++;
      for (const node of this.#nodes.values()) if (node.isOn) this.#act(node);
    }
  }

  degrees(): readonly number[] {
    return this.#living().map(({ links }) => links.size);
  }

  /** Links on the shortest way between the two nodes that are furthest apart; Infinity when the graph is in parts. */
  diameter(): number {
    const living = this.#living();
    return Math.max(...living.map(({ id }) => this.#furthest(id, living.length)));
  }

  #act(node: SimulatedNode): void {
    for (const [member, { at }] of node.failed) if (this.#round - at >= forgetRounds) node.failed.delete(member);
    node.wants = this.#plan(node);
    for (const member of node.wants.keys()) {
      if (node.links.has(member) || (node.failed.get(member)?.again ?? 0) > this.#round) continue;
      this.#dial(node, member);
    }
    this.#letGo(node);
  }

  #dial(node: SimulatedNode, member: string): void {
    const need = node.wants.get(member);
    if (!hasRoom(node.links.size, this.#missingRing(node, node.wants, member), need)) return;
    this.dials++;
    const other = this.#of(member);
    const failsFor = (rounds: number) => node.failed.set(member, { at: this.#round, again: this.#round + rounds });
    if (!other.isOn || this.#blocked.has(pairOf(node.id, member))) {
      failsFor(1);
      return;
    }
    other.failed.delete(node.id);
    const plan = this.#plan(other);
    if (!hasRoom(other.links.size, this.#missingRing(other, plan, node.id), plan.get(node.id))) {
      failsFor(refusedRounds);
      return;
    }
    if (other.links.size >= linkDegree.most && plan.get(node.id) !== 'everyone') this.#makeRoom(other, plan);
    if (node.links.size >= linkDegree.most && need !== 'everyone') this.#makeRoom(node, node.wants);
    node.failed.delete(member);
    node.links.add(member);
    other.links.add(node.id);
    this.changes++;
  }

  /** Neighbours in the ring, other than one, that are still to come. */
  #missingRing(node: SimulatedNode, plan: SimulatedNode['wants'], except: string): number {
    return [...plan].filter(([name, need]) => need === 'ring' && name !== except && !node.links.has(name)).length;
  }

  #makeRoom(node: SimulatedNode, plan: ReadonlyMap<string, string>): void {
    const free = [...node.links].filter((member) => plan.get(member) !== 'ring');
    const least = leastNeeded(node.id, free.some((member) => !plan.has(member)) ? free.filter((member) => !plan.has(member)) : free);
    if (least !== undefined) this.#part(node.id, least);
  }

  #letGo(node: SimulatedNode): void {
    for (const member of node.links) {
      const isNeeded = node.wants.has(member) || this.#of(member).wants.has(node.id);
      if (isNeeded) node.unneeded.delete(member);
      else if (!node.unneeded.has(member)) node.unneeded.set(member, this.#round);
    }
    if (node.links.size <= linkDegree.wanted) return;
    const due = [...node.unneeded].filter(([member, since]) => node.links.has(member) && this.#round - since >= unneededRounds);
    const least = leastNeeded(
      node.id,
      due.map(([member]) => member),
    );
    if (least !== undefined) this.#part(node.id, least);
  }

  #plan(node: SimulatedNode): ReturnType<typeof planLinks> {
    return planLinks({
      self: node.id,
      others: this.ids.filter((id) => id !== node.id),
      isLinked: (member) => node.links.has(member),
      hasFailed: (member) => node.failed.has(member),
      isTrusted: () => true,
      used: [],
    });
  }

  #part(a: string, b: string): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#of(from).links.delete(to);
      this.#of(from).unneeded.delete(to);
    }
    this.changes++;
  }

  #furthest(from: string, living: number): number {
    const distance = new Map([[from, 0]]);
    for (const [id, far] of distance) for (const next of this.#of(id).links) if (!distance.has(next)) distance.set(next, far + 1);
    return distance.size < living ? Number.POSITIVE_INFINITY : Math.max(...distance.values());
  }

  #living(): readonly SimulatedNode[] {
    return [...this.#nodes.values()].filter(({ isOn }) => isOn);
  }

  #of(id: string): SimulatedNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Error(`There is no node ${id}.`);
    return node;
  }
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
