import type { AccessRules, TunnelKind } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { LinkEnd, RequestHead, StreamEvents, TunnelLink, TunnelStream } from '../link/types.ts';
import { gatewayLimits } from './limits.ts';
import type { AgentState } from './types.ts';

/** Who signed in, and as what. Does not change while the session lives. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly agentId: string;
  /** Chosen by the agent when it starts, the same for all its links; undefined: an agent of the first system. */
  readonly instanceId: string | undefined;
  readonly kind: TunnelKind;
  readonly tokenId: string;
  readonly secretVersion: number;
  readonly protocol: 'v1' | 'legacy';
  readonly agentVersion: string | null;
  readonly nodeId: string | null;
  readonly remoteAddress: string;
  readonly tls: boolean;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What went through links that are gone. */
interface Bytes {
  in: number;
  out: number;
}

interface HeldLink {
  readonly index: number;
  readonly link: TunnelLink;
  /** At the last measurement, both directions. */
  bytesBefore: number;
  carriesBulk: boolean;
}

/** How many requests a link that carries bulk is reckoned to have more. */
const bulkLoad = 8;
/** Unsent bytes that count as one request. */
const bytesOfARequest = 65_536;

/** One instance of an agent with its 1 to 4 links. A new stream goes to the link that has least to do; bulk stays on one (tunnel.md, advice 9). */
export class Session {
  readonly facts: SessionFacts;
  /** Of the tunnel itself, as told with the newest link. */
  access: AccessRules | undefined;
  readonly #links = new Map<number, HeldLink>();
  readonly #gone: Bytes = { in: 0, out: 0 };
  #requests = 0;
  #end: LinkEnd | undefined;

  constructor(facts: SessionFacts, access: AccessRules | undefined) {
    this.facts = facts;
    this.access = access;
  }

  /** Why it was closed; undefined: it was not. */
  get end(): LinkEnd | undefined {
    return this.#end;
  }

  get links(): number {
    return this.#links.size;
  }

  get state(): AgentState {
    if (this.#links.size === 0) return 'grace';
    for (const { link } of this.#links.values()) if (!link.draining) return 'up';
    return 'draining';
  }

  get inFlight(): number {
    let open = 0;
    for (const { link } of this.#links.values()) open += link.openStreams;
    return open;
  }

  /** Streams opened since it signed in. */
  get requests(): number {
    return this.#requests;
  }

  /** Of the fastest link, milliseconds. */
  get rttMs(): number | null {
    const known = [...this.#links.values()].flatMap(({ link }) => (link.rttMs === undefined ? [] : [link.rttMs]));
    return known.length === 0 ? null : Math.min(...known);
  }

  /** `toAgent`, `fromAgent`: since it signed in. */
  get bytes(): { readonly toAgent: number; readonly fromAgent: number } {
    let { in: fromAgent, out: toAgent } = this.#gone;
    for (const { link } of this.#links.values()) {
      fromAgent += link.bytesIn;
      toAgent += link.bytesOut;
    }
    return { toAgent, fromAgent };
  }

  /** Of bodies that came for requests that were over, through the links that are open. */
  get droppedBytes(): number {
    let dropped = 0;
    for (const { link } of this.#links.values()) dropped += link.droppedBytes;
    return dropped;
  }

  /** Adds a link; the one with the same index, which the agent has given up, is closed. */
  add(index: number, link: TunnelLink): void {
    const former = this.#links.get(index);
    this.#links.set(index, { index, link, bytesBefore: 0, carriesBulk: false });
    if (former === undefined) return;
    this.#count(former.link);
    former.link.close({ code: 'replaced', reason: 'the agent has connected anew' });
  }

  /** @returns false: it was not one of its links any more */
  remove(link: TunnelLink): boolean {
    for (const held of this.#links.values()) {
      if (held.link !== link) continue;
      this.#links.delete(held.index);
      this.#count(link);
      return true;
    }
    return false;
  }

  /** @throws SignalboxError `NODE_LOST` no link, `OVERLOADED` draining, and what the link throws */
  open(head: RequestHead, events: StreamEvents): TunnelStream {
    const { link } = this.#choose(head);
    const stream = link.open(head, events);
    this.#requests += 1;
    return stream;
  }

  /** Tells the agent to open nothing more here; what is open goes on. */
  goAway(reason: string): void {
    for (const { link } of this.#links.values()) link.goAway(reason);
  }

  /** Ends all links at once; their ends are not told to the registry as losses. */
  close(end: LinkEnd): void {
    this.#end = end;
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const { link } of links) {
      this.#count(link);
      link.close(end);
    }
  }

  /** Looks, each second, which links carry bulk. */
  measure(): void {
    for (const held of this.#links.values()) {
      const bytes = held.link.bytesIn + held.link.bytesOut;
      held.carriesBulk = bytes - held.bytesBefore > gatewayLimits.bulkBytes;
      held.bytesBefore = bytes;
    }
  }

  #choose(head: RequestHead): HeldLink {
    if (this.#links.size === 0)
      throw new SignalboxError('NODE_LOST', `The agent ${this.facts.agentId} is not connected.`, { executed: 'no' });
    const isBulk = (head.bodyBytes ?? 0) > gatewayLimits.bulkBytes;
    let best: HeldLink | undefined;
    for (const held of this.#links.values()) {
      if (held.link.draining) continue;
      // Large uploads are together on one link, the others stay quick.
      if (best === undefined || (isBulk ? held.carriesBulk && !best.carriesBulk : loadOf(held) < loadOf(best))) best = held;
    }
    if (best === undefined)
      throw new SignalboxError('OVERLOADED', `The agent ${this.facts.agentId} is stopping and takes no new requests.`, { executed: 'no' });
    return best;
  }

  #count(link: TunnelLink): void {
    this.#gone.in += link.bytesIn;
    this.#gone.out += link.bytesOut;
  }
}

function loadOf({ link, carriesBulk }: HeldLink): number {
  return link.openStreams + link.bufferedBytes / bytesOfARequest + (carriesBulk ? bulkLoad : 0);
}
