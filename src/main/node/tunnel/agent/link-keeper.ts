import { performance } from 'node:perf_hooks';
import type { WebSocket } from 'ws';
import { RetryDelay } from '../../retry-delay.ts';
import { createLink, webSocketSocket } from '../link/index.ts';
import type { LinkEnd, LinkEvents, TunnelLink } from '../link/types.ts';
import { agentLimits } from './limits.ts';
import { type SignedIn, SignIn, whenAccepted } from './sign-in.ts';
import { final, lasting, passing, refusal, SignInFailed } from './sign-in-failure.ts';
import type { AgentFault, AgentOptions, AgentTiming, PublicPlace } from './types.ts';

/** Where one connection to the gateway stands. */
export type KeeperState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'up'; readonly place: PublicPlace | undefined }
  | { readonly kind: 'waiting' | 'failed'; readonly nextTryAt: number | null };

export interface LinkKeeperOptions {
  readonly agent: AgentOptions;
  readonly timing: AgentTiming;
  readonly sessionKey: string;
  readonly linkIndex: number;
  readonly onStream: NonNullable<LinkEvents['onStream']>;
  /** After each change of state. */
  readonly onState: () => void;
}

/**
 * Keeps one connection to a gateway: signs in, and again when it is lost, with full jitter from 0.5 s to 30 s, short again only after ten
 * good seconds, and after those to 4 s alone for a minute (tunnel.md, advice 8 and its goal for a gateway that starts again). What can only
 * fail again is tried every five minutes, and what would take another agent's place not at all.
 */
export class LinkKeeper {
  readonly #options: LinkKeeperOptions;
  readonly #delay: RetryDelay;
  /** Pauses after the loss of a good connection. */
  readonly #returnDelay: RetryDelay;
  #returnUntilMs = 0;
  #link: TunnelLink | undefined;
  #socket: WebSocket | undefined;
  #state: KeeperState = { kind: 'idle' };
  #fault: AgentFault | null = null;
  #signIn: SignIn | undefined;
  #timer: NodeJS.Timeout | undefined;
  #upSinceMs = 0;
  #stopped = false;

  constructor(options: LinkKeeperOptions) {
    this.#options = options;
    const { firstRetryMs, longestRetryMs, returnRetryMs } = options.timing;
    this.#delay = new RetryDelay(options.agent.random, { firstMs: firstRetryMs, longestMs: longestRetryMs });
    this.#returnDelay = new RetryDelay(options.agent.random, { firstMs: firstRetryMs, longestMs: returnRetryMs });
  }

  get state(): KeeperState {
    return this.#state;
  }

  /** What went wrong last. */
  get fault(): AgentFault | null {
    return this.#fault;
  }

  /** There as soon as the gateway may send requests, which in the first system's dialect is before it is known to be accepted. */
  get link(): TunnelLink | undefined {
    return this.#link;
  }

  /** Connects now, whatever pause there is. Nothing when it is connected or connecting. */
  start(): void {
    if (this.#stopped || this.#state.kind === 'up' || this.#state.kind === 'connecting') return;
    clearTimeout(this.#timer);
    const { agent, timing, sessionKey, linkIndex } = this.#options;
    const signIn = new SignIn(
      { agent, sessionKey, linkIndex, timeoutMs: timing.signInMs },
      { signedIn: (result) => this.#signedIn(result), failed: ({ failure }) => this.#lost(failure.code, failure) },
    );
    this.#signIn = signIn;
    this.#enter({ kind: 'connecting' });
    try {
      signIn.start();
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      this.#lost(error.failure.code, error.failure);
    }
  }

  /** Takes no new streams; those that are open go on. */
  drain(reason: string): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#signIn?.giveUp();
    this.link?.goAway(reason);
  }

  /** Ends the connection, and all that is open on it. */
  stop(reason: string): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#signIn?.giveUp();
    const link = this.#link;
    this.#link = undefined;
    this.#enter({ kind: 'idle' });
    link?.close({ code: 'closed', reason });
    if (link !== undefined) this.#cutOffLater();
  }

  /** A gateway that does not answer the close frame must not hold up whoever stops. */
  #cutOffLater(): void {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    const timer = setTimeout(() => socket.terminate(), agentLimits.closeMs);
    socket.once('close', () => clearTimeout(timer));
  }

  #signedIn({ socket, connection, protocol, place }: SignedIn): void {
    this.#signIn = undefined;
    this.#socket = socket;
    if (protocol === 'legacy') whenAccepted(socket, () => this.#up(link, place));
    const link: TunnelLink = createLink({
      role: 'agent',
      protocol,
      socket: webSocketSocket(socket, connection),
      ...(this.#options.agent.linkTiming !== undefined && { timing: this.#options.agent.linkTiming }),
      events: {
        onStream: this.#options.onStream,
        onGoAway: () => this.#options.onState(),
        onEnd: (end) => {
          if (this.#link === link) this.#ended(end);
        },
      },
    });
    this.#link = link;
    this.#upSinceMs = performance.now();
    if (protocol === 'v1') this.#up(link, place);
  }

  #up(link: TunnelLink, place: PublicPlace | undefined): void {
    if (this.#link !== link) return;
    this.#fault = null;
    this.#enter({ kind: 'up', place });
  }

  #ended(end: LinkEnd): void {
    this.#link = undefined;
    const { healthyMs, returnForMs } = this.#options.timing;
    const nowMs = performance.now();
    if (nowMs - this.#upSinceMs >= healthyMs) {
      this.#delay.reset();
      this.#returnDelay.reset();
      this.#returnUntilMs = nowMs + returnForMs;
    }
    const { failure } = endFailure(end);
    this.#lost(failure.code, failure);
  }

  #lost(code: string, { message, again, retryAfterMs }: SignInFailed['failure']): void {
    this.#signIn = undefined;
    if (this.#stopped) {
      this.#enter({ kind: 'idle' });
      return;
    }
    const { timing } = this.#options;
    this.#fault = { code, message, at: Date.now() };
    if (again === 'never') {
      this.#enter({ kind: 'failed', nextTryAt: null });
      return;
    }
    const delay = performance.now() < this.#returnUntilMs ? this.#returnDelay : this.#delay;
    const pauseMs = again === 'seldom' ? timing.failedRetryMs : Math.max(delay.nextMs(), retryAfterMs ?? 0);
    this.#timer = setTimeout(() => this.start(), pauseMs);
    this.#enter({ kind: again === 'seldom' ? 'failed' : 'waiting', nextTryAt: Date.now() + pauseMs });
  }

  #enter(state: KeeperState): void {
    this.#state = state;
    this.#options.onState();
  }
}

/** Why a connection that was up is no more, and whether another may be. */
function endFailure({ code, reason }: LinkEnd): SignInFailed {
  switch (code) {
    case 'refused': {
      const [, refusalCode = '', message = ''] = /^([A-Z_]+): ([\s\S]*)$/.exec(reason) ?? [];
      return refusal(refusalCode, message === '' ? reason : message, 0);
    }
    case 'revoked':
      return lasting('REVOKED', 'The token of this tunnel was revoked at the gateway. Enter another one.');
    case 'replaced':
      // Signing in again would take the place back, and the two would do so for ever.
      return final(
        'CONFLICT',
        'Another agent of this name has signed in at the gateway and taken its place. Turn the tunnel off and on to take it back, or give one of them another name.',
      );
    case 'protocol':
      return passing('BAD_REQUEST', `The connection was ended for a fault of the protocol: ${reason}`);
    case 'silent':
      return passing('NODE_LOST', 'The gateway has not been heard of for too long.');
    default:
      return passing('NODE_LOST', `The connection to the gateway was lost${reason === '' ? '' : ` (${reason})`}.`);
  }
}

/** Defaults of {@link AgentTiming}. */
export const usualTiming: AgentTiming = {
  signInMs: agentLimits.signInMs,
  firstRetryMs: agentLimits.firstRetryMs,
  longestRetryMs: agentLimits.longestRetryMs,
  healthyMs: agentLimits.healthyMs,
  returnRetryMs: agentLimits.returnRetryMs,
  returnForMs: agentLimits.returnForMs,
  failedRetryMs: agentLimits.failedRetryMs,
};
