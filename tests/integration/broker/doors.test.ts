/** The ways in: lines for people with a terminal, TLS with a token, a client that ends its side at once. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { frameOf } from '../../helpers/json-queue-client.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

test('a person with netcat types lines, and ends the input before the answers have come', async () => {
  const broker = await testBroker(await temporaryFolder());
  await broker.start();
  const socket = connect({ port: broker.address?.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.end('{"operation":"CREATE_QUEUE","queue_name":"orders"}\n{"operation":"APPEND","queue_name":"orders","data":7}\n');
  await once(socket, 'end');
  const answers = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(answers).toMatchObject([{ queue_name: 'orders' }, { sequence_num: 1 }]);
});

test('over TLS a token decides who it is; without one nobody gets in where anonymous clients are off', async () => {
  const broker = await testBroker(await temporaryFolder(), {
    anonymous: () => false,
    checkToken: (token) => Promise.resolve(token === 'right' ? { user: 'ada@n1', roles: ['admin'] } : undefined),
  });
  await broker.start();
  const plain = await clientOf(broker);
  expect(await plain.ask({ operation: 'PING' })).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await plain.ask({ operation: 'PING', auth: 'wrong' })).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await plain.ask({ operation: 'PING', auth: 'right' })).toMatchObject({ status: 'success' });
  plain.close();

  const socket = connectTls({ port: broker.address?.port ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.write(frameOf({ operation: 'AUTH', token: 'right' }));
  const [signedIn] = (await once(socket, 'data')) as [Buffer];
  expect(signedIn.toString('utf8', 4)).toContain('"user":"ada@n1"');
  socket.write(frameOf({ operation: 'GROUP_CREATE' }));
  const [created] = (await once(socket, 'data')) as [Buffer];
  expect(created.toString('utf8', 4)).toContain('"status":"success"');
  socket.destroy();
  await until(() => broker.status().clients === 0);
});
