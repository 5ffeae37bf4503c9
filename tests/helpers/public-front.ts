import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { PublicFront, type PublicFrontOptions } from '../../src/main/node/tunnel/gateway/front/index.ts';
import { PretendedAgents } from './pretended-agents.ts';

export interface TestFront {
  readonly front: PublicFront;
  readonly agents: PretendedAgents;
  readonly port: number;
  /** What nobody expected; a test that ends with something in it has found a fault. */
  readonly faults: unknown[];
}

/** A public side on loopback, whose agents the test plays; stopped when the test ends. */
export async function startFront(options: Partial<PublicFrontOptions> = {}): Promise<TestFront> {
  const agents = new PretendedAgents();
  const faults: unknown[] = [];
  const front = new PublicFront({
    host: '127.0.0.1',
    port: 0,
    directory: agents,
    routes: [],
    via: 'signalbox',
    onFault: (error) => faults.push(error),
    ...options,
    limits: { drainMs: 0, ...options.limits },
  });
  await front.start();
  onTestFinished(() => front.stop());
  return { front, agents, port: front.address?.port as number, faults };
}

/** A client that writes bytes as they are. */
export class RawClient {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #waiters = new Set<() => void>();
  ended = false;
  closed = false;
  failed = false;
  /** What has come; of much that comes {@link text} would be put together anew with each piece. */
  receivedBytes = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    const changed = (): void => {
      for (const look of this.#waiters) look();
    };
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.receivedBytes += chunk.length;
      changed();
    });
    socket.on('end', () => {
      this.ended = true;
      changed();
    });
    socket.on('error', () => {
      this.failed = true;
      changed();
    });
    socket.on('close', () => {
      this.closed = true;
      changed();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  until(condition: (client: RawClient) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  untilText(text: string): Promise<void> {
    return this.until((client) => client.text.includes(text));
  }

  /** Everything until the connection closes. */
  async all(): Promise<string> {
    await this.until(({ closed, ended }) => closed || ended);
    return this.text;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly trailers: NodeJS.Dict<string>;
}

/** One request by Node's client. @throws Error when the answer breaks off */
export function ask(port: number, host: string, path = '/', options: RequestOptions & { readonly body?: string } = {}): Promise<Answer> {
  const { body, headers, ...others } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', path, agent: false, ...others, headers: { Host: host, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('latin1');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            body: text,
            trailers: response.trailers,
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
