/**
 * Calls to another node over MQTT, over the same Mosquitto and over the embedded hub: node to node against bare mqtt.js
 * request and response and Moleculer's MQTT transporter, QoS 1 there and back over the link of a node, and the whole path
 * (WebSocket, this node, MQTT, the other node and back) against a naive relay that checks nothing. This process is the near
 * side, another one the far side, a third the browser.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { Principal } from '../../src/common/roles.ts';
import { currentSubProtocol } from '../../src/common/wire/sub-protocol.ts';
import { EmbeddedHub, type Federation } from '../../src/main/node/federation/index.ts';
import { attachWebSocket, type Router } from '../../src/main/node/router/index.ts';
import { Problems } from '../../src/main/node/telemetry/index.ts';
import { startBenchNode } from './bench-node.ts';
import { startMosquitto } from './broker-process.ts';
import { type Call, callSubjects } from './calls.ts';
import { type Bench, type BenchOptions, type Measure, runMeasures, type Subject } from './harness.ts';
import { Load } from './load.ts';
import { bareCaller, type Endings, linkCaller, moleculerCaller, naiveRelay, params } from './rpc-remote-callers.ts';
import { bareQos1Topics, bareTopics, linkTopics, noDelayQos1Topics } from './rpc-remote-peers.ts';

const principal: Principal = { user: 'bench@node', roles: ['operator'], via: 'ws' };
const silent = () => undefined;
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent };

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
  const endings: Endings = [];
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
      const peers: Record<string, Call> = { 'mqtt.js': await bareCaller(url, bareTopics, endings) };
      // The hub carries the topics of nodes alone.
      if (url === mosquitto.url) peers.moleculer = await moleculerCaller(url, endings);
      measures.push(...nodeToNode(name, { signalbox: ours, ...peers }, options));
      measures.push(await qos1(name, url, endings, options));
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
  return [
    {
      measure: `node to node, ${broker}, 100 in flight`,
      unit: 'calls/s',
      subjects: callSubjects(calls, 100, 'perSecond', seconds),
      // 1.0 would do without joining what is for one node (rpc.md section 8).
      aims: [{ peer: 'moleculer', ratio: 1.3, kind: 'atLeast' }],
    },
    {
      measure: `node to node, ${broker}, 100 in flight, p50`,
      unit: 'us',
      subjects: callSubjects(calls, 100, 'p50Us', seconds),
      aims: [{ peer: 'moleculer', ratio: 0.85, kind: 'atMost' }],
    },
    {
      measure: `node to node, ${broker}, 1 in flight, p50`,
      unit: 'us',
      subjects: callSubjects(calls, 1, 'p50Us', seconds),
      aims: [{ peer: 'moleculer', ratio: 0.85, kind: 'atMost' }],
    },
  ];
}

/** QoS 1 there and back: without TCP_NODELAY at all four ends it waits 88 ms for delayed acknowledgements. */
async function qos1(broker: string, url: string, endings: Endings, { seconds }: BenchOptions): Promise<Measure> {
  const calls = {
    signalbox: await linkCaller(url, linkTopics, endings),
    'mqtt.js as it comes': await bareCaller(url, bareQos1Topics, endings, 1, false),
    'mqtt.js, no delay': await bareCaller(url, noDelayQos1Topics, endings, 1),
  };
  return {
    measure: `QoS 1 there and back, ${broker}, p50`,
    unit: 'us',
    subjects: callSubjects(calls, 1, 'p50Us', seconds),
    aims: [
      { peer: 'mqtt.js as it comes', ratio: 0.05, kind: 'atMost' },
      { peer: 'mqtt.js, no delay', ratio: 1.15, kind: 'atMost' },
    ],
  };
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

function ready(child: ChildProcess): Promise<{ readonly nodes: readonly string[] }> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { nodes: string[] }));
    child.once('exit', (code) => reject(new Error(`the far process ended with ${code}`)));
  });
}
