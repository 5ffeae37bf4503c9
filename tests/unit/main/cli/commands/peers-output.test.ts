import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { PeerInfo } from '../../../../../src/common/contract/peers.ts';
import { printPeer, printPeers, printStatistics, printTopology } from '../../../../../src/main/cli/commands/peers-output.ts';
import type { CliIo } from '../../../../../src/main/cli/io.ts';
import { Output } from '../../../../../src/main/cli/output.ts';

const none = { messages: 0, sizeBytes: 0, oldestMs: 0 };
const press: PeerInfo = {
  nodeId: 'n1abcdefgh',
  name: 'press-07',
  pinned: true,
  removed: false,
  health: 'Warning',
  reason: 'It does not answer on 1 of 2 ways; messages take another one.',
  reported: 'Healthy',
  latencyMs: 12.34,
  latencyP95Ms: 40,
  successRate: 0.957,
  lastSeenAt: null,
  missedHeartbeats: 0,
  secure: true,
  ways: [
    { kind: 'link', available: true, inUse: false, circuit: 'open', circuitOpenMs: 42_000, failures: 5, through: null },
    { kind: 'mqtt', available: true, inUse: true, circuit: 'closed', circuitOpenMs: 0, failures: 0, through: null },
  ],
  standing: { score: -70.25, useful: 1, invalid: 8, timeouts: 2, behaviour: 0, level: 'graylisted', graylistedMs: 240_000 },
  queued: { Low: { messages: 1_200, sizeBytes: 52_000, oldestMs: 9_000 }, Medium: none, High: { ...none, messages: 3 }, Critical: none },
  inFlight: { messages: 2, sizeBytes: 900 },
  degree: 3,
  counts: { sent: 9, taken: 8, received: 7, repeated: 1, expired: 0, dropped: 0, refused: 0, moved: 2 },
};

function printed(print: (out: Output) => void): string {
  const stdout = new PassThrough();
  print(new Output({ stdout, stderr: new PassThrough(), stdin: new PassThrough() } as unknown as CliIo, false));
  return String(stdout.read());
}

it('shows on one line how a peer is, what waits for it by priority, and which way is left alone', () => {
  const [, line] = printed((out) => printPeers(out, [press])).split('\n');
  expect(line).toMatch(/^press-07 \(pinned\) +n1abcdef +Warning +12\.3 ms +96 % +-70\.3 graylisted for 4 min/);
  expect(line).toContain('mqtt');
  expect(line).toContain('link open');
  expect(line).toContain('0/3/0/1200');
});

it('shows one peer with its ways, its backlog and what happened to it', () => {
  const events = [{ at: 1_700_000_000_000, kind: 'circuitOpened', detail: 'It does not answer over the direct link.' } as const];
  const text = printed((out) => printPeer(out, { peer: press, history: [], events }, false));
  expect(text).toContain('pinned by a person');
  expect(text).toMatch(/link +there +open +in 42 s +5/);
  expect(text).toMatch(/Low +1200 +52\.0 kB +9 s/);
  expect(text).toContain('circuitOpened   It does not answer over the direct link.');
});

it('says how many messages nobody could make anything of, and how many ways are left alone', () => {
  const none = { messages: 0, sizeBytes: 0, oldestMs: 0 };
  const text = printed((out) =>
    printStatistics(out, {
      peers: { Healthy: 2, Warning: 0, Critical: 0, Offline: 0 },
      queued: { Low: none, Medium: none, High: none, Critical: none },
      durable: { messages: 0, sizeBytes: 0 },
      sent: { Low: 1, Medium: 0, High: 0, Critical: 0 },
      taken: 1,
      received: 1,
      repeated: 0,
      expired: 0,
      dropped: 0,
      refused: {},
      demoted: 0,
      batches: 1,
      deadLetters: 3,
      openWays: 1,
      recoveries: {},
    }),
  );
  expect(text).toMatch(/dead letters +3\n *ways left alone +1\n/);
});

it('says who is missing when the cluster is in parts', () => {
  const text = printed((out) =>
    printTopology(
      out,
      {
        members: 5,
        reachable: 2,
        partition: { since: 1_700_000_000_000, missing: [{ nodeId: 'c', name: 'kiln-02' }], isMinority: true },
        healedAt: null,
        degree: { links: 1, least: 2, most: 8 },
        edges: [{ from: 'a', to: 'b', kind: 'link' }],
      },
      new Map([
        ['a', 'mill-01'],
        ['b', 'press-07'],
      ]),
    ),
  );
  expect(text).toContain('kiln-02 missing; this node is on the smaller side');
  expect(text).toMatch(/mill-01 +press-07 +link/);
});
