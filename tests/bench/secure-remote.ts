/**
 * What trust costs between two nodes: calls over a direct link (authenticated), over Mosquitto under session keys (sealed), over Mosquitto
 * without a cluster (our own unsigned path), and over a bare WebSocket in TLS; and how many handshakes a second a node makes. Whole nodes,
 * this process the near side and another one the far.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { connect, createServer } from 'node:tls';
import { WebSocket } from 'ws';
import { SignalboxError } from '../../src/common/errors.ts';
import { createThrowawayCertificate, dialLink, LinkDoor, linkLimits } from '../../src/main/node/links/index.ts';
import { freePort } from '../helpers/free-port.ts';
import { operator, startBenchMember } from './bench-member.ts';
import { untilOnline } from './bench-node.ts';
import { startMosquitto } from './broker-process.ts';
import { type Call, callSubjects } from './calls.ts';
import type { BenchOptions, Measure, Subject } from './harness.ts';
import { party, silentLogger } from './link-party.ts';
import type { Endings } from './rpc-remote-callers.ts';
import type { FarOrder } from './secure-remote-far.ts';

type Overrides = Readonly<Record<string, unknown>>;

const unlinked = { 'links.mode': 'off' };
const unfederated = { 'federation.mode': 'off' };

/** The measures; what they need is ended by `endings`. @param folder for everything that is written */
export async function secureRemoteMeasures(folder: string, options: BenchOptions, endings: Endings): Promise<readonly Measure[]> {
  const mosquitto = await startMosquitto(folder);
  endings.push(() => void mosquitto.child.kill());
  const child = fork(new URL('./secure-remote-far.ts', import.meta.url), [], { execArgv: [] });
  endings.push(() => void child.kill());
  const far = new Far(child);
  const brokered = { 'federation.mode': 'external', 'federation.brokerUrl': mosquitto.url };
  const calls: Readonly<Record<string, Call>> = {
    link: await memberCall(far, folder, 'link', unfederated, endings),
    'MQTT sealed': await memberCall(far, folder, 'sealed', { ...brokered, ...unlinked }, endings),
    'MQTT unsigned': await pairCall(far, folder, 'unsigned', { ...brokered, ...unlinked }, endings),
    'bare TLS WebSocket': await bareCall((await far.ask({ kind: 'serve' })) as number, endings),
  };
  const { seconds } = options;
  const only = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, calls[name] as Call]));
  return [
    {
      measure: 'calls over a link, authenticated, 100 in flight',
      unit: 'calls/s',
      subjects: callSubjects(calls, 100, 'perSecond', seconds),
      aims: [
        { peer: 'MQTT sealed', ratio: 1.5, kind: 'atLeast' },
        { peer: 'MQTT unsigned', ratio: 0.85, kind: 'atLeast' },
      ],
    },
    {
      measure: 'calls over MQTT, sealed, 100 in flight',
      unit: 'calls/s',
      subjects: callSubjects(only('MQTT sealed', 'MQTT unsigned'), 100, 'perSecond', seconds),
      aims: [{ peer: 'MQTT unsigned', ratio: 0.7, kind: 'atLeast' }],
    },
    {
      measure: 'calls over a link, authenticated, 1 in flight, p50',
      unit: 'us',
      subjects: callSubjects(calls, 1, 'p50Us', seconds),
      aims: [],
    },
    await handshakes(options, endings),
  ];
}

/** The far process, asked one thing after another. */
class Far {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  ask(order: FarOrder): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the far process ended with ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', ({ result, failure }: { readonly result?: unknown; readonly failure?: string }) => {
        this.#child.off('exit', ended);
        if (failure === undefined) resolve(result);
        else reject(new Error(failure));
      });
      this.#child.send(order);
    });
  }
}

/** Two nodes of one cluster: they join over links, and start again as the measure wants them. */
async function memberCall(far: Far, folder: string, name: string, overrides: Overrides, endings: Endings): Promise<Call> {
  const [nearFolder, farFolder] = [await mkdtemp(join(folder, 'near-')), await mkdtemp(join(folder, 'far-'))];
  // The same door after the restart: it is where the other one looks.
  const door = { 'links.port': await freePort() };
  const founding = await startBenchMember('near', nearFolder, { ...unfederated, ...door });
  await far.ask({ kind: 'start', name, dataFolder: farFolder, overrides: unfederated });
  const ask = { principal: operator };
  await founding.router.call('membership.create', { name: 'North yard' }, ask);
  const { code, addresses } = await founding.router.call('membership.invite', { roles: ['peer', 'operator'] }, ask);
  await far.ask({ kind: 'join', name, code, address: addresses[0] ?? '' });
  await founding.stop();
  await far.ask({ kind: 'stop', name });
  return call(far, { name, nearFolder, farFolder, overrides, door }, endings);
}

/** Two nodes that belong to no cluster. */
async function pairCall(far: Far, folder: string, name: string, overrides: Overrides, endings: Endings): Promise<Call> {
  const folders = { nearFolder: await mkdtemp(join(folder, 'near-')), farFolder: await mkdtemp(join(folder, 'far-')) };
  return call(far, { name, ...folders, overrides, door: {} }, endings);
}

async function call(
  far: Far,
  pair: {
    readonly name: string;
    readonly nearFolder: string;
    readonly farFolder: string;
    readonly overrides: Overrides;
    readonly door: Overrides;
  },
  endings: Endings,
): Promise<Call> {
  const { name, nearFolder, farFolder, overrides, door } = pair;
  const nodeId = (await far.ask({ kind: 'start', name, dataFolder: farFolder, overrides })) as string;
  const near = await startBenchMember('near', nearFolder, { ...overrides, ...door });
  endings.push(() => near.stop());
  await untilOnline(near, nodeId);
  return () => near.router.callAt({ node: nodeId }, 'nodes.clock', {}, { principal: operator });
}

/** Request and answer as one writes it in an afternoon: a map of waiting calls, no checks, no deadline. */
async function bareCall(port: number, endings: Endings): Promise<Call> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, { rejectUnauthorized: false, perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  endings.push(() => socket.terminate());
  const waiting = new Map<string, (data: unknown) => void>();
  let nextId = 0;
  socket.on('message', (bytes) => {
    const { requestid, data } = JSON.parse(String(bytes)) as { readonly requestid: string; readonly data: unknown };
    waiting.get(requestid)?.(data);
    waiting.delete(requestid);
  });
  return () =>
    new Promise((resolve) => {
      const requestid = `r${nextId++}`;
      waiting.set(requestid, resolve);
      socket.send(JSON.stringify({ requestid, method: 'nodes.clock', params: {} }));
    });
}

/** Links made and ended one after another, both ends in this process, against TLS 1.3 alone. */
async function handshakes({ seconds }: BenchOptions, endings: Endings): Promise<Measure> {
  const silent = () => undefined;
  const certificate = await createThrowawayCertificate();
  const door = new LinkDoor({
    host: '127.0.0.1',
    port: 0,
    certificate,
    party: party(2),
    limits: linkLimits,
    logger: silentLogger,
    onLink: (link) => link.start({ message: silent, ended: silent }),
  });
  await door.start();
  endings.push(() => door.stop());
  const bare = createServer({ ...certificate, minVersion: 'TLSv1.3' }, (socket) => socket.resume().on('error', silent));
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  endings.push(() => void bare.close());
  const barePort = (bare.address() as { readonly port: number }).port;
  const dialler = party(1);
  return {
    measure: 'handshakes, both ends',
    unit: '/s',
    subjects: [
      inTurn('link', seconds, async () => {
        const link = await dialLink({ host: '127.0.0.1', port: door.address?.port ?? 0 }, dialler, linkLimits);
        link.close(new SignalboxError('CANCELLED', 'The benchmark has what it wants.'));
      }),
      inTurn(
        'TLS 1.3 alone',
        seconds,
        () =>
          new Promise<void>((resolve, reject) => {
            const socket = connect({ port: barePort, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1.3' }, () => {
              socket.destroy();
              resolve();
            });
            socket.once('error', reject);
          }),
      ),
    ],
    aims: [],
  };
}

/** How often a second something is done, one after another. */
function inTurn(name: string, seconds: number, work: () => Promise<void>): Subject {
  return {
    name,
    sample: async () => {
      const startMs = performance.now();
      let done = 0;
      for (; performance.now() - startMs < seconds * 1_000; done++) await work();
      return (done / (performance.now() - startMs)) * 1_000;
    },
  };
}
