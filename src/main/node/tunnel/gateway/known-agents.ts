import type { Statement, Store } from '../../store/index.ts';
import type { ExpectedAgent } from './gateway-options.ts';

interface Row {
  readonly agent_id: string;
  readonly kind: ExpectedAgent['kind'];
  readonly token_id: string;
  readonly public_port: number;
}

/** Who was signed in last, so that a gateway that starts anew, also after a crash, knows for whom requests wait and who had which port. */
export class KnownAgents {
  readonly #store: Store;
  #agents: ReadonlyMap<string, ExpectedAgent> = new Map();
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws SignalboxError `STORAGE_FULL` */
  async load(): Promise<void> {
    const rows = await this.#store.all<Row>('SELECT * FROM gateway_agents');
    this.#agents = new Map(
      rows.map((row) => [row.agent_id, { agentId: row.agent_id, kind: row.kind, tokenId: row.token_id, publicPort: row.public_port }]),
    );
  }

  list(): readonly ExpectedAgent[] {
    return [...this.#agents.values()];
  }

  /** Keeps who is signed in now; writes what has changed. @throws SignalboxError `STORAGE_FULL` */
  update(agents: readonly ExpectedAgent[]): Promise<void> {
    const former = this.#agents;
    const current = new Map(agents.map((agent) => [agent.agentId, agent]));
    this.#agents = current;
    const gone = [...former.keys()].filter((agentId) => !current.has(agentId));
    const changed = agents.filter((agent) => !isSame(agent, former.get(agent.agentId)));
    const statements: Statement[] = [
      ...gone.map((agentId) => ({ sql: 'DELETE FROM gateway_agents WHERE agent_id = ?', params: [agentId] })),
      ...changed.map(({ agentId, kind, tokenId, publicPort }) => ({
        sql: 'INSERT OR REPLACE INTO gateway_agents (agent_id, kind, token_id, public_port) VALUES (?, ?, ?, ?)',
        params: [agentId, kind, tokenId, publicPort],
      })),
    ];
    if (statements.length === 0) return Promise.resolve();
    const turn = this.#writing.then(async () => void (await this.#store.transaction(statements)));
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}

function isSame(agent: ExpectedAgent, other: ExpectedAgent | undefined): boolean {
  return other !== undefined && agent.kind === other.kind && agent.tokenId === other.tokenId && agent.publicPort === other.publicPort;
}
