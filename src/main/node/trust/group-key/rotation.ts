/**
 * Leading the cluster from one group key to the next (security.md section 1, after Serf): everybody installs the new key, then everybody
 * seals with it, then everybody removes the old one. At no point is there a member that cannot open what another seals, unless it was
 * left behind on purpose because it could not be reached.
 */
import type { Migration, Statement, Store } from '../../store/index.ts';
import { toHex } from '../digest.ts';
import { refusal } from '../refusal.ts';

export const rotationSteps = ['install', 'use', 'remove'] as const;
export type RotationStep = (typeof rotationSteps)[number];

/** Where one member stands: the last step it confirmed, and why it could not do the present one. */
export interface RotationMember {
  readonly key: Uint8Array;
  readonly confirmed: RotationStep | null;
  readonly failure: string | null;
}

export const rotationMigrations: readonly Migration[] = [
  {
    id: 'trust-5-rotation',
    sql: `CREATE TABLE group_key_rotation (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), epoch INTEGER NOT NULL, step TEXT NOT NULL) STRICT;
    CREATE TABLE group_key_rotation_members (key BLOB PRIMARY KEY, confirmed TEXT, failure TEXT) STRICT, WITHOUT ROWID`,
  },
];

/** Longest reason that is kept of a member. */
const failureCharacters = 200;

/** One rotation, on the disk of the admin node that leads it: it goes on after a restart. */
export class GroupKeyRotation {
  readonly epoch: number;
  readonly #store: Store;
  readonly #members: Map<string, RotationMember>;
  #step: RotationStep;

  private constructor(store: Store, epoch: number, step: RotationStep, members: Map<string, RotationMember>) {
    this.#store = store;
    this.epoch = epoch;
    this.#step = step;
    this.#members = members;
  }

  /** The rotation that was under way when the node ended. @throws SignalboxError `STORAGE_FULL` */
  static async load(store: Store): Promise<GroupKeyRotation | undefined> {
    const row = await store.get<{ epoch: number; step: RotationStep }>('SELECT epoch, step FROM group_key_rotation');
    if (row === undefined) return undefined;
    const members = await store.all<RotationMember>('SELECT key, confirmed, failure FROM group_key_rotation_members');
    return new GroupKeyRotation(store, row.epoch, row.step, new Map(members.map((member) => [toHex(member.key), member])));
  }

  /**
   * Prepares one. A former one that did not end is given up when the statements are written: its members follow to the new key.
   *
   * @param epoch of the new key, above every one before
   * @param members public keys of everybody who is to have it; who was revoked is not among them
   * @returns the rotation, and what to write in one transaction with the operation that announces the key
   */
  static prepare(
    store: Store,
    epoch: number,
    members: readonly Uint8Array[],
  ): { readonly rotation: GroupKeyRotation; readonly statements: readonly Statement[] } {
    const standing = members.map((key) => [toHex(key), { key, confirmed: null, failure: null }] as const);
    return {
      rotation: new GroupKeyRotation(store, epoch, 'install', new Map(standing)),
      statements: [
        { sql: 'DELETE FROM group_key_rotation_members' },
        { sql: "INSERT OR REPLACE INTO group_key_rotation (only_one, epoch, step) VALUES (1, ?, 'install')", params: [epoch] },
        ...members.map(inserting),
      ],
    };
  }

  /** The step everybody is asked to do. */
  get step(): RotationStep {
    return this.#step;
  }

  get members(): readonly RotationMember[] {
    return [...this.#members.values()];
  }

  /** Who has not confirmed the present step: it is sent to them again. */
  get waitingFor(): readonly RotationMember[] {
    return this.members.filter(({ confirmed }) => !this.#hasReached(confirmed));
  }

  /** A member did the step. Confirmations of another rotation, or of nobody's, change nothing. @throws SignalboxError `STORAGE_FULL` */
  async confirm(member: Uint8Array, epoch: number, step: RotationStep): Promise<void> {
    const standing = this.#members.get(toHex(member));
    if (epoch !== this.epoch || standing === undefined || rotationSteps.indexOf(step) > rotationSteps.indexOf(this.#step)) return;
    if (standing.confirmed !== null && rotationSteps.indexOf(standing.confirmed) >= rotationSteps.indexOf(step)) return;
    await this.#write({ ...standing, confirmed: step, failure: null });
  }

  /** A member could not do the step, or could not be reached. @throws SignalboxError `STORAGE_FULL` */
  async fail(member: Uint8Array, reason: string): Promise<void> {
    const standing = this.#members.get(toHex(member));
    if (standing !== undefined) await this.#write({ ...standing, failure: reason.slice(0, failureCharacters) });
  }

  /**
   * Goes on to the next step when all have confirmed.
   *
   * @param options `leaveBehind`: also without those who have not; they are given the key when they come back
   * @returns the next step, or `done`
   * @throws SignalboxError `CONFLICT` with the members that are waited for in `data.waitingFor`; `STORAGE_FULL`
   */
  async advance({ leaveBehind = false }: { readonly leaveBehind?: boolean } = {}): Promise<RotationStep | 'done'> {
    const waitingFor = this.waitingFor.map(({ key }) => toHex(key));
    if (waitingFor.length > 0 && !leaveBehind)
      throw refusal('CONFLICT', `${waitingFor.length} members have not confirmed the step ${this.#step} of the group key rotation.`, {
        waitingFor,
      });
    const next = rotationSteps[rotationSteps.indexOf(this.#step) + 1];
    if (next === undefined) {
      await this.giveUp();
      return 'done';
    }
    await this.#store.run('UPDATE group_key_rotation SET step = ?', [next]);
    this.#step = next;
    return next;
  }

  /** Forgets it: it has ended, or another one has taken its place. @throws SignalboxError `STORAGE_FULL` */
  async giveUp(): Promise<void> {
    await this.#store.transaction([{ sql: 'DELETE FROM group_key_rotation' }, { sql: 'DELETE FROM group_key_rotation_members' }]);
  }

  /** A new member takes part from now on. @throws SignalboxError `STORAGE_FULL` */
  async include(member: Uint8Array): Promise<void> {
    if (this.#members.has(toHex(member))) return;
    await this.#store.transaction([inserting(member)]);
    this.#members.set(toHex(member), { key: member, confirmed: null, failure: null });
  }

  /** Who is no member any more is waited for no longer. @throws SignalboxError `STORAGE_FULL` */
  async exclude(member: Uint8Array): Promise<void> {
    await this.#store.run('DELETE FROM group_key_rotation_members WHERE key = ?', [member]);
    this.#members.delete(toHex(member));
  }

  #hasReached(confirmed: RotationStep | null): boolean {
    return confirmed !== null && rotationSteps.indexOf(confirmed) >= rotationSteps.indexOf(this.#step);
  }

  async #write(member: RotationMember): Promise<void> {
    await this.#store.run('UPDATE group_key_rotation_members SET confirmed = ?, failure = ? WHERE key = ?', [
      member.confirmed,
      member.failure,
      member.key,
    ]);
    this.#members.set(toHex(member.key), member);
  }
}

function inserting(key: Uint8Array): Statement {
  return { sql: 'INSERT INTO group_key_rotation_members (key, confirmed, failure) VALUES (?, NULL, NULL)', params: [key] };
}
