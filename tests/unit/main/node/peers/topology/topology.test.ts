import { describe, expect, it, vi } from 'vitest';
import type { CarrierKind } from '../../../../../../src/common/contract/nodes.ts';
import { Topology, topologyLimits } from '../../../../../../src/main/node/peers/topology/index.ts';
import type { PeerContext, PeerHandler, PeerMessage } from '../../../../../../src/main/node/peers/types.ts';
import { Problems } from '../../../../../../src/main/node/telemetry/index.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';

const names = ['ada', 'bo', 'cy', 'di', 'eve'] as const;

/** A cluster of five as `ada` sees it: who is reached how, and what those asked answer. */
function startTopology() {
  const ways = new Map<string, CarrierKind>(names.slice(1).map((name) => [name, 'link']));
  const links = new Map<string, readonly string[]>([['bo', ['ada', 'cy']]]);
  const sees = new Map<string, readonly string[]>();
  const handlers = new Map<string, PeerHandler>();
  const listeners: Record<'change' | 'network', () => void> = { change: () => undefined, network: () => undefined };
  const redial = vi.fn();
  const answer = vi.fn<(request: PeerMessage, context: PeerContext, message: PeerMessage) => void>();
  const send = vi.fn(async (_to: string, _message: PeerMessage) => ({ messageId: '', settled: new Promise<never>(() => undefined) }));
  const asked: string[] = [];
  const problems = new Problems();
  let nowMs = 1_000_000;
  const topology = new Topology({
    source: {
      self: 'ada',
      members: () => names.map((nodeId) => ({ nodeId, name: nodeId, provenMs: 0 })),
      via: (nodeId) => ways.get(nodeId) ?? null,
      neighbours: () => [...ways].flatMap(([nodeId, kind]) => (kind === 'link' ? [nodeId] : [])),
      neighboursOf: (nodeId) => links.get(nodeId) ?? [],
      degree: () => ({ least: 4, most: 4 }),
      redial,
      onChange: (listener) => {
        listeners.change = listener;
        return () => undefined;
      },
      onNetworkChange: (listener) => {
        listeners.network = listener;
        return () => undefined;
      },
    },
    communicator: {
      on: (type, handler) => void handlers.set(type, handler),
      reachable: () => [...ways.keys()],
      request: async (nodeId, message) => {
        asked.push(nodeId);
        const seen = sees.get(nodeId);
        if (seen === undefined) throw new Error('It does not answer.');
        const about = message.of as readonly string[];
        return { type: 'PeerList', peers: about.filter((id) => seen.includes(id)).map((id) => ({ id })) };
      },
      answer,
      send,
    },
    problems,
    logger: recordingLogger(),
    limits: { ...topologyLimits, redialJitterMs: 0 },
    nowMs: () => nowMs,
  });
  /** Some time later, when those asked have answered. */
  const later = async (ms: number) => {
    nowMs += ms;
    topology.review();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const from = (nodeId: string, secure = true) =>
    ({ origin: { nodeId, secure, kind: 'link', role: undefined }, messageId: 'm', priority: 'Medium', ageMs: 0 }) as PeerContext;
  return { topology, ways, links, sees, handlers, listeners, redial, answer, send, asked, problems, later, from };
}

describe('the topology of a cluster', () => {
  it('shows who is linked with whom as the nodes say it, each pair once', async () => {
    const { topology, ways, later } = startTopology();
    ways.set('eve', 'mqtt');
    await later(0);
    expect(topology.view()).toMatchObject({
      members: 5,
      reachable: 5,
      partition: null,
      healedAt: null,
      degree: { links: 3, least: 4, most: 4 },
    });
    expect(topology.view().edges).toEqual([
      { from: 'ada', to: 'bo', kind: 'link' },
      { from: 'ada', to: 'cy', kind: 'link' },
      { from: 'ada', to: 'di', kind: 'link' },
      { from: 'bo', to: 'cy', kind: 'link' },
      { from: 'ada', to: 'eve', kind: 'mqtt' },
    ]);
  });

  it('asks those it reaches before it says that the cluster is in parts, names the missing, and tells when they are back', async () => {
    const { topology, ways, sees, asked, problems, redial, later } = startTopology();
    const healed = vi.fn();
    topology.onHealed(healed);
    sees.set('bo', []);
    await later(0);
    for (const name of ['cy', 'di', 'eve']) ways.delete(name);
    await later(1_000);
    expect(problems.list()).toEqual([]);
    await later(topologyLimits.settleMs);
    expect(asked).toEqual(['bo']);
    expect(topology.view().partition).toMatchObject({ since: 1_001_000, isMinority: true });
    expect(topology.view().partition?.missing.map(({ name }) => name)).toEqual(['cy', 'di', 'eve']);
    const [problem] = problems.list();
    expect(problem).toMatchObject({
      id: 'cluster-partition',
      severity: 'crit',
      title: 'The cluster is in parts: 3 of 5 members cannot be reached',
    });
    expect(problem?.detail).toContain('cy, di, eve');
    expect(problem?.detail).toContain('no majority (2 of 5)');
    for (const name of ['cy', 'di', 'eve']) ways.set(name, 'link');
    await later(5_000);
    expect(healed).toHaveBeenCalledWith({ returned: ['cy', 'di', 'eve'], sinceMs: 1_001_000 });
    expect(problems.list()).toEqual([]);
    expect(topology.view()).toMatchObject({ partition: null, healedAt: 1_021_000 });
    await expect.poll(() => redial).toHaveBeenCalledTimes(1);
  });

  it('does not call them another part whom others see, and does not ask again and again', async () => {
    const { topology, ways, sees, asked, later } = startTopology();
    sees.set('bo', ['di', 'eve']);
    sees.set('cy', []);
    await later(0);
    for (const name of ['di', 'eve']) ways.delete(name);
    await later(1_000);
    await later(topologyLimits.settleMs);
    await later(topologyLimits.reviewMs);
    expect(asked).toEqual(['bo', 'cy']);
    expect(topology.view().partition).toBeNull();
    await later(topologyLimits.askAgainMs);
    expect(asked).toHaveLength(4);
  });

  it('dials again at once when the network is another one', async () => {
    const { listeners, redial } = startTopology();
    listeners.network();
    listeners.network();
    await expect.poll(() => redial).toHaveBeenCalledTimes(1);
  });

  it('does not miss who says that it leaves, whoever says so', async () => {
    const { topology, ways, handlers, later, from } = startTopology();
    const left = vi.fn();
    topology.onLeft(left);
    await later(0);
    for (const name of ['di', 'eve']) void handlers.get('LeaveNetwork')?.({ type: 'LeaveNetwork' }, from(name));
    void handlers.get('LeaveNetwork')?.({ type: 'LeaveNetwork', node_id: 'cy' }, from('bo'));
    expect(left.mock.calls).toEqual([['di'], ['eve']]);
    for (const name of ['di', 'eve']) ways.delete(name);
    await later(1_000);
    await later(topologyLimits.settleMs);
    expect(topology.view().partition).toBeNull();
  });

  it('tells members whom it reaches of those they ask for, and plain nodes that join who is there, not too often', async () => {
    const { ways, handlers, answer, send, from, later } = startTopology();
    await later(0);
    ways.delete('eve');
    void handlers.get('PeerList')?.({ type: 'PeerList', request_id: 'r', of: ['cy', 'eve'] }, from('bo'));
    expect(answer.mock.calls[0]?.[2]).toEqual({ type: 'PeerList', peers: [{ id: 'cy' }] });
    void handlers.get('PeerList')?.({ type: 'PeerList', request_id: 'r', of: ['cy'] }, from('stranger', false));
    expect(answer).toHaveBeenCalledTimes(1);
    expect(() => handlers.get('PeerList')?.({ type: 'PeerList', of: 'all' }, from('bo'))).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS' }),
    );
    for (let asked = 0; asked < 100; asked++) void handlers.get('JoinNetwork')?.({ type: 'JoinNetwork' }, from('lamp', false));
    expect(send.mock.calls[0]?.slice(0, 2)).toEqual(['lamp', { type: 'PeerList', peers: [{ id: 'bo' }, { id: 'cy' }, { id: 'di' }] }]);
    expect(send.mock.calls.length).toBeLessThanOrEqual(topologyLimits.answerBurst);
  });

  it('answers others as well while one asks on and on', async () => {
    const { handlers, answer, from } = startTopology();
    const ask = (who: string) => handlers.get('PeerList')?.({ type: 'PeerList', request_id: 'r', of: ['cy'], peers: [] }, from(who));
    for (let count = 0; count < 100; count++) ask('eve');
    expect(answer).toHaveBeenCalledTimes(topologyLimits.answerBurst);
    ask('bo');
    expect(answer).toHaveBeenCalledTimes(topologyLimits.answerBurst + 1);
  });
});
