import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SignalboxError } from '../../../../../common/errors.ts';
import { agentLimits } from '../limits.ts';
import { ServiceSocket } from './service-socket.ts';
import { type Target, TargetGuard } from './target-guard.ts';

/** Addresses of a host name, best first. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface ServiceDialerOptions {
  readonly target: Target;
  /** For tests; what the system answers unless given. */
  readonly resolve?: Resolve;
}

/** The local service could not be connected to. `refused`: it is not there; `forbidden`: it may not be reached. */
export interface DialFailure {
  readonly code: 'refused' | 'forbidden';
  /** For people. */
  readonly message: string;
}

export type DialOutcome = { readonly service: ServiceSocket } | { readonly failure: DialFailure };

const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Connects to the one local service of a tunnel: resolved once for each connection, checked, and connected to the address that was checked. */
export class ServiceDialer {
  readonly #guard: TargetGuard;
  readonly #resolve: Resolve;
  /** Connections that are being made, and can be given up. */
  readonly #dialing = new Set<AbortController>();

  /** @throws SignalboxError `INVALID_PARAMS` for a host that means nothing, or several things */
  constructor({ target, resolve }: ServiceDialerOptions) {
    this.#guard = new TargetGuard(target);
    this.#resolve = resolve ?? systemResolve;
  }

  get target(): Target {
    return this.#guard.target;
  }

  /** Host and port as a Host header has them. */
  get authority(): string {
    const { host, port } = this.target;
    const name = isIP(host) === 6 ? `[${host}]` : host;
    return port === 80 ? name : `${name}:${port}`;
  }

  /** Never rejects. The connection is open, is paused, has no delay, and keeps its own side open when the service ends its. */
  async dial(): Promise<DialOutcome> {
    const control = new AbortController();
    this.#dialing.add(control);
    const timer = setTimeout(() => control.abort(), agentLimits.connectMs);
    try {
      return await this.#dial(control.signal);
    } finally {
      clearTimeout(timer);
      this.#dialing.delete(control);
    }
  }

  /** Gives up all connections that are being made. */
  close(): void {
    for (const control of this.#dialing) control.abort();
  }

  async #dial(signal: AbortSignal): Promise<DialOutcome> {
    const { host, port } = this.target;
    const where = `${host}:${port}`;
    let addresses: readonly string[];
    try {
      addresses = this.#guard.permit(isIP(host) === 0 ? await this.#resolve(host) : [host]);
    } catch (error) {
      if (error instanceof SignalboxError) return { failure: { code: 'forbidden', message: error.message } };
      return { failure: { code: 'refused', message: `The name ${host} leads to no address here.` } };
    }
    let reason = '';
    for (const address of addresses.slice(0, agentLimits.addresses)) {
      if (signal.aborted) break;
      const outcome = await connectTo(address, port, signal);
      if (typeof outcome !== 'string') return { service: outcome };
      reason = outcome;
    }
    if (signal.aborted) return { failure: { code: 'refused', message: `The service at ${where} does not answer.` } };
    return { failure: { code: 'refused', message: failureText(where, reason) } };
  }
}

/** @returns the open connection, or the system's code of why there is none */
function connectTo(address: string, port: number, signal: AbortSignal): Promise<ServiceSocket | string> {
  return new Promise((resolve) => {
    const service = new ServiceSocket(address, port);
    const { socket } = service;
    const settle = (outcome: ServiceSocket | string) => {
      signal.removeEventListener('abort', giveUp);
      socket.removeListener('error', failed);
      socket.removeListener('connect', connected);
      resolve(outcome);
    };
    const failed = (error: NodeJS.ErrnoException) => settle(error.code ?? 'UNKNOWN');
    const connected = () => settle(service);
    const giveUp = () => {
      settle('ETIMEDOUT');
      socket.destroy();
    };
    socket.once('error', failed);
    socket.once('connect', connected);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

function failureText(where: string, code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens on ${where}. Start the service, or change the target of the tunnel.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no way to ${where} from this machine.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'This machine has no room for more open connections.';
    default:
      return `The service at ${where} could not be reached (${code}).`;
  }
}
