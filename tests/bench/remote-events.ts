/**
 * Events of another node to the browsers of this one, in bursts over MQTT: against a Socket.IO relay as one writes it, fed
 * with the same events over the same Mosquitto. And what others feel at the embedded hub while a subscriber hangs. This process is
 * the near node and the relay, others are the source, the browsers and the hung subscriber.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import type { Principal } from '../../src/common/roles.ts';
import { currentSubProtocol } from '../../src/common/wire/sub-protocol.ts';
import { EmbeddedHub } from '../../src/main/node/federation/index.ts';
import { attachWebSocket } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { Problems } from '../../src/main/node/telemetry/index.ts';
import { type BenchNode, startBenchNode, untilOnline } from './bench-node.ts';
import { openClient, startMosquitto } from './broker-process.ts';
import { type Bench, type BenchOptions, type Measure, runMeasures } from './harness.ts';
import { Load } from './load.ts';
import { marker } from './load-process.ts';
import { bareTopic, type PublishOrder, type SourceReady, sourceTopic } from './remote-events-source.ts';

const principal: Principal = { user: 'bench@node', roles: ['operator'], via: 'ws' };
const turnsPerSet = 25;
const eventsPerTurn = 4;
const text = 'x'.repeat(256);
const order = { turns: turnsPerSet, eventsPerTurn, text, lastText: text.slice(marker.length) + marker } satisfies Omit<PublishOrder, 'by'>;
const eventsPerSet = turnsPerSet * eventsPerTurn;
/** At the hub, for the subscriber that hangs; together below what the hub lets wait for one. */
const queuedMessages = 20_000;
const queuedBytes = 600;
const hungInbox = 'cloudisense/service/hung/inbox';
const silent = () => undefined;
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent };

export const remoteEvents: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const load = new Load();
  const endings: (() => Promise<unknown> | unknown)[] = [];
  try {
    const fanOutHolds = await fanOut(folder, load, endings, options);
    const othersHold = await hungSubscriber(folder, endings, options);
    return fanOutHolds && othersHold;
  } finally {
    load.end();
    for (const end of endings.reverse()) await end();
    await rm(folder, { recursive: true, force: true });
  }
};

/** A source of events in a process of its own, and the node here that sees it. */
interface Pair {
  readonly near: BenchNode;
  readonly source: ChildProcess;
  readonly sourceId: string;
}

async function startPair(url: string, folder: string, endings: (() => unknown)[]): Promise<Pair> {
  const source = fork(new URL('./remote-events-source.ts', import.meta.url), [url, await mkdtemp(join(folder, 'source-'))], {
    execArgv: [],
  });
  endings.push(() => source.kill());
  const [{ nodeId: sourceId }] = (await once(source, 'message')) as [SourceReady];
  const near = await startBenchNode({ name: 'a', url, folder: await mkdtemp(join(folder, 'near-')) });
  endings.push(() => near.stop());
  await untilOnline(near, sourceId);
  return { near, source, sourceId };
}

/** A way from the source to many browsers. */
interface Relay {
  readonly name: string;
  readonly by: PublishOrder['by'];
  readonly port: number;
  readonly path: string;
  readonly protocol?: string;
  readonly greetings: number;
  readonly hello: readonly string[];
}

async function fanOut(folder: string, load: Load, endings: (() => unknown)[], options: BenchOptions): Promise<boolean> {
  const mosquitto = await startMosquitto(folder);
  endings.push(() => mosquitto.child.kill());
  const pair = await startPair(mosquitto.url, folder, endings);
  const relays = [await serveNode(pair, endings), await serveSocketIo(mosquitto.url, endings)];
  let holds = true;
  for (const subscribers of [100, 1_000]) {
    const measure: Measure = {
      measure: `burst of ${eventsPerTurn} remote events to ${subscribers}`,
      unit: 'deliveries/s',
      subjects: relays.map((relay) => ({
        name: relay.name,
        sample: () => burstRate(load, pair.source, relay, subscribers, options.seconds),
      })) as unknown as Measure['subjects'],
      aims: [{ peer: 'socketio-relay', ratio: 3, kind: 'atLeast' }],
    };
    holds = (await runMeasures([measure], options)) && holds;
  }
  return holds;
}

/** Deliveries a second over whole sets, each begun when every browser has the end of the last. */
async function burstRate(load: Load, source: ChildProcess, relay: Relay, subscribers: number, seconds: number): Promise<number> {
  const { name, by, ...door } = relay;
  await load.openSink({ ...door, subscribers, counted: true });
  let delivered = 0;
  const publishSet = async () => {
    const received = load.setReceived();
    source.send({ by, ...order } satisfies PublishOrder);
    const set = await received;
    const expected = eventsPerSet * subscribers;
    if (set.delivered + set.dropped !== expected)
      throw new Error(`${name}: of ${expected} deliveries ${set.delivered} came and ${set.dropped} were counted as lost`);
    delivered += set.delivered;
  };
  await publishSet();
  delivered = 0;
  const startMs = performance.now();
  while (performance.now() < startMs + seconds * 1_000) await publishSet();
  const perSecond = (delivered * 1_000) / (performance.now() - startMs);
  await load.closeSink();
  return perSecond;
}

async function serveNode({ near, sourceId }: Pair, endings: (() => unknown)[]): Promise<Relay> {
  const { router } = near;
  router.register(createEventsService({ router }));
  const http = createServer();
  const server = new WebSocketServer({ server: http, maxPayload: router.limits.clientFrameBytes, clientTracking: false });
  server.on('connection', (socket) => attachWebSocket(router, socket, { principal: () => principal, profile: 'current', kind: 'ws' }));
  endings.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const subscribe = { type: 'rpc', requestid: 's', method: 'subscribe_channel', params: { topic: `${sourceId}${sourceTopic}` } };
  return {
    name: 'signalbox',
    by: 'signalbox',
    port: await listen(http),
    path: '/ws',
    protocol: currentSubProtocol,
    greetings: 0,
    hello: [JSON.stringify(subscribe)],
  };
}

/** Every message of the source to everybody, as it comes: no checks, no bounds. */
async function serveSocketIo(url: string, endings: (() => unknown)[]): Promise<Relay> {
  const http = createServer();
  const io = new SocketIoServer(http, { transports: ['websocket'], pingInterval: 600_000, serveClient: false });
  const client = await openClient(url);
  client.on('message', (_topic, payload) => void io.emit('event', JSON.parse(payload.toString())));
  await client.subscribeAsync(bareTopic);
  endings.push(() => {
    client.end(true);
    void io.close();
  });
  return {
    name: 'socketio-relay',
    by: 'mqtt.js',
    port: await listen(http),
    path: '/socket.io/?EIO=4&transport=websocket',
    // The open packet of Engine.IO, then connect to the default namespace and wait for its answer.
    greetings: 1,
    hello: ['40'],
  };
}

/**
 * Calls between two honest nodes over a hub that holds messages for a process that is stopped, and then leaves; in turn with
 * calls over an idle hub, so that a busy machine disturbs both alike.
 */
async function hungSubscriber(folder: string, endings: (() => unknown)[], options: BenchOptions): Promise<boolean> {
  const idle = await startHubPair(folder, endings);
  const burdened = await startHubPair(folder, endings);
  // Both values come of one run, which the first of the two to be sampled makes.
  let run: Promise<readonly [number, number]> | undefined;
  const sample = (which: 0 | 1) => async () => {
    const isSecond = run !== undefined;
    run ??= p99sBesideHung(burdened, idle, options.seconds);
    const values = await run;
    if (isSecond) run = undefined;
    return values[which];
  };
  const measure: Measure = {
    measure: `call at the hub while ${queuedMessages} messages wait for a hung subscriber, p99`,
    unit: 'us',
    subjects: [
      { name: 'others', sample: sample(0) },
      { name: 'idle', sample: sample(1) },
    ],
    aims: [{ peer: 'idle', ratio: 2, kind: 'atMost' }],
  };
  const holds = await runMeasures([measure], options);
  if (burdened.hub.restarts > 0) throw new Error(`the hub was started again ${burdened.hub.restarts} times`);
  return holds;
}

interface HubPair extends Pair {
  readonly hub: EmbeddedHub;
  readonly url: string;
}

async function startHubPair(folder: string, endings: (() => unknown)[]): Promise<HubPair> {
  const hub = new EmbeddedHub({ host: '127.0.0.1', port: 0, prefix: 'cloudisense', logger, problems: new Problems() });
  await hub.start();
  endings.push(() => hub.stop());
  const url = `mqtt://127.0.0.1:${hub.port}`;
  return { hub, url, ...(await startPair(url, folder, endings)) };
}

/** 99th percentiles of calls over the hub with the hung subscriber and over the other, microseconds. */
async function p99sBesideHung(burdened: HubPair, idle: HubPair, seconds: number): Promise<readonly [number, number]> {
  const hung = await hang(burdened);
  const times: readonly [number[], number[]] = [[], []];
  // It leaves in the middle, with everything still before it.
  const leaving = setTimeout(() => hung.kill('SIGKILL'), seconds * 500);
  const startMs = performance.now();
  try {
    while (performance.now() < startMs + seconds * 1_000) {
      times[0].push(await callUs(burdened));
      times[1].push(await callUs(idle));
    }
  } finally {
    clearTimeout(leaving);
    hung.kill('SIGKILL');
  }
  return [percentile(times[0], 0.99), percentile(times[1], 0.99)];
}

/** A subscriber that reads no more, with all the messages before it at the hub. */
async function hang({ hub, url }: HubPair): Promise<ChildProcess> {
  const program = new URL('./hung-subscriber.ts', import.meta.url);
  const hung = fork(program, ['subscribe', url, hungInbox], { execArgv: [] });
  await once(hung, 'message');
  hung.kill('SIGSTOP');
  await once(fork(program, ['flood', url, hungInbox, String(queuedMessages), String(queuedBytes)], { execArgv: [] }), 'exit');
  const { unsentBytes = 0 } = (await hub.sample()) ?? {};
  // The rest lies in the buffers of the two sockets.
  if (unsentBytes < (queuedMessages * queuedBytes) / 2) throw new Error(`only ${unsentBytes} bytes wait at the hub`);
  return hung;
}

async function callUs({ near, sourceId }: Pair): Promise<number> {
  const startMs = performance.now();
  await near.router.callAt({ node: sourceId }, 'config.validate', { values: { text } }, { principal });
  return (performance.now() - startMs) * 1_000;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

function listen(http: Server): Promise<number> {
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port));
  });
}
