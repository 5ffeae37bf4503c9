import { SignalboxError } from '../../../../common/errors.ts';

/** Public TCP ports that tunnels may have, and who has which. */
export class TcpPorts {
  readonly #allowed: readonly number[];
  readonly #byAgent = new Map<string, number>();
  /** What agents had last, so that they find their address again; the oldest is forgotten first. */
  readonly #last = new Map<string, number>();
  /** Those that could not be opened: given out when there is no other. */
  readonly #avoided = new Set<number>();

  /** @param allowed in the order in which they are given out */
  constructor(allowed: readonly number[]) {
    this.#allowed = allowed;
  }

  get taken(): readonly { readonly agentId: string; readonly port: number }[] {
    return [...this.#byAgent].map(([agentId, port]) => ({ agentId, port }));
  }

  of(agentId: string): number | undefined {
    return this.#byAgent.get(agentId);
  }

  /**
   * Gives an agent a port, the one that it has already if it has one.
   *
   * @param wanted 0: any
   * @throws SignalboxError `FORBIDDEN` not one of the gateway's, `CONFLICT` another agent's, `LIMIT` all are taken
   */
  take(agentId: string, wanted: number): number {
    const own = this.#byAgent.get(agentId);
    if (own !== undefined && (wanted === 0 || wanted === own)) return own;
    const port = wanted === 0 ? this.#free(agentId) : this.#check(agentId, wanted);
    this.#byAgent.set(agentId, port);
    this.remember(agentId, port);
    return port;
  }

  /** What an agent had last. */
  remember(agentId: string, port: number): void {
    this.#last.delete(agentId);
    this.#last.set(agentId, port);
    const oldest = this.#last.keys().next().value;
    if (this.#last.size > this.#allowed.length && oldest !== undefined) this.#last.delete(oldest);
  }

  /** Another program has this port. */
  avoid(port: number): void {
    this.#avoided.add(port);
    for (const [agentId, last] of this.#last) if (last === port) this.#last.delete(agentId);
  }

  release(agentId: string): boolean {
    return this.#byAgent.delete(agentId);
  }

  #check(agentId: string, wanted: number): number {
    if (!this.#allowed.includes(wanted))
      throw new SignalboxError(
        'FORBIDDEN',
        `The gateway does not give out port ${wanted}. Its setting gateway.tcpPorts says which it does.`,
        { executed: 'no' },
      );
    for (const [other, port] of this.#byAgent)
      if (port === wanted && other !== agentId)
        throw new SignalboxError(
          'CONFLICT',
          `Port ${wanted} of the gateway is in use by another tunnel. Ask for another one, or for any.`,
          { executed: 'no' },
        );
    return wanted;
  }

  #free(agentId: string): number {
    const taken = new Set(this.#byAgent.values());
    const last = this.#last.get(agentId);
    if (last !== undefined && this.#allowed.includes(last) && !taken.has(last)) return last;
    const remembered = new Set(this.#last.values());
    const free = this.#allowed.filter((port) => !taken.has(port));
    const good = free.filter((candidate) => !this.#avoided.has(candidate));
    const port = good.find((candidate) => !remembered.has(candidate)) ?? good[0] ?? free[0];
    if (port === undefined)
      throw new SignalboxError(
        'LIMIT',
        this.#allowed.length === 0
          ? 'The gateway gives out no TCP ports. An administrator sets them with gateway.tcpPorts.'
          : 'All TCP ports of the gateway are in use.',
        { executed: 'no' },
      );
    return port;
  }
}
