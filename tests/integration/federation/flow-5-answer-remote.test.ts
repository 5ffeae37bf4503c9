import { connectAsync, type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { brokerKinds, deferred, startBroker, startCluster } from '../../helpers/federated-router.ts';

async function firstSystemNode(url: string, id: string): Promise<{ client: MqttClient; next: () => Promise<Record<string, unknown>> }> {
  const client = await connectAsync(url);
  onTestFinished(() => void client.end(true));
  await client.subscribeAsync(`cloudisense/service/${id}/inbox`, { qos: 1 });
  return {
    client,
    next: () => new Promise((resolve) => client.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString())))),
  };
}

describe.each(brokerKinds)('flow 5, this node answers a remote one, over %s', (kind) => {
  it('answers a bare request in bare form, to the inbox of its origin', async () => {
    const url = await startBroker(kind);
    const [alpha] = await startCluster({ url }, { name: 'alpha', handlers: () => ({ 'config.get': () => ({ values: { a: 1 } }) }) });
    const old = await firstSystemNode(url, 'old-node');
    const answer = old.next();
    const request = {
      type: 'rpc',
      requestid: 'r1',
      intent: 'get_configuration',
      params: { unknown: 1 },
      originId: 'old-node',
      clientId: 'browser-1',
      extra: true,
    };
    old.client.publish(`cloudisense/service/${alpha.nodeId}/inbox`, JSON.stringify(request));
    expect(await answer).toMatchObject({
      type: 'rpc_response',
      requestid: 'r1',
      status: 'success',
      data: { values: { a: 1 } },
      serviceId: alpha.nodeId,
      originId: alpha.nodeId,
    });
  });

  it('answers with the error where there is one', async () => {
    const url = await startBroker(kind);
    const [alpha] = await startCluster({ url }, { name: 'alpha' });
    const old = await firstSystemNode(url, 'old-node');
    const answer = old.next();
    old.client.publish(
      `cloudisense/service/${alpha.nodeId}/inbox`,
      JSON.stringify({ type: 'rpc', requestid: 'r1', method: 'no.such', originId: 'old-node' }),
    );
    expect(await answer).toMatchObject({ requestid: 'r1', status: 'error', code: 'METHOD_NOT_FOUND', executed: 'no' });
  });

  it('lets a request that is delivered twice take effect once, and answers both', async () => {
    const url = await startBroker(kind);
    let effects = 0;
    const [alpha] = await startCluster(
      { url },
      {
        name: 'alpha',
        handlers: () => ({
          'logs.setLevel': () => {
            effects++;
            return { changed: [] };
          },
        }),
      },
    );
    const old = await firstSystemNode(url, 'old-node');
    const both = deferred();
    const answers: unknown[] = [];
    old.client.on('message', (_topic, payload) => {
      answers.push(JSON.parse(payload.toString()));
      if (answers.length === 2) both.resolve();
    });
    const text = JSON.stringify({
      type: 'rpc',
      requestid: 'r1',
      method: 'logs.setLevel',
      params: { name: 'all', level: 'info' },
      originId: 'old-node',
    });
    const inbox = `cloudisense/service/${alpha.nodeId}/inbox`;
    await old.client.publishAsync(inbox, text, { qos: 1 });
    await new Promise<void>((resolve) => old.client.once('message', () => resolve()));
    await old.client.publishAsync(inbox, text, { qos: 1 });
    await both.promise;
    expect(effects).toBe(1);
    expect(answers).toMatchObject([
      { requestid: 'r1', status: 'success' },
      { requestid: 'r1', status: 'success' },
    ]);
  });
});
