import type { GroupKeyMessage } from './messages.ts';

/** A linked member, as far as group keys go. */
export interface KeyPeer {
  readonly publicKey: Uint8Array;
  /** Nothing happens when the link has ended meanwhile. */
  sendGroupKey(message: GroupKeyMessage): void;
}
