import { describe, it } from 'vitest';
import { brokerKinds, startCluster } from '../../helpers/federated-router.ts';

const rounds = 20;

describe.each(brokerKinds)('a topic that is left and asked for again at once, over %s', (broker) => {
  it('is followed, however the broker orders its packets', async () => {
    const [here, there] = await startCluster(broker, { name: 'here' }, { name: 'there' });
    const client = here.client();
    for (let round = 0; round < rounds; round++) {
      const before = client.subscribe('+/site/a');
      await before.ready;
      before.dispose();
      const again = client.subscribe('+/site/a');
      await again.ready;
      // The far node is asked once the filter is open, and begins some time later: it says so again until somebody hears it.
      const publishing = setInterval(() => there.router.publish('/site/a', round), 20);
      try {
        for await (const { data } of again) if (data === round) break;
      } finally {
        clearInterval(publishing);
      }
    }
  });
});
