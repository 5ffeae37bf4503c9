import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SignalboxError } from '../../src/common/errors.ts';
import type { FarNodeOptions, FarOrder, FarReport } from './far-node.ts';
import { randomNodeId } from './federated-node.ts';
import { temporaryFolder } from './temporary-folder.ts';

const entry = join(import.meta.dirname, 'far-node.ts');

/** A federated node in a process of its own, and what it has reported. */
export interface FarNode {
  readonly name: string;
  readonly nodeId: string;
  readonly child: ChildProcess;
  readonly folder: string;
  /** Calls a method of another node from this one. @throws SignalboxError */
  call(node: string, method: string, params: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<unknown>;
  publish(topic: string, data: unknown): void;
  /** Begins to follow a filter; {@link nextEvent} gives what comes. */
  subscribe(filter: string): Promise<void>;
  nextEvent(): Promise<{ readonly topic: string; readonly data: unknown }>;
  /** Resolves when somebody has begun to follow `/site/tick` here for that many times: a loss and a return make it one more. */
  untilWanted(times: number): Promise<void>;
  /** Resolves when a call of `config.get`, which runs until it is ended, has begun here. */
  untilRunning(): Promise<void>;
  untilSees(nodeId: string, reachability: 'online' | 'offline' | 'unknown'): Promise<void>;
  /** Every line that the method `logs.setLevel` has written, in order. */
  effects(): Promise<readonly string[]>;
}

export interface FarProcessOptions {
  readonly name: string;
  readonly url: string;
  readonly keepaliveSeconds?: number;
  /** A program and its arguments that run the node, such as `ip netns exec`. */
  readonly through?: readonly string[];
  /** A node that has ended: this one is its next start. */
  readonly again?: Pick<FarNode, 'nodeId' | 'folder'>;
}

/** Starts a node in a process of its own; killed when the test ends. */
export async function startFarNode({ name, url, keepaliveSeconds = 5, through = [], again }: FarProcessOptions): Promise<FarNode> {
  const folder = again?.folder ?? (await temporaryFolder());
  const effectsFile = join(folder, 'effects');
  if (again === undefined) await writeFile(effectsFile, '');
  const nodeId = again?.nodeId ?? randomNodeId();
  const options: FarNodeOptions = { name, nodeId, url, folder, keepaliveSeconds, effectsFile };
  const [program = '', ...args] = [...through, process.execPath, entry, JSON.stringify(options)];
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const reports = new Reports(child);
  await reports.until((_report, { ready }) => ready);
  const order = (message: FarOrder) => void child.send(message);
  let nextId = 1;
  return {
    name,
    nodeId,
    child,
    folder,
    call: (node, method, params, timeoutMs) => {
      const id = nextId++;
      order({ kind: 'call', id, node, method, params, timeoutMs });
      return reports.answer(id);
    },
    publish: (topic, data) => order({ kind: 'publish', topic, data }),
    subscribe: async (filter) => {
      const granted = reports.until((report) => report?.kind === 'subscribed' && report.filter === filter);
      order({ kind: 'subscribe', filter });
      await granted;
    },
    nextEvent: () => reports.nextEvent(),
    untilWanted: (times) => reports.until((_report, { wanted }) => wanted >= times),
    untilRunning: () => reports.until((_report, { running }) => running),
    untilSees: (other, reachability) => reports.until((_report, { nodes }) => nodes[other] === reachability),
    effects: async () => (await readFile(effectsFile, 'utf8')).split('\n').slice(0, -1),
  };
}

interface ReportedState {
  ready: boolean;
  wanted: number;
  running: boolean;
  nodes: Readonly<Record<string, string>>;
}

type Condition = (report: FarReport | undefined, state: ReportedState) => boolean;
type EventReport = Extract<FarReport, { kind: 'event' }>;

/** What a node's process has said, and who waits for it to say something. */
class Reports {
  readonly #state: ReportedState = { ready: false, wanted: 0, running: false, nodes: {} };
  readonly #waiting = new Set<{ readonly condition: Condition; readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  readonly #answers = new Map<number, { readonly resolve: (data: unknown) => void; readonly reject: (error: Error) => void }>();
  readonly #events: EventReport[] = [];

  constructor(child: ChildProcess) {
    child.on('message', (report: FarReport) => this.#take(report));
    child.once('exit', (code, signal) => this.#end(new Error(`the node's process ended with ${code ?? signal}`)));
    child.once('error', (error) => this.#end(error));
  }

  /** Resolves when the condition holds: looked at now, and at each report. */
  until(condition: Condition): Promise<void> {
    if (condition(undefined, this.#state)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.add({ condition, resolve, reject }));
  }

  answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
  }

  async nextEvent(): Promise<EventReport> {
    await this.until(() => this.#events.length > 0);
    return this.#events.shift() as EventReport;
  }

  #take(report: FarReport): void {
    if (report.kind === 'ready') this.#state.ready = true;
    else if (report.kind === 'wanted') this.#state.wanted += report.wanted ? 1 : 0;
    else if (report.kind === 'running') this.#state.running = true;
    else if (report.kind === 'reachability') this.#state.nodes = report.nodes;
    else if (report.kind === 'event') this.#events.push(report);
    else if (report.kind === 'answer') this.#answers.get(report.id)?.resolve(report.data);
    else if (report.kind === 'failure') this.#answers.get(report.id)?.reject(SignalboxError.fromShape(report.error));
    for (const waiter of this.#waiting) {
      if (!waiter.condition(report, this.#state)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  #end(error: Error): void {
    for (const { reject } of [...this.#waiting, ...this.#answers.values()]) reject(error);
    this.#waiting.clear();
    this.#answers.clear();
  }
}
