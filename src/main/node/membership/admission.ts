import { SignalboxError } from '../../../common/errors.ts';
import { type KnownKeys, nodeIdOf, sameBytes } from '../identity/index.ts';
import type { LinkLimits, PeerChannel } from '../links/index.ts';
import type { Statement } from '../store/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { encodeJoinBody, readSealingCertificate, wrapGroupKey } from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { membershipLimits } from './limits.ts';

export interface AdmissionOptions {
  readonly trust: ClusterTrust;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly limits: Pick<LinkLimits, 'handshakeFrameBytes'>;
  readonly logger: Logger;
}

/** A node that is to become a member: its key is proven. */
export interface Newcomer {
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly clockMs: number;
  readonly sealingCertificate: Uint8Array;
}

/** Makes a node a member, in whichever way it has earned it, and gives it what a member has. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** What can be said before a person is asked. @throws SignalboxError `CLOCK`, `BAD_SIGNATURE`, `INVALID_PARAMS` @returns its sealing key */
  check({ publicKey, clockMs, sealingCertificate }: Newcomer): Uint8Array {
    const { keys, nowMs } = this.#options;
    checkClock(clockMs - nowMs());
    const { owner, sealingKey } = readSealingCertificate(sealingCertificate, keys, Math.max(nowMs(), clockMs));
    if (!sameBytes(owner, publicKey))
      throw new SignalboxError('BAD_SIGNATURE', 'The sealing key of the node that wants to join is of another node.');
    return sealingKey;
  }

  /**
   * Adds the member.
   *
   * @param roles bits of `nodeRoles`
   * @param also written in the same transaction
   * @returns the founding, the log and the group key for it, when the member is durable
   * @throws SignalboxError as {@link check} and `ClusterTrust.sign`; `CONFLICT` without a group key
   */
  async add(newcomer: Newcomer, roles: number, also: readonly Statement[] = []): Promise<Uint8Array> {
    const { trust, logger } = this.#options;
    const { publicKey, name } = newcomer;
    const sealingKey = this.check(newcomer);
    const membership = trust.require();
    const groupKey = trust.groupKeys.inUse;
    if (groupKey === undefined) throw new SignalboxError('CONFLICT', 'The inviting node has no group key. Join at another member.');
    const wrappedGroupKey = await wrapGroupKey(groupKey, sealingKey, publicKey, membership.log.clusterId);
    await trust.sign({ kind: 'add', subject: publicKey, roles, name }, also);
    const { log, genesis } = membership;
    logger.info('membership.joined', `${name} has joined the cluster.`, { nodeId: nodeIdOf(publicKey) });
    return encodeJoinBody({ genesis, wrappedGroupKey, operations: [...log.operations, ...log.checkpoints].map(({ bytes }) => bytes) });
  }

  /** Sends the answer, and waits until it was taken: one that does not take it must not hold the connection. */
  async send(channel: PeerChannel, head: Buffer, body: Uint8Array): Promise<void> {
    const { handshakeFrameBytes } = this.#options.limits;
    const gone = new Promise<void>((resolve) => channel.onEnd(() => resolve()));
    const timer = setTimeout(
      () => channel.end(new SignalboxError('TIMEOUT', 'The node did not take the answer.')),
      membershipLimits.joinMs,
    );
    channel.send(head);
    for (let at = 0; at < body.byteLength; at += handshakeFrameBytes) channel.send(body.subarray(at, at + handshakeFrameBytes));
    await gone;
    clearTimeout(timer);
  }
}

function checkClock(offsetMs: number): void {
  if (Math.abs(offsetMs) <= membershipLimits.joinClockMs) return;
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  throw new SignalboxError(
    'CLOCK',
    `The clock of the node that wants to join is ${minutes} min ${offsetMs > 0 ? 'ahead' : 'behind'}. Set it, then join again.`,
    { executed: 'no', data: { offsetMs } },
  );
}
