import { describe, expect, it } from 'vitest';
import { brokerKinds, startCluster } from '../../helpers/cluster.ts';

describe.each(brokerKinds)('flow 2, browser to remote node, over %s', (kind) => {
  it('forwards a call to the node of an id or a name and brings the answer back', async () => {
    const [alpha, bravo] = await startCluster(kind, { names: ['alpha', 'bravo'] });
    const client = alpha?.client();
    const byId = await client?.call('node.status', {}, { serviceId: bravo?.nodeId ?? '' });
    const byName = await client?.call('node.status', {}, { serviceId: 'bravo' });
    const byTarget = await client?.call('node.status', {}, { target: { node: 'bravo' } });
    expect([byId?.name, byName?.name, byTarget?.name]).toEqual(['bravo', 'bravo', 'bravo']);
    expect(byId?.nodeId).toBe(bravo?.nodeId);
  });
});
