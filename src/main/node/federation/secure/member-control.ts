import { SignalboxError } from '../../../../common/errors.ts';
import { nodeIdOf } from '../../identity/index.ts';
import type { NodeDirectory } from '../node-directory.ts';
import type { MemberTraffic } from './member-traffic.ts';
import { keyOfNode } from './node-keys.ts';

/** Type of the NodeMessages that carry what members say about the membership. */
const messageType = 'Membership';
const ttlSeconds = 60;

/** Who takes part, by public keys. */
export interface MemberControlListener {
  /** A member can be spoken to and has no link, over which it would be told all of this anyhow. Repeats mean nothing. */
  reached(member: Uint8Array): void;
  lost(member: Uint8Array): void;
  message(member: Uint8Array, bytes: Buffer): void;
}

export interface MemberControlOptions {
  readonly directory: NodeDirectory;
  readonly members: MemberTraffic;
  /** A message that could not be sent: the next comparison makes up for it. */
  readonly onUnsent: (nodeId: string, error: SignalboxError) => void;
}

/** Carries what members say about the membership, as text of their own, where no link does. */
export class MemberControl {
  readonly #options: MemberControlOptions;
  readonly #reached = new Set<string>();
  #listener: MemberControlListener | undefined;
  #looking: NodeJS.Immediate | undefined;

  constructor(options: MemberControlOptions) {
    this.#options = options;
    options.directory.listen({ changed: () => this.#lookSoon() });
    options.members.messages.on(messageType, (nodeId, { text }) => {
      if (typeof text !== 'string')
        throw new SignalboxError('INVALID_PARAMS', 'A message about the membership holds no text.', { executed: 'no' });
      this.#listener?.message(keyOfNode(nodeId), Buffer.from(text, 'utf8'));
    });
  }

  /** One listener. */
  follow(listener: MemberControlListener): void {
    this.#listener = listener;
  }

  /** Tells the listener anew who is there: it may not have been able to take it before. */
  tellAgain(): void {
    this.#lookSoon();
  }

  stop(): void {
    clearImmediate(this.#looking);
    this.#listener = undefined;
  }

  /** @param bytes UTF-8 of JSON */
  send(member: Uint8Array, bytes: Uint8Array): void {
    const nodeId = nodeIdOf(member);
    const text = JSON.stringify({ type: messageType, text: Buffer.from(bytes).toString('utf8') });
    const unsent = (error: SignalboxError) => this.#options.onUnsent(nodeId, error);
    try {
      this.#options.members.send(nodeId, { text, ttlSeconds, confirmed: true, unsent: [unsent] });
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      unsent(error);
    }
  }

  /** Statuses come in bursts. */
  #lookSoon(): void {
    this.#looking ??= setImmediate(() => {
      this.#looking = undefined;
      this.#look();
    });
  }

  #look(): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    const { directory } = this.#options;
    const isReached = (nodeId: string) => {
      const node = directory.get(nodeId);
      return node?.reachability === 'online' && node.secure && node.via !== 'link';
    };
    for (const nodeId of [...this.#reached]) {
      if (isReached(nodeId)) continue;
      this.#reached.delete(nodeId);
      listener.lost(keyOfNode(nodeId));
    }
    for (const { nodeId } of directory.online()) {
      if (!isReached(nodeId)) continue;
      this.#reached.add(nodeId);
      listener.reached(keyOfNode(nodeId));
    }
  }
}
