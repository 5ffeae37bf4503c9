import { SignalboxError } from '../../../../common/errors.ts';
import type { SecretStore } from '../../identity/index.ts';
import type { Migration, Store } from '../../store/index.ts';
import { Vault, vaultMigration } from '../vault.ts';
import type { TunnelDefinition } from './tunnel-definition.ts';

/** Tunnels of the node. What must not be readable on the disk is in `secrets`, sealed: see `../vault.ts`. */
export const tunnelMigrations: readonly Migration[] = [
  {
    id: 'tunnels-1',
    sql: `CREATE TABLE tunnels (
      tunnel_id TEXT PRIMARY KEY,
      created_at INTEGER NOT NULL,
      definition TEXT NOT NULL,
      secrets BLOB NOT NULL
    ) STRICT`,
  },
  vaultMigration('tunnels-2-vault', 'tunnels'),
];

interface Row {
  readonly definition: string;
  readonly secrets: Uint8Array;
}

interface Secrets {
  readonly secret: string;
  readonly password: string | null;
}

/** A definition that could not be opened: its secrets were wrapped on another machine, for another user. */
export interface LockedTunnel {
  readonly tunnelId: string;
  readonly agentId: string;
}

/** Definitions of tunnels in `node.db`. */
export class TunnelStore {
  readonly #store: Store;
  readonly #vault: Vault;

  constructor(store: Store, secrets: SecretStore) {
    this.#store = store;
    this.#vault = new Vault(store, secrets, 'tunnels');
  }

  /** All of them, oldest first. @throws SignalboxError `STORAGE_FULL`, `INTERNAL` */
  async load(): Promise<{ readonly tunnels: readonly TunnelDefinition[]; readonly locked: readonly LockedTunnel[] }> {
    const rows = await this.#store.all<Row>('SELECT definition, secrets FROM tunnels ORDER BY created_at, tunnel_id');
    await this.#tryOpenVault();
    const opened = rows.map((row) => this.#tryOpen(row));
    return {
      tunnels: opened.flatMap((each) => ('definition' in each ? [each.definition] : [])),
      locked: opened.flatMap((each) => ('locked' in each ? [each.locked] : [])),
    };
  }

  /** Adds or replaces one; durable when it resolves. @throws SignalboxError `STORAGE_FULL`, `IDENTITY_LOCKED` */
  async save(definition: TunnelDefinition): Promise<void> {
    const { gateway, access } = definition;
    const secrets: Secrets = { secret: gateway.secret, password: access.basicAuth?.password ?? null };
    const plain: TunnelDefinition = {
      ...definition,
      gateway: { ...gateway, secret: '' },
      access: { ...access, basicAuth: access.basicAuth === null ? null : { ...access.basicAuth, password: '' } },
    };
    const sealed = await this.#vault.seal(JSON.stringify(secrets));
    await this.#store.run(
      `INSERT INTO tunnels (tunnel_id, created_at, definition, secrets) VALUES (?, ?, ?, ?)
        ON CONFLICT (tunnel_id) DO UPDATE SET definition = excluded.definition, secrets = excluded.secrets`,
      [definition.tunnelId, definition.createdAt, JSON.stringify(plain), sealed],
    );
  }

  /** @throws SignalboxError `STORAGE_FULL` */
  async remove(tunnelId: string): Promise<void> {
    await this.#store.run('DELETE FROM tunnels WHERE tunnel_id = ?', [tunnelId]);
  }

  async #tryOpenVault(): Promise<void> {
    try {
      await this.#vault.open();
    } catch (error) {
      // A key of another machine or user: each tunnel is told as locked. What the disk says goes on.
      if (error instanceof SignalboxError && error.code === 'STORAGE_FULL') throw error;
    }
  }

  #tryOpen(row: Row): { readonly definition: TunnelDefinition } | { readonly locked: LockedTunnel } {
    const definition = JSON.parse(row.definition) as TunnelDefinition;
    try {
      return { definition: this.#open(definition, row.secrets) };
    } catch {
      // Told as a problem of the node by who asked: the definition stays as it is.
      return { locked: { tunnelId: definition.tunnelId, agentId: definition.agentId } };
    }
  }

  #open(definition: TunnelDefinition, sealed: Uint8Array): TunnelDefinition {
    const { secret, password } = JSON.parse(this.#vault.unseal(sealed)) as Secrets;
    const { gateway, access } = definition;
    if (access.basicAuth !== null && password === null)
      throw new SignalboxError('DECRYPT', `The password of the tunnel ${definition.agentId} is missing.`, { executed: 'no' });
    return {
      ...definition,
      gateway: { ...gateway, secret },
      access: { ...access, basicAuth: access.basicAuth === null ? null : { ...access.basicAuth, password: password ?? '' } },
    };
  }
}
