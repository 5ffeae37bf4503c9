import type { EventMessage } from '../../../common/wire/messages.ts';
import type { EncodedEvent } from './types.ts';

let lastSerial = 0;

/** Where the losses of a topic are counted. */
export interface LossCounter {
  dropped: number;
}

/** An event as it is handed to many clients: encoded once, on first use, however many get it. */
export class SharedEvent implements EncodedEvent {
  readonly message: EventMessage;
  /** Tells events apart cheaply, so that clients with the same batch share one frame. */
  readonly serial = ++lastSerial;
  #text: string | undefined;
  #renamed: Map<string, SharedEvent> | undefined;
  readonly #losses: LossCounter | undefined;

  /** @param losses of the topic, for events of this node */
  constructor(message: EventMessage, losses?: LossCounter) {
    this.message = message;
    this.#losses = losses;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.message);
    return this.#text;
  }

  /** Length of the text: its bytes unless it has characters beyond ASCII; near enough for a bound. */
  get sizeBytes(): number {
    return this.text.length;
  }

  /** The same event under the topic by which a subscriber knows it (`node/stats` for `/stats`). Made once a topic. */
  withTopic(topic: string): SharedEvent {
    this.#renamed ??= new Map();
    let renamed = this.#renamed.get(topic);
    if (renamed === undefined) {
      renamed = new SharedEvent({ ...this.message, topic }, this.#losses);
      this.#renamed.set(topic, renamed);
    }
    return renamed;
  }

  /** The same event for one client that lost `count` events of the topic before it. */
  withDropped(count: number): SharedEvent {
    return new SharedEvent({ ...this.message, meta: { ...this.message.meta, dropped: count } }, this.#losses);
  }

  /** Counts that one client does not get it. */
  lost(): void {
    if (this.#losses !== undefined) this.#losses.dropped++;
  }
}
