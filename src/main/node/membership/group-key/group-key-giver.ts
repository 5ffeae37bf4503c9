import { SignalboxError } from '../../../../common/errors.ts';
import { fromBase64url, type KnownKeys, sameBytes, toBase64url } from '../../identity/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import { type GroupKey, type RotationStep, readSealingCertificate, wrapGroupKey } from '../../trust/index.ts';
import type { ClusterTrust } from '../cluster-trust.ts';
import type { KeyPeer } from './key-peer.ts';
import type { GroupKeysHeld } from './messages.ts';
import { isAnnounced, nextStep, stepReached } from './progress.ts';

export interface GroupKeyGiverOptions {
  readonly trust: ClusterTrust;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** Asks members for the steps to the group key that the log announces, and hands them the key sealed for them alone. */
export class GroupKeyGiver {
  readonly #options: GroupKeyGiverOptions;

  constructor(options: GroupKeyGiverOptions) {
    this.#options = options;
  }

  /**
   * Asks a member for its next step, if this node holds the key and the member is not as far as `target`. Who is no member is given
   * nothing, even while its link is being closed.
   */
  async give(peer: KeyPeer, report: GroupKeysHeld, target: RotationStep): Promise<void> {
    const { trust, nowMs, logger } = this.#options;
    const announced = trust.membership?.log.state.groupKey;
    const key = announced === undefined ? undefined : trust.groupKeys.keyOf(announced.epoch);
    if (announced === undefined || !isAnnounced(key, announced)) return;
    const step = nextStep(stepReached(report, announced), target);
    if (step === undefined) return;
    try {
      trust.require().memberOf(peer.publicKey, nowMs());
      const sealedKey = step === 'install' ? await this.#seal(key, peer, report) : null;
      peer.sendGroupKey({ type: 'groupKeyStep', epoch: announced.epoch, step, sealedKey });
    } catch (error) {
      logger.warn('membership.groupKeyNotGiven', 'A node was not given the group key.', { error });
    }
  }

  async #seal(key: GroupKey, { publicKey }: KeyPeer, { sealingCertificate }: GroupKeysHeld): Promise<string> {
    const { trust, keys, nowMs } = this.#options;
    const { owner, sealingKey } = readSealingCertificate(fromBase64url(sealingCertificate, 'the sealing key'), keys, nowMs());
    if (!sameBytes(owner, publicKey))
      throw new SignalboxError('BAD_SIGNATURE', 'The sealing key that a member sent is of another node.', { executed: 'no' });
    return toBase64url(await wrapGroupKey(key, sealingKey, publicKey, trust.require().log.clusterId));
  }
}
