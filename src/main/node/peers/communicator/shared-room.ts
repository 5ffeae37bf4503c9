import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import type { SharedRoom } from './send-queue.ts';

const { queuedMessages, queuedBytes } = communicatorLimits;

/** Room for all messages to all peers. When it is full, what is Low gives way to what is not, first where most of it waits. */
export class QueueRoom implements SharedRoom {
  readonly #dropOldestLow: () => boolean;
  #messages = 0;
  #sizeBytes = 0;

  /** @param dropOldestLow ends a message of the priority Low; false: none waits */
  constructor(dropOldestLow: () => boolean) {
    this.#dropOldestLow = dropOldestLow;
  }

  get messages(): number {
    return this.#messages;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  take({ priority, sizeBytes }: OutgoingMessage): boolean {
    while (this.#messages >= queuedMessages || this.#sizeBytes + sizeBytes > queuedBytes)
      if (priority === 'Low' || !this.#dropOldestLow()) return false;
    this.#messages++;
    this.#sizeBytes += sizeBytes;
    return true;
  }

  release({ sizeBytes }: OutgoingMessage): void {
    this.#messages--;
    this.#sizeBytes -= sizeBytes;
  }
}
