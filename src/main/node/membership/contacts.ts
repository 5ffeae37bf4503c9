/** Where members were found, and when each last proved its key. */
import { toBase64url } from '../identity/index.ts';
import type { Migration, Statement, Store } from '../store/index.ts';
import { membershipLimits } from './limits.ts';

export const contactMigrations: readonly Migration[] = [
  {
    id: 'membership-001-contacts',
    sql: `CREATE TABLE member_addresses (
      member BLOB NOT NULL,
      host TEXT NOT NULL,
      port INTEGER NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (member, host, port)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE member_proofs (member BLOB PRIMARY KEY, proven_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE link_epoch (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), epoch INTEGER NOT NULL) STRICT`,
  },
];

/** Where a node may answer. A hint: who answers there is proven each time. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @example formatAddress({ host: '::1', port: 7422 }) // '[::1]:7422' */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `HOST:PORT` or `[IPv6]:PORT`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const [, inBrackets, plain, digits] = /^(?:\[([0-9A-Fa-f:.%a-z]{2,64})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

export const isSameAddress = (a: Address, b: Address) => a.host === b.host && a.port === b.port;

/** How an address became known: the member answered there, says so itself, or another member says so. */
export type AddressSource = 'answered' | 'announced' | 'told';

/** Addresses and last proofs of the members, kept over restarts. */
export class Contacts {
  readonly #store: Store;
  readonly #addresses = new Map<string, readonly Address[]>();
  readonly #provenMs = new Map<string, number>();
  #epoch: number;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, epoch: number) {
    this.#store = store;
    this.#epoch = epoch;
  }

  /** Also counts this start of the node. @throws SignalboxError `STORAGE_FULL` */
  static async load(store: Store): Promise<Contacts> {
    await store.run('INSERT INTO link_epoch (only_one, epoch) VALUES (1, 1) ON CONFLICT (only_one) DO UPDATE SET epoch = epoch + 1');
    const row = await store.get<{ epoch: number }>('SELECT epoch FROM link_epoch');
    const contacts = new Contacts(store, row?.epoch ?? 1);
    const addresses = await store.all<Address & { member: Uint8Array }>(
      'SELECT member, host, port FROM member_addresses ORDER BY member, position',
    );
    for (const { member, host, port } of addresses)
      contacts.#addresses.set(toBase64url(member), [...contacts.addressesOf(member), { host, port }]);
    const proofs = await store.all<{ member: Uint8Array; proven_at: number }>('SELECT member, proven_at FROM member_proofs');
    for (const { member, proven_at } of proofs) contacts.#provenMs.set(toBase64url(member), proven_at);
    return contacts;
  }

  /** Starts of this node, this one included: durable, so that others tell its connections apart. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Goes on above a start that another node has seen: the data folder was restored from an older copy (security.md row 39).
   *
   * @returns false when it is further ahead than a node can have forgotten
   * @throws SignalboxError `STORAGE_FULL`
   */
  async raiseEpoch(seen: number): Promise<boolean> {
    if (!Number.isSafeInteger(seen) || seen - this.#epoch > membershipLimits.epochJump) return false;
    await this.#store.run('UPDATE link_epoch SET epoch = MAX(epoch, ? + 1)', [seen]);
    this.#epoch = Math.max(this.#epoch, seen + 1);
    return true;
  }

  /** The likeliest first. */
  addressesOf(member: Uint8Array): readonly Address[] {
    return this.#addresses.get(toBase64url(member)) ?? [];
  }

  /** When it last proved its key to this node, milliseconds since the epoch. */
  provenMs(member: Uint8Array): number | undefined {
    return this.#provenMs.get(toBase64url(member));
  }

  /**
   * Learns addresses of a member.
   *
   * @returns whether any of them was new
   */
  learn(member: Uint8Array, addresses: readonly Address[], source: AddressSource): boolean {
    const before = this.addressesOf(member);
    const fresh = addresses.filter((address) => !before.some((known) => isSameAddress(known, address)));
    const confirmed = before.filter((known) => addresses.some((address) => isSameAddress(known, address)));
    const others = before.filter((known) => !confirmed.includes(known));
    const ordered = {
      answered: [...addresses, ...others],
      // What has answered before stays in front of what is only announced.
      announced: [...confirmed, ...fresh, ...others],
      told: [...before, ...fresh],
    };
    const after = ordered[source].slice(0, membershipLimits.addresses);
    if (after.length === before.length && after.every((address, at) => isSameAddress(address, before[at] as Address))) return false;
    this.#addresses.set(toBase64url(member), after);
    this.#write([
      { sql: 'DELETE FROM member_addresses WHERE member = ?', params: [member] },
      ...after.map(({ host, port }, position) => ({
        sql: 'INSERT INTO member_addresses (member, host, port, position) VALUES (?, ?, ?, ?)',
        params: [member, host, port, position],
      })),
    ]);
    return after.some((address) => fresh.includes(address));
  }

  /** A member has proven its key. */
  proved(member: Uint8Array, nowMs: number): void {
    this.#provenMs.set(toBase64url(member), nowMs);
    this.#write([{ sql: 'INSERT OR REPLACE INTO member_proofs (member, proven_at) VALUES (?, ?)', params: [member, nowMs] }]);
  }

  /** Forgets every member. */
  forget(): void {
    this.#addresses.clear();
    this.#provenMs.clear();
    this.#write([{ sql: 'DELETE FROM member_addresses' }, { sql: 'DELETE FROM member_proofs' }]);
  }

  /** Resolves when everything learnt so far is on the disk, or could not be written: these are hints, and nobody waits for them. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #write(statements: readonly Statement[]): void {
    this.#writing = this.#writing.then(() => this.#store.transaction(statements)).catch(() => undefined);
  }
}
