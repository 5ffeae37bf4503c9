/**
 * A process whose store peers write to without end, to be killed in the middle of it: `node store-writer.ts FOLDER FIRST`. It tells each write
 * before it begins, and each that was acknowledged; the id of write N is `mN`, its key one of four.
 */
import { StoragePart } from '../../src/main/node/peers/storage/index.ts';
import { Logs, Metrics, Problems } from '../../src/main/node/telemetry/index.ts';
import { MemoryPeers } from './memory-peers.ts';

const [dataFolder = '', first = '0'] = process.argv.slice(2);
const network = new MemoryPeers();
const part = new StoragePart({
  nodeId: 'n1-here',
  dataFolder,
  communicator: network.peer('n1-here'),
  quota: () => ({ items: 100, sizeBytes: 1_048_576, perOwnerItems: 100, perOwnerBytes: 1_048_576 }),
  keepsCopies: () => true,
  nameOf: (id) => id,
  logs: new Logs({ level: 'error' }),
  problems: new Problems(),
  metrics: new Metrics(),
});
await part.start();

async function write(number: number): Promise<void> {
  process.send?.({ begun: number });
  const value = Buffer.from(String(number)).toString('base64');
  const request = { type: 'StorageRequest', request_id: `r${number}`, operation: 'Put', key: `k${number % 4}`, value };
  const answer = await network.deliver('n1-peer', 'n1-here', request, `m${number}`);
  if (answer?.result === 'Success') process.send?.({ acknowledged: number, version: answer.version });
}

for (let number = Number(first); ; number += 8) await Promise.all(Array.from({ length: 8 }, (_, index) => write(number + index)));
