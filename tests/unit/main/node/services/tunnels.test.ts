import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ParsedParamsOf } from '../../../../../src/common/contract/index.ts';
import { tunnelsContract } from '../../../../../src/common/contract/tunnels.ts';
import { createKeyFileStore } from '../../../../../src/main/node/identity/index.ts';
import type { CallContext } from '../../../../../src/main/node/router/index.ts';
import { listeningServices } from '../../../../../src/main/node/services/tunnels/listening-services.ts';
import { createTunnelsService } from '../../../../../src/main/node/services/tunnels.ts';
import { createStore } from '../../../../../src/main/node/store/index.ts';
import { Metrics, Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { tunnelMigrations } from '../../../../../src/main/node/tunnel/agent/tunnel-store.ts';
import { TunnelsPart } from '../../../../../src/main/node/tunnel/agent/tunnels-part.ts';
import { principalWith, recordingLogger } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const context = { principal: principalWith('admin'), signal: new AbortController().signal } as CallContext;
const gateway = { url: 'ws://127.0.0.1:1', tokenId: 'T-1', secret: 'a secret' };

function params(changes: Record<string, unknown>): ParsedParamsOf<'tunnels.create'> {
  return tunnelsContract['tunnels.create'].params.parse({
    agentId: 'press-07',
    gateway,
    target: { host: 'localhost', port: 3_000 },
    enabled: false,
    ...changes,
  });
}

/** @param callAt what other nodes answer */
async function start(callAt: (method: string, params: unknown) => unknown = () => undefined) {
  const folder = await temporaryFolder();
  const logger = recordingLogger();
  const store = createStore({ file: join(folder, 'node.db'), migrations: tunnelMigrations, logger });
  await store.start();
  const tunnels = new TunnelsPart({
    nodeId: 'n1press',
    software: 'test',
    store,
    secrets: createKeyFileStore(folder),
    logger,
    problems: new Problems(),
    metrics: new Metrics(),
  });
  await tunnels.start();
  onTestFinished(async () => {
    await tunnels.stop();
    await store.stop();
  });
  const calls: string[] = [];
  const router = {
    nodeId: 'n1press',
    callAt: async (_target: unknown, method: string, given: unknown) => {
      calls.push(method);
      return callAt(method, given);
    },
  };
  return { service: createTunnelsService({ tunnels, router, nameOf: (nodeId) => nodeId, logger }), calls, logger };
}

test.each([
  [{ target: { host: '2130706433', port: 22 } }, /four numbers/],
  [{ target: { host: 'evil host', port: 22 } }, /neither a host name nor an address/],
  [{ hostHeader: 'a\r\nX: y' }, /hostHeader/],
  [{ publicPort: 2_222 }, /kind tcp/],
  [{ gateway: { ...gateway, url: 'http://gw.example' } }, /wss:\/\/ or ws:\/\//],
  [{ gateway: { ...gateway, url: 'ws://gw.example', legacy: true } }, /use wss/],
  [{ gateway: { ...gateway, legacy: true }, kind: 'tcp' }, /HTTP alone/],
])('refuses %j before anything is kept', async (changes, words) => {
  const { service } = await start();
  await expect(async () => service['tunnels.create'](params(changes), context)).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringMatching(words),
  });
  expect((await service['tunnels.list']({}, context)).tunnels).toEqual([]);
});

test('a secret is never shown, and a change leaves what it does not name', async () => {
  const { service } = await start();
  const access = { basicAuth: { username: 'ada', password: 'pass' }, allowedAddresses: ['10.0.0.0/8'], requestsPerSecond: 5 };
  const { tunnelId } = await service['tunnels.create'](params({ access, hostHeader: 'shop.internal' }), context);
  await service['tunnels.update']({ tunnelId, target: { host: '127.0.0.1', port: 4_000 } }, context);
  const { tunnels } = await service['tunnels.list']({}, context);
  expect(tunnels).toMatchObject([{ tunnelId, hostHeader: 'shop.internal', target: { port: 4_000 }, enabled: false, state: 'off' }]);
  expect(tunnels[0]?.access).toEqual({ ...access, basicAuth: { username: 'ada' } });
  expect(JSON.stringify(tunnels)).not.toContain('a secret');
  await expect(async () => service['tunnels.update']({ tunnelId, hostHeader: '\n' }, context)).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
  });
});

test('a token that was made for a tunnel which cannot be kept is revoked again, and one of a deleted tunnel too', async () => {
  const { service, calls, logger } = await start((method) => {
    if (method === 'gateway.status') return { state: 'running', agentsUrl: 'wss://gw:8080/tunnel', detail: '' };
    if (method === 'gateway.createToken') return { tokenId: 'T-2', secret: 'made there' };
    throw new Error('the gateway is gone');
  });
  const { tunnelId } = await service['tunnels.create'](params({ gateway: { nodeId: 'n1gateway' } }), context);
  expect(calls).toEqual(['gateway.status', 'gateway.createToken']);
  await expect(async () => service['tunnels.create'](params({ gateway: { nodeId: 'n1gateway' } }), context)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(calls).toEqual(['gateway.status', 'gateway.createToken', 'gateway.status']);
  await service['tunnels.delete']({ tunnelId }, context);
  expect(calls.at(-1)).toBe('gateway.revokeToken');
  expect(logger.lines.map(({ event }) => event)).toContain('tunnels.tokenNotRevoked');
});

test('services that listen are told by port, the own ones marked', async () => {
  const read = () =>
    Promise.resolve(
      [
        ['tcp', '127.0.0.1', '3000', 'LISTEN', 10, 'node'],
        ['tcp6', '::', '22', 'LISTEN', 0, ''],
        ['tcp', '127.0.0.1', '7420', 'LISTEN', 99, 'signalbox'],
        ['tcp', '127.0.0.1', '50000', 'ESTABLISHED', 10, 'node'],
        ['udp', '0.0.0.0', '53', 'LISTEN', 1, 'dns'],
      ].map(([protocol, localAddress, localPort, state, pid, process]) => ({ protocol, localAddress, localPort, state, pid, process })),
    ) as unknown as ReturnType<NonNullable<Parameters<typeof listeningServices>[1]>>;
  expect(await listeningServices(99, read)).toEqual([
    { port: 22, address: '::', process: null, own: false },
    { port: 3_000, address: '127.0.0.1', process: 'node', own: false },
    { port: 7_420, address: '127.0.0.1', process: 'signalbox', own: true },
  ]);
});
