import { describe, expect, it } from 'vitest';
import type { Principal } from '../../../src/common/roles.ts';
import { brokerKinds, startCluster } from '../../helpers/federated-router.ts';

describe.each(brokerKinds)('flow 4, request of a remote node to this one, over %s', (kind) => {
  it('runs it as a virtual client of that node, with no more than the granted role', async () => {
    const seen: { principal: Principal; clientId: string }[] = [];
    const [alpha, bravo] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': (_params, { principal, clientId }) => {
            seen.push({ principal, clientId });
            return { values: {} };
          },
        }),
      },
    );
    await alpha.client('admin').call('config.get', {}, { serviceId: 'bravo' });
    await alpha.client('viewer').call('config.get', {}, { serviceId: 'bravo' });
    expect(seen).toEqual([
      { principal: { user: `admin@test@${alpha.nodeId}`, roles: ['operator'], via: 'node' }, clientId: `node:${alpha.nodeId}` },
      { principal: { user: `viewer@test@${alpha.nodeId}`, roles: ['viewer'], via: 'node' }, clientId: `node:${alpha.nodeId}` },
    ]);
    expect(bravo.federation.clients.size).toBe(1);
  });

  it('takes a request in both directions at once', async () => {
    const handlers = (from: string) => () => ({ 'config.get': () => ({ values: { from } }) });
    const [alpha, bravo] = await startCluster(
      kind,
      { name: 'alpha', handlers: handlers('alpha') },
      { name: 'bravo', handlers: handlers('bravo') },
    );
    const [there, back] = await Promise.all([
      alpha.client().call('config.get', {}, { serviceId: 'bravo' }),
      bravo.client().call('config.get', {}, { serviceId: 'alpha' }),
    ]);
    expect([there, back]).toEqual([{ values: { from: 'bravo' } }, { values: { from: 'alpha' } }]);
  });
});
