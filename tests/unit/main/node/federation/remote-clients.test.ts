import { afterEach, expect, it } from 'vitest';
import type { MethodName } from '../../../../../src/common/contract/index.ts';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { Principal } from '../../../../../src/common/roles.ts';
import { federationLimits } from '../../../../../src/main/node/federation/limits.ts';
import { RemoteClients } from '../../../../../src/main/node/federation/remote-clients.ts';
import type { Arrival } from '../../../../../src/main/node/federation/router-intake.ts';
import type { NodeRpc } from '../../../../../src/main/node/federation/router-messages.ts';
import type { CallContext, Handlers } from '../../../../../src/main/node/router/index.ts';
import { createRouterFixture, endOfTurn } from '../../../../helpers/router-fixture.ts';

const largestChars = 1_000;
let congested = false;
afterEach(() => {
  congested = false;
});
const inbox: Arrival = { origin: 'peer', form: 'envelope', ageMs: 0, via: 'inbox' };
const broadcast: Arrival = { ...inbox, via: 'broadcast' };
const setLevel: NodeRpc = { type: 'rpc', requestid: 'r1', method: 'logs.setLevel', params: { name: 'all', level: 'info' } };
const getConfig: NodeRpc = { type: 'rpc', requestid: 'r1', method: 'config.get' };

/** The virtual clients of other nodes on a real router; what they send is kept, and refused when it is too large. */
function open(handlers: Partial<Handlers<MethodName>>) {
  const { router } = createRouterFixture({ validateResults: false });
  router.register(handlers as Handlers<MethodName>);
  const sent: { target: string; message: Record<string, unknown> }[] = [];
  const clients = new RemoteClients({
    nodeId: 'me',
    grantTo: () => ({ role: 'operator' }),
    execute: (request, caller) => router.execute(request, caller),
    send: (target, _form, message) => {
      if (JSON.stringify(message).length > largestChars) throw new SignalboxError('TOO_LARGE', 'Too large.', { executed: 'no' });
      sent.push({ target, message: message as Record<string, unknown> });
    },
    congested: () => congested,
    nowMs: () => 0,
  });
  return { clients, sent, answers: () => sent.filter(({ message }) => message.type === 'rpc_response').map(({ message }) => message) };
}

it('never says of a write that has begun that it did not run, whatever became of its progress', async () => {
  let effects = 0;
  const { clients, answers } = open({
    'logs.setLevel': (_params, context) => {
      effects++;
      (context as CallContext).progress('x'.repeat(largestChars));
      return { changed: [] };
    },
  });
  clients.receive(setLevel, inbox);
  await expect.poll(answers).toMatchObject([{ requestid: 'r1', status: 'success' }]);
  expect(effects).toBe(1);
});

it('answers an error that does not fit with one that does, and keeps whether it ran', async () => {
  const { clients, answers } = open({
    'config.get': () => {
      throw new SignalboxError('CONFLICT', 'x'.repeat(largestChars), { executed: 'no' });
    },
  });
  clients.receive(getConfig, inbox);
  await endOfTurn();
  expect(answers()).toMatchObject([{ status: 'error', code: 'TOO_LARGE', executed: 'no' }]);
});

it('answers an error that is no JSON with one that is', async () => {
  const { clients, answers } = open({
    'config.get': () => {
      throw new SignalboxError('CONFLICT', 'No.', { executed: 'no', data: { count: 1n } });
    },
  });
  clients.receive(getConfig, inbox);
  await endOfTurn();
  expect(answers()).toMatchObject([{ status: 'error', code: 'INTERNAL', executed: 'no' }]);
});

it('tells nobody of the progress and the end of a broadcast', async () => {
  const { clients, sent } = open({
    'logs.setLevel': (_params, context) => {
      (context as CallContext).progress(1);
      return { changed: [] };
    },
  });
  clients.receive(setLevel, broadcast);
  clients.receive({ ...setLevel, requestid: 'r2' }, { ...inbox, origin: undefined });
  await expect.poll(() => clients.running).toBe(0);
  expect(sent).toEqual([]);
});

it('runs a broadcast that waited in an outbox, but not a request whose time is over', async () => {
  const ran: string[] = [];
  const { clients, answers } = open({
    'config.get': (_params, { requestId }) => {
      ran.push(requestId);
      return { values: {} };
    },
  });
  const late = { ageMs: federationLimits.outboxMs };
  clients.receive(getConfig, { ...broadcast, ...late });
  clients.receive({ ...getConfig, requestid: 'timed', timeoutMs: 1_000 }, { ...broadcast, ...late });
  clients.receive({ ...getConfig, requestid: 'asked' }, { ...inbox, ...late });
  await endOfTurn();
  expect(ran).toEqual(['r1']);
  expect(answers()).toMatchObject([{ requestid: 'asked', code: 'TIMEOUT', executed: 'no' }]);
});

it('keeps room for the node’s own clients, and answers those it refuses', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { clients, answers } = open({ 'config.get': () => held.then(() => ({ values: {} })) });
  const nodes = 3;
  for (let index = 0; index < federationLimits.runningTotal; index++)
    clients.receive({ ...getConfig, requestid: `r${index}` }, { ...inbox, origin: `peer-${index % nodes}` });
  expect([clients.running, answers().length]).toEqual([federationLimits.runningTotal, 0]);
  clients.receive({ ...getConfig, requestid: 'more' }, { ...inbox, origin: 'late' });
  expect(answers()).toMatchObject([{ requestid: 'more', code: 'OVERLOADED', executed: 'no' }]);
  // Its answers are nobody's any more, but what runs for it runs on.
  clients.lost('peer-0');
  clients.receive({ ...getConfig, requestid: 'again' }, { ...inbox, origin: 'late' });
  release();
  await expect.poll(() => answers().at(-1)).toMatchObject({ status: 'success' });
  clients.receive({ ...getConfig, requestid: 'after' }, { ...inbox, origin: 'late' });
  await expect.poll(() => answers().at(-1)).toMatchObject({ requestid: 'after', status: 'success' });
});

it('runs nothing while the broker does not take the answers', () => {
  const { clients, answers } = open({ 'config.get': () => ({ values: {} }) });
  congested = true;
  clients.receive(getConfig, inbox);
  expect(answers()).toMatchObject([{ code: 'OVERLOADED', executed: 'no' }]);
});

it('answers a node for which there is no room', () => {
  const { clients, answers } = open({ 'config.get': () => new Promise(() => undefined) });
  for (let index = 0; index < federationLimits.remoteClients; index++) clients.receive(getConfig, { ...inbox, origin: `peer-${index}` });
  clients.receive(getConfig, { ...inbox, origin: 'late' });
  expect(answers()).toMatchObject([{ code: 'OVERLOADED', executed: 'no' }]);
  expect(clients.size).toBe(federationLimits.remoteClients);
});

it('takes nobody on another node for a person here who is called the same', async () => {
  const users: string[] = [];
  const { clients } = open({
    'config.get': (_params, { principal }) => {
      users.push(principal.user);
      return { values: {} };
    },
  });
  const as = (user: string): Principal => ({ user, roles: ['operator'], via: 'ws' });
  for (const [index, user] of ['admin', 'admin@peer', 'admin@other'].entries())
    clients.receive({ ...getConfig, requestid: `r${index}`, principal: as(user) }, inbox);
  await endOfTurn();
  expect(users).toEqual(['admin@peer', 'admin@peer', 'admin@other@peer']);
});
