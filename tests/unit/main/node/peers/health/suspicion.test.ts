import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { healthLimits } from '../../../../../../src/main/node/peers/health/limits.ts';
import { selfHealth } from '../../../../../../src/main/node/peers/health/self-health.ts';
import { Suspects } from '../../../../../../src/main/node/peers/health/suspicion.ts';
import type { PeerContext, PeerHandler, PeerMessage } from '../../../../../../src/main/node/peers/types.ts';
import { until } from '../../../../../helpers/until.ts';

const idOf = (letter: string) => `n1${letter.repeat(52)}`;
const [self, suspect] = ['a', 'z'].map(idOf) as [string, string];
const others = ['b', 'c', 'd', 'e'].map(idOf);

function setUp(answerOf: (nodeId: string) => boolean | 'silent' = () => false, probe: () => Promise<void> = () => Promise.resolve()) {
  const asked: string[] = [];
  const answers: PeerMessage[] = [];
  let handler: PeerHandler = () => undefined;
  let probes = 0;
  const suspects = new Suspects({
    nodeId: self,
    communicator: {
      reachable: () => [others[0] ?? '', suspect, ...others.slice(1)],
      request: (nodeId, message) => {
        asked.push(nodeId);
        const seen = answerOf(nodeId);
        if (seen === 'silent') return Promise.reject(new SignalboxError('TIMEOUT', 'No answer came.'));
        return Promise.resolve({ type: 'PeerSighting', request_id: 'r', node_id: message.node_id, seen });
      },
      answer: (_request, _context, message) => void answers.push(message),
      on: (_type, take) => {
        handler = take;
      },
    },
    probe: () => {
      probes++;
      return probe();
    },
    canAsk: (nodeId, about) => nodeId !== others[1] && about === suspect,
    times: { askedProbeMs: 10, askMs: 10 },
  });
  const query = (nodeId: string) => handler({ type: 'PeerQuery', request_id: 'q', node_id: nodeId }, {} as PeerContext);
  return { suspects, asked, answers, query, probes: () => probes };
}

const never = new AbortController().signal;

describe('asking after a silent peer', () => {
  it('asks the two best that acknowledge, and never the suspect', async () => {
    const { suspects, asked } = setUp();
    expect(await suspects.ask(suspect, never)).toEqual({ seenBy: undefined, asked: 2 });
    expect(asked).toEqual([others[0], others[2]]);
  });

  it('believes one that sees it, and takes silence for no', async () => {
    const { suspects } = setUp((nodeId) => (nodeId === others[2] ? true : 'silent'));
    expect(await suspects.ask(suspect, never)).toEqual({ seenBy: others[2], asked: 2 });
  });
});

describe('being asked', () => {
  it('sends a heartbeat to the suspect, one for several questions, and says whether it was acknowledged', async () => {
    const { query, answers, probes } = setUp();
    query(suspect);
    query(suspect);
    await until(() => answers.length === 2);
    expect(answers).toEqual(Array(2).fill({ type: 'PeerSighting', request_id: 'q', node_id: suspect, seen: true }));
    expect(probes()).toBe(1);
  });

  it('says no when nothing came back, and yes about itself', async () => {
    const { query, answers } = setUp(undefined, () => Promise.reject(new SignalboxError('TIMEOUT', 'Nothing came.')));
    query(suspect);
    await until(() => answers.length === 1);
    query(self);
    await until(() => answers.length === 2);
    expect(answers.map(({ seen }) => seen)).toEqual([false, true]);
  });

  it('acknowledges a question at once, long before the suspect could answer, and no more of them than it can look after', () => {
    const { query } = setUp(undefined, () => new Promise(() => undefined));
    for (let question = 0; question < healthLimits.lookedFor; question++) expect(query(suspect)).toBeUndefined();
    expect(() => query(suspect)).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
  });

  it('refuses what is no question', () => {
    expect(() => setUp().query('not an id')).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }));
  });
});

describe('what a node says of itself', () => {
  it('follows from what it serves worse by, neither from its set-up nor from what it finds wrong with others', () => {
    const advice = [
      { id: 'identity.plainKey', severity: 'warn' },
      { id: 'peers.graylisted.n1', severity: 'warn' },
    ] as const;
    expect(selfHealth(advice)).toBe('Healthy');
    const ofOthers = ['ledger.forked', 'store.copiesRefused'].map((id) => ({ id, severity: 'crit' as const }));
    expect(selfHealth(ofOthers)).toBe('Healthy');
    expect(selfHealth([...advice, { id: 'disk.nearlyFull', severity: 'warn' }])).toBe('Warning');
    expect(selfHealth([...advice, { id: 'storage.failing', severity: 'crit' }])).toBe('Critical');
  });
});
