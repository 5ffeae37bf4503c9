/** The worker thread of the embedded MQTT broker: a fault in it is restarted and does not take the node along. */
import { runThread } from '../../threads/index.ts';
import { HubBroker } from './hub-broker.ts';
import type { HubThread } from './hub-protocol.ts';

runThread<HubThread>(
  async ({ data, report }) => {
    const broker = new HubBroker({
      ...data,
      onRefused: (refusal, detail, client) => report('refused', { refusal, detail, client }),
    });
    return {
      ready: { port: await broker.start() },
      methods: { sample: () => broker.sample() },
      told: {},
      stop: () => broker.stop(),
    };
  },
  (error) => {
    const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
    return { code, message };
  },
);
