import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const parts = ['bracket', 'flange', 'housing', 'spindle'] as const;
const readingEveryMs = 2_000;
/** Of each body that is read; the demo's own are small. */
const mostBodyBytes = 65_536;
/** Every so often the service errs, as real ones do. */
const failsEvery = 17;

interface Order {
  readonly order: number;
  readonly part: string;
  readonly quantity: number;
}

/** A small service of a machine, as one runs beside a node: a page, orders, readings as they come. Listens on this machine alone. */
export class DemoService {
  readonly #server: Server;
  readonly #orders: Order[] = parts.map((part, index) => ({ order: index + 1, part, quantity: 40 * (index + 1) }));
  #requests = 0;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @returns the port that it listens on */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://demo').pathname;
    if (++this.#requests % failsEvery === 0) json(response, 500, { error: 'The press did not answer in time.' });
    else if (path === '/') page(response);
    else if (path === '/api/status')
      json(response, 200, { machine: 'press-07', state: 'running', strokesPerMinute: 38 + (this.#requests % 7) });
    else if (path === '/api/orders' && request.method === 'POST') this.#take(request, response);
    else if (path === '/api/orders') json(response, 200, { orders: this.#orders });
    else if (path === '/readings') readings(response);
    else json(response, 404, { error: `There is nothing at ${path}.` });
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      if (text.length < mostBodyBytes) text += piece;
    });
    request.on('end', () => {
      const order = orderOf(text, this.#orders.length + 1);
      if (order === undefined) {
        json(response, 400, { error: 'An order has a part and a quantity.' });
        return;
      }
      this.#orders.push(order);
      if (this.#orders.length > parts.length * 4) this.#orders.shift();
      json(response, 201, order);
    });
  }
}

function orderOf(text: string, order: number): Order | undefined {
  try {
    const { part, quantity } = JSON.parse(text) as Partial<Order>;
    return typeof part === 'string' && typeof quantity === 'number' ? { order, part, quantity } : undefined;
  } catch {
    return undefined;
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Set-Cookie': 'visit=demo; HttpOnly' });
  response.end(JSON.stringify(value));
}

function page(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    '<!doctype html><title>press-07</title><h1>press-07</h1><p>This page comes from a service on this machine, through a tunnel of the demo.</p>' +
      '<ul><li><a href="/api/status">status</a><li><a href="/api/orders">orders</a><li><a href="/readings">readings, as they come</a></ul>',
  );
}

/** Server-Sent Events until the client has gone. */
function readings(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const send = () =>
    response.write(`data: ${JSON.stringify({ celsius: Math.round((60 + 12 * Math.sin(Date.now() / 20_000)) * 10) / 10 })}\n\n`);
  send();
  const timer = setInterval(send, readingEveryMs);
  response.on('close', () => clearInterval(timer));
}
