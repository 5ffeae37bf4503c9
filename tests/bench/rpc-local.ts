/**
 * Local calls and events over WebSocket, through the whole router (sign-in, schema check, limits, metrics), against a bare
 * `ws` echo, a plain `ws` JSON-RPC handler and a Socket.IO room. The servers run here, the load in a process of its own.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { Server as SocketIoServer } from 'socket.io';
import WebSocket, { WebSocketServer } from 'ws';
import { currentSubProtocol } from '../../src/common/wire/sub-protocol.ts';
import { attachWebSocket, Router } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { type Bench, type BenchOptions, type Measure, median, runMeasures, type Subject } from './harness.ts';
import { Load } from './load.ts';
import { marker } from './load-process.ts';

const text256 = 'x'.repeat(256);
const nodeId = `n1${'a'.repeat(52)}`;
const topic = '/bench/load';
const eventData = { text: text256 };
const markedData = { text: text256.slice(marker.length) + marker };
const eventsPerTurn = 4;
const turnsPerSet = 25;

interface Running {
  readonly port: number;
  close(): void;
}

/** A server of events, and how it says one to everybody. */
interface EventServer extends Running {
  readonly path: string;
  readonly protocol?: string;
  readonly greetings: number;
  readonly hello: readonly string[];
  publish(data: unknown): void;
}

export const rpcLocal: Bench = async (options) => {
  const load = new Load();
  const node = await startNode();
  const plain = await startPlain();
  const echo = await startEcho();
  const room = await startSocketIo();
  const running: Running[] = [node, plain.calls, plain.events, echo, room];
  try {
    const ratesHold = await runMeasures(callMeasures(load, options, node.port, plain.calls.port, echo.port), options);
    let fanOutHolds = true;
    for (const subscribers of [100, 1_000]) {
      fanOutHolds = (await runMeasures(fanOutMeasures(load, options, subscribers, node, plain.events, room), options)) && fanOutHolds;
    }
    return ratesHold && fanOutHolds;
  } finally {
    load.end();
    for (const server of running) server.close();
  }
};

const request = JSON.stringify({ type: 'rpc', requestid: '@ID@', method: 'config.validate', params: { values: { text: text256 } } });

function callMeasures(load: Load, { seconds }: BenchOptions, ours: number, plain: number, echo: number): Measure[] {
  const subject = (name: string, port: number, inFlight: number, of: 'perSecond' | 'p50Us', asked = request): Subject => ({
    name,
    sample: async () => {
      const protocol = name === 'signalbox' ? { protocol: currentSubProtocol } : {};
      const result = await load.calls({ port, path: '/ws', ...protocol, inFlight, seconds, request: asked, expect: text256 });
      return result[of];
    },
  });
  const measure = (name: string, unit: string, inFlight: number, of: 'perSecond' | 'p50Us', aims: Measure['aims']): Measure => ({
    measure: name,
    unit,
    subjects: [
      subject('signalbox', ours, inFlight, of),
      subject('ws-json-rpc', plain, inFlight, of),
      subject('ws-echo', echo, inFlight, of, request.replaceAll('@ID@', 'r0')),
    ],
    aims,
  });
  return [
    measure('call, 100 in flight', 'calls/s', 100, 'perSecond', [{ peer: 'ws-json-rpc', ratio: 1.1, kind: 'atLeast' }]),
    measure('call, 1 in flight, p50', 'us', 1, 'p50Us', [{ peer: 'ws-json-rpc', ratio: 1.15, kind: 'atMost' }]),
  ];
}

function fanOutMeasures(load: Load, options: BenchOptions, subscribers: number, ...servers: readonly EventServer[]): Measure[] {
  const names = ['signalbox', 'ws-send', 'socketio-room'];
  const subjects = (sample: (server: EventServer) => Promise<number>) =>
    servers.map((server, index) => ({
      name: names[index] ?? '',
      sample: async () => {
        const { port, path, protocol, hello, greetings } = server;
        await load.openSink({ port, path, hello, greetings, subscribers, ...(protocol !== undefined && { protocol }) });
        const value = await sample(server);
        await load.closeSink();
        return value;
      },
    })) as unknown as Measure['subjects'];
  return [
    {
      measure: `burst of ${eventsPerTurn} events to ${subscribers}`,
      unit: 'deliveries/s',
      subjects: subjects((server) => burstRate(load, server, subscribers, options.seconds)),
      aims: [{ peer: 'socketio-room', ratio: 3, kind: 'atLeast' }],
    },
    {
      measure: `one event to ${subscribers}, last has it, p50`,
      unit: 'us',
      subjects: subjects((server) => lastSubscriberUs(load, server, options.seconds)),
      aims: [{ peer: 'socketio-room', ratio: 1.1, kind: 'atMost' }],
    },
  ];
}

/** Several events in each turn of the event loop; deliveries a second over whole sets. */
async function burstRate(load: Load, server: EventServer, subscribers: number, seconds: number): Promise<number> {
  let deliveries = 0;
  const publishSet = async () => {
    const received = load.setReceived();
    for (let turn = 0; turn < turnsPerSet; turn++) {
      for (let event = 0; event < eventsPerTurn; event++) {
        const last = turn === turnsPerSet - 1 && event === eventsPerTurn - 1;
        server.publish(last ? markedData : eventData);
      }
      await nextTurn();
    }
    await received;
    deliveries += turnsPerSet * eventsPerTurn * subscribers;
  };
  await publishSet();
  deliveries = 0;
  const start = performance.now();
  const untilMs = start + seconds * 1_000;
  while (performance.now() < untilMs) await publishSet();
  return (deliveries * 1_000) / (performance.now() - start);
}

async function lastSubscriberUs(load: Load, server: EventServer, seconds: number): Promise<number> {
  const times: number[] = [];
  const untilMs = performance.now() + seconds * 1_000;
  while (performance.now() < untilMs) {
    const received = load.setReceived();
    const start = performance.now();
    server.publish(markedData);
    await received;
    times.push((performance.now() - start) * 1_000);
    await nextTurn();
  }
  return median(times);
}

/** The real thing: router, sign-in, schema check, metrics. */
async function startNode(): Promise<EventServer> {
  const silent = () => undefined;
  const router = new Router({
    nodeId,
    name: () => 'bench',
    version: '0.0.0',
    capabilities: () => [],
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
    metrics: { registry: new Registry() },
    audit: { record: silent },
  });
  router.register(createEventsService({ router }));
  router.register({ 'config.validate': ({ values }) => validated(values) });
  const sessions = new Map([['token', { user: 'bench@node', roles: ['admin'], via: 'ws' } as const]]);
  const http = createServer();
  const server = new WebSocketServer({ server: http, maxPayload: router.limits.clientFrameBytes, clientTracking: false });
  server.on('connection', (socket) =>
    attachWebSocket(router, socket, { principal: () => sessions.get('token'), profile: 'current', kind: 'ws' }),
  );
  return {
    port: await listen(http),
    path: '/ws',
    protocol: currentSubProtocol,
    greetings: 0,
    hello: [JSON.stringify({ type: 'rpc', requestid: 's', method: 'subscribe_channel', params: { topic } })],
    publish: (data) => void router.publish(topic, data),
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}

function validated(values: Readonly<Record<string, unknown>>) {
  return { valid: true, issues: [{ key: 'text', message: String(values.text) }], restartNeeded: [] };
}

/** What one writes in ten minutes with `ws`: no checks, no limits, no metrics. */
async function startPlain(): Promise<{ calls: Running; events: EventServer }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      const answer = { type: 'rpc_response', requestid: message.requestid, status: 'success', data: validated(message.params.values) };
      socket.send(JSON.stringify({ ...answer, timestamp: Date.now(), serviceId: nodeId }));
    });
  });
  const eventsHttp = createServer();
  const eventsServer = new WebSocketServer({ server: eventsHttp });
  let seq = 0;
  const port = await listen(http);
  return {
    calls: { port, close: () => http.close() },
    events: {
      port: await listen(eventsHttp),
      path: '/ws',
      greetings: 0,
      hello: [],
      publish: (data) => {
        const frame = Buffer.from(JSON.stringify(eventMessage(data, ++seq)));
        for (const socket of eventsServer.clients) if (socket.readyState === WebSocket.OPEN) socket.send(frame, { binary: false });
      },
      close: () => eventsHttp.close(),
    },
  };
}

function eventMessage(data: unknown, seq: number) {
  const meta = { identity: nodeId, seq };
  return { type: 'event', name: 'data_generated', status: 'data', topic, data, meta, timestamp: Date.now() };
}

async function startEcho(): Promise<Running> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(data, { binary: false }));
  });
  return { port: await listen(http), close: () => http.close() };
}

async function startSocketIo(): Promise<EventServer> {
  const http = createServer();
  const io = new SocketIoServer(http, { transports: ['websocket'], pingInterval: 600_000, serveClient: false });
  io.on('connection', (socket) => void socket.join('room'));
  let seq = 0;
  return {
    port: await listen(http),
    path: '/socket.io/?EIO=4&transport=websocket',
    // The open packet of Engine.IO, then connect to the default namespace and wait for its answer.
    greetings: 1,
    hello: ['40'],
    publish: (data) => void io.to('room').emit('event', eventMessage(data, ++seq)),
    close: () => void io.close(),
  };
}

function listen(http: Server): Promise<number> {
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port));
  });
}
