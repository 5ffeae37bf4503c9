import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../../src/common/contract/audit.ts';
import type { ActivityEntry } from '../../../../src/common/contract/rpc.ts';
import { mergeActivity } from '../../../../src/renderer/features/overview/model/activity.ts';

function call(id: number, method: string, part: Partial<ActivityEntry> = {}): ActivityEntry {
  return {
    id,
    timestamp: id * 1_000,
    method,
    user: 'ada@n1',
    via: 'ws',
    node: 'n1',
    status: 'success',
    code: null,
    durationMs: 2,
    ...part,
  };
}

function audited(id: number, act: string, part: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id,
    timestamp: id * 1_000,
    node: 'n1',
    user: 'ada@n1',
    roles: ['admin'],
    via: 'ws',
    act,
    target: null,
    params: {},
    outcome: 'done',
    code: null,
    detail: null,
    durationMs: 3,
    ...part,
  };
}

describe('the activity list', () => {
  test('shows a write once, from the audit table, with what it was done to', () => {
    const merged = mergeActivity(
      [call(3, 'users.add'), call(2, 'system.info')],
      [audited(3, 'users.add', { params: { username: 'grace', role: 'viewer' } })],
      [],
      10,
    );
    expect(merged.map(({ act, object }) => [act, object])).toEqual([
      ['users.add', 'grace'],
      ['system.info', null],
    ]);
  });

  test('shows a refusal once, and as one', () => {
    const merged = mergeActivity(
      [call(1, 'users.list', { status: 'error', code: 'FORBIDDEN' })],
      [audited(1, 'users.list', { outcome: 'refused', code: 'FORBIDDEN' })],
      [],
      10,
    );
    expect(merged).toMatchObject([{ outcome: 'refused', who: 'ada' }]);
  });

  test('of somebody who may not read the audit table has the calls, writes too', () => {
    expect(mergeActivity([call(2, 'events.publish'), call(1, 'system.info')], undefined, [], 10).map(({ act }) => act)).toEqual([
      'events.publish',
      'system.info',
    ]);
  });

  test('leaves out how screens get their events', () => {
    expect(mergeActivity([call(1, 'subscribe_channel')], undefined, [], 10)).toEqual([]);
  });

  test('names the settings that were changed', () => {
    expect(mergeActivity([], [audited(1, 'config.set', { params: { values: { 'node.name': 'press-07' } } })], [], 10)[0]?.object).toBe(
      'node.name',
    );
  });

  test('is newest first and bounded', () => {
    const merged = mergeActivity([call(1, 'a'), call(4, 'b')], [audited(3, 'sign-in'), audited(2, 'setup')], [], 3);
    expect(merged.map(({ act }) => act)).toEqual(['b', 'sign-in', 'setup']);
  });

  test('tells who joined and left among what people did, and where calls of several nodes were', () => {
    const merged = mergeActivity(
      [
        { ...call(5, 'rpc.list'), nodeId: 'n1a', name: 'press-07' },
        { ...call(5, 'rpc.list'), nodeId: 'n1b', name: 'kiln-02' },
      ],
      undefined,
      [{ id: 1, atMs: call(6, '').timestamp, nodeId: 'n1c', name: 'pack-04', kind: 'left' }],
      10,
    );
    expect(merged.map(({ who, act, place, change }) => [change === null ? act : who, place, change])).toEqual([
      ['pack-04', null, 'left'],
      ['rpc.list', 'press-07', null],
      ['rpc.list', 'kiln-02', null],
    ]);
    expect(new Set(merged.map(({ id }) => id)).size).toBe(3);
  });
});
