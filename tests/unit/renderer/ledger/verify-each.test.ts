import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { byUrgency, type Round, verifyEach } from '../../../../src/renderer/features/ledger/verify-each.ts';
import { chain } from './samples.ts';

const whole = (of: ReturnType<typeof chain>) => ({ chain: of, checkedBlocks: 12, checkedEntries: 12, durationMs: 5, fault: null });

test('checks chain after chain over one progress, and goes on behind one that breaks and one that cannot be checked', async () => {
  const chains = [chain('a'), chain('b'), chain('none', { height: -1 }), chain('c', { height: 7 })];
  const rounds: Round[] = [];
  const findings = await verifyEach(chains, {
    signal: new AbortController().signal,
    onRound: (round) => rounds.push(round),
    verify: async ({ name }, onShare) => {
      onShare(0.5);
      if (name === 'b') throw new SignalboxError('TIMEOUT', 'No answer within 600 s.');
      const of = chains.find((each) => each.name === name) ?? chain(name);
      const fault = {
        chainId: of.chainId,
        height: 3,
        number: 4,
        fault: 'entryChanged',
        message: 'It differs.',
        expected: null,
        found: null,
      } as const;
      return name === 'a' ? { ...whole(of), fault } : whole(of);
    },
  });
  expect(findings.map(({ name, kind }) => [name, kind])).toEqual([
    ['a', 'broken'],
    ['b', 'unchecked'],
    ['c', 'whole'],
  ]);
  expect(rounds.map(({ name, place, chains: count, checked, total }) => [name, `${place}/${count}`, `${checked}/${total}`])).toEqual([
    ['a', '1/3', '0/32'],
    ['a', '1/3', '6/32'],
    ['b', '2/3', '12/32'],
    ['b', '2/3', '18/32'],
    ['c', '3/3', '24/32'],
    ['c', '3/3', '28/32'],
  ]);
  expect(byUrgency([...findings].reverse()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

test('ends when it is cancelled, with what was found until then', async () => {
  const abort = new AbortController();
  const findings = await verifyEach([chain('a'), chain('b'), chain('c')], {
    signal: abort.signal,
    onRound: () => undefined,
    verify: async ({ name }) => {
      if (name === 'b') abort.abort();
      return whole(chain(name));
    },
  });
  expect(findings.map(({ name }) => name)).toEqual(['a']);
});
