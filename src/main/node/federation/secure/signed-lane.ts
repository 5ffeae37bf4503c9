import { SignalboxError } from '../../../../common/errors.ts';
import type { KnownKeys, Signer } from '../../identity/index.ts';
import {
  decodeEnvelope,
  type EnvelopePriority,
  EnvelopeReceiver,
  EnvelopeSender,
  encodeEnvelope,
  type Received,
  type ReplayGuard,
  toHex,
  trustLimits,
} from '../../trust/index.ts';
import type { ClusterView } from './cluster-view.ts';

/** Type of what envelopes of federation hold, in the signed bytes. */
const contentType = 'router';

export interface SignedLaneOptions {
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly cluster: () => ClusterView | undefined;
  /** Counts the starts of this node. */
  readonly epoch: () => number;
  /** Every envelope of this lane has it and those of no other do: what was signed for one lane is nothing in another. */
  readonly priority: EnvelopePriority;
  readonly replay: ReplayGuard;
  readonly offsetMs: (publicKey: Uint8Array) => number | undefined;
  readonly nowMs: () => number;
}

/**
 * Messages for every member, signed and sealed with the group key, in one numbered sequence of each sender. Each lane has its own sequence,
 * so that a node that takes no part in one does not see gaps in another.
 */
export class SignedLane {
  readonly #options: SignedLaneOptions;
  readonly #receivers = new Map<string, EnvelopeReceiver>();
  #sender: { readonly of: string; readonly sender: EnvelopeSender } | undefined;
  #receiversOf = '';

  constructor(options: SignedLaneOptions) {
    this.#options = options;
  }

  /**
   * The envelope of some content, in its binary form.
   *
   * @param content JSON text of a NodeMessage
   * @throws SignalboxError `NOT_MEMBER` while the node is in no cluster, `TOO_LARGE`
   */
  seal(content: string, ttlSeconds: number): Buffer {
    const view = this.#view();
    const sender = this.#senderIn(view);
    const message = {
      target: null,
      ttlSeconds,
      priority: this.#options.priority,
      type: contentType,
      payload: Buffer.from(content, 'utf8'),
    };
    const groupKey = view.groupKey();
    const envelope = encodeEnvelope(groupKey === undefined ? sender.signed(message) : sender.sealedForGroup(groupKey, message));
    return Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  }

  /**
   * Opens and checks an envelope (security.md 2.6, steps 1 to 11).
   *
   * @throws SignalboxError `NOT_MEMBER` while the node is in no cluster; `INVALID_PARAMS`, `TOO_LARGE`, `VERSION` for what is no envelope
   */
  receive(bytes: Buffer): Promise<Received> {
    const view = this.#view();
    // Read twice: by its source its receiver is found, whose measure is its own.
    const { source } = decodeEnvelope(bytes, view.clusterId);
    return this.#receiverOf(toHex(source), view).receiveBinary(bytes);
  }

  #view(): ClusterView {
    const view = this.#options.cluster();
    if (view !== undefined) return view;
    throw new SignalboxError('NOT_MEMBER', 'This node is in no cluster, so it can neither sign nor check a message.', { executed: 'no' });
  }

  #senderIn({ clusterId }: ClusterView): EnvelopeSender {
    const { identity, epoch, nowMs } = this.#options;
    const of = `${toHex(clusterId)}/${epoch()}`;
    if (this.#sender?.of !== of) this.#sender = { of, sender: new EnvelopeSender({ identity, clusterId, epoch: epoch(), now: nowMs }) };
    return this.#sender.sender;
  }

  #receiverOf(source: string, view: ClusterView): EnvelopeReceiver {
    const cluster = toHex(view.clusterId);
    if (this.#receiversOf !== cluster) this.#receivers.clear();
    this.#receiversOf = cluster;
    let receiver = this.#receivers.get(source);
    if (receiver !== undefined) return receiver;
    // More sources than members: most are made up.
    if (this.#receivers.size >= trustLimits.members) this.#receivers.delete(this.#receivers.keys().next().value ?? '');
    const { identity, keys, replay, offsetMs, priority, nowMs } = this.#options;
    receiver = new EnvelopeReceiver({
      clusterId: view.clusterId,
      self: identity.publicKey,
      keys,
      replay,
      memberOf: (key) => view.memberOf(key),
      offsetMs,
      openers: () => [],
      groupKeyOf: (epoch) => view.groupKeyOf(epoch),
      checkHead: (envelope) => {
        if (envelope.target !== null || envelope.priority !== priority)
          throw new SignalboxError('INVALID_PARAMS', 'An envelope came another way than it was signed for.', { executed: 'no' });
      },
      now: nowMs,
      monotonicMs: () => performance.now(),
    });
    this.#receivers.set(source, receiver);
    return receiver;
  }
}
