import { describe, expect, it } from 'vitest';
import { healthLimits } from '../../../../../../src/main/node/peers/health/limits.ts';
import { PeerChoices, peerChoiceMigrations } from '../../../../../../src/main/node/peers/health/peer-choices.ts';
import { PeerWatch } from '../../../../../../src/main/node/peers/health/peer-watch.ts';
import { Reputation } from '../../../../../../src/main/node/peers/health/reputation.ts';
import type { Inquiry } from '../../../../../../src/main/node/peers/health/suspicion.ts';
import type { TransportNode, TransportWay } from '../../../../../../src/main/node/peers/transport.ts';
import { memoryStore } from '../../../../../helpers/memory-store.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';

const { heartbeatMs, removedAfterMs } = healthLimits;
const link: TransportWay = { kind: 'link', available: true, circuit: 'closed', circuitOpenMs: 0, failures: 0, through: null };

/** A watch over nodes that a test brings and takes away, with time in its hands. */
async function setUp() {
  const clock = { nowMs: 1_000_000 };
  const nodes = new Map<string, TransportNode>();
  const ways = new Map<string, readonly TransportWay[]>();
  const asked: { readonly about: string; readonly answer: (inquiry: Inquiry) => Promise<void> }[] = [];
  const choices = new PeerChoices(memoryStore(peerChoiceMigrations));
  await choices.load();
  const watch = new PeerWatch({
    nodeId: 'm',
    transport: { node: (id) => nodes.get(id), nodes: () => [...nodes.values()], ways: (id) => ways.get(id) ?? [link] },
    choices,
    isMember: (id) => id === 'member',
    reputation: new Reputation({ monotonicMs: () => clock.nowMs, members: () => 5 }),
    ask: (about) =>
      new Promise((resolve) => {
        asked.push({
          about,
          answer: (inquiry) => {
            resolve(inquiry);
            return Promise.resolve();
          },
        });
      }),
    heartbeatMs,
    removedAfterMs,
    monotonicMs: () => clock.nowMs,
    wallMs: () => 1_800_000_000_000 + clock.nowMs,
    logger: recordingLogger(),
  });
  const put = (name: string, more: Partial<TransportNode> = {}) => {
    nodes.set(name, { nodeId: name, name, online: true, secure: true, lastSeenMs: 1, epoch: 1, acknowledges: true, ...more });
    watch.refresh(name);
  };
  const pass = (ms: number) => {
    clock.nowMs += ms;
    watch.maintain();
  };
  const peer = (name: string) => watch.get(name);
  return { clock, watch, choices, asked, nodes, put, pass, peer, ways };
}

describe('peers that are watched', () => {
  it('are on the list from when they are there, until nobody has seen them for five minutes', async () => {
    const { put, pass, peer, asked, watch } = await setUp();
    put('b');
    expect(peer('b')).toMatchObject({ health: 'Healthy', reason: null });
    put('b', { online: false });
    expect(asked.map(({ about }) => about)).toEqual(['b']);
    await asked[0]?.answer({ seenBy: undefined, asked: 2 });
    expect(peer('b')?.health).toBe('Offline');
    pass(removedAfterMs - 1);
    expect(watch.all()).toHaveLength(1);
    pass(1);
    // What must not be lost waits for members, also for those that never came.
    expect([watch.all(), watch.place('b'), watch.place('member')]).toEqual([[], 'unknown', 'peer']);
  });

  it('stay on it while a person wants them kept', async () => {
    const { put, pass, peer, choices, watch } = await setUp();
    await choices.choose({ nodeId: 'b', choice: 'pinned', name: 'press-07' });
    watch.refresh();
    expect(peer('b')).toMatchObject({ name: 'press-07', health: 'Offline', reason: 'No way leads to it.' });
    put('b');
    put('b', { online: false });
    pass(10 * removedAfterMs);
    expect([watch.all().length, watch.place('b')]).toEqual([1, 'pinned']);
  });

  it('are asked after when they are silent, and well again when they are heard', async () => {
    const { put, pass, peer, asked, watch } = await setUp();
    put('b');
    pass(2.5 * heartbeatMs);
    expect(peer('b')).toMatchObject({ health: 'Warning', reason: '2 heartbeats are missing.' });
    pass(heartbeatMs);
    expect(peer('b')?.health).toBe('Critical');
    await asked[0]?.answer({ seenBy: undefined, asked: 1 });
    expect(peer('b')?.health).toBe('Offline');
    watch.observe('b', { kind: 'heard' });
    expect(peer('b')?.health).toBe('Healthy');
    expect(
      peer('b')
        ?.events.list()
        .map(({ kind, detail }) => `${kind} ${detail.split(':')[0]}`),
    ).toEqual([
      'healthChanged Offline → Healthy.',
      'recovered It is heard again.',
      'healthChanged Critical → Offline',
      'healthChanged Warning → Critical',
      'healthChanged Healthy → Warning',
      'appeared b is there.',
    ]);
  });

  it('are asked after again while another node sees what this one does not', async () => {
    const { put, pass, peer, asked } = await setUp();
    put('a');
    put('b');
    put('b', { online: false });
    await asked[0]?.answer({ seenBy: 'a', asked: 2 });
    expect(peer('b')).toMatchObject({ health: 'Critical', reason: expect.stringContaining('a sees it') });
    pass(heartbeatMs);
    await asked[1]?.answer({ seenBy: undefined, asked: 2 });
    expect(peer('b')?.health).toBe('Offline');
  });

  it('are off line at once when they say so, whatever still comes of before, and there again after a start', async () => {
    const { put, pass, peer, asked, watch } = await setUp();
    put('b');
    watch.left('b');
    watch.reported('b', { type: 'HealthReport', status: 'Healthy', load: 0, degree: 1 });
    put('b', { online: false });
    expect(peer('b')).toMatchObject({ health: 'Offline', reason: expect.stringContaining('good-bye') });
    pass(heartbeatMs);
    expect([peer('b')?.health, asked.length]).toEqual(['Offline', 0]);
    put('b', { epoch: 2 });
    expect(peer('b')?.health).toBe('Healthy');
  });

  it('stay gone when others lead to them once more, or they acknowledge something, while they stop', async () => {
    const { put, pass, peer, asked, watch } = await setUp();
    put('b');
    watch.left('b');
    put('b', { online: false });
    pass(healthLimits.leavingMs - 1);
    put('b');
    watch.observe('b', { kind: 'heard' });
    expect(peer('b')).toMatchObject({ health: 'Offline', reason: expect.stringContaining('good-bye') });
    put('b', { online: false });
    pass(healthLimits.leavingMs);
    expect([peer('b')?.reason, asked.length]).toEqual([expect.stringContaining('good-bye'), 0]);
  });

  it('are there again as soon as they were started again, also when that is known before a way leads there', async () => {
    const { put, peer, watch } = await setUp();
    put('b');
    watch.left('b');
    put('b', { online: false, epoch: 2 });
    put('b', { epoch: 2 });
    expect(peer('b')?.health).toBe('Healthy');
  });

  it('are there again when they are back for longer than it takes to stop', async () => {
    const { put, pass, peer, watch } = await setUp();
    for (const name of ['way', 'heard']) {
      put(name);
      watch.left(name);
    }
    put('way', { online: false });
    put('way');
    expect(peer('way')?.health).toBe('Offline');
    pass(healthLimits.leavingMs);
    expect([peer('way')?.health, peer('heard')?.health]).toEqual(['Healthy', 'Offline']);
    watch.reported('heard', { type: 'HealthReport', status: 'Healthy', load: 0, degree: 1 });
    expect(peer('heard')?.health).toBe('Healthy');
  });

  it('send no heartbeats that could be missed when they acknowledge nothing', async () => {
    const { put, pass, peer, asked } = await setUp();
    put('old', { acknowledges: false });
    pass(100 * heartbeatMs);
    expect([peer('old')?.health, asked.length]).toEqual(['Healthy', 0]);
  });

  it('are not looked for when a person removed them', async () => {
    const { put, pass, peer, asked, choices, watch } = await setUp();
    put('b');
    await choices.choose({ nodeId: 'b', choice: 'removed', name: 'b' });
    pass(10 * heartbeatMs);
    expect([asked.length, watch.place('b'), peer('b') !== undefined]).toEqual([0, 'removed', true]);
    put('b', { online: false });
    for (let count = 0; count < 3; count++) {
      pass(removedAfterMs);
      expect(peer('b')).toBeDefined();
    }
  });

  it('leave the list when they belong here no more, and are not looked for', async () => {
    const { put, pass, peer, asked, watch, nodes } = await setUp();
    put('b');
    nodes.delete('b');
    watch.refresh();
    expect(peer('b')).toMatchObject({ isOnline: false, health: 'Offline' });
    pass(removedAfterMs);
    expect([peer('b'), asked.length]).toEqual([undefined, 0]);
  });

  it('tell of their service, their ways and themselves', async () => {
    const { put, peer, watch, ways } = await setUp();
    put('b');
    watch.observe('b', { kind: 'settled', outcome: 'taken', latencyMs: 12, way: 'link' });
    expect(peer('b')?.service.latencyMs).toBe(12);
    watch.reported('b', { type: 'HealthReport', status: 'Warning', load: 3, degree: 4 });
    expect(peer('b')).toMatchObject({ health: 'Warning', reported: 'Warning', degree: 4 });
    ways.set('b', [{ ...link, circuit: 'open' }]);
    watch.observe('b', { kind: 'circuit', way: 'link', state: 'open' });
    expect(peer('b')).toMatchObject({ health: 'Critical', reason: expect.stringContaining('any way') });
    expect(
      peer('b')
        ?.events.list()
        .map(({ kind }) => kind),
    ).toContain('circuitOpened');
  });

  it('leave a sample each half minute', async () => {
    const { put, pass, peer } = await setUp();
    put('b');
    for (let count = 0; count < 30; count++) pass(healthLimits.sampleMs / 10);
    expect(peer('b')?.history.samples()).toHaveLength(3);
  });
});

describe('what a person chose', () => {
  it('is there again after a restart', async () => {
    const store = memoryStore(peerChoiceMigrations);
    const before = new PeerChoices(store);
    await before.choose({ nodeId: 'b', choice: 'pinned', name: 'press-07' });
    await before.choose({ nodeId: 'c', choice: 'removed', name: 'kiln-02' });
    await before.choose({ nodeId: 'b', choice: 'removed', name: 'press-07' });
    const after = new PeerChoices(store);
    await after.load();
    expect(after.all()).toEqual([
      { nodeId: 'b', choice: 'removed', name: 'press-07' },
      { nodeId: 'c', choice: 'removed', name: 'kiln-02' },
    ]);
  });

  it('is bounded', async () => {
    const choices = new PeerChoices(memoryStore(peerChoiceMigrations));
    for (let count = 0; count < healthLimits.choices; count++) await choices.choose({ nodeId: `n${count}`, choice: 'pinned', name: 'x' });
    await expect(choices.choose({ nodeId: 'one more', choice: 'pinned', name: 'x' })).rejects.toMatchObject({ code: 'LIMIT' });
  });

  it('are watched all while they are few; of many those that are linked or pinned, and as many as make up the least', async () => {
    const { put, pass, watch, ways, choices, peer, asked } = await setUp();
    const names = Array.from({ length: healthLimits.watchedAll }, (_, index) => `p${String(index).padStart(3, '0')}`);
    for (const name of names) put(name);
    expect(watch.all().every(({ isWatched }) => isWatched)).toBe(true);
    const relay: TransportWay = { ...link, kind: 'relay', through: 'p000' };
    for (const name of names.slice(3)) ways.set(name, [relay]);
    await choices.choose({ nodeId: 'p009', choice: 'pinned', name: 'p009' });
    put('a000');
    ways.set('a000', [relay]);
    watch.refresh();
    const watched = () => watch.all().flatMap(({ nodeId, isWatched }) => (isWatched ? [nodeId] : []));
    expect(watched().sort()).toEqual(['p000', 'p001', 'p002', 'p003', 'p004', 'p005', 'p006', 'p009']);
    // Nobody speaks: those that nothing is sent to are there all the same, as they say themselves.
    pass(4 * heartbeatMs);
    expect(asked.map(({ about }) => about).sort()).toEqual(watched().sort());
    expect(peer('a000')).toMatchObject({ health: 'Healthy' });
  });

  it('are believed what they said of their health for ten minutes', async () => {
    const { put, pass, peer, watch } = await setUp();
    put('b');
    watch.reported('b', { type: 'HealthReport', status: 'Critical', load: 0, degree: 1 });
    pass(1);
    expect(peer('b')).toMatchObject({ health: 'Critical' });
    pass(healthLimits.reportHoldsMs);
    expect(peer('b')?.reported).toBeNull();
  });
});
