import { expect, test } from 'vitest';
import { ProblemNotices } from '../../../../../src/main/node/services/problem-notices.ts';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';

const disk = { id: 'disk.nearlyFull', severity: 'warn', title: 'The disk is 96 % full', detail: 'Free some space.' } as const;

test('a problem is told once when it begins and once when it is over; what was there before the start is not', async () => {
  const problems = new Problems();
  problems.raise({ id: 'identity.plainKey', severity: 'warn', title: 'The key is not wrapped', detail: '' });
  const told: [string, string][] = [];
  const notices = new ProblemNotices({ problems, router: { notify: (message, level) => void told.push([message, level]) } });
  await notices.start();
  problems.raise(disk);
  problems.raise({ ...disk, title: 'The disk is 97 % full' });
  problems.raise({ ...disk, severity: 'crit', title: 'The disk is full' });
  problems.clear(disk.id);
  expect(told).toEqual([
    ['The disk is 96 % full.', 'warning'],
    ['Over: The disk is full.', 'success'],
  ]);
  await notices.stop();
  problems.raise(disk);
  expect(told).toHaveLength(2);
});
