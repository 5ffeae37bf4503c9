import { setTimeout as pause } from 'node:timers/promises';
import type { NodeClient } from '../../../src/common/client/node-client.ts';
import type { SignalboxError } from '../../../src/common/errors.ts';
import { startFarNode } from '../../helpers/far-process.ts';
import { startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';

const callers = 20;
const timeoutMs = 5_000;
/** Between two attempts of a caller that was refused: what a program would wait at least. */
const pauseMs = 10;
/** Calls that must have succeeded between two kills, and as many again at random, so that kills meet different moments. */
const successesBetweenKills = 30;

/** What became of the calls, and what the far node's file says of them. */
export interface BrokerKillReport {
  readonly kills: number;
  readonly requests: number;
  /** Messages sent for them: some requests are sent again until they succeed. */
  readonly attempts: number;
  readonly succeeded: number;
  /** Ended in an error that says `executed: no`. */
  readonly refused: number;
  /** Ended in an error that says `executed: maybe`. */
  readonly uncertain: number;
  /** Of those, how many did take effect. */
  readonly uncertainButDone: number;
  /** Lines of the far node's file, and distinct ones. */
  readonly effects: number;
  readonly distinctEffects: number;
  readonly faults: BrokenPromises;
  /** Longest time from the start of the broker until the nodes saw each other again. */
  readonly slowestReturnMs: number;
}

/** Ids of requests for which something was not as promised. */
interface BrokenPromises {
  readonly twice: readonly string[];
  readonly succeededWithoutEffect: readonly string[];
  readonly refusedWithEffect: readonly string[];
  readonly effectOfNobody: readonly string[];
  readonly strangeErrors: readonly string[];
}

export const nothingBroken: BrokenPromises = {
  twice: [],
  succeededWithoutEffect: [],
  refusedWithEffect: [],
  effectOfNobody: [],
  strangeErrors: [],
};

type Outcome = 'done' | 'no' | 'maybe';

/**
 * Kills and restarts the broker again and again while one node has another write lines into a file, half of them once
 * whatever happens, half again and again with one idempotency key until they succeed.
 */
export async function killBrokerUnderLoad(kills: number): Promise<BrokerKillReport> {
  const broker = await startMosquitto();
  const far = await startFarNode({ name: 'far', url: broker.url });
  const near = await startFederatedRouter({ name: 'near', url: broker.url });
  await untilReachability(near, far.nodeId, 'online');
  const load = new Load(near.client(), far.nodeId);
  const running = Array.from({ length: callers }, () => load.run());
  let slowestReturnMs = 0;
  for (let kill = 0; kill < kills; kill++) {
    await load.untilSucceeded(successesBetweenKills + Math.floor(Math.random() * successesBetweenKills));
    await broker.kill();
    await untilReachability(near, far.nodeId, 'unknown');
    const startedAtMs = performance.now();
    await broker.start();
    await untilReachability(near, far.nodeId, 'online');
    slowestReturnMs = Math.max(slowestReturnMs, performance.now() - startedAtMs);
  }
  load.stop();
  await Promise.all(running);
  // Whatever still runs there has been answered by then: answers come in order.
  await near.client().call('nodes.clock', {}, { serviceId: far.nodeId });
  return { kills, slowestReturnMs: Math.round(slowestReturnMs), ...load.compare(await far.effects()) };
}

/** Callers that never stop asking, and a record of what they were told. */
class Load {
  readonly #client: NodeClient;
  readonly #nodeId: string;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #strangeErrors: string[] = [];
  #running = true;
  #next = 0;
  #attempts = 0;
  #succeeded = 0;
  #wake: (() => void) | undefined;

  constructor(client: NodeClient, nodeId: string) {
    this.#client = client;
    this.#nodeId = nodeId;
  }

  async run(): Promise<void> {
    while (this.#running) {
      const number = this.#next++;
      const key = `request-${number}`;
      const again = number % 2 === 0;
      let outcome = await this.#ask(key);
      while (outcome !== 'done') {
        await pause(pauseMs);
        if (!again) break;
        outcome = await this.#ask(key);
      }
      this.#outcomes.set(key, outcome);
      if (outcome === 'done') this.#succeeded++;
      this.#wake?.();
    }
  }

  stop(): void {
    this.#running = false;
  }

  /** Resolves when that many more have succeeded. */
  untilSucceeded(more: number): Promise<void> {
    const wanted = this.#succeeded + more;
    return new Promise((resolve) => {
      this.#wake = () => {
        if (this.#succeeded < wanted) return;
        this.#wake = undefined;
        resolve();
      };
    });
  }

  compare(effects: readonly string[]): Omit<BrokerKillReport, 'kills' | 'slowestReturnMs'> {
    const done = new Set(effects);
    const keysOf = (wanted: Outcome) => [...this.#outcomes].filter(([, outcome]) => outcome === wanted).map(([key]) => key);
    const [succeeded, refused, uncertain] = [keysOf('done'), keysOf('no'), keysOf('maybe')];
    return {
      requests: this.#outcomes.size,
      attempts: this.#attempts,
      succeeded: succeeded.length,
      refused: refused.length,
      uncertain: uncertain.length,
      uncertainButDone: uncertain.filter((key) => done.has(key)).length,
      effects: effects.length,
      distinctEffects: done.size,
      faults: {
        twice: repeated(effects),
        succeededWithoutEffect: succeeded.filter((key) => !done.has(key)),
        refusedWithEffect: refused.filter((key) => done.has(key)),
        effectOfNobody: [...done].filter((key) => !this.#outcomes.has(key)),
        strangeErrors: this.#strangeErrors,
      },
    };
  }

  #ask(key: string): Promise<Outcome> {
    this.#attempts++;
    const options = { serviceId: this.#nodeId, timeoutMs, idempotencyKey: key };
    return this.#client.call('logs.setLevel', { name: key, level: 'info' }, options).then(
      () => 'done' as const,
      ({ code, executed, message }: SignalboxError) => {
        const known = ['NODE_LOST', 'NODE_UNREACHABLE', 'TIMEOUT'].includes(code) && executed !== undefined && executed !== 'yes';
        if (!known) this.#strangeErrors.push(`${code} ${executed}: ${message}`);
        return executed === 'no' ? 'no' : 'maybe';
      },
    );
  }
}

/** What stands in a list for the second time or more. */
function repeated(lines: readonly string[]): string[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const isRepeat = seen.has(line);
    seen.add(line);
    return isRepeat;
  });
}
