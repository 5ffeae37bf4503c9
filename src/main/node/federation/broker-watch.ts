import type { Problems } from '../telemetry/index.ts';
import { certificateProblem, certificateRefused } from './broker-connection.ts';
import type { LinkState } from './mqtt-link.ts';

const awayProblem = 'federation.brokerAway';
/** A broker that comes back within this time is no problem worth a line. */
const awayMs = 5_000;

/** Raises a problem of the node while the broker is away for longer than a moment. */
export class BrokerWatch {
  readonly #problems: Problems;
  #state: LinkState = { kind: 'off' };
  #timer: NodeJS.Timeout | undefined;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  changed(state: LinkState): void {
    this.#state = state;
    if (state.kind === 'waiting') {
      if (state.certificate !== undefined) this.#problems.raise(certificateRefused(state.certificate));
      this.#timer ??= setTimeout(() => this.#raise(), awayMs).unref();
      return;
    }
    if (state.kind === 'connecting') return;
    this.stop();
    if (state.kind === 'connected') for (const id of [awayProblem, certificateProblem]) this.#problems.clear(id);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #raise(): void {
    // That the certificate was refused is said already, and says more.
    if (this.#state.kind === 'waiting' && this.#state.certificate !== undefined) return;
    const error = this.#state.kind === 'waiting' ? this.#state.error : 'it does not answer';
    this.#problems.raise({
      id: awayProblem,
      severity: 'warn',
      title: 'Other nodes cannot be reached: no connection to the MQTT broker',
      detail: `The broker does not take the connection: ${error}. The node tries again by itself. See that the broker runs and that the settings of federation are right.`,
      view: '/nodes',
    });
  }
}
