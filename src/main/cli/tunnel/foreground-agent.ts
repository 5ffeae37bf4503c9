import type { TunnelRequest } from '../../../common/contract/tunnels.ts';
import { type ErrorCode, errorCodes, SignalboxError } from '../../../common/errors.ts';
import { Agent, type AgentOptions, type AgentStatus } from '../../node/tunnel/agent/index.ts';
import { Inspector } from '../../node/tunnel/inspector/index.ts';
import type { Output } from '../output.ts';
import { requestLine } from './request-line.ts';

/** There is one tunnel in this process; nobody asks for it by id. */
const tunnelId = 'foreground';

export interface ForegroundAgentOptions {
  readonly out: Output;
  readonly agent: Omit<AgentOptions, 'observer' | 'onChange'>;
}

/** One tunnel in this process, without a node: says where it answers, then a line a request, until it is told to end. */
export class ForegroundAgent {
  readonly #out: Output;
  readonly #agent: Agent;
  readonly #inspector: Inspector;
  #fail: (error: SignalboxError) => void = () => undefined;
  #told = '';
  /** Rejects when no attempt can succeed until something is changed. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#fail = reject;
  });

  /** @throws SignalboxError `INVALID_PARAMS` a target that means nothing */
  constructor({ out, agent }: ForegroundAgentOptions) {
    this.#out = out;
    this.#inspector = new Inspector({ publish: (lines, leftOut) => this.#requests(lines, leftOut) });
    const observer = this.#inspector.observer({ tunnelId, agentId: agent.agentId, kind: agent.kind });
    this.#inspector.setListening([agent.agentId]);
    this.#agent = new Agent({ ...agent, observer, onChange: () => this.#changed() });
    // Until somebody waits for it, nobody does.
    this.failed.catch(() => undefined);
  }

  start(): void {
    this.#agent.start();
  }

  /** Takes nothing new, lets what is under way end, and closes. @param drainMs how long that may take; absent: the usual time */
  async stop(drainMs?: number): Promise<void> {
    await this.#agent.stop(drainMs);
    this.#inspector.stop();
  }

  /** Requests and connections under way. */
  get inFlight(): number {
    return this.#agent.inFlight;
  }

  #changed(): void {
    const status = this.#agent.status();
    const { state, lastError, place } = status;
    const news = `${state} ${place?.publicUrls.join(' ')} ${state === 'up' ? '' : lastError?.message}`;
    if (news === this.#told) return;
    this.#told = news;
    if (state === 'up') this.#up(status);
    else if (state === 'waiting') this.#waiting(status);
    else if (state === 'failed') this.#fail(errorOf(lastError));
  }

  #up({ place }: AgentStatus): void {
    const publicUrls = place?.publicUrls ?? [];
    const exposure = place?.exposure ?? null;
    if (this.#out.json) {
      this.#out.jsonLine({ event: 'up', publicUrls, exposure });
      return;
    }
    this.#out.line(publicUrls.length === 0 ? 'Connected. The gateway does not say under which address.' : publicUrls.join('  '));
    if (exposure === 'public' || exposure === 'network')
      this.#out.note(
        `It can be reached from ${exposure === 'public' ? 'the internet' : 'the network'}, by everybody whom its rules let in.`,
      );
  }

  #waiting({ lastError, nextTryAt }: AgentStatus): void {
    if (this.#out.json) {
      this.#out.jsonLine({ event: 'waiting', error: lastError, nextTryAt });
      return;
    }
    const again = nextTryAt === null ? '' : ` Trying again in ${Math.max(1, Math.round((nextTryAt - Date.now()) / 1_000))} s.`;
    this.#out.note(`${lastError?.message ?? 'The connection to the gateway was lost.'}${again}`);
  }

  /** A request has its line when it is over; a raw connection also when it begins. */
  #requests(lines: readonly TunnelRequest[], leftOut: number): void {
    for (const request of lines) {
      if (request.open && (request.kind === 'http' || (request.kind === 'websocket' && request.status === null))) continue;
      if (this.#out.json) this.#out.jsonLine({ event: 'request', ...request });
      else this.#out.line(requestLine(request));
    }
    if (leftOut > 0) this.#out.note(`${leftOut} more came at the same time and are not shown.`);
  }
}

function errorOf(fault: AgentStatus['lastError']): SignalboxError {
  const code = errorCodes.find((known) => known === fault?.code) ?? ('INTERNAL' satisfies ErrorCode);
  return new SignalboxError(code, fault?.message ?? 'The gateway takes no connection.', { executed: 'no' });
}
