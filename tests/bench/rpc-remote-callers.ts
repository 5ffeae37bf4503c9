/** The near sides of the remote benchmark's peers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { openClient } from './broker-process.ts';
import type { Call } from './calls.ts';
import { openLink, relayInbox, startMoleculer, type Topics } from './rpc-remote-peers.ts';

/** Ends what was opened, when the benchmark is over. */
export type Endings = (() => Promise<unknown> | unknown)[];

export const params = { values: { text: 'x'.repeat(256) } };

/** A map of waiting calls, and nothing else. */
class Waiting {
  readonly #waiting = new Map<string, (data: unknown) => void>();
  #nextId = 0;

  answered(payload: Buffer): void {
    const { requestid, data } = JSON.parse(payload.toString()) as { requestid: string; data: unknown };
    this.#waiting.get(requestid)?.(data);
    this.#waiting.delete(requestid);
  }

  call(send: (text: string) => void): Promise<unknown> {
    return new Promise((resolve) => {
      const requestid = `r${this.#nextId++}`;
      this.#waiting.set(requestid, resolve);
      send(JSON.stringify({ requestid, method: 'config.validate', params }));
    });
  }
}

/** Request and answer with bare mqtt.js. */
export async function bareCaller(url: string, topics: Topics, endings: Endings, qos: 0 | 1 = 0, noDelay = true): Promise<Call> {
  const client = await openClient(url, noDelay);
  endings.push(() => client.end(true));
  const waiting = new Waiting();
  client.on('message', (_topic, payload) => waiting.answered(payload));
  await client.subscribeAsync(topics.answers, { qos });
  return () => waiting.call((text) => client.publish(topics.requests, text, { qos }));
}

/** Request and answer with QoS 1 over the link of a node. */
export async function linkCaller(url: string, topics: Topics, endings: Endings): Promise<Call> {
  const waiting = new Waiting();
  const link = await openLink(url, 'bench-link-near', topics.answers, (payload) => waiting.answered(payload));
  endings.push(() => link.stop());
  return () => waiting.call((payload) => link.publish({ topic: topics.requests, payload, qos: 1, retain: false }));
}

/** Moleculer's own call to the other process. */
export async function moleculerCaller(url: string, endings: Endings): Promise<Call> {
  const broker = await startMoleculer('near', url);
  endings.push(() => broker.stop());
  await broker.waitForServices('config');
  return () => broker.call('config.validate', params);
}

/** A relay as one writes it in an afternoon: no checks, no limits, no deadline, no presence. */
export async function naiveRelay(url: string): Promise<{ readonly port: number; readonly close: () => void }> {
  const client = await openClient(url);
  const waiting = new Map<string, { readonly socket: { send(text: string): void }; readonly requestid: string }>();
  let nextId = 0;
  client.on('message', (_topic, payload) => {
    const message = JSON.parse(payload.toString()) as { requestid: string };
    const entry = waiting.get(message.requestid);
    waiting.delete(message.requestid);
    entry?.socket.send(JSON.stringify({ ...message, requestid: entry.requestid }));
  });
  await client.subscribeAsync(relayInbox('naive-a'));
  const http = createServer();
  const server = new WebSocketServer({ server: http, clientTracking: false });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { requestid: string; serviceId: string };
      const requestid = `n${nextId++}`;
      waiting.set(requestid, { socket, requestid: message.requestid });
      client.publish(relayInbox(message.serviceId), JSON.stringify({ ...message, requestid, originId: 'naive-a' }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    close: () => {
      http.closeAllConnections();
      http.close();
      client.end(true);
    },
  };
}
