/** Open invitations of this node: who may join, how often, until when, and how many wrong proofs there were (security.md 2.3, row 58). */
import type { SecretStore, Signer } from '../../identity/index.ts';
import type { Migration, Statement, Store } from '../../store/index.ts';
import { toHex } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import type { InviteKeys } from './invite-keys.ts';

/** Invitations. The code is not in them; what is derived from it is wrapped by the node's secret store. */
export const inviteMigrations: readonly Migration[] = [
  {
    id: 'trust-3-invites',
    sql: `CREATE TABLE invites (
      invite_id BLOB PRIMARY KEY,
      wrapped_key BLOB NOT NULL,
      roles INTEGER NOT NULL,
      issuer BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
      failures INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  },
];

/** What an invitation gives, and to how many. */
export interface InviteTerms {
  /** Bits of `nodeRoles`, without admin. */
  readonly roles: number;
  /** Life in milliseconds: 15 minutes unless it is said, at most a day. */
  readonly lifeMs?: number;
  /** Joins: one, or more for an invite file. */
  readonly uses?: number;
}

export type InviteState = 'open' | 'used' | 'expired' | 'burned';

/** As people see it. */
export interface Invite {
  readonly inviteId: Uint8Array;
  readonly roles: number;
  readonly issuer: Uint8Array;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly usesLeft: number;
  /** Wrong proofs so far. */
  readonly failures: number;
}

/** Why a proof was refused: for the inviter's log alone. Whoever sent it is told one and the same. */
export type InviteRefusal = 'unknown' | 'used' | 'expired' | 'burned' | 'wrongProof';

/** A right proof: one use is taken until it is given back. */
export interface AcceptedInvite {
  readonly accepted: true;
  readonly invite: Invite;
  /** To be written in one transaction with the operation that adds the member: both or neither. */
  readonly statements: readonly Statement[];
  /** It failed, or a person said no: the use is given back. */
  release(): void;
}

interface OpenInvite extends Invite {
  readonly macKey: Uint8Array;
}

interface InviteRow {
  readonly invite_id: Uint8Array;
  readonly wrapped_key: Uint8Array;
  readonly roles: number;
  readonly issuer: Uint8Array;
  readonly created_at: number;
  readonly expires_at: number;
  readonly uses_left: number;
  readonly failures: number;
}

/** The one error that a stranger gets for every reason. */
export function inviteRefused() {
  return refusal('INVITE_INVALID', 'The join code is not valid. Ask for a new one.');
}

export class Invites {
  readonly #store: Store;
  readonly #secrets: SecretStore;
  readonly #invites = new Map<string, OpenInvite>();

  private constructor(store: Store, secrets: SecretStore) {
    this.#store = store;
    this.#secrets = secrets;
  }

  /** @throws SignalboxError `STORAGE_FULL`; whatever the secret store throws when it does not open what it wrapped */
  static async load(store: Store, secrets: SecretStore): Promise<Invites> {
    const invites = new Invites(store, secrets);
    for (const row of await store.all<InviteRow>('SELECT * FROM invites ORDER BY created_at')) {
      const { invite_id: inviteId, roles, issuer, created_at: createdMs, expires_at: expiresMs, uses_left: usesLeft, failures } = row;
      const macKey = await secrets.decrypt(row.wrapped_key);
      invites.#invites.set(toHex(inviteId), { inviteId, macKey, roles, issuer, createdMs, expiresMs, usesLeft, failures });
    }
    return invites;
  }

  /** Every invitation that is kept, the used and burned ones until they expire. */
  list(nowMs: number): readonly (Invite & { readonly state: InviteState })[] {
    return [...this.#invites.values()].map(({ macKey: _, ...invite }) => ({ ...invite, state: stateOf(invite, nowMs) }));
  }

  /**
   * Opens an invitation. Those that have expired are cleared away.
   *
   * @param keys derived from the code
   * @param nowMs milliseconds since the epoch
   * @throws SignalboxError `INVALID_PARAMS` (terms out of bounds), `OVERLOADED` (too many are open), `STORAGE_FULL`
   */
  async open(
    keys: InviteKeys,
    { roles, lifeMs = trustLimits.inviteMs, uses = 1 }: InviteTerms,
    issuer: Pick<Signer, 'publicKey'>,
    nowMs: number,
  ): Promise<Invite> {
    if (!(lifeMs > 0 && lifeMs <= trustLimits.inviteAtMostMs) || !Number.isInteger(uses) || uses < 1 || uses > trustLimits.inviteUses)
      throw refusal('INVALID_PARAMS', 'An invitation lasts at most a day and serves at most a thousand nodes.');
    const expired = [...this.#invites.values()].filter((invite) => stateOf(invite, nowMs) === 'expired');
    if (this.#invites.size - expired.length >= trustLimits.openInvites)
      throw refusal('OVERLOADED', 'Too many invitations are open. Withdraw some of them.');
    const invite = {
      inviteId: keys.inviteId,
      roles,
      issuer: issuer.publicKey,
      createdMs: nowMs,
      expiresMs: nowMs + lifeMs,
      usesLeft: uses,
      failures: 0,
    };
    const wrapped = await this.#secrets.encrypt(keys.macKey);
    await this.#store.transaction([
      ...expired.map(({ inviteId }) => ({ sql: 'DELETE FROM invites WHERE invite_id = ?', params: [inviteId] })),
      {
        sql: `INSERT INTO invites (invite_id, wrapped_key, roles, issuer, created_at, expires_at, uses_left, failures)
          VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
        params: [keys.inviteId, wrapped, roles, issuer.publicKey, nowMs, invite.expiresMs, uses],
      },
    ]);
    for (const { inviteId } of expired) this.#invites.delete(toHex(inviteId));
    this.#invites.set(toHex(keys.inviteId), { ...invite, macKey: keys.macKey });
    return invite;
  }

  /**
   * Checks a joiner's proof. A wrong one counts, durably, before anything is answered; one attempt more than 5 finds the code burned.
   *
   * @param isRight compares the proof with the key of the invitation
   * @returns the accepted invitation, or why not, which stays on this node
   * @throws SignalboxError `STORAGE_FULL`
   */
  async attempt(
    inviteId: Uint8Array,
    isRight: (macKey: Uint8Array) => boolean,
    nowMs: number,
  ): Promise<AcceptedInvite | { readonly accepted: false; readonly reason: InviteRefusal; readonly invite?: Invite }> {
    const name = toHex(inviteId);
    const found = this.#invites.get(name);
    if (found === undefined) return { accepted: false, reason: 'unknown' };
    const { macKey, ...invite } = found;
    const state = stateOf(invite, nowMs);
    if (state !== 'open') return { accepted: false, reason: state, invite };
    if (!isRight(macKey)) {
      const failed = { ...found, failures: found.failures + 1 };
      this.#invites.set(name, failed);
      await this.#store.run('UPDATE invites SET failures = failures + 1 WHERE invite_id = ?', [inviteId]);
      const { macKey: _, ...counted } = failed;
      return { accepted: false, reason: 'wrongProof', invite: counted };
    }
    this.#changeUses(name, -1);
    return {
      accepted: true,
      invite,
      statements: [{ sql: 'UPDATE invites SET uses_left = uses_left - 1 WHERE invite_id = ?', params: [inviteId] }],
      release: () => this.#changeUses(name, 1),
    };
  }

  /** Ends an invitation. @throws SignalboxError `STORAGE_FULL` */
  async withdraw(inviteId: Uint8Array): Promise<void> {
    await this.#store.run('DELETE FROM invites WHERE invite_id = ?', [inviteId]);
    this.#invites.delete(toHex(inviteId));
  }

  /** Ends what somebody invited who is no member any more (security.md 2.7). @throws SignalboxError `STORAGE_FULL` */
  async withdrawAllOf(issuer: Uint8Array): Promise<void> {
    await this.#store.run('DELETE FROM invites WHERE issuer = ?', [issuer]);
    for (const [name, invite] of this.#invites) if (toHex(invite.issuer) === toHex(issuer)) this.#invites.delete(name);
  }

  #changeUses(name: string, by: 1 | -1): void {
    const invite = this.#invites.get(name);
    if (invite !== undefined) this.#invites.set(name, { ...invite, usesLeft: invite.usesLeft + by });
  }
}

function stateOf({ expiresMs, usesLeft, failures }: Invite, nowMs: number): InviteState {
  if (nowMs >= expiresMs) return 'expired';
  if (failures >= trustLimits.inviteFailures) return 'burned';
  return usesLeft > 0 ? 'open' : 'used';
}
