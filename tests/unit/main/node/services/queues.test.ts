import { describe, expect, test } from 'vitest';
import type { QueueInfo } from '../../../../../src/common/contract/queues.ts';
import { dataOf, nodeIdOf, type PretendedNode, pretendGroup, startPretended } from '../../../../helpers/pretended-brokers.ts';

const names = ['press', 'mill', 'depot'] as const;

async function listAt(nodes: (name: string) => PretendedNode, name: string) {
  return (await nodes(name).call('queues.list')) as { queues: QueueInfo[]; unreachable: { groupId: string; reason: string }[] };
}

describe('queues.list', () => {
  test('shows the queues of every group from any node, each as its leader sees it', async () => {
    const groups = [pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill'), pretendGroup('G-BBBBB', ['mill'], ['alarms'])];
    const nodes = startPretended({ nodes: names, groups, without: ['depot'] });
    for (const name of names) {
      const { queues, unreachable } = await listAt(nodes, name);
      expect(queues.map(({ name: queue, groupId, leader }) => [queue, groupId, leader?.name])).toEqual([
        ['alarms', 'G-BBBBB', 'mill'],
        ['orders', 'G-AAAAA', 'mill'],
      ]);
      expect(unreachable).toEqual([]);
    }
  });

  test('takes the figures of a replica while the leader is away, and says so', async () => {
    const nodes = startPretended({ nodes: names, groups: [pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill')] });
    nodes('mill').isGone = true;
    const { queues, unreachable } = await listAt(nodes, 'depot');
    expect(queues).toHaveLength(1);
    expect(unreachable).toEqual([
      {
        groupId: 'G-AAAAA',
        reason: expect.stringMatching(/^Its leader .*mill.* did not answer as one: these are the figures of the replica on press\.$/),
      },
    ]);
  });

  test('names a group that was there and of which nobody tells now', async () => {
    const nodes = startPretended({ nodes: names, groups: [pretendGroup('G-AAAAA', ['mill'], ['orders'])] });
    await listAt(nodes, 'depot');
    nodes('mill').isGone = true;
    await expect
      .poll(async () => (await listAt(nodes, 'depot')).unreachable)
      .toEqual([{ groupId: 'G-AAAAA', reason: 'mill held it and did not answer.' }]);
  });

  test('is empty where no broker runs', async () => {
    const nodes = startPretended({ nodes: ['press'], groups: [], without: ['press'] });
    expect(await nodes('press').call('queues.list')).toEqual({ queues: [], unreachable: [], complete: true });
  });
});

describe('an act on a queue', () => {
  test('reaches the leader from any node, with a broker or without, by name, id and GROUP/NAME', async () => {
    const groups = [pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill')];
    const nodes = startPretended({ nodes: names, groups, without: ['depot'] });
    for (const [index, queue] of ['orders', 'Q-AAAAA00000', 'G-AAAAA/orders'].entries())
      for (const name of names) await nodes(name).call('queues.append', { queue, messages: [{ data: `${name} ${index}` }] });
    expect(dataOf(await nodes('depot').call('queues.browse', { queue: 'orders', from: 'first' }))).toHaveLength(9);
    const appends = nodes('mill').asked.filter(({ operation }) => operation === 'APPEND');
    expect(appends).toHaveLength(9);
    expect(appends[0]).toMatchObject({ queue_name: 'Q-AAAAA00000', client_id: 'ada' });
    expect(nodes('press').asked.some(({ operation }) => operation === 'APPEND')).toBe(false);
  });

  test('waits through an election and goes to whoever leads then', async () => {
    const group = pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill');
    const nodes = startPretended({ nodes: names, groups: [group] });
    await nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 1 }] });
    nodes('mill').isGone = true;
    const waiting = nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 2 }] });
    await Promise.resolve();
    group.leader = 'press';
    expect(await waiting).toEqual({ firstSequence: 2, count: 1, repeated: false });
  });

  test('follows the word of a replica about who leads', async () => {
    const group = pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill');
    const nodes = startPretended({ nodes: names, groups: [group] });
    await nodes('depot').call('queues.get', { queue: 'orders' });
    group.leader = 'press';
    expect(await nodes('depot').call('queues.append', { queue: 'orders', messages: [{ data: 2 }] })).toMatchObject({ count: 1 });
  });

  test('is looked up at a replica while nobody leads; what changes something is refused in time', async () => {
    const group = pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill');
    const nodes = startPretended({ nodes: names, groups: [group] });
    await nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 'kept' }] });
    group.leader = undefined;
    for (const name of ['press', 'depot'])
      expect(dataOf(await nodes(name).call('queues.browse', { queue: 'orders', from: 'first' }))).toEqual(['kept']);
    const refused = nodes('press').router.call(
      'queues.append',
      { queue: 'orders', messages: [{ data: 1 }] },
      { principal: { user: 'ada@test', roles: ['admin'], via: 'ws' }, timeoutMs: 700 },
    );
    await expect(refused).rejects.toMatchObject({
      code: 'NO_QUORUM',
      executed: 'no',
      message: expect.stringContaining('G-AAAAA has no leader now'),
    });
  });

  test('whose answer was lost is sent again only when doing it twice does no more than doing it once', async () => {
    const nodes = startPretended({ nodes: names, groups: [pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill')] });
    const appends = () => nodes('mill').asked.filter(({ operation }) => operation === 'APPEND');
    await nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 1 }] });
    nodes('mill').losesAnswers = 1;
    const plain = nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 2 }] });
    await expect(plain).rejects.toMatchObject({ code: 'NODE_LOST', executed: 'maybe' });
    expect(appends()).toHaveLength(2);
    nodes('mill').losesAnswers = 1;
    const producer = { id: 'C-PLC01', epoch: 0, sequence: 1 };
    await nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 3 }], producer });
    expect(
      appends()
        .slice(2)
        .map((operation) => operation.producer),
    ).toEqual([producer, producer]);
  });

  test('is not passed on a second time', async () => {
    const nodes = startPretended({ nodes: names, groups: [pretendGroup('G-AAAAA', ['press', 'mill'], ['orders'], 'mill')] });
    await expect(nodes('press').call('queues.append', { queue: 'orders', messages: [{ data: 1 }], hereOnly: true })).rejects.toMatchObject({
      code: 'NOT_LEADER',
      executed: 'no',
      data: { leader: { nodeId: nodeIdOf('mill') } },
    });
    await expect(nodes('depot').call('queues.purge', { queue: 'Q-AAAAA00000', hereOnly: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a name', () => {
  test('that two groups have is refused with what to write instead', async () => {
    const groups = [pretendGroup('G-AAAAA', ['press'], ['orders']), pretendGroup('G-BBBBB', ['mill'], ['orders'])];
    const nodes = startPretended({ nodes: names, groups });
    await expect(nodes('depot').call('queues.browse', { queue: 'orders' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: '2 groups have a queue orders. Name one of: G-AAAAA/orders, G-BBBBB/orders.',
      data: { candidates: [{ queueId: 'Q-AAAAA00000' }, { queueId: 'Q-BBBBB00000' }] },
    });
    expect(await nodes('depot').call('queues.append', { queue: 'G-BBBBB/orders', messages: [{ data: 1 }] })).toMatchObject({
      count: 1,
    });
  });

  test('of nothing is NOT_FOUND, one that cannot be is INVALID_PARAMS, and without any broker it says how to turn one on', async () => {
    const nodes = startPretended({ nodes: names, groups: [pretendGroup('G-AAAAA', ['press'], ['orders'])] });
    await expect(nodes('depot').call('queues.get', { queue: 'nothing' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(nodes('depot').call('queues.browse', { queue: 'Q-AAAAA99999' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(nodes('depot').call('queues.browse', { queue: 'no name' })).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
    const alone = startPretended({ nodes: ['press'], groups: [], without: ['press'] });
    await expect(alone('press').call('queues.browse', { queue: 'orders' })).rejects.toMatchObject({
      code: 'NODE_UNREACHABLE',
      message: expect.stringContaining('signalbox config set broker.enabled=true'),
    });
  });
});

describe('queues.create', () => {
  test('goes to the group that has the name already, else to the least loaded one, wherever it is led', async () => {
    const groups = [pretendGroup('G-AAAAA', ['press'], ['orders', 'alarms']), pretendGroup('G-BBBBB', ['mill'], ['readings'])];
    const nodes = startPretended({ nodes: names, groups, without: ['depot'] });
    expect(await nodes('depot').call('queues.create', { name: 'orders' })).toMatchObject({ groupId: 'G-AAAAA', created: false });
    expect(await nodes('depot').call('queues.create', { name: 'new' })).toMatchObject({ groupId: 'G-BBBBB', created: true });
    expect(await nodes('press').call('queues.create', { name: 'new', groupId: 'G-AAAAA' })).toMatchObject({ groupId: 'G-AAAAA' });
  });
});

describe('messages', () => {
  test('are cut in lists and whole alone', async () => {
    const nodes = startPretended({ nodes: names, groups: [pretendGroup('G-AAAAA', ['press'], ['orders'])] });
    const data = { text: 'x'.repeat(5_000) };
    await nodes('mill').call('queues.append', { queue: 'orders', messages: [{ data }, { data: 7 }] });
    const { messages } = (await nodes('mill').call('queues.browse', { queue: 'orders', from: 'first' })) as { messages: unknown[] };
    expect(messages).toMatchObject([
      { cut: true, sizeBytes: 5_011, data: JSON.stringify(data).slice(0, 2_048) },
      { cut: false, data: 7, sizeBytes: 1 },
    ]);
    expect(await nodes('mill').call('queues.message', { queue: 'orders', sequence: 1 })).toMatchObject({ cut: false, data });
    await expect(nodes('mill').call('queues.message', { queue: 'orders', sequence: 3 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
