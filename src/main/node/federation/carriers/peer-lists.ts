/** `Heartbeat` and `PeerList` of wire.md 3: who is there, and whom a node reaches, in the words of those nodes themselves. */
import { z } from 'zod';
import { SignalboxError } from '../../../../common/errors.ts';
import { nodeIdPattern } from '../../../../common/ids.ts';
import { type PresenceMessage, presenceSchema } from '../presence-message.ts';
import { carrierLimits } from './limits.ts';
import type { RelayRoutes, Route } from './relay-routes.ts';

/** A node says that it is there. */
const heartbeatSchema = z.object({ type: z.literal('Heartbeat'), presence: presenceSchema });

/** A node says whom it reaches, and over how many relays for who hears it; of those that are new or have changed, what they say of themselves. */
const peerListSchema = z.object({
  type: z.literal('PeerList'),
  peers: z
    .array(z.object({ id: z.string().regex(nodeIdPattern), hops: z.number().int().min(1).max(carrierLimits.relayHops) }))
    .max(carrierLimits.listedPeers),
  presences: z.array(presenceSchema).max(carrierLimits.listedPeers),
});

export function heartbeatOf(presence: PresenceMessage): string {
  return JSON.stringify({ type: 'Heartbeat', presence });
}

/** The link is not used any more by the node that says so: the other end lets go of it too, before it waits for answers that were lost. */
const linkLostSchema = z.object({ type: z.literal('LinkLost'), session: z.string().max(64) });

export function linkLostOf(session: string): string {
  return JSON.stringify({ type: 'LinkLost', session });
}

/** @throws SignalboxError `INVALID_PARAMS`, as the others below */
export function readHeartbeat(message: unknown): z.infer<typeof heartbeatSchema> {
  return read(heartbeatSchema, message);
}

export function readPeerList(message: unknown): z.infer<typeof peerListSchema> {
  return read(peerListSchema, message);
}

export function readLinkLost(message: unknown): z.infer<typeof linkLostSchema> {
  return read(linkLostSchema, message);
}

function read<T>(schema: z.ZodType<T>, message: unknown): T {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', 'What a member says of the ways to others is not valid.', { executed: 'no' });
}

export interface PeerListsOptions {
  readonly routes: RelayRoutes;
  /** Members that are linked. */
  readonly neighbours: () => readonly string[];
  /** What a node last said of itself, signed; undefined when nothing is known. */
  readonly presenceOf: (nodeId: string) => PresenceMessage | undefined;
  readonly send: (nodeId: string, text: string) => boolean;
}

/** What one neighbour was told last. */
interface Told {
  readonly peers: string;
  readonly presences: ReadonlyMap<string, PresenceMessage>;
}

/** Tells each neighbour whom this node reaches, what it does not know yet and nothing else. */
export class PeerLists {
  readonly #options: PeerListsOptions;
  readonly #told = new Map<string, Told>();

  constructor(options: PeerListsOptions) {
    this.#options = options;
  }

  /** Sends to every neighbour what is new for it. */
  send(): void {
    for (const neighbour of this.#options.neighbours()) this.#sendTo(neighbour);
  }

  /** A neighbour is linked anew: it knows nothing of before. */
  forget(neighbour: string): void {
    this.#told.delete(neighbour);
  }

  #sendTo(neighbour: string): void {
    const { presenceOf, send } = this.#options;
    const reached = this.#reachedFor(neighbour);
    const told = this.#told.get(neighbour);
    const peers = reached.map(({ nodeId, hops }) => ({ id: nodeId, hops }));
    const presences = new Map(reached.flatMap(({ nodeId }) => [[nodeId, presenceOf(nodeId)] as const]).filter(isKnown));
    const fresh = [...presences].flatMap(([nodeId, presence]) => (told?.presences.get(nodeId) === presence ? [] : [presence]));
    const now = JSON.stringify(peers);
    if (fresh.length === 0 && (told?.peers ?? '[]') === now) return;
    if (send(neighbour, JSON.stringify({ type: 'PeerList', peers, presences: fresh })))
      this.#told.set(neighbour, { peers: now, presences });
  }

  /** Whom a neighbour reaches through this node: never itself, and nobody whose way from here leads through it. */
  #reachedFor(neighbour: string): readonly Route[] {
    const { routes, neighbours, presenceOf } = this.#options;
    const linked = new Set(neighbours());
    const direct = [...linked].filter((nodeId) => nodeId !== neighbour).map((nodeId) => ({ nodeId, hops: 1 }));
    const further = [...routes.reachable()].flatMap((nodeId) => {
      if (linked.has(nodeId) || nodeId === neighbour) return [];
      const next = routes.next(nodeId, [neighbour]);
      return next === undefined || next.hops >= carrierLimits.relayHops ? [] : [{ nodeId, hops: next.hops + 1 }];
    });
    return [...direct, ...further].filter(({ nodeId }) => presenceOf(nodeId) !== undefined).slice(0, carrierLimits.listedPeers);
  }
}

function isKnown(entry: readonly [string, PresenceMessage | undefined]): entry is readonly [string, PresenceMessage] {
  return entry[1] !== undefined;
}
