import { SignalboxError } from '../../../../common/errors.ts';
import { TcpPorts } from './tcp-ports.ts';
import type { TcpPortDefinition } from './types.ts';

/** How often another port is tried when a program of this machine has the one that was free. */
const tries = 5;

export interface TcpTunnelsOptions {
  /** Address that the ports are opened on. */
  readonly host: string;
  readonly allowed: readonly number[];
  /** Opens these ports and closes all others; tells what is wrong with each. */
  readonly open: (
    ports: readonly TcpPortDefinition[],
  ) => Promise<readonly { readonly port: number; readonly agentId: string; readonly problem: string | undefined }[]>;
}

/** Public ports of TCP tunnels: given to agents and opened, released and closed. */
export class TcpTunnels {
  readonly #options: TcpTunnelsOptions;
  readonly #ports: TcpPorts;

  constructor(options: TcpTunnelsOptions) {
    this.#options = options;
    this.#ports = new TcpPorts(options.allowed);
  }

  portOf(agentId: string): number | undefined {
    return this.#ports.of(agentId);
  }

  /** An agent had a port before the gateway was started: it shall find it again. */
  remember(agentId: string, port: number): void {
    this.#ports.remember(agentId, port);
  }

  /**
   * Gives an agent a public port and opens it.
   *
   * @param wanted 0: any
   * @throws SignalboxError `FORBIDDEN`, `CONFLICT`, `LIMIT`
   */
  async take(agentId: string, wanted: number): Promise<number> {
    let problem: string | undefined;
    for (let attempt = 0; attempt < (wanted === 0 ? tries : 1); attempt++) {
      const port = this.#ports.take(agentId, wanted);
      problem = await this.#apply(port);
      if (problem === undefined) return port;
      this.#ports.release(agentId);
      this.#ports.avoid(port);
    }
    throw new SignalboxError('CONFLICT', problem ?? 'The gateway has no free TCP port.', { executed: 'no' });
  }

  /** The agent is gone for good. */
  async release(agentId: string): Promise<void> {
    if (this.#ports.release(agentId)) await this.#apply(undefined);
  }

  /** @returns what is wrong with the port */
  async #apply(port: number | undefined): Promise<string | undefined> {
    const { host, open } = this.#options;
    const opened = await open(this.#ports.taken.map((taken) => ({ ...taken, host })));
    return opened.find((answer) => answer.port === port)?.problem;
  }
}
