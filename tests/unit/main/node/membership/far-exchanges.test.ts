import { expect, test, vi } from 'vitest';
import type { ClusterTrust } from '../../../../../src/main/node/membership/cluster-trust.ts';
import type { Contacts } from '../../../../../src/main/node/membership/contacts.ts';
import { decodeExchange } from '../../../../../src/main/node/membership/exchange-messages.ts';
import { FarExchanges } from '../../../../../src/main/node/membership/far-exchanges.ts';
import { membershipLimits } from '../../../../../src/main/node/membership/limits.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

const { farEachSide } = membershipLimits;
const keyOf = (number: number) => new Uint8Array(32).fill(number);
const self = 100;

/** This node, with members that it reaches without links; what it says to them, by the type of what it says. */
async function reaching(others: readonly number[]) {
  const said: { readonly to: number; readonly type: string | undefined }[] = [];
  const linked = vi.fn();
  const log = { state: { members: new Map() }, heads: [], checkpoints: [], headDigest: new Uint8Array(32) };
  const far = new FarExchanges({
    trust: { require: () => ({ log }) } as unknown as ClusterTrust,
    contacts: { addressesOf: () => [] } as unknown as Contacts,
    self: keyOf(self),
    ownAddresses: () => [],
    nowMs: Date.now,
    logger: recordingLogger(),
    onAddresses: () => undefined,
    groupKeys: { linked, lost: () => undefined, take: () => Promise.resolve() },
    isTrusted: () => true,
    send: (member, bytes) => void said.push({ to: member[0] ?? 0, type: decodeExchange(Buffer.from(bytes))?.type }),
  });
  for (const other of others) far.reached(keyOf(other));
  await new Promise((resolve) => setImmediate(resolve));
  return { far, said, linked, told: (type: string) => said.filter((each) => each.type === type).map(({ to }) => to) };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

test('of few members that are reached without links all are compared with; the one with the lower key begins', async () => {
  const { far, told } = await reaching([99, 101, 102]);
  expect(told('have')).toEqual([101, 102]);
  far.stop();
});

test('of many the next in the order of keys on each side are compared with, and each hears of group keys', async () => {
  const { far, told, linked } = await reaching([...range(1, self), ...range(self + 1, 200)]);
  expect(told('have').sort((a, b) => a - b)).toEqual(range(self + 1, self + 1 + farEachSide));
  // Those below begin themselves: until then nothing is said to them.
  expect(linked).toHaveBeenCalledTimes(198 - farEachSide);
  far.stop();
});

test('what this node made itself is told to all, what it heard is passed on to the closest', async () => {
  const { far, told, said } = await reaching([...range(1, self), ...range(self + 1, 200)]);
  said.length = 0;
  far.membershipChanged([], undefined);
  expect(told('news')).toHaveLength(198);
  said.length = 0;
  far.membershipChanged([], keyOf(101));
  expect(told('news').sort((a, b) => a - b)).toEqual([...range(self - farEachSide, self), ...range(self + 2, self + 1 + farEachSide)]);
  far.stop();
});
