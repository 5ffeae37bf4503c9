import { describe, expect, test } from 'vitest';
import { notificationWords } from '../../../../src/renderer/app/frame/notification-words.ts';
import { formatAge, formatBytes, formatDuration, formatRate } from '../../../../src/renderer/state/format.ts';
import { groupId } from '../../../../src/renderer/state/group-id.ts';
import { passwordProblem, repeatProblem, usernameProblem } from '../../../../src/renderer/state/person-rules.ts';
import { processRows } from '../../../../src/renderer/state/process-rows.ts';

describe('numbers and times', () => {
  test.each([
    [0.42, '0.4 ms'],
    [38, '38 ms'],
    [4_200, '4.2 s'],
    [185_000, '3 min'],
    [11_040_000, '3 h 4 min'],
    [1_828_800_000, '21 d 4 h'],
  ])('%s ms is %s', (durationMs, words) => {
    expect(formatDuration(durationMs)).toBe(words);
  });

  test('an age is exact to the second under an hour', () => {
    expect(formatAge(134_000)).toBe('2 min 14 s');
    expect(formatAge(-5)).toBe('0 s');
  });

  test('rates have a decimal below ten, bytes below a hundred', () => {
    expect([0, 3.42, 412.4, 14_021].map(formatRate)).toEqual(['0', '3.4', '412', '14,021']);
    expect([12, 2_150, 153_092_096].map(formatBytes)).toEqual(['12 B', '2.1 KB', '146 MB']);
  });

  test('a long id stands in groups of four', () => {
    expect(groupId('n1beihtx7c')).toBe('n1be ihtx 7c');
  });
});

test('names and passwords follow the rules of the node', () => {
  expect(usernameProblem('ada.lovelace-1')).toBeUndefined();
  for (const name of ['', 'Ada', '.ada', 'ada lovelace', 'a'.repeat(33)]) expect(usernameProblem(name)).toBe('usernameRule');
  expect(passwordProblem('123456789')).toBe('passwordTooShort');
  expect(passwordProblem('1234567890')).toBeUndefined();
  expect(repeatProblem('one', 'two')).toBe('passwordsDiffer');
});

test('a process without measures has dashes, never zeros', () => {
  const [row] = processRows({
    processes: [{ kind: 'gpu', name: 'gpu', pid: null, cpuPercent: null, memoryBytes: null, eventLoopDelayP99Ms: null, uptimeMs: null }],
  });
  expect(row).toMatchObject({ pid: '–', memory: '–', cpu: '–', loopDelay: '–', uptime: '–' });
});

describe('a notification', () => {
  test('is shown in its own words, bounded, and red only when it reports a failure', () => {
    expect(notificationWords({ message: 'Backup done', code: 2 })).toEqual({ title: 'Backup done', tone: 'info' });
    expect(notificationWords({ message: 'x'.repeat(1_000), code: 4 })).toEqual({ title: 'x'.repeat(300), tone: 'error' });
  });

  test('that is none of the node is not shown', () => {
    for (const data of [null, 'text', 7, {}, { message: 7 }, { message: '' }]) expect(notificationWords(data)).toBeUndefined();
  });
});
