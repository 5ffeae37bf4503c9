import type { PeerHealth } from '../../../../common/contract/peers.ts';
import type { TransportNode } from '../transport.ts';
import { HealthHistory } from './health-history.ts';
import { missedHeartbeats, type Suspicion } from './health-rules.ts';
import { healthLimits } from './limits.ts';
import { PeerEvents } from './peer-events.ts';
import { ServiceRecord } from './service-record.ts';

/** What is known of one peer beside its ways and queues. */
export class PeerRecord {
  readonly nodeId: string;
  readonly service = new ServiceRecord();
  readonly history = new HealthHistory();
  readonly events = new PeerEvents();
  name: string;
  isOnline = false;
  secure = false;
  /** It acknowledges what it is sent; of another one heartbeats are neither sent nor missed. */
  acknowledges = false;
  /** It gets heartbeats, and its silence counts. */
  isWatched = true;
  epoch = 0;
  /** When something of it came last, on a clock that is never set. */
  heardMs: number;
  /** The same for people, milliseconds since the epoch; null: never while this node runs. */
  lastSeenAt: number | null = null;
  /** It said that it leaves. */
  hasLeft = false;
  #leftMs = 0;
  /** The start that said so. */
  #leftEpoch = 0;
  /** A way to it came back after it said so. */
  #isBack = false;
  suspicion: Suspicion = { kind: 'none' };
  reported: PeerHealth | null = null;
  reportedMs = 0;
  degree: number | null = null;
  health: PeerHealth = 'Offline';
  reason: string | null = null;
  /** Its health was judged before: from then on a change is an event. */
  isJudged = false;
  /** When others were last asked after it, and when a sample was last taken. */
  askedMs = Number.NEGATIVE_INFINITY;
  sampledMs = Number.NEGATIVE_INFINITY;

  constructor(nodeId: string, name: string, nowMs: number) {
    this.nodeId = nodeId;
    this.name = name;
    this.heardMs = nowMs;
  }

  /** Takes what the directory knows. @returns whether it is there again, or anew */
  update({ name, online, secure, acknowledges, epoch, lastSeenMs }: TransportNode, nowMs: number): boolean {
    const isBack = online && (!this.isOnline || epoch > this.epoch);
    this.#isBack ||= isBack;
    // While a node stops, others may say once more that they lead to it.
    const isNew = this.hasLeft ? online && this.#isBack && (epoch > this.#leftEpoch || !this.#isLeaving(nowMs)) : isBack;
    this.name = name;
    this.isOnline = online;
    this.secure = secure;
    this.acknowledges = acknowledges;
    if (this.lastSeenAt === null) this.lastSeenAt = lastSeenMs;
    if (isNew) {
      if (epoch > this.epoch) this.service.forget();
      this.heardMs = nowMs;
      this.hasLeft = false;
      this.suspicion = { kind: 'none' };
    }
    this.epoch = epoch;
    return isNew;
  }

  /** It said that it leaves: nobody needs to be asked after it. */
  left(nowMs: number): void {
    this.hasLeft = true;
    this.#leftMs = nowMs;
    this.#leftEpoch = this.epoch;
    this.#isBack = false;
    this.suspicion = { kind: 'none' };
  }

  /** Something of it came; after its good-bye that is for a moment what it sent before, or acknowledges while it stops. */
  heard(nowMs: number, wallMs: number): void {
    if (this.hasLeft && !this.#isLeaving(nowMs)) this.hasLeft = false;
    this.heardMs = nowMs;
    this.lastSeenAt = wallMs;
    if (!this.hasLeft) this.suspicion = { kind: 'none' };
  }

  /** Its silence counts from now on, or not any more: how it is follows from whether a way leads to it. */
  watch(isWatched: boolean, nowMs: number): void {
    if (isWatched === this.isWatched) return;
    this.isWatched = isWatched;
    if (isWatched) this.heardMs = nowMs;
    else if (this.isOnline) this.suspicion = { kind: 'none' };
  }

  /** Its good-bye is so fresh that what is seen of it is no sign of life. */
  #isLeaving(nowMs: number): boolean {
    return nowMs - this.#leftMs < healthLimits.leavingMs;
  }

  /** Heartbeats that are missing; of a node that acknowledges none, or gets none, none. */
  missed(nowMs: number, heartbeatMs: number): number {
    return this.acknowledges && this.isWatched && !this.hasLeft ? missedHeartbeats(nowMs - this.heardMs, heartbeatMs) : 0;
  }
}
