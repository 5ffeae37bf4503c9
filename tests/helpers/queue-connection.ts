/**
 * A connection to a queue broker as a program in any language would make it: written from docs/broker-protocol.md alone, with JSON in
 * frames, so that it shares no mistake with the broker.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { frameOf } from './json-queue-client.ts';

export type QueueRequest = { readonly operation: string } & Readonly<Record<string, unknown>>;
export type QueueAnswer = { readonly status: 'success' | 'error'; readonly code?: string } & Readonly<Record<string, unknown>>;

/** The connection ended, or nothing came in time: what was asked may have been done, or may still be. */
export class ConnectionLost extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'ConnectionLost';
  }
}

interface Waiting {
  readonly resolve: (answer: QueueAnswer) => void;
  readonly reject: (error: ConnectionLost) => void;
  readonly timer: NodeJS.Timeout;
}

/** Requests of one connection may be pipelined; each answer finds its request by its id. */
export class QueueConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, Waiting>();
  #received: Buffer = Buffer.alloc(0);
  #last = 0;
  #lost: ConnectionLost | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#lose(error.message));
    socket.on('close', () => this.#lose('the connection ended'));
  }

  /** @throws Error when nobody listens, or nobody answers within `timeoutMs` */
  static async open(port: number, timeoutMs = 2_000): Promise<QueueConnection> {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new QueueConnection(socket);
  }

  get isOpen(): boolean {
    return this.#lost === undefined;
  }

  /**
   * Sends a request; a `request_id` of its own stays what it is.
   *
   * @param timeoutMs nothing came until then: the connection is given up
   * @throws ConnectionLost
   */
  request(request: QueueRequest, timeoutMs = 5_000): Promise<QueueAnswer> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const id = String(request.request_id ?? `c-${++this.#last}`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#lose(`no answer in ${timeoutMs} ms`);
        this.#socket.destroy();
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#socket.write(frameOf({ ...request, request_id: id }));
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#lose('closed');
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let at = 0;
    while (this.#received.length - at >= 4) {
      const end = at + 4 + this.#received.readUInt32BE(at);
      if (this.#received.length < end) break;
      this.#answer(JSON.parse(this.#received.toString('utf8', at + 4, end)) as QueueAnswer);
      at = end;
    }
    this.#received = this.#received.subarray(at);
  }

  #answer(answer: QueueAnswer): void {
    const id = String(answer.request_id);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(answer);
  }

  #lose(why: string): void {
    this.#lost ??= new ConnectionLost(why);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#lost);
    }
    this.#waiting.clear();
  }
}
