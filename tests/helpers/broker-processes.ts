/** Queue brokers in processes of their own, without nodes: for what kills, freezes and measures them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mistake } from './broker-mistakes.ts';
import type { BrokerProcessOptions, BrokerReady } from './broker-process.ts';
import { adminToken } from './broker-tokens.ts';
import { freePort } from './free-port.ts';
import { QueueConnection } from './queue-connection.ts';

/** A place for a broker: a port, a folder, and the process that runs there now, if any. */
export class BrokerSlot {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly #options: () => BrokerProcessOptions;
  /** For what is preloaded into it: a shim before the disk, another clock. */
  environment: NodeJS.ProcessEnv = {};
  /** Told when its files are not those any more that it wrote. */
  onDiskReplaced: () => Promise<void> = () => Promise.resolve();
  #child: ChildProcess | undefined;
  brokerId = '';

  constructor(name: string, port: number, folder: string, options: () => BrokerProcessOptions) {
    this.name = name;
    this.port = port;
    this.folder = folder;
    this.#options = options;
  }

  /** Of the broker's files; the rest of the folder is what is known of it. */
  get data(): string {
    return join(this.folder, 'data');
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the port is open. @throws Error with what it said when it ends before */
  async start(): Promise<void> {
    await mkdir(this.data, { recursive: true });
    const child = fork(new URL('./broker-process.ts', import.meta.url), [JSON.stringify(this.#options())], {
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.#child = child;
    let text = '';
    const hear = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-8_192);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    const gone = new AbortController();
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
      gone.abort();
    });
    try {
      const [ready] = (await once(child, 'message', { signal: gone.signal })) as [BrokerReady];
      this.brokerId = ready.brokerId;
    } catch {
      throw new Error(`${this.name} ended with ${child.exitCode ?? child.signalCode}: ${text}`);
    }
  }

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it and empties its disk: the next start makes another broker of it. */
  async wipe(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
    await this.onDiskReplaced();
  }

  /** Freezes it: its connections stay, and it says nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    // A frozen one takes nothing but SIGKILL until it is thawed.
    if (signal !== 'SIGKILL') child.kill('SIGCONT');
    await gone;
  }

  /** Asks this broker as an admin. @throws ConnectionLost, Error when it cannot be reached */
  async ask(request: { readonly operation: string } & Readonly<Record<string, unknown>>, timeoutMs = 10_000) {
    const connection = await QueueConnection.open(this.port, timeoutMs);
    try {
      await connection.request({ operation: 'AUTH', token: adminToken }, timeoutMs);
      return await connection.request(request, timeoutMs);
    } finally {
      connection.close();
    }
  }

  /** What this broker has said of leading, over all its lives, oldest first. */
  async leaderships(): Promise<readonly { readonly groupId: string; readonly term: number }[]> {
    const text = await readFile(join(this.folder, 'leaderships.jsonl'), 'utf8').catch(() => '');
    // The last line of a killed process may be torn.
    return text.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as { groupId: string; term: number }] : []));
  }
}

/** Where one broker reaches another: by the port of a proxy instead of its own, when there is one. */
export type Route = (from: BrokerSlot, to: BrokerSlot) => number;

export interface SlotsOptions {
  readonly folder: string;
  readonly count: number;
  /** Ports instead of the others' own, by what they are; none: direct. */
  readonly routes?: ReadonlyMap<BrokerSlot, ReadonlyMap<number, number>>;
  /** A mistake that is built in on purpose, for proving that it is found. */
  readonly mistake?: Mistake;
}

/** Places for brokers that trust one another; none runs yet. */
export async function brokerSlots({ folder, count, routes, mistake }: SlotsOptions): Promise<BrokerSlot[]> {
  const members = Array.from({ length: count }, (_, at) => at + 1);
  const slots: BrokerSlot[] = [];
  for (const number of members) {
    const port = await freePort();
    const own = join(folder, `broker-${number}`);
    const slot: BrokerSlot = new BrokerSlot(`broker-${number}`, port, own, () => ({
      folder: slot.data,
      port,
      seedByte: number,
      memberBytes: members,
      routes: Object.fromEntries(routes?.get(slot) ?? []),
      ...(mistake === undefined ? {} : { mistake }),
    }));
    slots.push(slot);
  }
  return slots;
}

/**
 * Starts brokers and makes one group of them, all with a vote.
 *
 * @returns the group's id
 */
export async function formGroup(slots: readonly BrokerSlot[]): Promise<string> {
  await Promise.all(slots.map((slot) => slot.start()));
  const [first, ...others] = slots as [BrokerSlot, ...BrokerSlot[]];
  const { cluster_id: groupId } = await demand(first, { operation: 'GROUP_CREATE' });
  for (const other of others) await joinGroup(other, String(groupId), first);
  return String(groupId);
}

/** Has a broker join a group that another one holds; resolves when it has a vote. */
export async function joinGroup(joining: BrokerSlot, groupId: string, member: BrokerSlot): Promise<void> {
  const address = `127.0.0.1:${member.port}`;
  // As long as a request may take: ten seconds, which is usual, are few for three brokers that start on a busy machine.
  await demand(joining, { operation: 'GROUP_JOIN', cluster_id: groupId, address, timeout_ms: 60_000 }, 120_000);
}

/** @throws Error when the broker refuses */
export async function demand(slot: BrokerSlot, request: Parameters<BrokerSlot['ask']>[0], timeoutMs?: number) {
  const answer = await slot.ask(request, timeoutMs);
  if (answer.status !== 'success') throw new Error(`${slot.name} refused ${request.operation}: ${answer.code} ${answer.message}`);
  return answer;
}
