/**
 * A whole node in a process of its own whose durable messages are counted: `node peer-process.ts OPTIONS`. What it takes of the type `Note` has
 * its effect, a row, in the transaction that also writes that it was taken.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createNode } from '../../src/main/node/node.ts';

export interface PeerProcessOptions {
  readonly folder: string;
  readonly name: string;
  readonly port: number;
}

/** Send these to a node, one after the other. */
export interface PeerOrder {
  readonly to: string;
  readonly numbers: readonly number[];
}

export type PeerReport = { readonly ready: string } | { readonly stored: number } | { readonly failed: string };

/** Writers of one file wait for each other that long. */
const busyMs = 5_000;

const { folder, name, port } = JSON.parse(process.argv[2] ?? '{}') as PeerProcessOptions;
const report = (message: PeerReport) => void process.send?.(message);

const node = await createNode({
  dataFolder: folder,
  mode: 'headless',
  overrides: { 'node.name': name, 'http.port': 0, 'links.port': port, 'links.discovery': 'off' },
  onRestart: () => undefined,
  environment: {},
});
const { communicator } = node.peers;
let database: Database.Database | undefined;
communicator.on('Note', ({ number }, { receipt }) => {
  database ??= openEffects();
  database.exec('BEGIN IMMEDIATE');
  try {
    database.prepare('INSERT INTO test_effects (number) VALUES (?)').run(number as number);
    for (const { sql, params = [] } of receipt()) database.prepare(sql).run(...params);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
});
await node.start();

process.on('message', (order: PeerOrder) => void send(order).catch((error: Error) => report({ failed: error.message })));
report({ ready: node.nodeId });

async function send({ to, numbers }: PeerOrder): Promise<void> {
  for (const number of numbers) {
    await communicator.send(to, { type: 'Note', number }, { priority: 'Medium', durable: true });
    // It is on the disk: whatever happens to this process, it arrives.
    report({ stored: number });
  }
}

/** With the library that the node itself uses: two of them in one process undo each other's locks, and the file is damaged. */
function openEffects(): Database.Database {
  const opened = new Database(join(folder, 'node.db'), { timeout: busyMs });
  opened.exec('CREATE TABLE IF NOT EXISTS test_effects (number INTEGER NOT NULL)');
  return opened;
}
