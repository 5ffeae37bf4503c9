import { createHash } from 'node:crypto';
import type { ChainHead, ChainStore } from '../chain-store.ts';
import type { HeadText } from './messages.ts';

/** The chains held here, as the store last told of them: kept on the main thread, since it is asked for with every message. */
export class HeldChains {
  readonly #store: Pick<ChainStore, 'chains' | 'chain'>;
  readonly #heads = new Map<string, ChainHead>();
  readonly #listeners = new Set<(chainId: string) => void>();
  /** Asked for with every message about heads. */
  #digest: string | undefined;

  constructor(store: Pick<ChainStore, 'chains' | 'chain'>) {
    this.#store = store;
  }

  /** Reads all of them. @throws SignalboxError what the store throws */
  async load(): Promise<void> {
    const heads = await this.#store.chains();
    this.#digest = undefined;
    this.#heads.clear();
    for (const head of heads) this.#heads.set(head.chainId, head);
  }

  /** Reads one anew and tells the listeners. @throws SignalboxError what the store throws */
  async refresh(chainId: string): Promise<ChainHead | undefined> {
    const head = await this.#store.chain(chainId);
    this.#digest = undefined;
    if (head === undefined) this.#heads.delete(chainId);
    else this.#heads.set(chainId, head);
    for (const listener of this.#listeners) listener(chainId);
    return head;
  }

  get(chainId: string): ChainHead | undefined {
    return this.#heads.get(chainId);
  }

  all(): readonly ChainHead[] {
    return [...this.#heads.values()];
  }

  /** Newest block held; -1: none. */
  heightOf(chainId: string): number {
    return this.#heads.get(chainId)?.height ?? -1;
  }

  onChange(listener: (chainId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Heads as messages carry them, in one order at every node. */
  heads(): readonly HeadText[] {
    return this.all()
      .flatMap(({ chainId, height, headHash }) => (headHash === null ? [] : [{ chain_id: chainId, height, hash: headHash }]))
      .toSorted((one, other) => (one.chain_id < other.chain_id ? -1 : 1));
  }

  /** Of {@link heads}, hex. */
  digest(): string {
    this.#digest ??= this.#digestOf();
    return this.#digest;
  }

  #digestOf(): string {
    const digest = createHash('sha256');
    for (const { chain_id: chainId, height, hash } of this.heads()) digest.update(`${chainId} ${height} ${hash}\n`);
    return digest.digest('hex');
  }
}
