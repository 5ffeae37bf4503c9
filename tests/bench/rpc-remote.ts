/**
 * Calls to another node over MQTT, over the same Mosquitto and over the embedded hub: node to node against bare mqtt.js
 * request and response, and the whole path (WebSocket, this node, MQTT, the other node and back) against a naive relay that
 * checks nothing. This process is the near side, another one the far side, a third the browser.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { WebSocketServer } from 'ws';
import type { Principal } from '../../src/common/roles.ts';
import { currentSubProtocol } from '../../src/common/wire/messages.ts';
import { EmbeddedHub, type Federation } from '../../src/main/node/federation/index.ts';
import { attachWebSocket, type Router } from '../../src/main/node/router/index.ts';
import { Problems } from '../../src/main/node/telemetry/index.ts';
import { startBenchNode } from './bench-node.ts';
import { type Bench, type BenchOptions, type Measure, median, runMeasures, type Subject } from './harness.ts';
import { Load } from './load.ts';
import { bareAnswers, bareRequests, openClient, relayInbox } from './rpc-remote-peers.ts';

const params = { values: { text: 'x'.repeat(256) } };
const principal: Principal = { user: 'bench@node', roles: ['operator'], via: 'ws' };
const silent = () => undefined;
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent };

/** Makes one call; resolves when its answer is there. */
type Call = () => Promise<unknown>;

export const rpcRemote: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const mosquitto = await startMosquitto(folder);
  const hub = new EmbeddedHub({ host: '127.0.0.1', port: 0, prefix: 'cloudisense', logger, problems: new Problems() });
  await hub.start();
  const brokers = [
    { name: 'Mosquitto', url: mosquitto.url },
    { name: 'hub', url: `mqtt://127.0.0.1:${hub.port}` },
  ];
  const far = fork(
    new URL('./rpc-remote-peers.ts', import.meta.url),
    brokers.map(({ url }) => url),
    { execArgv: [] },
  );
  const load = new Load();
  const endings: (() => Promise<unknown> | unknown)[] = [];
  try {
    const { nodes } = await ready(far);
    const measures: Measure[] = [];
    for (const [index, { name, url }] of brokers.entries()) {
      const nearFolder = await mkdtemp(join(folder, 'near-'));
      const near = await startBenchNode({ name: 'a', url, folder: nearFolder });
      endings.push(() => near.stop());
      const target = { node: nodes[index] ?? '' };
      await untilOnline(near.federation, target.node);
      const ours: Call = () => near.router.callAt(target, 'config.validate', params, { principal });
      const bare = await bareCaller(url, endings);
      measures.push(...nodeToNode(name, { signalbox: ours, 'mqtt.js': bare }, options));
      const door = await serve(near.router);
      const naive = await naiveRelay(url);
      endings.push(door.close, naive.close);
      measures.push(
        ...wholePath(name, load, options, { port: door.port, serviceId: target.node }, { port: naive.port, serviceId: 'naive-b' }),
      );
    }
    return await runMeasures(measures, options);
  } finally {
    load.end();
    far.kill();
    for (const end of endings) await end();
    await hub.stop();
    mosquitto.child.kill();
    await rm(folder, { recursive: true, force: true });
  }
};

function nodeToNode(broker: string, calls: Readonly<Record<string, Call>>, { seconds }: BenchOptions): Measure[] {
  const subjects = (inFlight: number, of: 'perSecond' | 'p50Us') =>
    Object.entries(calls).map(
      ([name, call]): Subject => ({ name, sample: async () => (await keep(call, inFlight, seconds))[of] }),
    ) as unknown as Measure['subjects'];
  return [
    { measure: `node to node, ${broker}, 100 in flight`, unit: 'calls/s', subjects: subjects(100, 'perSecond'), aims: [] },
    { measure: `node to node, ${broker}, 1 in flight, p50`, unit: 'us', subjects: subjects(1, 'p50Us'), aims: [] },
  ];
}

/** Resolves when the near side has the far one on line. */
function untilOnline({ directory }: Federation, nodeId: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (directory.get(nodeId)?.reachability !== 'online') return;
      unlisten();
      resolve();
    };
    const unlisten = directory.listen({ changed: look });
    look();
  });
}

interface Door {
  readonly port: number;
  readonly serviceId: string;
}

function wholePath(broker: string, load: Load, { seconds }: BenchOptions, ours: Door, naive: Door): Measure[] {
  const subject = (name: string, { port, serviceId }: Door, inFlight: number, of: 'perSecond' | 'p50Us'): Subject => ({
    name,
    sample: async () => {
      const request = JSON.stringify({ type: 'rpc', requestid: '@ID@', serviceId, method: 'config.validate', params });
      const protocol = name === 'signalbox' ? { protocol: currentSubProtocol } : {};
      return (await load.calls({ port, path: '/ws', ...protocol, inFlight, seconds, request, expect: params.values.text }))[of];
    },
  });
  const pair = (inFlight: number, of: 'perSecond' | 'p50Us') =>
    [subject('signalbox', ours, inFlight, of), subject('naive relay', naive, inFlight, of)] as unknown as Measure['subjects'];
  return [
    {
      measure: `whole path, ${broker}, 100 in flight`,
      unit: 'calls/s',
      subjects: pair(100, 'perSecond'),
      aims: [{ peer: 'naive relay', ratio: 1, kind: 'atLeast' }],
    },
    { measure: `whole path, ${broker}, 1 in flight, p50`, unit: 'us', subjects: pair(1, 'p50Us'), aims: [] },
  ];
}

/** Keeps that many calls running for a while. */
async function keep(call: Call, inFlight: number, seconds: number): Promise<{ perSecond: number; p50Us: number }> {
  const times: number[] = [];
  let done = 0;
  let measuring = false;
  let running = true;
  const worker = async () => {
    while (running) {
      const start = performance.now();
      await call();
      done++;
      if (measuring && inFlight === 1) times.push((performance.now() - start) * 1_000);
    }
  };
  const workers = Array.from({ length: inFlight }, worker);
  await pause(Math.min(500, seconds * 300));
  const before = done;
  const from = performance.now();
  measuring = true;
  await pause(seconds * 1_000);
  const perSecond = ((done - before) * 1_000) / (performance.now() - from);
  running = false;
  await Promise.all(workers);
  return { perSecond, p50Us: times.length === 0 ? Number.NaN : median(times) };
}

/** Bare mqtt.js: a map of waiting calls, and nothing else. */
async function bareCaller(url: string, endings: (() => unknown)[]): Promise<Call> {
  const client = await openClient(url);
  endings.push(() => client.end(true));
  const waiting = new Map<string, (data: unknown) => void>();
  let nextId = 0;
  client.on('message', (_topic, payload) => {
    const { requestid, data } = JSON.parse(payload.toString()) as { requestid: string; data: unknown };
    waiting.get(requestid)?.(data);
    waiting.delete(requestid);
  });
  await client.subscribeAsync(bareAnswers);
  return () =>
    new Promise((resolve) => {
      const requestid = `r${nextId++}`;
      waiting.set(requestid, resolve);
      client.publish(bareRequests, JSON.stringify({ requestid, method: 'config.validate', params }));
    });
}

async function serve(router: Router): Promise<{ readonly port: number; readonly close: () => void }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, maxPayload: router.limits.clientFrameBytes, clientTracking: false });
  server.on('connection', (socket) => attachWebSocket(router, socket, { principal: () => principal, profile: 'current', kind: 'ws' }));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}

/** A relay as one writes it in an afternoon: no checks, no limits, no deadline, no presence. */
async function naiveRelay(url: string): Promise<{ readonly port: number; readonly close: () => void }> {
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

async function startMosquitto(folder: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const port = await new Promise<number>((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\nlog_dest stderr\n`);
  const child = spawn('mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stderr.on('data', (chunk: Buffer) => chunk.includes('running') && resolve());
  });
  return { url: `mqtt://127.0.0.1:${port}`, child };
}

function ready(child: ChildProcess): Promise<{ readonly nodes: readonly string[] }> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { nodes: string[] }));
    child.once('exit', (code) => reject(new Error(`the far process ended with ${code}`)));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
