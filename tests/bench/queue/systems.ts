/** What the bench of queues measures: brokers of three replicas each, started for it on this machine, and one client of each. */
/** As queue.md 4 measures: 256 bytes a message. */
export const messageSizeBytes = 256;
export const replicas = 3;

/** One connection to the replica that takes writes. */
export interface QueueConnection {
  /** Appends one message; resolves when it is acknowledged. */
  append(): Promise<unknown>;
  /** Appends that many, then takes them with acknowledgement. @returns messages a second of the taking alone */
  consume(count: number): Promise<number>;
  close(): Promise<void>;
}

/** A broker with its replicas, each in processes and folders of its own. */
export interface QueueSystem {
  /** With its version. */
  readonly name: string;
  /** What holds a message when it has been acknowledged. */
  readonly durability: string;
  connect(): Promise<QueueConnection>;
  stop(): Promise<void>;
}

/** Starts a system in a folder. @throws NotAvailable */
export type StartSystem = (folder: string) => Promise<QueueSystem>;

/** Runs a consumer until it has had that many. @returns messages a second */
export async function timeTaking(count: number, take: () => Promise<void>): Promise<number> {
  const fromMs = performance.now();
  await take();
  return (count * 1_000) / (performance.now() - fromMs);
}

/** Appends that many with 1,000 in flight. */
export async function fill(connection: Pick<QueueConnection, 'append'>, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await connection.append();
  };
  await Promise.all(Array.from({ length: 1_000 }, worker));
}
