import { SignalboxError } from '../../../../common/errors.ts';
import { nodeIdOf, publicKeyOf, sameBytes } from '../../identity/index.ts';
import { TokenBucket } from '../../trust/index.ts';
import type { Carrier, CarrierListener } from './carrier.ts';
import { carrierLimits } from './limits.ts';
import type { LinkCarrier } from './link-carrier.ts';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from './relay-frame.ts';
import type { RelayRoutes } from './relay-routes.ts';

export interface RelayCarrierOptions {
  /** Public key of this node. */
  readonly self: Uint8Array;
  readonly links: Pick<LinkCarrier, 'reaches' | 'isCongested' | 'sendRelayed'>;
  readonly routes: RelayRoutes;
  /**
   * Says whether a node belongs to the cluster.
   *
   * @throws SignalboxError `NOT_MEMBER`, `REVOKED`
   */
  readonly admit: (publicKey: Uint8Array) => void;
  readonly received: CarrierListener['received'];
  /** Something was not passed on. @param from the neighbour that sent it */
  readonly onRefused: (error: unknown, from: string) => void;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/**
 * The way through a common neighbour, for two members that cannot reach each other. A relay can drop and delay; what it passes on it can
 * neither read nor alter, and it passes on only what members of the cluster send to members (security.md rows 49 and 62).
 */
export class RelayCarrier implements Carrier {
  readonly kind = 'relay';
  readonly #options: RelayCarrierOptions;
  readonly #buckets = new Map<string, TokenBucket>();
  #passedOn = 0;

  constructor(options: RelayCarrierOptions) {
    this.#options = options;
  }

  /** Messages that were passed on for others. */
  get passedOn(): number {
    return this.#passedOn;
  }

  reaches(nodeId: string): boolean {
    return this.#next(nodeId) !== undefined;
  }

  isCongested(nodeId: string): boolean {
    const neighbour = this.#next(nodeId);
    return neighbour !== undefined && this.#options.links.isCongested(neighbour);
  }

  /** @throws SignalboxError `TOO_LARGE` */
  send(nodeId: string, bytes: Uint8Array | string): boolean {
    const neighbour = this.#next(nodeId);
    if (neighbour === undefined) return false;
    const frame = { hops: 0, source: this.#options.self, target: publicKeyOf(nodeId), bytes: Buffer.from(bytes) };
    return this.#options.links.sendRelayed(neighbour, encodeRelayFrame(frame));
  }

  /** Takes what a neighbour sent to be passed on, or passed on for another. Never throws. */
  take(bytes: Buffer, from: string): void {
    try {
      if (!this.#bucketOf(from).take(this.#options.monotonicMs()))
        throw new SignalboxError('OVERLOADED', 'A member sends more through this node than is passed on.', { executed: 'no' });
      const frame = decodeRelayFrame(bytes);
      this.#check(frame, from);
      if (sameBytes(frame.target, this.#options.self))
        this.#options.received(frame.bytes, { kind: 'relay', peer: undefined, relay: from, ageMs: undefined });
      else this.#passOn(frame, from);
    } catch (error) {
      this.#options.onRefused(error, from);
    }
  }

  /** A neighbour is not linked any more. */
  forget(neighbour: string): void {
    this.#buckets.delete(neighbour);
  }

  /** @throws SignalboxError `BAD_SIGNATURE`, `SELF`, `NOT_MEMBER`, `REVOKED` */
  #check({ hops, source }: RelayFrame, from: string): void {
    const { self, admit } = this.#options;
    if (hops === 0 && nodeIdOf(source) !== from)
      throw new SignalboxError('BAD_SIGNATURE', 'A member sends through this node in the name of another.', { executed: 'no' });
    if (sameBytes(source, self))
      throw new SignalboxError('SELF', 'What this node sent through another came back to it.', { executed: 'no' });
    admit(source);
  }

  /** @throws SignalboxError `NODE_UNREACHABLE`, `OVERLOADED`, `NOT_MEMBER`, `REVOKED` */
  #passOn(frame: RelayFrame, from: string): void {
    const { links, admit } = this.#options;
    const target = nodeIdOf(frame.target);
    if (frame.hops >= carrierLimits.relayHops)
      throw new SignalboxError('NODE_UNREACHABLE', `A message passed ${frame.hops} nodes without reaching ${target}.`, { executed: 'no' });
    admit(frame.target);
    const neighbour = links.reaches(target) ? target : this.#next(target, [from, nodeIdOf(frame.source)]);
    if (neighbour === undefined)
      throw new SignalboxError('NODE_UNREACHABLE', `No way leads from this node to ${target}.`, { executed: 'no' });
    if (!links.sendRelayed(neighbour, encodeRelayFrame({ ...frame, hops: frame.hops + 1 })))
      throw new SignalboxError('OVERLOADED', `The way to ${target} does not keep up.`, { executed: 'no' });
    this.#passedOn++;
  }

  #next(nodeId: string, except: readonly string[] = []): string | undefined {
    const next = this.#options.routes.next(nodeId, except)?.neighbour;
    return next !== undefined && this.#options.links.reaches(next) ? next : undefined;
  }

  #bucketOf(neighbour: string): TokenBucket {
    let bucket = this.#buckets.get(neighbour);
    if (bucket === undefined) {
      bucket = new TokenBucket(carrierLimits.relayedPerSecond, carrierLimits.relayedBurst, this.#options.monotonicMs());
      this.#buckets.set(neighbour, bucket);
    }
    return bucket;
  }
}
