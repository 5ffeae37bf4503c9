/** The node as it is put together: every method of the contract is offered and keeps its word about its result. */
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import { allMethods, type MethodName, type ResultOf, resolveMethod } from '../../src/common/contract/index.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';
import { attachMemory } from '../../src/main/node/router/index.ts';
import { principalWith } from '../helpers/router-fixture.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { until } from '../helpers/until.ts';

interface Running {
  readonly node: SignalboxNode;
  readonly client: NodeClient;
  readonly restarts: readonly string[];
}

async function startNode(settings: Record<string, unknown> = {}): Promise<Running> {
  const restarts: string[] = [];
  const node = await createNode({
    dataFolder: await temporaryFolder(),
    mode: 'headless',
    overrides: { 'http.port': 0, 'links.port': 0, 'links.discovery': 'off', ...settings },
    onRestart: (reason) => void restarts.push(reason),
    environment: {},
  });
  await node.start();
  const { client: transport, node: end } = createMemoryTransport();
  attachMemory(node.router, end, { principal: () => principalWith('admin') });
  const client = new NodeClient({ connect: () => Promise.resolve(transport) });
  onTestFinished(async () => {
    client.close();
    await node.stop();
  });
  return { node, client, restarts };
}

const passwordSha256 = 'a'.repeat(64);
/** Where no gateway is. */
const gateway = { url: 'ws://127.0.0.1:1', tokenId: 'T-1', secret: 'a secret for a test' };
const kept = { kind: 'request', id: 'r1' } as const;
const routeAccess = { basicAuth: { username: 'ada', password: 'a password' }, allowedAddresses: ['10.0.0.0/8'], requestsPerSecond: 5 };

/** What earlier calls answered, by method. */
type Seen = <M extends MethodName>(method: M) => ResultOf<M>;

/** Id of the second node. */
const guestOf = (seen: Seen) => seen('membership.members').members.find(({ name }) => name === 'kiln-02')?.nodeId;

/** One call of each method, in an order in which each finds what it needs; `guest`: on the second node. */
const calls: readonly (readonly [MethodName, (seen: Seen) => Record<string, unknown>, 'guest'?])[] = [
  ['system.info', () => ({})],
  ['system.stats', () => ({})],
  ['system.processes', () => ({})],
  ['system.history', () => ({ windowMs: 60_000 })],
  ['system.checks', () => ({})],
  ['node.status', () => ({})],
  ['rpc.catalogue', () => ({})],
  ['rpc.activity', () => ({})],
  ['subscribe_channel', () => ({ topic: '/stats' })],
  ['unsubscribe_channel', () => ({ topic: '/stats' })],
  ['feeds.open', () => ({ topics: ['/site/#'] })],
  ['events.publish', () => ({ topic: '/site/note', data: { text: 'Valve 3 checked' } })],
  ['events.topics', () => ({})],
  ['feeds.update', (seen) => ({ feedId: seen('feeds.open').feedId, mode: 'counting' })],
  ['feeds.ack', (seen) => ({ feedId: seen('feeds.open').feedId, batch: 1 })],
  ['feeds.read', (seen) => ({ feedId: seen('feeds.open').feedId, fromId: 0, limit: 10 })],
  ['feeds.close', (seen) => ({ feedId: seen('feeds.open').feedId })],
  ['logs.list', () => ({})],
  ['logs.tail', () => ({ name: 'all' })],
  ['logs.setLevel', () => ({ name: 'node', level: 'debug' })],
  ['config.get', () => ({})],
  ['config.set', () => ({ values: { 'node.name': 'press-07' } })],
  ['config.schema', () => ({})],
  ['config.validate', () => ({ values: { 'http.port': -1 } })],
  ['users.me', () => ({})],
  ['users.add', () => ({ username: 'ada', passwordSha256, role: 'viewer' })],
  ['users.setRole', () => ({ username: 'ada', role: 'operator' })],
  ['users.setPassword', () => ({ username: 'ada', passwordSha256 })],
  ['users.list', () => ({})],
  ['users.remove', () => ({ username: 'ada' })],
  ['users.setupLink', () => ({})],
  ['audit.list', () => ({})],
  ['ledger.status', () => ({})],
  ['ledger.chains', () => ({})],
  ['ledger.note', () => ({ text: 'Replaced the fan of press-07.', target: 'press-07' })],
  ['ledger.list', () => ({ act: 'ledger.' })],
  ['ledger.get', (seen) => ({ number: seen('ledger.note').number ?? 1 })],
  ['ledger.verify', () => ({})],
  ['ledger.compare', () => ({})],
  ['ledger.confirm', (seen) => ({ number: seen('ledger.note').number ?? 1 })],
  ['ledger.export', () => ({ withDetails: true, withConfirmations: true })],
  ['ledger.checkpoint', () => ({})],
  ['ledger.repair', () => ({})],
  ['workspace.put', () => ({ ...kept, value: { method: 'system.info' } })],
  ['workspace.list', () => ({ kind: 'request' })],
  ['workspace.remove', () => kept],
  ['nodes.list', () => ({})],
  ['nodes.get', () => ({ node: 'press-07' })],
  ['nodes.clock', () => ({})],
  ['nodes.ping', () => ({ node: 'press-07', count: 1 })],
  ['cluster.activity', () => ({})],
  ['cluster.topics', () => ({})],
  ['membership.create', () => ({ name: 'North yard' })],
  ['membership.invite', () => ({ minutes: 5 })],
  ['membership.status', () => ({})],
  ['membership.join', (seen) => ({ code: seen('membership.invite').code, address: seen('membership.status').addresses[0] }), 'guest'],
  ['membership.invites', () => ({})],
  ['membership.withdraw', (seen) => ({ inviteId: seen('membership.invites').invites[0]?.inviteId })],
  ['membership.inviteFile', () => ({ uses: 3, minutes: 60 })],
  ['membership.recover', (seen) => ({ words: seen('membership.create').recoveryWords }), 'guest'],
  ['membership.members', () => ({})],
  ['peers.add', (seen) => ({ node: guestOf(seen), address: '127.0.0.1:7422' })],
  ['peers.list', () => ({})],
  ['peers.get', (seen) => ({ node: guestOf(seen) })],
  ['peers.probe', (seen) => ({ node: guestOf(seen) })],
  ['peers.statistics', () => ({})],
  ['peers.topology', () => ({})],
  ['peers.forgive', (seen) => ({ node: guestOf(seen) })],
  ['peers.discard', (seen) => ({ node: guestOf(seen), priority: 'Low' })],
  ['peers.remove', (seen) => ({ node: guestOf(seen) })],
  ['store.put', () => ({ key: 'site/contact', value: 'Ines' })],
  ['store.get', () => ({ key: 'site/contact' })],
  ['store.list', () => ({})],
  ['store.usage', () => ({})],
  ['store.delete', () => ({ key: 'site/contact' })],
  ['store.forget', (seen) => ({ owner: guestOf(seen) })],
  ['membership.rotate', () => ({})],
  ['membership.rotation', () => ({})],
  ['membership.skip', () => ({ node: 'kiln-02' })],
  ['identity.backup', () => ({ passphrase: 'a passphrase for a test' })],
  ['membership.setRoles', () => ({ node: 'kiln-02', roles: ['peer', 'operator', 'admin'] })],
  ['membership.revoke', () => ({ node: 'kiln-02' })],
  ['membership.leave', () => ({}), 'guest'],
  ['membership.nearby', () => ({})],
  ['membership.requests', () => ({})],
  ['mqtt.status', () => ({})],
  ['brokers.status', () => ({})],
  ['brokers.createGroup', () => ({})],
  ['brokers.groups', () => ({})],
  ['queues.create', (seen) => ({ name: 'orders', groupId: seen('brokers.createGroup').groupId })],
  ['queues.configure', () => ({ queue: 'orders', options: { maxMessages: 10 } })],
  ['queues.append', () => ({ queue: 'orders', messages: [{ data: { line: 7 } }, { data: 'AAEC', encoding: 'base64' }] })],
  ['queues.browse', () => ({ queue: 'orders', filter: 'value.line == 7' })],
  ['queues.message', () => ({ queue: 'orders', sequence: 2 })],
  ['queues.messagePart', () => ({ queue: 'orders', sequence: 2, offset: 1 })],
  ['queues.read', () => ({ queue: 'orders', clientId: 'C-ABC12', max: 2 })],
  ['queues.positions', () => ({ queue: 'orders' })],
  ['queues.seek', () => ({ queue: 'orders', clientId: 'C-ABC12', position: 0 })],
  ['queues.forgetClient', () => ({ queue: 'orders', clientId: 'C-ABC12' })],
  ['queues.series', () => ({ queue: 'orders' })],
  ['queues.list', () => ({})],
  ['queues.get', () => ({ queue: 'orders' })],
  ['brokers.backup', (seen) => ({ groupId: seen('brokers.createGroup').groupId })],
  ['brokers.restore', (seen) => ({ file: seen('brokers.backup').file })],
  ['queues.purge', (seen) => ({ queue: seen('queues.create').queueId })],
  ['queues.delete', (seen) => ({ queue: seen('queues.create').queueId })],
  ['brokers.rebalance', () => ({})],
  ['gateway.status', () => ({})],
  ['gateway.createToken', () => ({ name: 'Presses of hall 2', agentIds: ['press-*'] })],
  ['gateway.rotateToken', (seen) => ({ tokenId: seen('gateway.createToken').tokenId, graceMs: 1_000 })],
  ['gateway.tokens', () => ({})],
  ['gateway.sessions', () => ({})],
  ['gateway.createRoute', () => ({ host: 'orders.example.com', agentId: 'press-07', access: routeAccess })],
  ['gateway.routes', () => ({})],
  ['gateway.deleteRoute', (seen) => ({ routeId: seen('gateway.createRoute').routeId })],
  ['gateway.revokeToken', (seen) => ({ tokenId: seen('gateway.createToken').tokenId })],
  ['tunnels.services', () => ({})],
  ['tunnels.create', () => ({ agentId: 'press-07', gateway, target: { host: 'localhost', port: 3_000 } })],
  [
    'tunnels.update',
    (seen) => ({ tunnelId: seen('tunnels.create').tunnelId, capture: { level: 'heads', maxBodyBytes: 1_024, redactedHeaders: [] } }),
  ],
  ['tunnels.list', () => ({})],
  ['tunnels.test', (seen) => ({ tunnelId: seen('tunnels.create').tunnelId })],
  ['tunnels.requests', () => ({})],
  ['tunnels.clearRequests', (seen) => ({ tunnelId: seen('tunnels.create').tunnelId })],
  ['tunnels.delete', (seen) => ({ tunnelId: seen('tunnels.create').tunnelId })],
  ['node.restart', () => ({ reason: 'a test' })],
];

/** Those that answer only while a second person acts elsewhere: tests/integration/membership. */
const ofTwoPeople: readonly MethodName[] = ['membership.ask', 'membership.accept', 'membership.admit', 'membership.refuse'];
/** Those that need a second broker: tests/integration/broker. */
const ofTwoBrokers: readonly MethodName[] = ['brokers.join', 'brokers.leave', 'brokers.remove', 'brokers.transfer'];
/** Those that need an agent at the gateway: tests/integration/tunnel. */
const ofAgents: readonly MethodName[] = ['gateway.closeSession'];
/** Those that need a request that came through a tunnel: tests/integration/tunnel. */
const ofRequests: readonly MethodName[] = ['tunnels.request', 'tunnels.replay'];
/** Those that need a second member: tests/integration/ledger. */
const ofTwoMembers: readonly MethodName[] = ['ledger.difference'];

test('the node offers every method of the contract, and each answers as the contract says, with nothing beside', async () => {
  const { node, client, restarts } = await startNode({ 'broker.enabled': true, 'broker.port': 0 });
  const guest = await startNode({ 'node.name': 'kiln-02' });
  expect([...allMethods().keys()].filter((method) => !node.router.offers(method))).toEqual([]);
  const elsewhere = [...ofTwoPeople, ...ofTwoBrokers, ...ofAgents, ...ofRequests, ...ofTwoMembers];
  expect([...calls.map(([method]) => method), ...elsewhere].sort()).toEqual([...allMethods().keys()].sort());
  const answers = new Map<MethodName, unknown>();
  const seen: Seen = <M extends MethodName>(method: M) => answers.get(method) as ResultOf<M>;
  for (const [method, params, where] of calls) {
    const result = await (where === 'guest' ? guest.client : client).callUnknown(method, params(seen));
    answers.set(method, result);
    expect(resolveMethod(method)?.spec.result.parse(result), method).toEqual(result);
  }
  await until(() => restarts.length > 0);
  expect(restarts).toEqual(['a test']);
});
