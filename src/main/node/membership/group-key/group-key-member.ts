import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import { fromBase64url, type Signer, toBase64url } from '../../identity/index.ts';
import { type AnnouncedGroupKey, groupKeyCommitment, unwrapGroupKey } from '../../trust/index.ts';
import type { ClusterTrust } from '../cluster-trust.ts';
import type { GroupKeyStep, GroupKeysHeld } from './messages.ts';
import { isAnnounced } from './progress.ts';

/** Longest reason that is sent. */
const messageCharacters = 512;

/** This node as one that is led from key to key: does the steps an admin asks for, and says what it holds. */
export class GroupKeyMember {
  readonly #trust: ClusterTrust;
  readonly #identity: Pick<Signer, 'publicKey'>;
  readonly #nowMs: () => number;

  constructor(trust: ClusterTrust, identity: Pick<Signer, 'publicKey'>, nowMs: () => number) {
    this.#trust = trust;
    this.#identity = identity;
    this.#nowMs = nowMs;
  }

  /** What this node holds, as it says it to admins. */
  report(failure: GroupKeysHeld['failure'] = null): GroupKeysHeld {
    const { groupKeys, sealing } = this.#trust;
    const held = groupKeys.list().map(({ epoch, state }) => {
      const key = groupKeys.keyOf(epoch);
      return { epoch, state, commitment: key === undefined ? '' : toBase64url(groupKeyCommitment(key)) };
    });
    return { type: 'groupKeysHeld', held, sealingCertificate: toBase64url(sealing.certificate), failure };
  }

  /**
   * Does a step, however often it is asked for. What is done is on the disk before it is reported.
   *
   * @param admin public key of the member that asks
   * @returns the answer, which says what went wrong if anything did
   */
  async take(admin: Uint8Array, step: GroupKeyStep): Promise<GroupKeysHeld> {
    try {
      await this.#do(admin, step);
      return this.report();
    } catch (error) {
      return this.report({ epoch: step.epoch, message: toErrorShape(error).message.slice(0, messageCharacters) });
    }
  }

  async #do(admin: Uint8Array, { epoch, step, sealedKey }: GroupKeyStep): Promise<void> {
    const membership = this.#trust.require();
    if (membership.memberOf(admin, this.#nowMs()).authority === undefined)
      throw new SignalboxError('FORBIDDEN', 'The group key is changed by admin nodes alone.', { executed: 'no' });
    const announced = membership.log.state.groupKey;
    if (announced?.epoch !== epoch)
      throw new SignalboxError('CONFLICT', `This node has not heard that the group key ${epoch} is the present one.`, { executed: 'no' });
    if (step === 'install') await this.#install(announced, sealedKey);
    else await this.#goOn(announced, step);
  }

  async #install(announced: AnnouncedGroupKey, sealedKey: string | null): Promise<void> {
    const { groupKeys, sealing } = this.#trust;
    const { clusterId } = this.#trust.require().log;
    const wrapped = fromBase64url(sealedKey ?? '', 'a sealed group key');
    const key = await unwrapGroupKey(wrapped, sealing.openers, this.#identity.publicKey, clusterId);
    if (!isAnnounced(key, announced))
      throw new SignalboxError('DECRYPT', `The key that was sent is not the group key ${announced.epoch} of the cluster.`, {
        executed: 'no',
      });
    await groupKeys.install(key, this.#nowMs());
  }

  async #goOn(announced: AnnouncedGroupKey, step: 'use' | 'remove'): Promise<void> {
    const { groupKeys } = this.#trust;
    const { epoch } = announced;
    if (!isAnnounced(groupKeys.keyOf(epoch), announced))
      throw new SignalboxError('NOT_FOUND', `The group key ${epoch} was not installed on this node.`, { executed: 'no' });
    if (step === 'use') await groupKeys.use(epoch);
    else await groupKeys.removeBefore(epoch);
  }
}
