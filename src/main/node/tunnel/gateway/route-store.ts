import type { AccessRules } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Store } from '../../store/index.ts';
import type { Vault } from '../vault.ts';
import { gatewayLimits } from './limits.ts';
import { randomId } from './random-id.ts';
import type { RouteDefinition } from './types.ts';

interface Row {
  readonly route_id: string;
  readonly kind: 'http' | 'tls';
  readonly host: string;
  readonly path_prefix: string;
  readonly strip_prefix: number;
  readonly agent_id: string;
  readonly access: Uint8Array | null;
}

export interface RouteStoreOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly onChange: () => void;
}

/** Routes that people have made: host names and path prefixes that lead to agents. Their rules are sealed, since they hold a password. */
export class RouteStore {
  readonly #options: RouteStoreOptions;
  readonly #routes = new Map<string, RouteDefinition>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: RouteStoreOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError `STORAGE_FULL`, `IDENTITY_LOCKED`, `DECRYPT` */
  async load(): Promise<void> {
    const rows = await this.#options.store.all<Row>('SELECT * FROM gateway_routes ORDER BY host, path_prefix');
    this.#routes.clear();
    for (const row of rows) {
      const access = row.access === null ? undefined : (JSON.parse(this.#options.vault.unseal(row.access)) as AccessRules);
      this.#routes.set(row.route_id, {
        routeId: row.route_id,
        kind: row.kind,
        host: row.host,
        pathPrefix: row.path_prefix,
        stripPrefix: row.strip_prefix === 1,
        agentId: row.agent_id,
        access,
      });
    }
    this.#options.onChange();
  }

  list(): readonly RouteDefinition[] {
    return [...this.#routes.values()];
  }

  /** @throws SignalboxError `CONFLICT` (host and prefix lead somewhere already), `LIMIT`, `STORAGE_FULL` */
  create(wanted: Omit<RouteDefinition, 'routeId'>): Promise<string> {
    return this.#inTurn(async () => {
      const { kind, host, pathPrefix, stripPrefix, agentId, access } = wanted;
      for (const known of this.#routes.values())
        if (known.kind === kind && known.host === host && known.pathPrefix === pathPrefix)
          throw new SignalboxError('CONFLICT', `${host}${pathPrefix} leads to ${known.agentId} already. Delete that route first.`, {
            executed: 'no',
          });
      if (this.#routes.size >= gatewayLimits.routes)
        throw new SignalboxError('LIMIT', `A gateway has at most ${gatewayLimits.routes} routes. Delete one that is not used.`, {
          executed: 'no',
        });
      const { store, vault } = this.#options;
      const routeId = randomId('RO-');
      await store.run(
        'INSERT INTO gateway_routes (route_id, kind, host, path_prefix, strip_prefix, agent_id, access) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [
          routeId,
          kind,
          host,
          pathPrefix,
          stripPrefix ? 1 : 0,
          agentId,
          access === undefined ? null : await vault.seal(JSON.stringify(access)),
        ],
      );
      this.#routes.set(routeId, { ...wanted, routeId });
      this.#options.onChange();
      return routeId;
    });
  }

  /** @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL` */
  delete(routeId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#routes.has(routeId)) throw new SignalboxError('NOT_FOUND', `This gateway has no route ${routeId}.`, { executed: 'no' });
      await this.#options.store.run('DELETE FROM gateway_routes WHERE route_id = ?', [routeId]);
      this.#routes.delete(routeId);
      this.#options.onChange();
    });
  }

  /** One change after the other. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(act);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}
