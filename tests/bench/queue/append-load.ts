/** The other process of the desktop's bench: `node append-load.ts PORT` keeps a broker of this machine as busy as it can be with appends. */
import { QueueClient } from '../../../src/common/client/queue-client.ts';
import { tcpStreams } from '../../../src/main/node/broker/client/byte-stream.ts';
import { messageSizeBytes } from './systems.ts';

const inFlight = 1_000;
const queue = 'bench';

const client = new QueueClient({ addresses: [{ host: '127.0.0.1', port: Number(process.argv[2]) }], open: tcpStreams() });
await client.createQueue(queue);
const message = [{ data: new Uint8Array(messageSizeBytes).fill(120) }];
let appended = 0;
for (let worker = 0; worker < inFlight; worker++)
  void (async () => {
    for (;;) {
      await client.append(queue, message);
      appended++;
    }
  })();
// Asked for, it says how many have been acknowledged so far.
process.on('message', () => process.send?.({ appended }));
process.once('disconnect', () => process.exit());
process.send?.({ ready: true });
