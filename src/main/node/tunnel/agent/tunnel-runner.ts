import type { ParsedParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { ThreadSide } from '../../threads/index.ts';
import { Inspector } from '../inspector/index.ts';
import { Agent } from './agent.ts';
import { agentLimits } from './limits.ts';
import { testTunnel } from './self-test.ts';
import type { TunnelDefinition } from './tunnel-definition.ts';
import type { TunnelReport, TunnelsThread } from './worker-messages.ts';

/** How long a tunnel that is changed or deleted lets what is under way go on, milliseconds. */
const changeDrainMs = 2_000;

interface Running {
  readonly definition: TunnelDefinition;
  readonly agent: Agent;
  readonly revision: number;
}

export interface TunnelRunnerOptions {
  readonly nodeId: string;
  readonly software: string;
  readonly logger: Logger;
  readonly report: ThreadSide<TunnelsThread>['report'];
}

/** Runs the tunnels of a node with their inspector, in the thread that is theirs. */
export class TunnelRunner {
  readonly #options: TunnelRunnerOptions;
  readonly #running = new Map<string, Running>();
  /** One after the other for each tunnel: the old one is gone before the new one signs in. */
  readonly #changes = new Map<string, Promise<void>>();
  readonly #inspector: Inspector;
  #told = false;
  #stopped = false;

  constructor(options: TunnelRunnerOptions) {
    this.#options = options;
    this.#inspector = new Inspector({ publish: (lines) => options.report('lines', lines) });
  }

  /** Begins a tunnel, or begins it anew with another definition. @param revision told with its reports */
  set(definition: TunnelDefinition, revision: number): void {
    const { tunnelId } = definition;
    this.#change(tunnelId, async () => {
      await this.#end(tunnelId);
      if (!this.#stopped) this.#begin(definition, revision);
    });
  }

  setCapture(tunnelId: string, capture: TunnelDefinition['capture']): void {
    this.#change(tunnelId, () => Promise.resolve(this.#inspector.setCapture(tunnelId, capture)));
  }

  remove(tunnelId: string): void {
    this.#change(tunnelId, async () => {
      await this.#end(tunnelId);
      this.#inspector.forget(tunnelId);
    });
  }

  setListening(agentIds: readonly string[]): void {
    this.#inspector.setListening(agentIds);
  }

  /** @param signal ends the wait for more */
  requests(params: ParsedParamsOf<'tunnels.requests'>, signal: AbortSignal) {
    return this.#inspector.requests(params, signal);
  }

  /** @throws SignalboxError `NOT_FOUND` */
  request(params: ParsedParamsOf<'tunnels.request'>) {
    return this.#inspector.request(params);
  }

  clearRequests(params: ParsedParamsOf<'tunnels.clearRequests'>) {
    return this.#inspector.clear(params);
  }

  /** @throws SignalboxError of the inspector; `NOT_FOUND` */
  replay(params: ParsedParamsOf<'tunnels.replay'>) {
    return this.#inspector.replay(params, (tunnelId, head, stream, replayOf) =>
      this.#find(tunnelId).agent.serve(head, stream, undefined, replayOf),
    );
  }

  /** @throws SignalboxError `NOT_FOUND` */
  async test(tunnelId: string): Promise<ResultOf<'tunnels.test'>> {
    const { agent, definition } = this.#find(tunnelId);
    return { steps: [...(await testTunnel(agent, definition))] };
  }

  /** Tells how all tunnels stand. */
  report(): void {
    this.#told = false;
    this.#options.report(
      'status',
      [...this.#running].map(([tunnelId, running]) => reportOf(tunnelId, running)),
    );
  }

  /** Ends all tunnels in order. None begins any more: it would keep the thread alive behind those that end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#inspector.stop();
    await Promise.all([...this.#changes.values()]);
    await Promise.all([...this.#running.values()].map(({ agent }) => agent.stop(agentLimits.stopDrainMs)));
    this.#running.clear();
  }

  #change(tunnelId: string, change: () => Promise<void>): void {
    const before = this.#changes.get(tunnelId) ?? Promise.resolve();
    const done = before.then(change).finally(() => {
      if (this.#changes.get(tunnelId) === done) this.#changes.delete(tunnelId);
      this.#tellSoon();
    });
    this.#changes.set(tunnelId, done);
  }

  #begin(definition: TunnelDefinition, revision: number): void {
    const { tunnelId, agentId, kind, gateway, target, hostHeader, access, publicPort, links, capture, enabled } = definition;
    const { nodeId, software, logger } = this.#options;
    const observer = this.#inspector.observer({ tunnelId, agentId, kind });
    this.#inspector.setCapture(tunnelId, capture);
    try {
      const agent = new Agent({
        agentId,
        gateway,
        kind,
        target,
        hostHeader,
        access,
        publicPort,
        links,
        nodeId,
        software,
        observer,
        onChange: () => this.#tellSoon(),
      });
      this.#running.set(tunnelId, { definition, agent, revision });
      if (enabled) agent.start();
    } catch (error) {
      logger.error('tunnels.refused', 'A tunnel cannot be run as it is defined.', { tunnelId, error: toErrorShape(error) });
    }
  }

  async #end(tunnelId: string): Promise<void> {
    const running = this.#running.get(tunnelId);
    if (running === undefined) return;
    await running.agent.stop(changeDrainMs);
    this.#running.delete(tunnelId);
  }

  #find(tunnelId: string): Running {
    const running = this.#running.get(tunnelId);
    if (running === undefined) throw new SignalboxError('NOT_FOUND', 'There is no such tunnel.', { executed: 'no' });
    return running;
  }

  /** Changes of one turn are told once. */
  #tellSoon(): void {
    if (this.#told) return;
    this.#told = true;
    setImmediate(() => this.report());
  }
}

function reportOf(tunnelId: string, { agent, revision }: Running): TunnelReport {
  return { tunnelId, revision, ...agent.status(), inFlight: agent.inFlight, figures: agent.figures() };
}
