import { tunnelsContract } from '../../../../common/contract/tunnels.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import { Inspector } from '../inspector/index.ts';
import { Agent } from './agent.ts';
import { agentLimits } from './limits.ts';
import { testTunnel } from './self-test.ts';
import type { TunnelDefinition } from './tunnel-definition.ts';
import type { AgentAsk, FromAgentWorker, TunnelReport } from './worker-messages.ts';

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
  readonly post: (message: FromAgentWorker) => void;
}

/** Runs the tunnels of a node with their inspector, in the thread that is theirs. */
export class TunnelRunner {
  readonly #options: TunnelRunnerOptions;
  readonly #running = new Map<string, Running>();
  /** One after the other for each tunnel: the old one is gone before the new one signs in. */
  readonly #changes = new Map<string, Promise<void>>();
  readonly #inspector: Inspector;
  #told = false;

  constructor(options: TunnelRunnerOptions) {
    this.#options = options;
    this.#inspector = new Inspector({ publish: (lines) => options.post({ type: 'lines', lines }) });
  }

  /** Begins a tunnel, or begins it anew with another definition. @param revision told with its reports */
  set(definition: TunnelDefinition, revision: number): void {
    const { tunnelId } = definition;
    this.#change(tunnelId, async () => {
      await this.#end(tunnelId);
      this.#begin(definition, revision);
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

  /** @throws SignalboxError of the inspector; `NOT_FOUND` */
  async ask({ method, params }: AgentAsk, signal: AbortSignal): Promise<unknown> {
    switch (method) {
      case 'requests':
        return this.#inspector.requests(tunnelsContract['tunnels.requests'].params.parse(params), signal);
      case 'request':
        return this.#inspector.request(tunnelsContract['tunnels.request'].params.parse(params));
      case 'clearRequests':
        return this.#inspector.clear(tunnelsContract['tunnels.clearRequests'].params.parse(params));
      case 'replay':
        return this.#inspector.replay(tunnelsContract['tunnels.replay'].params.parse(params), (tunnelId, head, stream, replayOf) =>
          this.#find(tunnelId).agent.serve(head, stream, undefined, replayOf),
        );
      case 'test': {
        const { agent, definition } = this.#find(params.tunnelId);
        return { steps: await testTunnel(agent, definition) };
      }
    }
  }

  /** Tells how all tunnels stand. */
  report(): void {
    this.#told = false;
    this.#options.post({ type: 'status', tunnels: [...this.#running].map(([tunnelId, running]) => reportOf(tunnelId, running)) });
  }

  /** Ends all tunnels in order. */
  async stop(): Promise<void> {
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
    const { nodeId, software, post } = this.#options;
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
      post({ type: 'refused', tunnelId, error: toErrorShape(error) });
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
