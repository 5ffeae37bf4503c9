import type { Socket } from 'node:net';
import { isReset } from '../../is-reset.ts';
import { InvalidResponse } from './invalid-response.ts';
import { ResponseParser, type ResponseSink } from './response-parser.ts';
import type { ServiceSocket } from './service-socket.ts';

/** Who has a request under way on a connection. */
export interface ConnectionUser extends ResponseSink {
  /** Everything that came with one read has been told. */
  responseFlush(): void;
  /** There is no answer, or no more of it. `unanswered`: not one byte came. Nothing more is told. */
  connectionLost(message: string, unanswered: boolean): void;
}

/** One connection to the local service. At most one request is under way on it. */
export class ServiceConnection {
  readonly #service: ServiceSocket;
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  readonly #onIdleEnd: (connection: ServiceConnection) => void;
  readonly #onEnd = () => this.#ended();
  readonly #onError = (error: NodeJS.ErrnoException) => {
    this.#fault = error.code ?? error.message;
  };
  readonly #onClose = () => this.#closed();
  #user: ConnectionUser | undefined;
  #answered = false;
  #fault: string | undefined;
  #requests = 0;
  /** When it is too old to be used again, milliseconds of the monotonic clock. */
  idleUntilMs = 0;

  /**
   * @param service open
   * @param onIdleEnd told when the service closes it while nothing is under way
   */
  constructor(service: ServiceSocket, onIdleEnd: (connection: ServiceConnection) => void) {
    const { socket } = service;
    this.#service = service;
    this.#socket = socket;
    this.#onIdleEnd = onIdleEnd;
    this.#parser = new ResponseParser({
      responseHead: (status, headers) => this.#user?.responseHead(status, headers),
      responseData: (chunk) => this.#user?.responseData(chunk),
      responseEnd: (trailers) => this.#user?.responseEnd(trailers),
      upgraded: (rest) => this.#user?.upgraded(rest),
    });
    service.onData((lent) => this.#received(lent));
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.resume();
  }

  /** It had an earlier request: the service may have closed it in this very moment. */
  get usedBefore(): boolean {
    return this.#requests > 1;
  }

  /** Another request may follow. */
  get reusable(): boolean {
    return this.#parser.reusable && this.#socket.writable && this.#socket.readable;
  }

  /** As the service says, milliseconds; undefined: it says nothing. */
  get keepAliveMs(): number | undefined {
    return this.#parser.keepAliveMs;
  }

  /**
   * Sends the head of a request.
   *
   * @param text latin 1
   * @param withBody a body follows: the head waits for its first piece, until the end of this turn
   */
  send(user: ConnectionUser, method: string, mayUpgrade: boolean, text: string, withBody: boolean): void {
    this.#user = user;
    this.#answered = false;
    this.#requests += 1;
    this.#parser.expect(method, mayUpgrade);
    if (withBody) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(text, 'latin1');
  }

  /** @param done called when the bytes have left this process, or never will */
  write(bytes: Uint8Array, done: () => void): void {
    this.#socket.write(bytes, done);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The request is over. The connection is idle, or is to be destroyed by who says this. */
  release(): void {
    this.#user = undefined;
    this.#socket.resume();
  }

  destroy(): void {
    this.#user = undefined;
    this.#socket.destroy();
  }

  /** The connection, which is HTTP no more; this object must not be used again. Stands still until it is resumed. */
  detach(): ServiceSocket {
    this.#user = undefined;
    const socket = this.#socket;
    socket.pause();
    this.#service.onData(() => undefined);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    return this.#service;
  }

  #received(lent: Buffer): void {
    this.#answered = true;
    try {
      this.#parser.push(lent);
    } catch (error) {
      if (!(error instanceof InvalidResponse)) throw error;
      this.#fail(`The service broke the rules of HTTP: ${error.message}.`);
      return;
    }
    this.#user?.responseFlush();
  }

  #ended(): void {
    // A reset that comes together with the last bytes is told as an end by the application's Node 20: an answer without a length would look complete.
    if (this.#user !== undefined && isReset(this.#socket)) this.#fail('The connection to the service broke (ECONNRESET).');
    else if (this.#user !== undefined && !this.#parser.finish())
      this.#fail('The service closed the connection before its answer was complete.');
    else {
      this.#user?.responseFlush();
      this.#onIdleEnd(this);
      this.#socket.destroy();
    }
  }

  #closed(): void {
    if (this.#user === undefined) this.#onIdleEnd(this);
    else this.#fail(`The connection to the service broke (${this.#fault ?? 'closed'}).`);
  }

  #fail(message: string): void {
    const user = this.#user;
    this.destroy();
    if (user === undefined) this.#onIdleEnd(this);
    else user.connectionLost(message, !this.#answered);
  }
}
