/** Every method asks for the role of its contract, whoever calls and by whichever door (security.md 2.7, row 20b). */
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import { allMethods } from '../../src/common/contract/index.ts';
import { SignalboxError } from '../../src/common/errors.ts';
import { allows, type Principal, type Role, roles } from '../../src/common/roles.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';
import { attachMemory } from '../../src/main/node/router/index.ts';
import { sha256 } from '../helpers/accounts.ts';
import { signIn } from '../helpers/headless-node.ts';
import { openSocket, request, whenOpen } from '../helpers/http-fixture.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

async function startNode(): Promise<SignalboxNode> {
  const node = await createNode({
    dataFolder: await temporaryFolder(),
    mode: 'headless',
    overrides: { 'http.port': 0, 'links.port': 0, 'links.discovery': 'off' },
    onRestart: () => undefined,
    environment: {},
  });
  await node.start();
  onTestFinished(() => node.stop());
  return node;
}

function clientAs(node: SignalboxNode, principal: Principal): NodeClient {
  const { client: transport, node: end } = createMemoryTransport();
  attachMemory(node.router, end, { principal: () => principal });
  const client = new NodeClient({ connect: () => Promise.resolve(transport) });
  onTestFinished(() => client.close());
  return client;
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SignalboxError ? error.code : 'done';
}

/** Every way to hold less than a role: each weaker one, and none at all. */
const holdings: readonly (readonly Role[])[] = [[], ...roles.map((role) => [role])];

test('every method refuses every role below its own, before it looks at the params, and writes each refusal down once', async () => {
  const node = await startNode();
  let refusals = 0;
  for (const held of holdings) {
    const user = `${held[0] ?? 'nobody'}@test`;
    const client = clientAs(node, { user, roles: held, via: 'ws' });
    for (const [method, { role }] of allMethods()) {
      if (allows(held, role)) continue;
      refusals++;
      expect(await codeOf(client.callUnknown(method, { nonsense: true })), `${method} as ${user}`).toBe('FORBIDDEN');
    }
  }
  expect(refusals).toBeGreaterThan(allMethods().size);
  const admin = clientAs(node, { user: 'admin@test', roles: ['admin'], via: 'ws' });
  const { entries } = await admin.call('audit.list', { limit: 500 });
  const refused = entries.filter(({ outcome }) => outcome === 'refused');
  expect(refused.every(({ code }) => code === 'FORBIDDEN')).toBe(true);
  expect(new Set(refused.map(({ user, act }) => `${user} ${act}`)).size).toBe(refused.length);
  const metrics = await (await fetch(`${node.http.url}/metrics`)).text();
  expect(metrics).toContain(`signalbox_refused_total{code="FORBIDDEN",via="ws"} ${refusals}`);
});

test('row 20b: a role in the params, or beside them, gives none; only the session does', async () => {
  const node = await startNode();
  await node.accounts.add({ username: 'vi', role: 'viewer', passwordSha256: sha256('correct horse') });
  const url = node.http.url ?? '';
  const socket = openSocket(url, { token: await signIn(url, 'vi', 'correct horse'), protocol: 'signalbox.v1' });
  await whenOpen(socket);
  const admin = { user: `cli@${node.nodeId}`, roles: ['admin'], via: 'cli' };
  const params = { topic: '/site/note', data: 1 };
  expect(await request(socket, 'events.publish', params)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await request(socket, 'events.publish', { ...params, principal: admin, role: 'admin' })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await request(socket, 'events.publish', params, { principal: admin })).toMatchObject({ status: 'error', code: 'INVALID_PARAMS' });
  expect(await request(socket, 'users.me', {})).toMatchObject({ data: { roles: ['viewer'], via: 'ws' } });
  await node.accounts.setRole('vi', 'operator');
  expect(await request(socket, 'events.publish', params)).toMatchObject({ status: 'success' });
});
