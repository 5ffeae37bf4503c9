import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { PeersTopology } from '../../../../src/renderer/features/nodes/peers/model/partition.ts';
import type { PartitionNotice } from '../../../../src/renderer/features/nodes/peers/partition-strip.tsx';

const whole: PeersTopology = {
  members: 5,
  reachable: 5,
  partition: null,
  healedAt: null,
  degree: { links: 4, least: 4, most: 12 },
  edges: [],
};

let Notice: typeof PartitionNotice;
/** What a person reads. */
const words = (topology: PeersTopology) =>
  renderToStaticMarkup(createElement(Notice, { topology }))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '', href: 'app://ui/' });
  vi.stubGlobal('window', { addEventListener: () => undefined });
  ({ PartitionNotice: Notice } = await import('../../../../src/renderer/features/nodes/peers/partition-strip.tsx'));
});

describe('the strip above the topology', () => {
  test('says who is missing, and on which side this node is', () => {
    const missing = ['kiln-02', 'press-07', 'weigh-01'].map((name) => ({ nodeId: name, name }));
    const said = words({ ...whole, reachable: 2, partition: { since: Date.now(), missing, isMinority: true } });
    expect(said).toContain('kiln-02, press-07, weigh-01');
    expect(said).toMatch(/2 of 5/);
  });

  test('says for a while that the cluster is whole again, and nothing where it always was', () => {
    expect(words({ ...whole, healedAt: Date.now() - 60_000 })).toMatch(/^The cluster is whole again since \d\d:\d\d/);
    expect(words({ ...whole, healedAt: Date.now() - 3_600_000 })).toBe('');
    expect(words(whole)).toBe('');
  });
});
