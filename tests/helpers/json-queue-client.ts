import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type WireAnswer = { readonly status: string; readonly code?: string } & Readonly<Record<string, unknown>>;

/** A client of the queue broker as docs/broker-protocol.md has it in its shortest form: a socket, a length of four bytes and JSON. */
export class JsonQueueClient {
  readonly socket: Socket;
  readonly pushed: WireAnswer[] = [];
  readonly #waiting = new Map<number, (answer: WireAnswer) => void>();
  readonly #inOrder: ((answer: WireAnswer) => void)[] = [];
  readonly #pushListeners = new Set<() => void>();
  #received = Buffer.alloc(0);
  #nextId = 1;
  #closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      const gone: WireAnswer = { status: 'closed' };
      for (const resolve of [...this.#waiting.values(), ...this.#inOrder.splice(0)]) resolve(gone);
      this.#waiting.clear();
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<JsonQueueClient> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    return new JsonQueueClient(socket);
  }

  /** Sends a request and resolves with its answer; with `status: 'closed'` when the connection ends before. */
  ask(request: Readonly<Record<string, unknown>>): Promise<WireAnswer> {
    const id = this.#nextId++;
    return this.#send({ ...request, request_id: request.request_id ?? id }, (resolve) => {
      this.#waiting.set(Number(request.request_id ?? id), resolve);
    });
  }

  /** Same without a `request_id`: answers come in the order of such requests. */
  askInOrder(request: Readonly<Record<string, unknown>>): Promise<WireAnswer> {
    return this.#send(request, (resolve) => this.#inOrder.push(resolve));
  }

  /** Resolves when so many pushes have come. */
  async pushes(count: number): Promise<readonly WireAnswer[]> {
    while (this.pushed.length < count)
      await new Promise<void>((resolve) => {
        const told = () => {
          this.#pushListeners.delete(told);
          resolve();
        };
        this.#pushListeners.add(told);
      });
    return this.pushed;
  }

  close(): void {
    this.socket.destroy();
  }

  #send(request: Readonly<Record<string, unknown>>, expect: (resolve: (answer: WireAnswer) => void) => void): Promise<WireAnswer> {
    return new Promise((resolve) => {
      if (this.#closed) {
        resolve({ status: 'closed' });
        return;
      }
      expect(resolve);
      this.socket.write(frameOf(request));
    });
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      if (this.#received.byteLength < 4) return;
      const end = 4 + this.#received.readUInt32BE(0);
      if (this.#received.byteLength < end) return;
      this.#answered(JSON.parse(this.#received.toString('utf8', 4, end)) as WireAnswer);
      this.#received = this.#received.subarray(end);
    }
  }

  #answered(answer: WireAnswer): void {
    if (answer.operation !== undefined) {
      this.pushed.push(answer);
      for (const told of [...this.#pushListeners]) told();
      return;
    }
    const id = answer.request_id;
    if (id === undefined) {
      this.#inOrder.shift()?.(answer);
      return;
    }
    this.#waiting.get(Number(id))?.(answer);
    this.#waiting.delete(Number(id));
  }
}

/** A request as a frame. */
export function frameOf(request: Readonly<Record<string, unknown>>): Buffer {
  const body = Buffer.from(JSON.stringify(request), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.byteLength);
  return Buffer.concat([length, body]);
}
