/** The worker thread of the embedded MQTT broker: a fault in it is restarted and does not take the node along. */
import { parentPort, workerData } from 'node:worker_threads';
import { HubBroker } from './hub-broker.ts';
import type { FromHub, HubOptions, ToHub } from './hub-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('hub-worker runs as a worker thread.');
const send = (message: FromHub) => port.postMessage(message);

const broker = new HubBroker({
  ...(workerData as HubOptions),
  onRefused: (refusal, detail, client) => send({ type: 'refused', refusal, detail, client }),
});

const starting = broker.start();

port.on('message', (message: ToHub) => {
  if (message.type === 'sample') send({ type: 'sampled', sample: broker.sample() });
  else void stop();
});

/** A broker that is stopped while it starts would begin to listen after that. */
async function stop(): Promise<void> {
  await starting.catch(() => undefined);
  await broker.stop();
  send({ type: 'stopped' });
  port?.close();
}

try {
  send({ type: 'listening', port: await starting });
} catch (error) {
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
  send({ type: 'failed', code, message });
  port.close();
}
