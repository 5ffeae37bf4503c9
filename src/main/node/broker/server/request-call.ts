import { SignalboxError } from '../../../../common/errors.ts';
import { type Answer, type AnswerTo, encodeAnswer, encodeError } from '../protocol/index.ts';
import type { Due } from './deadlines.ts';
import type { Call, Caller, CallerSession, Refusal } from './operations/index.ts';

/** What a call needs of the connection that it came over. */
export interface CallHost {
  readonly session: CallerSession;
  /** Called once: the frame of the answer, in pieces. */
  settled(call: RequestCall, frame: readonly Uint8Array[]): void;
}

/** A request of a connection on its way. */
export class RequestCall implements Call, Due {
  readonly caller: Caller;
  readonly deadlineMs: number;
  /** Bytes that it takes of what a connection may have waiting. */
  readonly sizeBytes: number;
  /** Its answer comes in the order of the requests: it has no id of its own. */
  readonly inOrder: boolean;
  readonly #host: CallHost;
  readonly #to: AnswerTo;
  #isOver = false;
  /** Held back until those before it are answered. */
  frame: readonly Uint8Array[] | undefined;

  constructor(options: {
    readonly host: CallHost;
    readonly caller: Caller;
    readonly to: AnswerTo;
    readonly deadlineMs: number;
    readonly sizeBytes: number;
  }) {
    this.#host = options.host;
    this.caller = options.caller;
    this.#to = options.to;
    this.deadlineMs = options.deadlineMs;
    this.sizeBytes = options.sizeBytes;
    this.inOrder = options.to.form !== 'binary' && options.to.requestId === undefined;
  }

  get session(): CallerSession {
    return this.#host.session;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  answer(answer: Answer): void {
    if (this.#isOver) return;
    this.#settle(() => encodeAnswer(answer, this.#to));
  }

  refuse({ code, message, executed, data, extra }: Refusal): void {
    if (this.#isOver) return;
    const shape = { code, message, retryable: false, ...(executed !== undefined && { executed }), ...(data !== undefined && { data }) };
    this.#settle(() => encodeError(shape, this.#to, extra));
  }

  progress(): void {
    // Frames have no progress: the answer is the end of it.
  }

  overdue(): void {
    this.refuse({
      code: 'TIMEOUT',
      message: 'There was no answer in time. It may still happen: repeat it with the same producer stamp or request id.',
      executed: 'maybe',
    });
  }

  /** The connection is gone. */
  abandon(): void {
    this.#isOver = true;
  }

  #settle(encode: () => readonly Uint8Array[]): void {
    this.#isOver = true;
    let frame: readonly Uint8Array[];
    try {
      frame = encode();
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      frame = encodeError(error.toShape(), this.#to);
    }
    this.#host.settled(this, frame);
  }
}
