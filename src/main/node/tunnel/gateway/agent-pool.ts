import type { AccessRules, TunnelKind } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { RequestHead, StreamEvents, TunnelStream } from '../link/types.ts';
import type { Session } from './session.ts';
import type { AgentSession, AgentState } from './types.ts';

/** All sessions under one name. A new stream goes to the one with the fewest in flight. */
export class AgentPool implements AgentSession {
  readonly agentId: string;
  readonly kind: TunnelKind;
  /** Whose name it is for as long as somebody is signed in under it. */
  readonly tokenId: string;
  readonly sessions = new Set<Session>();
  /** Those who wait for one of them to come back. */
  readonly waiting = new Set<(session: AgentSession | undefined) => void>();

  constructor(agentId: string, kind: TunnelKind, tokenId: string) {
    this.agentId = agentId;
    this.kind = kind;
    this.tokenId = tokenId;
  }

  get state(): AgentState {
    let state: AgentState = 'grace';
    for (const session of this.sessions) {
      if (session.state === 'up') return 'up';
      if (session.state === 'draining') state = 'draining';
    }
    return state;
  }

  /** The rules of who signed in last hold for all. */
  get access(): AccessRules | undefined {
    let newest: Session | undefined;
    for (const session of this.sessions) newest = session;
    return newest?.access;
  }

  get inFlight(): number {
    let open = 0;
    for (const session of this.sessions) open += session.inFlight;
    return open;
  }

  open(head: RequestHead, events: StreamEvents): TunnelStream {
    let best: Session | undefined;
    let bestInFlight = Number.POSITIVE_INFINITY;
    let draining = false;
    for (const session of this.sessions) {
      if (session.state === 'draining') draining = true;
      if (session.state !== 'up' || session.inFlight >= bestInFlight) continue;
      best = session;
      bestInFlight = session.inFlight;
    }
    if (best !== undefined) return best.open(head, events);
    if (draining)
      throw new SignalboxError('OVERLOADED', `The agent ${this.agentId} is stopping and takes no new requests.`, { executed: 'no' });
    throw new SignalboxError('NODE_LOST', `The agent ${this.agentId} is not connected.`, { executed: 'no' });
  }
}
