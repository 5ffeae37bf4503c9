import { SignalboxError } from '../../../../common/errors.ts';
import { type Signer, sameBytes, toBase64url } from '../../identity/index.ts';
import type { Store } from '../../store/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import {
  type AnnouncedGroupKey,
  GroupKeyRotation,
  groupKeyCommitment,
  newGroupKey,
  type Operation,
  type RotationStep,
  rotationSteps,
} from '../../trust/index.ts';
import type { ClusterTrust } from '../cluster-trust.ts';
import { membershipLimits } from '../limits.ts';
import type { GroupKeyGiver } from './group-key-giver.ts';
import type { GroupKeyMember } from './group-key-member.ts';
import type { KeyPeer } from './key-peer.ts';
import type { GroupKeysHeld } from './messages.ts';
import { hasUsedAnother, isAnnounced, stepReached } from './progress.ts';

export interface GroupKeyLeaderOptions {
  readonly trust: ClusterTrust;
  readonly store: Store;
  readonly identity: Signer;
  /** This node as one of those that are led. */
  readonly member: GroupKeyMember;
  readonly giver: GroupKeyGiver;
  readonly nowMs: () => number;
  readonly logger: Logger;
  /** The rotation has moved. */
  readonly onProgress: () => void;
}

/** What a linked member last said. */
interface Follower {
  readonly peer: KeyPeer;
  readonly report: GroupKeysHeld;
}

/** Why a rotation begins, for the log. */
type Reason = 'asked for' | 'a member was removed' | 'the key is old' | 'two keys have one number' | 'its leader does not go on';

/**
 * This node as an admin: leads the cluster to a new group key, and gives the present one to members that were away. What a member is asked
 * for follows from what it says it holds alone, so that a lost message, a kill or another leader changes nothing but the time it takes.
 *
 * Called by one caller at a time.
 */
export class GroupKeyLeader {
  readonly #options: GroupKeyLeaderOptions;
  readonly #followers = new Map<string, Follower>();
  #rotation: GroupKeyRotation | undefined;

  constructor(options: GroupKeyLeaderOptions) {
    this.#options = options;
  }

  /** Goes on with what was under way when the node ended. @throws SignalboxError `STORAGE_FULL` */
  async start(): Promise<void> {
    this.#rotation = await GroupKeyRotation.load(this.#options.store);
    await this.membershipChanged([]);
  }

  /** The rotation this node leads. */
  get rotation(): GroupKeyRotation | undefined {
    return this.#rotation;
  }

  /** A member says what it holds: notes what it has done, and asks it for what is next. @throws SignalboxError `STORAGE_FULL` */
  async heard(peer: KeyPeer, report: GroupKeysHeld): Promise<void> {
    const follower = { peer, report };
    this.#followers.set(toBase64url(peer.publicKey), follower);
    if (!this.#isAdmin()) return;
    await this.#note(follower);
    if (!(await this.#advance()) && report.failure === null) await this.#ask(follower);
  }

  /** The link to a member has ended. */
  lost(peer: KeyPeer): void {
    const name = toBase64url(peer.publicKey);
    if (this.#followers.get(name)?.peer === peer) this.#followers.delete(name);
  }

  /**
   * Follows the membership: who is new takes part, who was removed does not, and another admin's rotation takes the place of this node's.
   * A removal that this node signed begins a rotation at once.
   *
   * @throws SignalboxError `STORAGE_FULL`
   */
  async membershipChanged(operations: readonly Operation[]): Promise<void> {
    const { trust, identity } = this.#options;
    const { log } = trust.require();
    await this.#giveUpIfOvertaken();
    await this.#followMembers(operations);
    if (!this.#isAdmin()) return;
    const isOwn = ({ issuer }: Operation) => sameBytes(issuer, identity.publicKey);
    const isRemovedHere = (key: string) => sameBytes(log.state.removed.get(key)?.by ?? new Uint8Array(), identity.publicKey);
    if (log.removedWithKey.some(isRemovedHere)) await this.#begin('a member was removed');
    else if (this.#hasLostNumber() && log.operations.some((other) => other.kind === 'rotateGroupKey' && isOwn(other)))
      await this.#begin('two keys have one number');
    else if (!(await this.#advance())) await this.#askAll();
  }

  /** Begins a rotation that nobody has begun, and takes over one that is not led any more. @throws SignalboxError `STORAGE_FULL` */
  async upkeep(): Promise<void> {
    if (!this.#isAdmin()) return;
    await this.#giveUpIfOvertaken();
    const reason = this.#reasonToBegin();
    if (reason !== undefined) await this.#begin(reason);
    else await this.#advance();
  }

  /** Begins a rotation. @returns the number of the new key. @throws SignalboxError `FORBIDDEN` when this node is no admin, `STORAGE_FULL` */
  async rotate(): Promise<number> {
    this.#options.trust.requireAdmin();
    return this.#begin('asked for');
  }

  /**
   * Goes on without a member. It is given the key when it is back.
   *
   * @returns false when nobody waits for it
   * @throws SignalboxError `CONFLICT` when it is this node, or another one leads the rotation; `STORAGE_FULL`
   */
  async skip(member: Uint8Array): Promise<boolean> {
    const { trust, identity } = this.#options;
    trust.requireAdmin();
    if (sameBytes(member, identity.publicKey))
      throw new SignalboxError('CONFLICT', 'This node leads the rotation itself and cannot be left out.', { executed: 'no' });
    const rotation = this.#rotation;
    if (rotation === undefined) {
      const leader = this.otherLeader();
      if (leader === undefined) return false;
      const name = trust.require().log.state.members.get(Buffer.from(leader).toString('hex'))?.name ?? 'another node';
      throw new SignalboxError('CONFLICT', `The rotation is led by ${name}. Do it there, or begin another one here.`, { executed: 'no' });
    }
    if (!rotation.waitingFor.some(({ key }) => sameBytes(key, member))) return false;
    await rotation.exclude(member);
    if (!(await this.#advance())) this.#options.onProgress();
    return true;
  }

  /** Public key of the admin that leads a rotation which this node has not come to the end of; undefined: none, or this node. */
  otherLeader(): Uint8Array | undefined {
    const announced = this.#announced();
    if (announced === undefined || this.#rotation !== undefined) return undefined;
    return stepReached(this.#options.member.report(), announced) === 'remove' ? undefined : announced.issuer;
  }

  #announced(): AnnouncedGroupKey | undefined {
    return this.#options.trust.membership?.log.state.groupKey;
  }

  #isAdmin(): boolean {
    const { trust, identity } = this.#options;
    const members = trust.membership?.log.state.members;
    return members?.get(Buffer.from(identity.publicKey).toString('hex'))?.authority !== undefined;
  }

  /** True when this node uses a key whose number another one has got: two admins rotated apart. */
  #hasLostNumber(): boolean {
    const announced = this.#announced();
    return announced !== undefined && hasUsedAnother(this.#options.member.report(), announced);
  }

  #reasonToBegin(): Reason | undefined {
    const { trust, identity, nowMs, member } = this.#options;
    const announced = this.#announced();
    if (trust.require().log.removedWithKey.length > 0) return 'a member was removed';
    if (announced === undefined) return 'its leader does not go on';
    const reports = [member.report(), ...[...this.#followers.values()].map(({ report }) => report)];
    if (reports.some((report) => hasUsedAnother(report, announced))) return 'two keys have one number';
    if (this.#rotation !== undefined) return undefined;
    if (this.otherLeader() === undefined) return trust.groupKeys.isDue(nowMs()) ? 'the key is old' : undefined;
    const isOwn = sameBytes(announced.issuer, identity.publicKey);
    const isLeft =
      !this.#followers.has(toBase64url(announced.issuer)) && nowMs() - announced.issuedMs > membershipLimits.rotationTakeoverMs;
    return isOwn || isLeft ? 'its leader does not go on' : undefined;
  }

  /** Announces a new key; the announcement, the key and the rotation are one transaction. */
  async #begin(reason: Reason): Promise<number> {
    const { trust, store, identity, nowMs, logger, onProgress } = this.#options;
    const { log } = trust.require();
    const announced = log.operations.filter(({ kind }) => kind === 'rotateGroupKey').map(({ notAfterMs }) => notAfterMs);
    const held = trust.groupKeys.list().map(({ epoch }) => epoch);
    const key = newGroupKey(1 + Math.max(0, ...announced, ...held));
    const members = [...log.state.members.values()].map((member) => member.key);
    const { rotation, statements } = GroupKeyRotation.prepare(store, key.epoch, members);
    const installing = await trust.groupKeys.installing(key, nowMs());
    const change = { kind: 'rotateGroupKey', subject: groupKeyCommitment(key), notAfterMs: key.epoch } as const;
    await trust.sign(change, [...installing.statements, ...statements]);
    installing.confirm();
    this.#rotation = rotation;
    logger.info('membership.rotationBegun', 'A new group key is introduced.', { epoch: key.epoch, reason, members: members.length });
    await rotation.confirm(identity.publicKey, key.epoch, 'install');
    await this.#noteAll();
    if (!(await this.#advance())) await this.#askAll();
    onProgress();
    return key.epoch;
  }

  /** Another admin's key is the announced one, or this node is no admin any more: it leads nothing. */
  async #giveUpIfOvertaken(): Promise<void> {
    const rotation = this.#rotation;
    if (rotation === undefined) return;
    if (this.#isAdmin() && isAnnounced(this.#options.trust.groupKeys.keyOf(rotation.epoch), this.#announced())) return;
    await rotation.giveUp();
    this.#rotation = undefined;
    this.#options.logger.info('membership.rotationGivenUp', 'Another admin leads the change of the group key now.', {
      epoch: rotation.epoch,
    });
    this.#options.onProgress();
  }

  /** Whoever was left out stays so. */
  async #followMembers(operations: readonly Operation[]): Promise<void> {
    const rotation = this.#rotation;
    if (rotation === undefined) return;
    const { members } = this.#options.trust.require().log.state;
    for (const { key } of rotation.members) if (!members.has(Buffer.from(key).toString('hex'))) await rotation.exclude(key);
    for (const { kind, subject } of operations)
      if ((kind === 'add' || kind === 'addAdmin') && members.has(Buffer.from(subject).toString('hex'))) await rotation.include(subject);
  }

  async #noteAll(): Promise<void> {
    for (const follower of this.#followers.values()) await this.#note(follower);
  }

  async #note({ peer, report }: Follower): Promise<void> {
    const rotation = this.#rotation;
    const announced = this.#announced();
    if (rotation === undefined || announced === undefined) return;
    const reached = stepReached(report, announced);
    const before = JSON.stringify(rotation.members.find(({ key }) => sameBytes(key, peer.publicKey)));
    if (reached !== null) await rotation.confirm(peer.publicKey, announced.epoch, earlier(reached, rotation.step));
    if (report.failure?.epoch === announced.epoch) await rotation.fail(peer.publicKey, report.failure.message);
    const after = JSON.stringify(rotation.members.find(({ key }) => sameBytes(key, peer.publicKey)));
    if (before !== after) this.#options.onProgress();
  }

  /** Goes on as far as everybody has confirmed, this node first. @returns whether a step was taken; everybody has then been asked for it */
  async #advance(): Promise<boolean> {
    const { identity, logger, onProgress } = this.#options;
    let moved = false;
    for (let rotation = this.#rotation; rotation !== undefined; rotation = this.#rotation) {
      await this.#doOwn(rotation);
      await rotation.confirm(identity.publicKey, rotation.epoch, rotation.step);
      await this.#noteAll();
      if (rotation.waitingFor.length > 0) break;
      const step = await rotation.advance();
      moved = true;
      if (step !== 'done') continue;
      this.#rotation = undefined;
      logger.info('membership.rotationEnded', 'The group key was changed on every member that was reached.', { epoch: rotation.epoch });
    }
    if (!moved) return false;
    await this.#askAll();
    onProgress();
    return true;
  }

  async #doOwn({ epoch, step }: GroupKeyRotation): Promise<void> {
    const { groupKeys } = this.#options.trust;
    if (step === 'use') await groupKeys.use(epoch);
    if (step === 'remove') await groupKeys.removeBefore(epoch);
  }

  async #askAll(): Promise<void> {
    for (const follower of this.#followers.values()) if (follower.report.failure === null) await this.#ask(follower);
  }

  /** Asks a member for its next step, as far as the cluster is, or this node where another one leads. */
  async #ask({ peer, report }: Follower): Promise<void> {
    const announced = this.#announced();
    if (announced === undefined) return;
    const target = this.#rotation?.step ?? stepReached(this.#options.member.report(), announced);
    if (target !== null) await this.#options.giver.give(peer, report, target);
  }
}

function earlier(a: RotationStep, b: RotationStep): RotationStep {
  return rotationSteps.indexOf(a) < rotationSteps.indexOf(b) ? a : b;
}
