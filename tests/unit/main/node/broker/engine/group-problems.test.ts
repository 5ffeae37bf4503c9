import { expect, test } from 'vitest';
import type { Group } from '../../../../../../src/main/node/broker/engine/group.ts';
import { GroupProblems } from '../../../../../../src/main/node/broker/engine/group-problems.ts';
import { Problems } from '../../../../../../src/main/node/telemetry/index.ts';
import { statusOf } from '../../../../../helpers/broker-peers-fixture.ts';

const groupId = 'G-TEST1';

function groupWith(isGuardLost: boolean, impaired: boolean): Group {
  const status = statusOf({ groupId, version: 1, members: [] }, { leaderId: 'B-00001', impaired });
  return { groupId, inactiveAfterMs: 1_000, isGuardLost, driver: { status: () => status } } as unknown as Group;
}

test('a replica without a vote is a problem of the node until it has caught up; where the guard is gone, that is said', () => {
  const problems = new Problems();
  const look = new GroupProblems(problems, () => 0);
  look.look([groupWith(false, true)]);
  expect(problems.list()).toMatchObject([{ id: 'broker.impaired.G-TEST1', title: expect.stringContaining('has lost a part') }]);
  look.look([groupWith(true, true)]);
  expect(problems.list()).toMatchObject([
    { title: expect.stringMatching(/^Nobody can tell/), detail: expect.stringMatching(/synced-through .* bring back those that are away/) },
  ]);
  look.look([groupWith(true, false)]);
  expect(problems.list()).toEqual([]);
});
