/** Joining without a code, and with a code that an admin confirms: two people, each at one node (security.md 2.4). */
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import type { AskProgress, JoinRequestEntry } from '../../../src/common/contract/joining.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { askByHand, startBetween, startFakeAdmin } from '../../helpers/raw-ask.ts';

/** Well before members compare what they know: what changes is told at once. */
const waiting = { timeout: 20_000, interval: 20 };
const refusedAs = (code: string) => expect.objectContaining({ code });

interface Asking {
  readonly joined: Promise<ResultOf<'membership.ask'>>;
  /** What the person there is shown. */
  shown<S extends AskProgress['step']>(step: S): Promise<Extract<AskProgress, { step: S }>>;
}

function ask(guest: MemberNode, address: string, signal?: AbortSignal): Asking {
  const progress: AskProgress[] = [];
  const joined = guest.client.call(
    'membership.ask',
    { address },
    { timeoutMs: 150_000, onProgress: (step) => void progress.push(step), ...(signal && { signal }) },
  );
  joined.catch(() => undefined);
  return {
    joined,
    shown: async (step) => {
      const isShown = (known: AskProgress): known is Extract<AskProgress, { step: typeof step }> => known.step === step;
      await expect.poll(() => progress.some(isShown), waiting).toBe(true);
      return progress.find(isShown) as Extract<AskProgress, { step: typeof step }>;
    },
  };
}

async function waitingAt(node: MemberNode): Promise<JoinRequestEntry> {
  const requests = async () => (await node.client.call('membership.requests', {})).requests;
  await expect.poll(async () => (await requests()).length, waiting).toBe(1);
  return (await requests())[0] as JoinRequestEntry;
}

async function found(settings: Record<string, unknown> = {}): Promise<MemberNode> {
  const hub = await startMember('hub-01', settings);
  await hub.client.call('membership.create', { name: 'North yard' });
  return hub;
}

const clusterOf = async (node: MemberNode) => (await node.client.call('membership.status', {})).cluster;
const other = (number: string) => (number === '000000' ? '000001' : '000000');

test('a node asks, the admin types the number of its screen, its person takes the answer, and both are linked', async () => {
  const [hub, press] = [await found(), await startMember('press-07')];
  const changes: string[] = [];
  const subscription = hub.client.subscribe('/membership');
  onTestFinished(() => subscription.dispose());
  await subscription.ready;
  void (async () => {
    for await (const { data } of subscription) changes.push((data as { change: string }).change);
  })();
  const asking = ask(press, await hub.address());
  const { number } = await asking.shown('number');
  expect(number).toMatch(/^\d{6}$/);
  const request = await waitingAt(hub);
  const { fingerprint, nodeId } = await press.client.call('membership.status', {});
  expect(request).toMatchObject({ kind: 'number', name: 'press-07', shortId: nodeId.slice(0, 8), fingerprint, roles: null });
  expect(JSON.stringify(request)).not.toContain(number);
  await expect.poll(() => changes, waiting).toContain('requests');
  const { problems } = await hub.client.call('node.status', {});
  expect(problems).toContainEqual(expect.objectContaining({ id: 'membership.joinRequests', title: 'press-07 asks to join the cluster' }));

  const { requestId } = request;
  const spoken = `${number.slice(0, 3)} ${number.slice(3)}`;
  const admitted = await hub.client.call('membership.admit', { requestId, number: spoken, roles: ['peer', 'operator'] });
  expect(admitted).toMatchObject({ nodeId, name: 'press-07', roles: ['peer', 'operator'] });
  const accept = await asking.shown('accept');
  expect(accept).toMatchObject({
    cluster: 'North yard',
    by: { name: 'hub-01', fingerprint: (await hub.client.call('membership.status', {})).fingerprint },
  });
  expect(await clusterOf(press)).toBeNull();
  await press.client.call('membership.accept', {});
  expect(await asking.joined).toMatchObject({ name: 'North yard', members: 2 });
  await expect.poll(async () => (await hub.member('press-07'))?.state, waiting).toBe('linked');
  expect((await hub.client.call('node.status', {})).problems.map(({ id }) => id)).not.toContain('membership.joinRequests');
  await expect(press.client.call('membership.accept', {})).rejects.toEqual(refusedAs('CONFLICT'));
});

test('other digits end the request, a refusal and a change of mind too, and an address has three an hour', async () => {
  const [hub, press] = [await found(), await startMember('press-07')];
  const address = await hub.address();
  const mistyped = ask(press, address);
  const { number } = await mistyped.shown('number');
  const { requestId } = await waitingAt(hub);
  const typed = (digits: string) => hub.client.call('membership.admit', { requestId, number: digits });
  await expect(typed(other(number))).rejects.toEqual(refusedAs('INVITE_INVALID'));
  await expect(mistyped.joined).rejects.toMatchObject({ code: 'INVITE_INVALID', message: expect.stringContaining('numbers differ') });
  await expect(typed(number)).rejects.toEqual(refusedAs('NOT_FOUND'));

  const refused = ask(press, address);
  await refused.shown('number');
  await expect(press.client.call('membership.ask', { address })).rejects.toEqual(refusedAs('CONFLICT'));
  await hub.client.call('membership.refuse', { requestId: (await waitingAt(hub)).requestId });
  await expect(refused.joined).rejects.toEqual(refusedAs('FORBIDDEN'));

  const cancel = new AbortController();
  const cancelled = ask(press, address, cancel.signal);
  await cancelled.shown('number');
  await waitingAt(hub);
  cancel.abort();
  await expect.poll(async () => (await hub.client.call('membership.requests', {})).requests, waiting).toEqual([]);
  await expect
    .poll(
      () =>
        ask(press, address).joined.then(
          () => 'joined',
          ({ code }) => code,
        ),
      waiting,
    )
    .toBe('OVERLOADED');
  expect(await clusterOf(press)).toBeNull();
  await letJoin(hub, press);
});

test('row 59: a node that answers by itself is not believed until a person says that it was the admin', async () => {
  const press = await startMember('press-07');
  const cancel = new AbortController();
  const asking = ask(press, await startFakeAdmin(), cancel.signal);
  const { cluster, by } = await asking.shown('accept');
  expect({ cluster, name: by.name }).toEqual({ cluster: 'North yard', name: 'hub-01' });
  cancel.abort();
  await expect(asking.joined).rejects.toEqual(refusedAs('CANCELLED'));
  expect(await clusterOf(press)).toBeNull();
  await expect(press.client.call('membership.accept', {})).rejects.toEqual(refusedAs('CONFLICT'));
});

test('somebody between the two nodes is found out; a broken promise, another key and a wrong name are refused', async () => {
  const [hub, press] = [await found(), await startMember('press-07')];
  const address = await hub.address();
  await expect(ask(press, await startBetween(address)).joined).rejects.toEqual(refusedAs('BAD_SIGNATURE'));
  const honest = await askByHand(address, {});
  expect(honest.last).toMatchObject({ wait_ms: 60_000 });
  const { requestId } = await waitingAt(hub);
  // What the joiner's screen shows when its own connection ends at somebody else.
  await expect(hub.client.call('membership.admit', { requestId, number: other(honest.number) })).rejects.toEqual(
    refusedAs('INVITE_INVALID'),
  );
  expect((await askByHand(address, { breakPromise: true })).last).toMatchObject({ refused: { code: 'INVITE_INVALID' } });
  expect((await askByHand(address, {})).last).toMatchObject({ refused: { code: 'OVERLOADED' } });
  expect((await hub.client.call('membership.requests', {})).requests).toEqual([]);
  const second = await found();
  expect((await askByHand(await second.address(), { otherKey: true })).last).toMatchObject({ refused: { code: 'BAD_SIGNATURE' } });
  expect((await askByHand(await second.address(), { name: '<img src=x onerror=alert(1)>' })).last).toMatchObject({
    refused: { code: 'INVALID_PARAMS' },
  });
});

test('only an admin node is asked, and only an admin lets in', async () => {
  const [hub, press, kiln] = [await found(), await startMember('press-07'), await startMember('kiln-02')];
  await letJoin(hub, press);
  await expect(ask(kiln, await press.address()).joined).rejects.toEqual(refusedAs('FORBIDDEN'));
  await expect(press.client.call('membership.admit', { requestId: 'x' })).rejects.toEqual(refusedAs('FORBIDDEN'));
  await expect(hub.client.call('membership.refuse', { requestId: 'x' })).rejects.toEqual(refusedAs('NOT_FOUND'));
  await expect(ask(hub, await hub.address()).joined).rejects.toEqual(refusedAs('CONFLICT'));
});

test('with links.confirmJoins a right code waits for an admin, keeps its use when refused, and joins when let in', async () => {
  const [hub, press] = [await found({ 'links.confirmJoins': true }), await startMember('press-07')];
  const { code } = await hub.client.call('membership.invite', { roles: ['peer', 'operator'] });
  const address = await hub.address();
  const waits: unknown[] = [];
  const join = () =>
    press.client.call('membership.join', { code, address }, { timeoutMs: 150_000, onProgress: (step) => void waits.push(step) });
  const refused = join();
  refused.catch(() => undefined);
  const request = await waitingAt(hub);
  expect(request).toMatchObject({ kind: 'code', name: 'press-07', roles: ['peer', 'operator'] });
  await expect.poll(() => waits, waiting).toEqual([{ step: 'waits', expiresAt: expect.any(Number) }]);
  await hub.client.call('membership.refuse', { requestId: request.requestId });
  await expect(refused).rejects.toEqual(refusedAs('FORBIDDEN'));

  const joined = join();
  const { requestId } = await waitingAt(hub);
  expect(await hub.client.call('membership.admit', { requestId })).toMatchObject({ roles: ['peer', 'operator'] });
  expect(await joined).toMatchObject({ name: 'North yard', members: 2 });
});

test('a node that stops while it asks, or while somebody waits at it, stops at once', async () => {
  const [hub, press] = [await found(), await startMember('press-07')];
  const asking = ask(press, await hub.address());
  await asking.shown('number');
  await waitingAt(hub);
  await hub.stop();
  await expect(asking.joined).rejects.toMatchObject({ code: 'NODE_LOST' });
  const again = await found();
  const lost = ask(press, await again.address());
  await lost.shown('number');
  await press.stop();
  await expect.poll(async () => (await again.client.call('membership.requests', {})).requests, waiting).toEqual([]);
});
