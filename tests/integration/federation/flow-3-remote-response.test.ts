import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { brokerKinds, deferred, failure, startBroker, startCluster, untilAborted } from '../../helpers/federated-router.ts';

describe.each(brokerKinds)('flow 3, response of a remote node to a browser, over %s', (kind) => {
  it('matches each answer to its question, whatever the order and however many browsers', async () => {
    const waiting = new Map<string, (values: Record<string, unknown>) => void>();
    const all = deferred();
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': ({ keys: [key = ''] = [] }) =>
            new Promise((resolve) => {
              waiting.set(key, (values) => resolve({ values }));
              if (waiting.size === 40) all.resolve();
            }),
        }),
      },
    );
    const clients = [alpha.client(), alpha.client()];
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    const answers = keys.map((key, index) => clients[index % 2]?.call('config.get', { keys: [key] }, { serviceId: 'bravo' }));
    await all.promise;
    for (const key of [...keys].reverse()) waiting.get(key)?.({ key });
    await expect(Promise.all(answers)).resolves.toEqual(keys.map((key) => ({ values: { key } })));
  });

  it('passes over answers that nobody asked for, or that another node gives', async () => {
    const url = await startBroker(kind);
    const asked = deferred<string>();
    const [alpha, bravo] = await startCluster(
      { url },
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': (_params, { requestId, signal }) => {
            asked.resolve(requestId);
            return untilAborted(signal);
          },
        }),
      },
    );
    const call = alpha.client().call('config.get', {}, { serviceId: 'bravo', timeoutMs: 5_000 });
    const requestid = await asked.promise;
    const stranger = await connectAsync(url);
    onTestFinished(() => void stranger.end(true));
    const inbox = `cloudisense/service/${alpha.nodeId}/inbox`;
    const answer = (values: object, originId: string) =>
      stranger.publishAsync(inbox, JSON.stringify({ type: 'rpc_response', requestid, status: 'success', data: { values }, originId }), {
        qos: 1,
      });
    await answer({ forged: true }, 'stranger');
    await stranger.publishAsync(inbox, JSON.stringify({ type: 'rpc_response', requestid: 'x', status: 'success', data: 1 }), { qos: 1 });
    await answer({ real: true }, bravo.nodeId);
    await expect(call).resolves.toEqual({ values: { real: true } });
  });

  it('says that a result is too large for the broker instead of nothing', async () => {
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      { name: 'bravo', handlers: () => ({ 'config.get': () => ({ values: { text: 'x'.repeat(2_000_000) } }) }) },
    );
    const error = await failure(alpha.client().call('config.get', {}, { serviceId: 'bravo' }));
    expect(error.toShape()).toMatchObject({ code: 'TOO_LARGE', executed: 'yes' });
  });
});
