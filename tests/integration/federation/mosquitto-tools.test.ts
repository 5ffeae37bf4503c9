/** A person with `mosquitto_sub` and `mosquitto_pub` sees and makes the documented messages, and drives a real node with nothing else. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startHeadless } from '../../helpers/headless-node.ts';
import { mosquittoPub, mosquittoSub, startMosquitto } from '../../helpers/mosquitto.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

async function startNode(port: number, name: string) {
  const node = await startHeadless(join(await temporaryFolder(), name), [
    '--no-console',
    '--set',
    `node.name=${name}`,
    'federation.mode=external',
    `federation.brokerUrl=mqtt://127.0.0.1:${port}`,
    'federation.unsignedRole=operator',
  ]);
  onTestFinished(async () => void (await node.stop()));
  return node;
}

type Line = { readonly topic: string; readonly payload: string };

/** The next line for which `where` holds, read as JSON. */
async function next(
  lines: AsyncIterator<Line>,
  where: (message: Record<string, unknown>, topic: string) => boolean,
): Promise<Record<string, unknown>> {
  for (;;) {
    const { value } = await lines.next();
    const message = JSON.parse(value.payload) as Record<string, unknown>;
    if (where(message, value.topic)) return message;
  }
}

it('calls, broadcasts, follows events and sees presence', async () => {
  const broker = await startMosquitto();
  const status = mosquittoSub(broker, 'cloudisense/service/+/status');
  const me = mosquittoSub(broker, 'cloudisense/service/me/inbox');
  await Promise.all([status.ready, me.ready]);
  const node = await startNode(broker.port, 'press-07');
  const inbox = `cloudisense/service/${node.nodeId}/inbox`;

  expect(await next(status.lines, () => true)).toMatchObject({
    serviceId: node.nodeId,
    status: 'online',
    name: 'press-07',
    version: expect.any(String),
    capabilities: expect.arrayContaining(['router']),
    publicKey: expect.stringMatching(/^[\w-]{43}$/),
    since: expect.any(Number),
    epoch: 1,
  });

  await mosquittoPub(
    broker,
    inbox,
    JSON.stringify({ type: 'rpc', requestid: 'r1', method: 'node.status', params: {}, originId: 'me', clientId: 'c1' }),
  );
  expect(await next(me.lines, ({ requestid }) => requestid === 'r1')).toMatchObject({
    type: 'rpc_response',
    status: 'success',
    serviceId: node.nodeId,
    data: { name: 'press-07', nodeId: node.nodeId },
  });

  const nowSeconds = Math.floor(Date.now() / 1_000);
  const envelope = {
    message_id: 'b1e5c3a0-0000-4000-8000-000000000001',
    source_node_id: 'me',
    target_node_id: node.nodeId,
    timestamp: nowSeconds,
    ttl: 300,
    priority: 'Medium',
    is_encrypted: false,
    payload: { type: 'Router', message: { type: 'rpc', requestid: 'r2', method: 'no.such', originId: 'me' } },
  };
  await mosquittoPub(broker, inbox, JSON.stringify(envelope));
  expect(await next(me.lines, ({ source_node_id }) => source_node_id === node.nodeId)).toMatchObject({
    target_node_id: 'me',
    timestamp: expect.any(Number),
    ttl: expect.any(Number),
    priority: 'Medium',
    is_encrypted: false,
    payload: {
      type: 'Router',
      message: { type: 'rpc_response', requestid: 'r2', status: 'error', code: 'METHOD_NOT_FOUND', originId: node.nodeId },
    },
  });

  const events = mosquittoSub(broker, `cloudisense/service/${node.nodeId}/events/#`);
  await events.ready;
  await mosquittoPub(broker, inbox, JSON.stringify({ type: 'subscribe', requestid: 's1', topic: '/site/note', originId: 'me' }));
  expect(await next(me.lines, ({ requestid }) => requestid === 's1')).toMatchObject({ status: 'success', data: { subscribed: true } });
  const note = { topic: '/site/note', data: { text: 'Valve 3 checked' } };
  await mosquittoPub(
    broker,
    'cloudisense/broadcast',
    JSON.stringify({ type: 'rpc', requestid: 'b1', serviceId: '*', method: 'events.publish', params: note, originId: 'me' }),
    ['-q', '1'],
  );
  expect(await next(events.lines, () => true)).toMatchObject({
    source_node_id: node.nodeId,
    target_node_id: null,
    payload: {
      type: 'Router',
      message: { type: 'event', name: 'data_generated', status: 'data', ...note, meta: { identity: node.nodeId, seq: 1 } },
    },
  });

  // A command that was retained is not run.
  await mosquittoPub(broker, inbox, JSON.stringify({ type: 'rpc', requestid: 'kept', method: 'node.status', originId: 'me' }), ['-r']);
  await next(me.lines, ({ requestid }) => requestid === 'kept');
  const other = await startNode(broker.port, 'mill-02');
  await next(status.lines, ({ serviceId }) => serviceId === other.nodeId);

  node.child.kill('SIGKILL');
  expect(await next(status.lines, (message) => message.serviceId === node.nodeId && message.status === 'offline')).toMatchObject({
    epoch: 1,
  });
  await other.stop();
  expect(await next(status.lines, (message) => message.serviceId === other.nodeId && message.status === 'offline')).toMatchObject({
    name: 'mill-02',
  });
});
