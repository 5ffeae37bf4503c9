import { SignalboxError } from '../../../../common/errors.ts';
import type { Store } from '../../store/index.ts';

/** How much the store may hold; settings that take effect at once. */
export interface StorageQuota {
  /** Values and copies together. */
  readonly items: number;
  readonly sizeBytes: number;
  /** Copies of one owner. */
  readonly perOwnerItems: number;
  readonly perOwnerBytes: number;
}

export interface Held {
  readonly items: number;
  readonly sizeBytes: number;
}

/** What this node holds of its own stands under this name among the owners. */
export const ownValues = '';

const nothing: Held = { items: 0, sizeBytes: 0 };

/** Counts what the store holds, so that nothing is written beyond the quota however many write at once. */
export class Usage {
  readonly #quota: () => StorageQuota;
  readonly #byOwner = new Map<string, Held>();
  #total: Held = nothing;
  #refused = 0;
  #loaded = false;

  constructor(quota: () => StorageQuota) {
    this.#quota = quota;
  }

  /** Values and copies that were refused because of the quota, since the start. */
  get refused(): number {
    return this.#refused;
  }

  get total(): Held {
    return this.#total;
  }

  get quota(): StorageQuota {
    return this.#quota();
  }

  of(owner: string): Held {
    return this.#byOwner.get(owner) ?? nothing;
  }

  /** Owners of copies, the largest first. */
  owners(): readonly (Held & { readonly ownerId: string })[] {
    return [...this.#byOwner]
      .filter(([ownerId]) => ownerId !== ownValues)
      .map(([ownerId, held]) => ({ ownerId, ...held }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes);
  }

  /** Adds what the tables hold; asked when the file was opened, while the first changes wait for it. */
  async load(store: Store): Promise<void> {
    if (this.#loaded) return;
    const rows = await store.all<{ owner: string; items: number; bytes: number }>(
      `SELECT '' AS owner, count(*) AS items, coalesce(sum(size_bytes), 0) AS bytes FROM own_value WHERE value IS NOT NULL
       UNION ALL SELECT owner, count(*), sum(size_bytes) FROM copy WHERE value IS NOT NULL GROUP BY owner`,
    );
    this.#loaded = true;
    for (const { owner, items, bytes } of rows) this.#add(owner, { items, sizeBytes: bytes });
  }

  /**
   * Writes a change of what an owner holds: room for it is taken before, and given back when it was not written.
   *
   * @param change how many items and bytes more there will be, or less
   * @throws SignalboxError `LIMIT`, and what `write` throws
   */
  async change<T>(owner: string, change: Held, write: () => Promise<T>): Promise<T> {
    if (change.items > 0 || change.sizeBytes > 0) this.#check(owner, change);
    this.#add(owner, change);
    try {
      return await write();
    } catch (error) {
      this.#add(owner, { items: -change.items, sizeBytes: -change.sizeBytes });
      throw error;
    }
  }

  #check(owner: string, change: Held): void {
    const { items, sizeBytes, perOwnerItems, perOwnerBytes } = this.#quota();
    if (this.#total.items + change.items > items) this.#refuse(`it holds ${this.#total.items} values and copies, ${items} are the most`);
    if (this.#total.sizeBytes + change.sizeBytes > sizeBytes)
      this.#refuse(`it holds ${this.#total.sizeBytes} bytes, ${sizeBytes} are the most`);
    if (owner === ownValues) return;
    const held = this.of(owner);
    if (held.items + change.items > perOwnerItems) this.#refuse(`it keeps ${held.items} copies of one node, ${perOwnerItems} are the most`);
    if (held.sizeBytes + change.sizeBytes > perOwnerBytes)
      this.#refuse(`it keeps ${held.sizeBytes} bytes of copies of one node, ${perOwnerBytes} are the most`);
  }

  #refuse(why: string): never {
    this.#refused++;
    throw new SignalboxError('LIMIT', `The store has no room: ${why}. Remove values, or raise its quota in the settings.`, {
      executed: 'no',
    });
  }

  #add(owner: string, change: Held): void {
    this.#total = plus(this.#total, change);
    const held = plus(this.of(owner), change);
    if (held.items === 0 && held.sizeBytes === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, held);
  }
}

function plus(a: Held, b: Held): Held {
  return { items: a.items + b.items, sizeBytes: a.sizeBytes + b.sizeBytes };
}
