/**
 * What messages between peers cost over the link that carries them, how long an urgent one takes beside a full queue of others, broadcasts to
 * fifty peers, and the ledger: how fast it is written beside a bare table, and verified beside the bare cryptography.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { dialLink, LinkSession, linkLimits } from '../../../src/main/node/links/index.ts';
import type { PeerCommunicator } from '../../../src/main/node/peers/communicator/index.ts';
import { freePort } from '../../helpers/free-port.ts';
import { operator, startBenchMember } from '../bench-member.ts';
import { untilOnline } from '../bench-node.ts';
import { type Call, callSubjects } from '../calls.ts';
import { type Bench, type BenchOptions, type Measure, runMeasures, type Subject } from '../harness.ts';
import { party } from '../link-party.ts';
import type { Endings } from '../rpc-remote-callers.ts';
import { benchType, type FarOrder, markBytes } from './far.ts';
import { ledgerMeasures } from './ledger.ts';
import { peerOn } from './link-peer.ts';
import { LinkTransport } from './link-transport.ts';

/** A message of 500 bytes as JSON. */
const content = { type: benchType, text: 'x'.repeat(470) };
/** Smaller, so that so many wait at once. */
const lowContent = { type: benchType, text: 'low' };
const lowQueued = 100_000;
const broadcastPeers = 50;
const inFlight = 256;
/** Added in one turn while others are measured. */
const lowStep = 64;
/** Below what one source may send urgently in a second. */
const criticalPauseMs = 55;
/** Of fewer the largest would be taken for the 99th of a hundred. */
const leastCriticals = 120;
const settlingMs = 1_000;

export const peers: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const endings: Endings = [];
  try {
    const far = new Far(endings);
    const { communicator, farId } = await pairOfMembers(far, folder, endings);
    const envelope: Call = async () => (await communicator.send(farId, content, { priority: 'Medium' })).settled;
    const bareBytes = Buffer.byteLength(JSON.stringify(content));
    const measures: readonly Measure[] = [
      {
        measure: `envelopes taken, ${inFlight} in flight`,
        unit: '/s',
        subjects: callSubjects(
          { communicator: envelope, 'bare link': await bareCall(far, bareBytes) },
          inFlight,
          'perSecond',
          options.seconds,
        ),
        aims: [],
      },
      criticalBesideLow(communicator, farId, options),
      await broadcasts(far, options),
      ...(await ledgerMeasures(folder, options, endings)),
    ];
    return await runMeasures(measures, options);
  } finally {
    for (const end of endings.reverse()) await end();
    await rm(folder, { recursive: true, force: true });
  }
};

/** The far process, asked one thing after another. */
class Far {
  readonly #child: ChildProcess;

  constructor(endings: Endings) {
    this.#child = fork(new URL('./far.ts', import.meta.url), [], { execArgv: [] });
    endings.push(() => void this.#child.kill());
  }

  ask<T>(order: FarOrder): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the far process ended with ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', ({ result, failure }: { readonly result?: unknown; readonly failure?: string }) => {
        this.#child.off('exit', ended);
        if (failure === undefined) resolve(result as T);
        else reject(new Error(failure));
      });
      this.#child.send(order);
    });
  }
}

/** Two whole nodes of one cluster, linked. */
async function pairOfMembers(
  far: Far,
  folder: string,
  endings: Endings,
): Promise<{ readonly communicator: PeerCommunicator; readonly farId: string }> {
  const overrides = { 'federation.mode': 'off' };
  const near = await startBenchMember('near', await mkdtemp(join(folder, 'near-')), { ...overrides, 'links.port': await freePort() });
  endings.push(() => near.stop());
  const farId = await far.ask<string>({ kind: 'node', dataFolder: await mkdtemp(join(folder, 'far-')), overrides });
  const ask = { principal: operator };
  await near.router.call('membership.create', { name: 'North yard' }, ask);
  const { code, addresses } = await near.router.call('membership.invite', { roles: ['peer', 'operator'] }, ask);
  await far.ask({ kind: 'join', code, address: addresses[0] ?? '' });
  await untilOnline(near, farId);
  return { communicator: near.peers.communicator, farId };
}

/** The same bytes as session messages of a link, each answered, by nobody who knows of priorities, ids or times. */
async function bareCall(far: Far, sizeBytes: number): Promise<Call> {
  const [port] = await far.ask<readonly number[]>({ kind: 'bare', doors: 1 });
  return bareSender(port ?? 0, sizeBytes);
}

async function bareSender(port: number, sizeBytes: number): Promise<Call> {
  const link = await dialLink({ host: '127.0.0.1', port }, party(1), linkLimits);
  const session = new LinkSession(link.peer, Date.now);
  const waiting = new Map<bigint, () => void>();
  link.start({
    message: (bytes) => {
      const mark = session.open(bytes).body.readBigUInt64BE(0);
      waiting.get(mark)?.();
      waiting.delete(mark);
    },
    ended: () => undefined,
  });
  let next = 0n;
  return () =>
    new Promise<void>((resolve) => {
      const body = Buffer.alloc(Math.max(sizeBytes, markBytes), 0x78);
      body.writeBigUInt64BE(++next, 0);
      waiting.set(next, resolve);
      link.sendAwaited(session.seal(body));
    });
}

function criticalBesideLow(communicator: PeerCommunicator, farId: string, { seconds }: BenchOptions): Measure {
  const wanted = Math.max(leastCriticals, Math.ceil((seconds * 1_000) / criticalPauseMs));
  const once = async () => {
    const beganMs = performance.now();
    const { settled } = await communicator.send(farId, content, { priority: 'Critical' });
    const { outcome } = await settled;
    if (outcome !== 'taken') throw new Error(`An urgent message ended as ${outcome}.`);
    return performance.now() - beganMs;
  };
  const sample = async (backlog?: LowBacklog) => {
    const times: number[] = [];
    // What filling or emptying the queue leaves behind is not the cost of a queue that is full.
    await pause(settlingMs);
    while (times.length < wanted) {
      times.push(await once());
      backlog?.check();
      await pause(criticalPauseMs);
    }
    times.sort((a, b) => a - b);
    return times[Math.ceil(times.length * 0.99) - 1] ?? 0;
  };
  const besideLow = async () => {
    const backlog = new LowBacklog(communicator, farId);
    await backlog.fill();
    try {
      return await sample(backlog);
    } finally {
      await backlog.end();
    }
  };
  return {
    measure: 'Critical, p99, beside 100,000 Low',
    unit: 'ms',
    subjects: [
      { name: 'full queue', sample: besideLow },
      { name: 'idle link', sample: () => sample() },
    ],
    aims: [{ peer: 'idle link', ratio: 2, kind: 'atMost' }],
  };
}

/** Keeps so many messages waiting, by a few in a turn: thousands at once would hold up the thread and be what is measured. */
class LowBacklog {
  readonly #communicator: PeerCommunicator;
  readonly #nodeId: string;
  #ended = false;
  #kept: Promise<void> = Promise.resolve();

  constructor(communicator: PeerCommunicator, nodeId: string) {
    this.#communicator = communicator;
    this.#nodeId = nodeId;
  }

  /** Fills the queue; from then on what was sent is replaced. */
  async fill(): Promise<void> {
    while (this.#waiting < lowQueued) {
      await this.#add();
      await nextTurn();
    }
    this.#kept = this.#keep();
  }

  /** @throws Error when the queue is no longer full */
  check(): void {
    if (this.#waiting < lowQueued * 0.9) throw new Error(`Only ${this.#waiting} messages of the priority Low wait.`);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#kept;
    this.#communicator.discard(this.#nodeId, 'Low');
  }

  get #waiting(): number {
    return this.#communicator.figures(this.#nodeId).queued.Low.messages;
  }

  async #keep(): Promise<void> {
    while (!this.#ended) {
      if (this.#waiting >= lowQueued) await pause(1);
      else {
        await this.#add();
        await nextTurn();
      }
    }
  }

  async #add(): Promise<void> {
    for (let added = 0; added < lowStep; added++) await this.#communicator.send(this.#nodeId, lowContent, { priority: 'Low' });
  }
}

async function broadcasts(far: Far, { seconds }: BenchOptions): Promise<Measure> {
  const transport = new LinkTransport();
  const communicator = await peerOn(transport, party(1).identity.publicKey);
  for (const port of await far.ask<readonly number[]>({ kind: 'peers', doors: broadcastPeers }))
    transport.add(await dialLink({ host: '127.0.0.1', port }, party(1), linkLimits));
  const barePorts = await far.ask<readonly number[]>({ kind: 'bare', doors: broadcastPeers });
  const sizeBytes = Buffer.byteLength(JSON.stringify(content));
  const bare = await Promise.all(barePorts.map((port) => bareSender(port, sizeBytes)));
  return {
    measure: `broadcasts to ${broadcastPeers} peers, 4 in flight`,
    unit: '/s',
    subjects: callSubjects(
      {
        communicator: async () => {
          const deliveries = await communicator.broadcast(content, { priority: 'Medium' });
          await Promise.all([...deliveries.values()].map(({ settled }) => settled));
        },
        'bare links': () => Promise.all(bare.map((send) => send())),
      },
      4,
      'perSecond',
      seconds,
    ) as readonly [Subject, ...Subject[]],
    aims: [],
  };
}
