import type { KnownKeys, Signer } from '../../identity/index.ts';
import { sameBytes } from '../../identity/index.ts';
import type { Store } from '../../store/index.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import { type Operation, type RotationMember, type RotationStep, trustLimits } from '../../trust/index.ts';
import type { ClusterTrust } from '../cluster-trust.ts';
import { membershipLimits } from '../limits.ts';
import { GroupKeyGiver } from './group-key-giver.ts';
import { GroupKeyLeader } from './group-key-leader.ts';
import { GroupKeyMember } from './group-key-member.ts';
import type { KeyPeer } from './key-peer.ts';
import type { GroupKeyMessage, GroupKeysHeld } from './messages.ts';

const waitingProblem = 'membership.rotationWaits';

export interface GroupKeysOptions {
  readonly trust: ClusterTrust;
  readonly store: Store;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly logger: Logger;
  readonly problems: Problems;
  /** A rotation began, moved or ended. */
  readonly onProgress: () => void;
}

/** How far the change of the group key is, as this node knows it. */
export interface RotationStatus {
  /** Of the key that is introduced; of the one in use when none is. */
  readonly epoch: number;
  /** When the rotation began, or this node began to use its key. */
  readonly sinceMs: number | undefined;
  readonly dueMs: number | undefined;
  /** Undefined: no rotation is under way. */
  readonly step: RotationStep | undefined;
  /** Public key of the admin that leads it. */
  readonly leader: Uint8Array | undefined;
  /** Known on the leading node alone. */
  readonly members: readonly RotationMember[];
  readonly waitingFor: readonly Uint8Array[];
}

/** The group key between linked members: takes what admins ask for, and where this node is one, leads from key to key. */
export class GroupKeys {
  readonly #options: GroupKeysOptions;
  readonly #member: GroupKeyMember;
  readonly #leader: GroupKeyLeader;
  readonly #peers = new Set<KeyPeer>();
  #reminding: NodeJS.Timeout | undefined;
  #busy: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: GroupKeysOptions) {
    const { trust, identity, nowMs, onProgress } = options;
    this.#options = options;
    this.#member = new GroupKeyMember(trust, identity, nowMs);
    const giver = new GroupKeyGiver(options);
    this.#leader = new GroupKeyLeader({
      ...options,
      member: this.#member,
      giver,
      onProgress: () => {
        if (this.#leader.rotation === undefined) options.problems.clear(waitingProblem);
        onProgress();
      },
    });
  }

  /** Goes on with a rotation that was under way when the node ended. */
  start(): void {
    void this.#inTurn(() => this.#leader.start());
    this.#reminding = setInterval(() => this.#tellAll(), membershipLimits.compareMs).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#reminding);
    this.#options.problems.clear(waitingProblem);
    await this.#busy;
  }

  /** A member is linked. */
  linked(peer: KeyPeer): void {
    this.#peers.add(peer);
    this.#tell(peer);
  }

  /** The link to a member has ended. */
  lost(peer: KeyPeer): void {
    this.#peers.delete(peer);
    this.#leader.lost(peer);
  }

  /** Takes a message of a linked member. */
  take(peer: KeyPeer, message: GroupKeyMessage): Promise<void> {
    return this.#inTurn(async () => {
      if (message.type === 'groupKeysHeld') await this.#leader.heard(peer, message);
      else {
        peer.sendGroupKey(await this.#member.take(peer.publicKey, message));
        this.#options.onProgress();
      }
    });
  }

  /** The membership has changed: members and admins follow. */
  membershipChanged(operations: readonly Operation[]): void {
    void this.#inTurn(() => this.#leader.membershipChanged(operations));
    // An admin asks for nothing that this node had not heard of: it asks again.
    void this.#inTurn(() => Promise.resolve(this.#tellAll()));
  }

  /** From time to time: begins what is due, and says who is waited for. */
  upkeep(): void {
    void this.#inTurn(async () => {
      await this.#leader.upkeep();
      this.#sayWhoIsWaitedFor();
    });
  }

  /** Begins a rotation. @returns the number of the new key. @throws SignalboxError `FORBIDDEN`, `NOT_MEMBER`, `REVOKED`, `STORAGE_FULL` */
  rotate(): Promise<number> {
    return this.#alone(() => this.#leader.rotate());
  }

  /** Goes on without a member. @returns false when nobody waits for it. @throws SignalboxError `FORBIDDEN`, `CONFLICT`, `STORAGE_FULL` */
  skip(member: Uint8Array): Promise<boolean> {
    return this.#alone(() => this.#leader.skip(member));
  }

  status(): RotationStatus {
    const { trust, identity } = this.#options;
    const { groupKeys } = trust;
    const announced = trust.membership?.log.state.groupKey;
    const inUse = groupKeys.list().find(({ state }) => state === 'inUse');
    const rotation = this.#leader.rotation;
    const leader = rotation === undefined ? this.#leader.otherLeader() : identity.publicKey;
    const step = rotation?.step ?? (leader === undefined ? undefined : inUse?.epoch === announced?.epoch ? 'use' : 'install');
    return {
      epoch: (step === undefined ? inUse?.epoch : announced?.epoch) ?? 0,
      sinceMs: step === undefined ? inUse?.installedMs : announced?.issuedMs,
      dueMs: inUse === undefined ? undefined : inUse.installedMs + trustLimits.groupKeyMs,
      step,
      leader,
      members: rotation?.members ?? [],
      waitingFor: (rotation?.waitingFor ?? []).map(({ key }) => key).filter((key) => !sameBytes(key, identity.publicKey)),
    };
  }

  /** Says to every linked admin what this node holds. */
  #tellAll(): void {
    const report = this.#member.report();
    for (const peer of this.#peers) this.#tell(peer, report);
  }

  #tell(peer: KeyPeer, report: GroupKeysHeld = this.#member.report()): void {
    // None any more while the node leaves its cluster.
    const members = this.#options.trust.membership?.log.state.members;
    if (members?.get(Buffer.from(peer.publicKey).toString('hex'))?.authority !== undefined) peer.sendGroupKey(report);
  }

  #sayWhoIsWaitedFor(): void {
    const { trust, problems, nowMs } = this.#options;
    const { waitingFor, sinceMs = nowMs() } = this.status();
    if (waitingFor.length === 0 || nowMs() - sinceMs < membershipLimits.rotationPatienceMs) {
      problems.clear(waitingProblem);
      return;
    }
    const { members } = trust.require().log.state;
    const names = waitingFor.map((key) => members.get(Buffer.from(key).toString('hex'))?.name ?? '').join(', ');
    problems.raise({
      id: waitingProblem,
      severity: 'warn',
      title: 'The new group key waits for members that do not answer',
      detail: `Until then the one before is in use. Waiting for ${names}. To go on without one: signalbox cluster rotate --skip NODE. It is given the key when it is back.`,
      view: '/settings',
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      if (!this.#stopped) await act();
    }).catch((error: unknown) => {
      this.#options.logger.warn('membership.groupKeyFailed', 'A step of the group key failed and is tried again.', { error });
    });
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(act);
    this.#busy = done.catch(() => undefined);
    return done;
  }
}
