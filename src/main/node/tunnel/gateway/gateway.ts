import { SignalboxError } from '../../../../common/errors.ts';
import type { Startable } from '../../startable.ts';
import { createLink, webSocketSocket } from '../link/index.ts';
import { Admission } from './admission.ts';
import { AgentRegistry, type Claim } from './agent-registry.ts';
import { AgentsListener, type Newcomer, type Turned } from './agents-listener.ts';
import { FailedSignIns } from './failed-sign-ins.ts';
import { PublicFront } from './front/index.ts';
import type { ExpectedAgent, GatewayOptions, ListenAddress } from './gateway-options.ts';
import { gatewayLimits } from './limits.ts';
import { NonceCache } from './nonce-cache.ts';
import { type Exposure, exposureOf, publicUrl } from './public-address.ts';
import type { Session } from './session.ts';
import { newSessionId, SignIn, type Welcome } from './sign-in.ts';
import { SignInCheck } from './sign-in-check.ts';
import { TcpTunnels } from './tcp-tunnels.ts';
import type { AgentToken } from './tokens.ts';
import type { FrontFigures, FrontTotals, RouteDefinition } from './types.ts';

/**
 * A gateway: agents sign in to one port, clients come in at others, and what clients ask goes to the agent whose name they call (seed 5).
 * Knows of no threads and no files: what it is given holds, and can be changed while it runs.
 */
export class Gateway implements Startable {
  readonly #options: GatewayOptions;
  readonly #nowMs: () => number;
  readonly #registry: AgentRegistry;
  readonly #listener: AgentsListener;
  readonly #front: PublicFront;
  readonly #signIn: SignIn;
  readonly #nonces = new NonceCache({ entries: gatewayLimits.nonces, keepMs: gatewayLimits.nonceMs, nowMs: () => performance.now() });
  readonly #admission = new Admission({ perSecond: gatewayLimits.handshakesPerSecond, nowMs: () => performance.now() });
  readonly #failures = new FailedSignIns();
  readonly #tcpTunnels: TcpTunnels;
  #tokens: ReadonlyMap<string, AgentToken>;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#tokens = byId(options.tokens);
    this.#tcpTunnels = new TcpTunnels({
      host: options.public.host,
      allowed: options.tcpPorts,
      open: (ports) => this.#front.setTcpPorts(ports),
    });
    this.#registry = new AgentRegistry({
      newSessionId,
      nowMs: this.#nowMs,
      graceMs: options.graceMs ?? gatewayLimits.graceMs,
      onChange: () => options.onChange?.(),
      onAgentGone: (agentId) => this.#agentGone(agentId),
    });
    this.#listener = new AgentsListener({
      ...options.agents,
      admit: (address) => this.#admit(address),
      onNewcomer: (newcomer) => this.#signIn.begin(newcomer),
    });
    this.#front = new PublicFront({
      host: options.public.host,
      port: options.public.port,
      ...(options.public.tls !== undefined && { tls: options.public.tls }),
      directory: this.#registry,
      routes: options.routes,
      via: 'signalbox',
      onFault: (error) => options.logger.error('gateway.fault', 'The gateway met a fault.', { error }),
    });
    this.#signIn = new SignIn({
      nodeId: options.nodeId,
      version: options.version,
      plainAllowed: options.agents.allowPlain,
      check: new SignInCheck({ tokens: () => this.#tokens, nonces: this.#nonces, nowMs: this.#nowMs, sinceMs: this.#nowMs() }),
      welcome: (claim, publicPort) => this.#welcome(claim, publicPort),
      onSignedIn: (newcomer, { session }, linkIndex) => this.#joined(newcomer, session, linkIndex),
      onRefused: ({ remoteAddress, protocol }, why, request) => {
        void this.#failures.add(remoteAddress);
        options.logger.warn('gateway.signInRefused', 'An agent was not let in.', {
          why,
          address: remoteAddress,
          protocol,
          agentId: request?.agentId.slice(0, 64),
        });
      },
    });
  }

  get agentsAddress(): ListenAddress | undefined {
    return this.#listener.address;
  }

  get publicAddress(): ListenAddress | undefined {
    return this.#front.address;
  }

  get exposure(): Exposure {
    return exposureOf(this.#options.public.host);
  }

  get sessions(): readonly Session[] {
    return this.#registry.sessions;
  }

  /** Names under which somebody is signed in or was a moment ago. */
  get agentIds(): readonly string[] {
    return this.#registry.pools.map(({ agentId }) => agentId);
  }

  /** Who answers to a name. */
  agent(agentId: string): ReturnType<AgentRegistry['find']> {
    return this.#registry.find(agentId);
  }

  get totals(): FrontTotals {
    return this.#front.totals();
  }

  /** Since the start: sign-ins that failed, and connections that were told to wait or turned away unheard; `pending`: not proven now. */
  get signIns(): { readonly failed: number; readonly held: number; readonly turnedAway: number; readonly pending: number } {
    return {
      failed: this.#failures.total,
      held: this.#admission.refused,
      turnedAway: this.#listener.refused,
      pending: this.#listener.pending,
    };
  }

  /** Sign-ins that are remembered, so that none is taken twice. */
  get nonces(): number {
    return this.#nonces.size;
  }

  /** @returns undefined: nothing has come through it yet */
  agentFigures(agentId: string): FrontFigures | undefined {
    return this.#front.agentFigures(agentId);
  }

  /** @returns undefined: nothing has come by it yet */
  routeFigures(routeId: string): FrontFigures | undefined {
    return this.#front.routeFigures(routeId);
  }

  /** Public port of a TCP tunnel. */
  tcpPortOf(agentId: string): number | undefined {
    return this.#tcpTunnels.portOf(agentId);
  }

  /** Who is signed in or expected, for the gateway that comes after this one. */
  get expectedAgents(): readonly ExpectedAgent[] {
    return this.#registry.pools.map(({ agentId, kind, tokenId }) => ({ agentId, kind, tokenId, publicPort: this.tcpPortOf(agentId) ?? 0 }));
  }

  /** Where an agent, or a host that leads to it, answers. */
  urlOf(kind: Session['facts']['kind'], name: string): string {
    const { tls, domain } = this.#options.public;
    const port = this.#front.address?.port ?? 0;
    return publicUrl(kind, name, { port, tls: tls !== undefined, domain }, this.#tcpTunnels.portOf(name));
  }

  /** @throws SignalboxError `CONFLICT` a port is taken; Error of the system when an address cannot be listened on */
  async start(): Promise<void> {
    await this.#front.start().catch((error: unknown) => {
      throw isTaken(error) ? portTaken(this.#options.public.port, 'gateway.publicPort', error) : error;
    });
    try {
      await this.#listener.start();
    } catch (error) {
      await this.#front.stop();
      throw isTaken(error) ? portTaken(this.#options.agents.port, 'gateway.agentsPort', error) : error;
    }
    for (const { agentId, kind, tokenId, publicPort } of this.#options.expected ?? []) {
      if (!this.#tokens.has(tokenId)) continue;
      this.#registry.expect(agentId, kind, tokenId);
      if (publicPort > 0) this.#tcpTunnels.remember(agentId, publicPort);
    }
    this.#timer = setInterval(() => {
      this.#registry.measure();
      // A rotated token's former secret has its time.
      this.#registry.recheck(this.#tokens);
    }, gatewayLimits.loadEveryMs).unref();
  }

  /** Agents are told to open nothing more, what is under way has a moment to end, then all closes. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#listener.close();
    for (const session of this.#registry.sessions) session.goAway('the gateway stops');
    await this.#front.stop();
    this.#registry.stop();
    for (const { facts } of this.#registry.sessions)
      this.#registry.close(facts.sessionId, { code: 'goneAway', reason: 'the gateway has stopped' });
    await this.#listener.stop();
  }

  /** Tokens that hold from now on. @returns sessions that were closed because theirs does not */
  setTokens(tokens: readonly AgentToken[]): number {
    this.#tokens = byId(tokens);
    return this.#registry.recheck(this.#tokens);
  }

  setRoutes(routes: readonly RouteDefinition[]): void {
    this.#front.setRoutes(routes);
  }

  /** @returns false: there is no such session */
  closeSession(sessionId: string): boolean {
    return this.#registry.close(sessionId, { code: 'closed', reason: 'an administrator of the gateway closed it' });
  }

  async #admit(address: string): Promise<Turned | undefined> {
    const blockedSeconds = await this.#failures.waitSeconds(address);
    if (blockedSeconds !== undefined) return { status: 429, retryAfterSeconds: blockedSeconds };
    const waitSeconds = this.#admission.enter();
    return waitSeconds === undefined ? undefined : { status: 503, retryAfterSeconds: waitSeconds };
  }

  #welcome(claim: Claim, publicPort: number): Welcome | Promise<Welcome> {
    if (claim.kind === 'tcp') return this.#welcomeTcp(claim, publicPort);
    const session = this.#registry.admit(claim);
    return { session, publicUrls: [this.urlOf(claim.kind, claim.agentId)], publicPort: 0, exposure: this.exposure };
  }

  async #welcomeTcp(claim: Claim, wanted: number): Promise<Welcome> {
    const session = this.#registry.admit(claim);
    try {
      const port = await this.#tcpTunnels.take(claim.agentId, wanted);
      return { session, publicUrls: [this.urlOf('tcp', claim.agentId)], publicPort: port, exposure: this.exposure };
    } catch (error) {
      if (session.links === 0) this.#registry.close(session.facts.sessionId, { code: 'closed', reason: 'it has no public port' });
      throw error;
    }
  }

  #joined({ socket, protocol, remoteAddress }: Newcomer, session: Session, linkIndex: number): void {
    const link = createLink({
      role: 'gateway',
      protocol,
      socket: webSocketSocket(socket),
      ...(this.#options.linkTiming !== undefined && { timing: this.#options.linkTiming }),
      events: {
        onGoAway: () => this.#options.onChange?.(),
        onEnd: (end) => {
          this.#registry.ended(session, link, end);
          const { agentId, sessionId } = session.facts;
          this.#options.logger.info('gateway.linkEnded', 'A connection of an agent has ended.', { agentId, sessionId, ...end });
        },
      },
    });
    this.#registry.joined(session, linkIndex, link);
    const { agentId, sessionId, tokenId } = session.facts;
    this.#options.onTokenUsed?.(tokenId);
    this.#options.logger.info('gateway.signedIn', 'An agent has signed in.', {
      agentId,
      sessionId,
      tokenId,
      protocol,
      address: remoteAddress,
      links: session.links,
    });
  }

  #agentGone(agentId: string): void {
    this.#tcpTunnels.release(agentId).catch((error: unknown) => {
      this.#options.logger.error('gateway.portNotClosed', 'A public TCP port could not be closed.', { agentId, error });
    });
  }
}

function isTaken(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'EADDRINUSE' || code === 'CONFLICT';
}

function portTaken(port: number, setting: string, cause: unknown): SignalboxError {
  return new SignalboxError('CONFLICT', `Port ${port} is taken by another program. Set ${setting} to a free one.`, {
    executed: 'no',
    cause,
  });
}

function byId(tokens: readonly AgentToken[]): ReadonlyMap<string, AgentToken> {
  return new Map(tokens.map((token) => [token.tokenId, token]));
}
