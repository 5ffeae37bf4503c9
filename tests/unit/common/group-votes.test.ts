import { expect, test } from 'vitest';
import { lackOfVotes } from '../../../src/common/group-votes.ts';
import { group, member } from '../renderer/queues/samples.ts';

const lost = member('B-LOST1', { impaired: true });
const away = member('B-AWAY1', { status: 'inactive' });
const whole = member('B-WHOLE');

test('of two voters one without a vote keeps the group from a leader for good', () => {
  expect(lackOfVotes(group([whole, lost], { leader: null, quorum: 2 }))).toMatchObject({
    able: [whole],
    impaired: [lost],
    isForGood: true,
    reason: 'no quorum: 1 of 2. B-LOST1 has no vote: the disk has lost what it held, or its guard',
  });
});

test('of three, the one that is away brings the quorum back', () => {
  expect(lackOfVotes(group([whole, lost, away], { leader: null }))).toMatchObject({ away: [away], isForGood: false });
});

test('nothing is lacking with a leader, with votes enough, or where lost disks have no part in it', () => {
  expect(lackOfVotes(group([whole, lost]))).toBeUndefined();
  expect(lackOfVotes(group([whole, whole, lost], { leader: null }))).toBeUndefined();
  expect(lackOfVotes(group([whole, away, away], { leader: null }))).toBeUndefined();
});
