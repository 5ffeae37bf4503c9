import { expect, test } from 'vitest';
import type { GroupSighting } from '../../../../../../src/main/node/broker/peers/group-announcements.ts';
import { GroupDirectory } from '../../../../../../src/main/node/broker/peers/group-directory.ts';
import { peerLimits } from '../../../../../../src/main/node/broker/peers/limits.ts';

const sighting = (term: number, version: number, groupId = 'G-TEST1'): GroupSighting => ({
  groupId,
  term,
  leader: null,
  configuration: { groupId, version, members: [] },
});

test('news of a later term counts, or of a later membership in the same term; nothing else does', () => {
  const directory = new GroupDirectory();
  expect(directory.note(sighting(2, 5))).toBe(true);
  expect(directory.note(sighting(2, 5))).toBe(false);
  expect(directory.note(sighting(1, 9))).toBe(false);
  expect(directory.note(sighting(2, 6))).toBe(true);
  expect(directory.note(sighting(3, 1))).toBe(true);
  expect(directory.get('G-TEST1')).toEqual(sighting(3, 1));
});

test('what is known is bounded: the group heard of longest ago makes room', () => {
  const directory = new GroupDirectory();
  for (let at = 0; at <= peerLimits.groups; at++) directory.note(sighting(1, 1, `G-${at}`));
  expect(directory.list()).toHaveLength(peerLimits.groups);
  expect(directory.get('G-0')).toBeUndefined();
});

test('who has a replica is what connected brokers say', () => {
  const directory = new GroupDirectory();
  directory.holds('B-00001', ['G-TEST1', 'G-TEST2']);
  directory.holds('B-00002', ['G-TEST1']);
  expect(directory.holdersOf('G-TEST1')).toEqual(['B-00001', 'B-00002']);
  directory.holds('B-00001', []);
  expect(directory.holdersOf('G-TEST2')).toEqual([]);
});
