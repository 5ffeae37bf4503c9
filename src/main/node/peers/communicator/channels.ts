import { randomInt } from 'node:crypto';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { peerPriorities } from '../../../../common/contract/peers.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { noCounts, type PeerCounts } from './counts.ts';
import { communicatorLimits } from './limits.ts';
import { PeerChannel, type PeerChannelOptions } from './peer-channel.ts';
import { QueueRoom } from './shared-room.ts';

/** What waits in one priority. */
export interface QueuedFigures {
  readonly messages: number;
  readonly sizeBytes: number;
  /** Age of the oldest; 0: none. */
  readonly oldestMs: number;
}

export type QueuedByPriority = Readonly<Record<PeerPriority, QueuedFigures>>;

export type ChannelsOptions = Omit<PeerChannelOptions, 'nodeId' | 'room' | 'counts' | 'nextSeq'>;

/** The ways of messages to all peers, and the room that they share. */
export class Channels {
  readonly room: QueueRoom;
  readonly #options: ChannelsOptions;
  readonly #channels = new Map<string, PeerChannel>();
  readonly #counts = new Map<string, PeerCounts>();
  /** Begins anywhere, so that what is said about a batch of a former start is known to be of none of this one. */
  #seq = randomInt(2 ** 40);
  #demotedBefore = 0;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.room = new QueueRoom(() => this.#dropOldestLow());
  }

  /** Urgent messages of this node above the quota. */
  get demoted(): number {
    return this.all().reduce((sum, { queue }) => sum + queue.lanes.demoted, this.#demotedBefore);
  }

  all(): readonly PeerChannel[] {
    return [...this.#channels.values()];
  }

  get(nodeId: string): PeerChannel | undefined {
    return this.#channels.get(nodeId);
  }

  /** The channel to a peer, made when there is none. */
  of(nodeId: string): PeerChannel {
    let channel = this.#channels.get(nodeId);
    if (channel !== undefined) return channel;
    this.#makeRoom();
    channel = new PeerChannel({
      ...this.#options,
      nodeId,
      room: this.room,
      counts: this.countsOf(nodeId),
      nextSeq: () => {
        this.#seq++;
        return this.#seq;
      },
    });
    this.#channels.set(nodeId, channel);
    return channel;
  }

  countsOf(nodeId: string): PeerCounts {
    let counts = this.#counts.get(nodeId);
    if (counts === undefined) {
      if (this.#counts.size >= communicatorLimits.peers)
        for (const known of this.#counts.keys()) {
          if (this.#channels.has(known)) continue;
          this.#counts.delete(known);
          break;
        }
      counts = noCounts();
      this.#counts.set(nodeId, counts);
    }
    return counts;
  }

  /** A message for a peer was not taken, for too many wait. */
  hadNoRoom(nodeId: string): void {
    this.countsOf(nodeId).dropped++;
    this.#options.totals.dropped++;
  }

  /** What waits for one peer, or for all. */
  queued(nodeId?: string): QueuedByPriority {
    const channels = nodeId === undefined ? this.all() : [this.#channels.get(nodeId)].filter((channel) => channel !== undefined);
    const nowMs = this.#options.laggingMs();
    const of = (priority: PeerPriority): QueuedFigures => {
      const backlogs = channels.map(({ queue }) => queue.lanes.backlog(priority));
      const oldest = channels.map(({ queue }) => queue.lanes.first(priority)?.queuedAtMs ?? nowMs);
      return {
        messages: backlogs.reduce((sum, { messages }) => sum + messages, 0),
        sizeBytes: backlogs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        oldestMs: Math.max(0, ...oldest.map((queuedAtMs) => nowMs - queuedAtMs)),
      };
    };
    return { Low: of('Low'), Medium: of('Medium'), High: of('High'), Critical: of('Critical') };
  }

  /** Ends what waits for a peer. @returns how many */
  discard(nodeId: string, priority: PeerPriority | 'all', error: SignalboxError): number {
    const queue = this.#channels.get(nodeId)?.queue;
    if (queue === undefined) return 0;
    const which: readonly PeerPriority[] = priority === 'all' ? peerPriorities : [priority];
    return which.reduce((sum, each) => sum + queue.endAll(each, { outcome: 'dropped', error }), 0);
  }

  #dropOldestLow(): boolean {
    let fullest: PeerChannel | undefined;
    let most = 0;
    for (const channel of this.#channels.values()) {
      const { messages } = channel.queue.lanes.backlog('Low');
      if (messages <= most) continue;
      most = messages;
      fullest = channel;
    }
    return fullest?.queue.dropOldestLow() === true;
  }

  /** Channels of nodes that have gone and wait for nothing. */
  #makeRoom(): void {
    if (this.#channels.size < communicatorLimits.peers) return;
    for (const [nodeId, channel] of this.#channels) {
      if (!channel.isIdle || this.#options.transport.node(nodeId)?.online === true) continue;
      this.#demotedBefore += channel.queue.lanes.demoted;
      this.#channels.delete(nodeId);
      return;
    }
  }
}
