import type { AccessRules, TunnelKind } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { LinkEnd, TunnelLink } from '../link/types.ts';
import { AgentPool } from './agent-pool.ts';
import { gatewayLimits } from './limits.ts';
import { Session, type SessionFacts } from './session.ts';
import { type AgentToken, stillGood } from './tokens.ts';
import type { AgentDirectory, AgentSession } from './types.ts';

/** An agent whose proof was good, before it has a place. */
export interface Claim extends Omit<SessionFacts, 'sessionId' | 'sinceMs'> {
  readonly access: AccessRules | undefined;
  readonly token: AgentToken;
}

export interface AgentRegistryOptions {
  readonly newSessionId: () => string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly graceMs: number;
  /** Sessions or their states have changed. */
  readonly onChange: () => void;
  /** The last session under a name is gone. */
  readonly onAgentGone: (agentId: string) => void;
}

/** Ends after which nobody is waited for: they were meant. */
const meant: ReadonlySet<LinkEnd['code']> = new Set(['closed', 'goneAway', 'revoked', 'replaced']);

/**
 * Who is signed in. One session is one instance of an agent with up to four links; one name is one session, or several when their token
 * pools them. A session whose connection is lost keeps its name for a moment, and requests wait for it (tunnel.md, advice 8).
 */
export class AgentRegistry implements AgentDirectory {
  readonly #options: AgentRegistryOptions;
  readonly #pools = new Map<string, AgentPool>();
  readonly #sessions = new Map<string, Session>();
  readonly #graceTimers = new Map<Session, NodeJS.Timeout>();
  #stopped = false;

  constructor(options: AgentRegistryOptions) {
    this.#options = options;
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  get pools(): readonly AgentPool[] {
    return [...this.#pools.values()];
  }

  session(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  find(agentId: string): AgentPool | undefined {
    return this.#pools.get(agentId);
  }

  awaitReturn(agentId: string, done: (session: AgentSession | undefined) => void): () => void {
    const pool = this.#pools.get(agentId);
    if (pool === undefined || pool.state === 'up') {
      const soon = setImmediate(done, pool);
      return () => clearImmediate(soon);
    }
    pool.waiting.add(done);
    return () => pool.waiting.delete(done);
  }

  /**
   * Finds the place of an agent that has proven itself: the session that it has already, or a new one, as its token wants it.
   *
   * @throws SignalboxError `CONFLICT` the name is taken, `LIMIT` too many sessions
   */
  admit(claim: Claim): Session {
    const pool = this.#pools.get(claim.agentId);
    const own = pool === undefined || claim.instanceId === undefined ? undefined : ownSession(pool, claim);
    if (own !== undefined) {
      own.access = claim.access;
      // It is back in time, however long the rest of its sign-in takes.
      if (this.#graceTimers.has(own)) {
        this.#stopWaiting(own);
        this.#wait(own);
      }
      return own;
    }
    if (this.#sessions.size >= gatewayLimits.sessions)
      throw new SignalboxError('LIMIT', 'The gateway has as many agents as it may have.', { executed: 'no', retryable: true });
    if (pool !== undefined) this.#makeRoom(pool, claim);
    const { token, access, ...facts } = claim;
    const session = new Session({ ...facts, sessionId: this.#options.newSessionId(), sinceMs: this.#options.nowMs() }, access);
    const home = this.#pools.get(claim.agentId) ?? new AgentPool(claim.agentId, claim.kind, token.tokenId);
    this.#pools.set(claim.agentId, home);
    home.sessions.add(session);
    this.#sessions.set(session.facts.sessionId, session);
    // Until its link is there it stands as one that has lost it: a sign-in that breaks off here leaves nothing behind.
    this.#wait(session);
    return session;
  }

  /** An agent was signed in before this gateway started: its name is kept for the grace, and requests wait for it. */
  expect(agentId: string, kind: TunnelKind, tokenId: string): void {
    if (this.#pools.has(agentId) || this.#pools.size >= gatewayLimits.sessions) return;
    const pool = new AgentPool(agentId, kind, tokenId);
    this.#pools.set(agentId, pool);
    setTimeout(() => this.#forget(pool), this.#options.graceMs).unref();
  }

  /** A link of a session that {@link admit} gave is open. */
  joined(session: Session, index: number, link: TunnelLink): void {
    // While its public port was opened, its token may have been revoked or its name taken; or the grace is over, and the agent may come anew.
    if (this.#sessions.get(session.facts.sessionId) !== session) {
      link.close(session.end ?? { code: 'closed', reason: 'its place was given up while it signed in' });
      return;
    }
    session.add(index, link);
    this.#stopWaiting(session);
    const pool = this.#pools.get(session.facts.agentId);
    if (pool !== undefined) release(pool, pool);
    this.#options.onChange();
  }

  /** A link has ended. To be told before its streams are. */
  ended(session: Session, link: TunnelLink, end: LinkEnd): void {
    if (!session.remove(link) || session.links > 0) return;
    if (this.#stopped || meant.has(end.code)) this.#remove(session);
    else this.#wait(session);
    this.#options.onChange();
  }

  /** Closes a session at once. @returns false: there is none */
  close(sessionId: string, end: LinkEnd): boolean {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return false;
    this.#remove(session);
    session.close(end);
    this.#options.onChange();
    return true;
  }

  /** Closes the sessions whose token does not hold any more. @returns how many */
  recheck(tokens: ReadonlyMap<string, AgentToken>): number {
    let closed = 0;
    for (const { facts } of this.sessions) {
      const { agentId, kind, secretVersion, protocol, tokenId, sessionId } = facts;
      const claim = { agentId, kind, secretVersion, legacy: protocol === 'legacy' };
      if (stillGood(tokens.get(tokenId), claim, this.#options.nowMs())) continue;
      this.close(sessionId, { code: 'revoked', reason: 'its token does not hold any more' });
      closed += 1;
    }
    return closed;
  }

  /** Measures links, to be called each second. */
  measure(): void {
    for (const session of this.#sessions.values()) session.measure();
  }

  /** Nobody is waited for any more; sessions go on until they are closed. */
  stop(): void {
    this.#stopped = true;
    for (const session of this.sessions) if (session.links === 0) this.#remove(session);
    for (const pool of this.pools) this.#forget(pool);
  }

  /** @throws SignalboxError `CONFLICT`, `LIMIT` */
  #makeRoom(pool: AgentPool, { token, kind, agentId }: Claim): void {
    if (pool.tokenId !== token.tokenId)
      throw new SignalboxError('CONFLICT', `The name ${agentId} is in use with another token.`, { executed: 'no' });
    if (token.duplicates === 'pool') {
      if (pool.kind !== kind)
        throw new SignalboxError('CONFLICT', `The name ${agentId} is in use for another kind of tunnel.`, { executed: 'no' });
      if (pool.sessions.size >= gatewayLimits.sessionsPerAgent)
        throw new SignalboxError('LIMIT', `There are as many agents of the name ${agentId} as there may be.`, { executed: 'no' });
      return;
    }
    // One that has lost its connection has no say: its agent has started anew, or is gone.
    if (token.duplicates === 'reject' && [...pool.sessions].some(({ links }) => links > 0))
      throw new SignalboxError('CONFLICT', `An agent of the name ${agentId} is signed in already.`, { executed: 'no' });
    const successor = new AgentPool(agentId, kind, token.tokenId);
    for (const done of pool.waiting) successor.waiting.add(done);
    pool.waiting.clear();
    this.#pools.set(agentId, successor);
    for (const session of pool.sessions) {
      this.#stopWaiting(session);
      this.#sessions.delete(session.facts.sessionId);
      session.close({ code: 'replaced', reason: 'another agent has signed in under its name' });
    }
  }

  #wait(session: Session): void {
    if (this.#graceTimers.has(session)) return;
    const timer = setTimeout(() => {
      this.#remove(session);
      this.#options.onChange();
    }, this.#options.graceMs).unref();
    this.#graceTimers.set(session, timer);
  }

  #stopWaiting(session: Session): void {
    clearTimeout(this.#graceTimers.get(session));
    this.#graceTimers.delete(session);
  }

  /** The name goes with its last session. */
  #remove(session: Session): void {
    this.#stopWaiting(session);
    const { sessionId, agentId } = session.facts;
    this.#sessions.delete(sessionId);
    const pool = this.#pools.get(agentId);
    pool?.sessions.delete(session);
    if (pool !== undefined) this.#forget(pool);
  }

  /** Gives up a name under which nobody is signed in. */
  #forget(pool: AgentPool): void {
    if (pool.sessions.size > 0 || this.#pools.get(pool.agentId) !== pool) return;
    this.#pools.delete(pool.agentId);
    release(pool, undefined);
    this.#options.onAgentGone(pool.agentId);
  }
}

function ownSession(pool: AgentPool, { instanceId, tokenId, kind }: Claim): Session | undefined {
  for (const session of pool.sessions)
    if (session.facts.instanceId === instanceId && session.facts.tokenId === tokenId && session.facts.kind === kind) return session;
  return undefined;
}

function release(pool: AgentPool, session: AgentSession | undefined): void {
  const waiting = [...pool.waiting];
  pool.waiting.clear();
  for (const done of waiting) done(session);
}
