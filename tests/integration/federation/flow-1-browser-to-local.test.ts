import { describe, expect, it } from 'vitest';
import { brokerKinds, startCluster } from '../../helpers/federated-router.ts';

describe.each(brokerKinds)('flow 1, browser to local node, with %s', (kind) => {
  it('answers calls without a service id, and with its own id or name, without another node', async () => {
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha', handlers: () => ({ 'config.get': () => ({ values: { from: 'alpha' } }) }) },
      { name: 'bravo' },
    );
    const client = alpha.client();
    const sentBefore = alpha.federation.metrics.sentMessages;
    for (const options of [{}, { serviceId: alpha.nodeId }, { serviceId: 'alpha' }, { target: { node: 'alpha' } }])
      await expect(client.call('config.get', {}, options)).resolves.toEqual({ values: { from: 'alpha' } });
    expect(alpha.federation.metrics.sentMessages).toBe(sentBefore);
  });
});
