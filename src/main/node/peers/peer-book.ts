import type { PeerHealth, PeerInfo } from '../../../common/contract/peers.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { isNodeId, shortNodeId } from '../../../common/ids.ts';
import type { PeerCommunicator } from './communicator/index.ts';
import type { PeerChoices } from './health/peer-choices.ts';
import type { PeerRecord } from './health/peer-record.ts';
import type { PeerWatch } from './health/peer-watch.ts';
import type { Reputation } from './health/reputation.ts';
import { peerInfoOf } from './peer-info.ts';
import type { PeerTransport } from './transport.ts';

export interface PeerBookOptions {
  readonly nodeId: string;
  /** What people call this node. */
  readonly name: () => string;
  readonly watch: PeerWatch;
  readonly choices: PeerChoices;
  readonly reputation: Reputation;
  readonly transport: Pick<PeerTransport, 'ways'>;
  readonly communicator: Pick<PeerCommunicator, 'figures'>;
  readonly heartbeatMs: number;
}

/** The peers as people see and name them. */
export class PeerBook {
  readonly #options: PeerBookOptions;

  constructor(options: PeerBookOptions) {
    this.#options = options;
  }

  /** Peers of the list: those that are seen or pinned, and those that a person took out. By name. */
  list(): PeerInfo[] {
    return this.#options.watch
      .all()
      .map((record) => this.info(record))
      .sort((a, b) => a.name.localeCompare(b.name) || a.nodeId.localeCompare(b.nodeId));
  }

  /** What is shown of a peer. */
  info(record: PeerRecord): PeerInfo {
    const { choices, transport, reputation, communicator, heartbeatMs } = this.#options;
    const { nodeId } = record;
    return peerInfoOf({
      record,
      choice: choices.get(nodeId)?.choice,
      ways: transport.ways(nodeId),
      standing: reputation.standingOf(nodeId),
      figures: communicator.figures(nodeId),
      missedHeartbeats: record.missed(performance.now(), heartbeatMs),
    });
  }

  /** How many peers are how; those that a person took out are not counted. */
  health(): Record<PeerHealth, number> {
    const counts = { Healthy: 0, Warning: 0, Critical: 0, Offline: 0 };
    for (const { nodeId, health } of this.#options.watch.all()) if (!this.#options.choices.isRemoved(nodeId)) counts[health]++;
    return counts;
  }

  /**
   * The peer of an id or a name.
   *
   * @throws SignalboxError `SELF`, `NOT_FOUND`, `CONFLICT` when the name is not unique
   */
  find(idOrName: string): PeerRecord {
    if (idOrName === this.#options.nodeId || (idOrName === this.#options.name() && this.#named(idOrName) === undefined))
      throw new SignalboxError('SELF', 'This node is no peer of itself. Name another one.', { executed: 'no' });
    const record = this.#options.watch.get(idOrName) ?? this.#named(idOrName);
    if (record === undefined)
      throw new SignalboxError('NOT_FOUND', `No peer ${idOrName} is known here. See signalbox peers, or give the id of the node.`, {
        executed: 'no',
      });
    return record;
  }

  /**
   * The node that is meant, also one that was never seen when it is named by its id.
   *
   * @throws SignalboxError as {@link find}
   */
  identify(idOrName: string): { readonly nodeId: string; readonly name: string } {
    const isStranger = isNodeId(idOrName) && idOrName !== this.#options.nodeId && this.#options.watch.get(idOrName) === undefined;
    return isStranger ? { nodeId: idOrName, name: shortNodeId(idOrName) } : this.find(idOrName);
  }

  /** Ids of those that take heartbeats. */
  receivers(): readonly string[] {
    return this.present().filter((nodeId) => this.#options.watch.get(nodeId)?.isWatched === true);
  }

  /** Ids of those that are there, acknowledge, and were not taken out by a person. */
  present(): readonly string[] {
    const { watch, choices } = this.#options;
    return watch
      .all()
      .flatMap(({ nodeId, acknowledges, isOnline }) => (acknowledges && isOnline && !choices.isRemoved(nodeId) ? [nodeId] : []));
  }

  /** What people call a node, also one that is away. */
  nameOf(nodeId: string): string {
    return this.#options.watch.get(nodeId)?.name ?? this.#options.choices.get(nodeId)?.name ?? nodeId;
  }

  #named(name: string): PeerRecord | undefined {
    const named = this.#options.watch.all().filter((record) => record.name === name);
    const present = named.filter(({ isOnline }) => isOnline);
    const candidates = present.length > 0 ? present : named;
    if (candidates.length <= 1) return candidates[0];
    const ids = candidates.map(({ nodeId }) => nodeId).join(', ');
    throw new SignalboxError('CONFLICT', `${candidates.length} peers are named ${name}. Say which by its id: ${ids}.`, { executed: 'no' });
  }
}
