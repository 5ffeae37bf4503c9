/** What a queue costs when a million messages are in it, beside one with a thousand: looking must not get slower, nor a restart. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Broker } from '../../src/main/node/broker/index.ts';
import { JsonQueueClient, type WireAnswer } from '../helpers/json-queue-client.ts';
import { type Bench, type Measure, median, runMeasures, type Subject } from './harness.ts';

const quiet = () => undefined;
const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet };
const messageBytes = 256;
const messagesInRequest = 1_000;
const requestsInFlight = 16;

/** A broker with one queue, which can be stopped and started again. */
class QueueOfDepth {
  readonly depth: number;
  readonly #folder: string;
  #broker: Broker | undefined;
  #client: JsonQueueClient | undefined;
  #asked = 0;

  constructor(depth: number, folder: string) {
    this.depth = depth;
    this.#folder = folder;
  }

  /** @returns milliseconds until it answers a linearizable request */
  async start(): Promise<number> {
    const beganMs = performance.now();
    const broker = await Broker.create({
      folder: this.#folder,
      host: '127.0.0.1',
      port: 0,
      profile: 'lan',
      nodeId: null,
      name: 'bench',
      checkToken: () => Promise.resolve(undefined),
      anonymous: () => true,
      logger,
      problems: { raise: quiet, clear: quiet },
    });
    this.#broker = broker;
    await broker.start();
    this.#client = await JsonQueueClient.connect(broker.address?.port ?? 0);
    if (this.#asked > 0) await this.#serves();
    return performance.now() - beganMs;
  }

  /** Asks until it leads its group again. */
  async #serves(): Promise<void> {
    for (;;) {
      const answer = await this.#client?.ask({ operation: 'FETCH', queue_name: 'deep', from_sequence: 1, max: 1 });
      if (answer?.status === 'success') return;
      if (answer?.code !== 'NOT_LEADER') throw new Error(`The broker does not serve again: ${JSON.stringify(answer)}`);
      await setTimeout(5);
    }
  }

  async stop(): Promise<void> {
    this.#client?.close();
    await this.#broker?.stop();
  }

  async fill(): Promise<void> {
    await this.#succeed({ operation: 'CREATE_QUEUE', queue_name: 'deep', client_id: 'C-BENCH' });
    const messages = Array.from({ length: messagesInRequest }, () => ({ data: 'x'.repeat(messageBytes - 2) }));
    let requests = this.depth / messagesInRequest;
    const append = async () => {
      while (requests-- > 0) await this.#succeed({ operation: 'APPEND', queue_name: 'deep', client_id: 'C-BENCH', messages });
    };
    await Promise.all(Array.from({ length: requestsInFlight }, append));
  }

  /** Microseconds of one of many like it. */
  async look(seconds: number, request: (place: number) => Readonly<Record<string, unknown>>): Promise<number> {
    const timesUs: number[] = [];
    const endMs = performance.now() + seconds * 1_000;
    while (performance.now() < endMs) {
      const place = 1 + ((this.#asked++ * 7_919 * 31) % (this.depth - 100));
      const beganMs = performance.now();
      await this.#succeed({ queue_name: 'deep', ...request(place) });
      timesUs.push((performance.now() - beganMs) * 1_000);
    }
    return median(timesUs);
  }

  async #succeed(request: Readonly<Record<string, unknown>>): Promise<WireAnswer> {
    const answer = await this.#client?.ask({ timeout_ms: 60_000, ...request });
    if (answer?.status !== 'success') throw new Error(`${String(request.operation)} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }
}

const looks: Readonly<Record<string, (place: number) => Readonly<Record<string, unknown>>>> = {
  'browse 50 newest': () => ({ operation: 'FETCH', from: 'latest', direction: 'backward', max: 50 }),
  'browse 50 anywhere': (place) => ({ operation: 'FETCH', from_sequence: place, max: 50 }),
  'peek one': (place) => ({ operation: 'FETCH', from_sequence: place, max: 1 }),
  count: () => ({ operation: 'QUEUE_STATS' }),
};

export const queueDepth: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const deep = new QueueOfDepth(1_000_000, join(folder, 'deep'));
  const shallow = new QueueOfDepth(1_000, join(folder, 'shallow'));
  const queues = [deep, shallow];
  const nameOf = ({ depth }: QueueOfDepth) => `${depth.toLocaleString('en')} messages`;
  const compare = (measure: string, unit: string, ratio: number | null, sample: (queue: QueueOfDepth) => Promise<number>): Measure => {
    const subjectOf = (queue: QueueOfDepth): Subject => ({ name: nameOf(queue), sample: () => sample(queue) });
    const aims = ratio === null ? [] : [{ peer: nameOf(shallow), ratio, kind: 'atMost' as const }];
    return { measure, unit, subjects: [subjectOf(deep), subjectOf(shallow)], aims };
  };
  try {
    for (const queue of queues) {
      await queue.start();
      await queue.fill();
    }
    const measures = Object.entries(looks).map(([name, request]) =>
      compare(name, 'us', 2, (queue) => queue.look(options.seconds / 4, request)),
    );
    const restart = compare('restart until it answers', 'ms', null, async (queue) => {
      await queue.stop();
      return queue.start();
    });
    return await runMeasures([...measures, restart], options);
  } finally {
    for (const queue of queues) await queue.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
