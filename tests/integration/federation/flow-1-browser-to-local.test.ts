import { describe, expect, it } from 'vitest';
import { brokerKinds, startCluster } from '../../helpers/federated-router.ts';

describe.each(brokerKinds)('flow 1, browser to local node, with %s', (kind) => {
  it('answers calls without a service id, and with its own id or name, without another node', async () => {
    const asked: string[] = [];
    const member = (name: string) => ({
      name,
      handlers: () => ({
        'config.get': () => {
          asked.push(name);
          return { values: { from: name } };
        },
      }),
    });
    const [alpha] = await startCluster(kind, member('alpha'), member('bravo'));
    const client = alpha.client();
    for (const options of [{}, { serviceId: alpha.nodeId }, { serviceId: 'alpha' }, { target: { node: 'alpha' } }])
      await expect(client.call('config.get', {}, options)).resolves.toEqual({ values: { from: 'alpha' } });
    // What went there before would have come before this.
    await expect(client.call('config.get', {}, { serviceId: 'bravo' })).resolves.toEqual({ values: { from: 'bravo' } });
    expect(asked).toEqual(['alpha', 'alpha', 'alpha', 'alpha', 'bravo']);
  });
});
