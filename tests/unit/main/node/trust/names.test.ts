import { expect, test } from 'vitest';
import { foundCluster, MembershipLog, nodeRoles } from '../../../../../src/main/node/trust/index.ts';
import { isRoles, roleBits, rolesOf } from '../../../../../src/main/node/trust/membership/index.ts';
import { admin, alice, keys, recovery, refusedAs, startMs } from './people.ts';

const found = (name: string) => foundCluster({ name, firstAdmin: admin.publicKey, recoveryKey: recovery.publicKey, nowMs: startMs });
const hostile = {
  empty: '',
  markup: '<img src=x onerror=alert(1)>',
  terminal: 'press\u001b[2J',
  bidirectional: 'press\u202e70',
  invisible: 'press\u200b07',
  'new line': 'press\n07',
  nul: 'press\0',
  'emoji, many': '\u{1f600}'.repeat(10_000),
  'lone surrogate': 'press\ud800',
  'not composed': 'Zu\u0308rich',
  'leading space': ' press',
  'trailing space': 'press ',
  long: 'x'.repeat(129),
  quotes: 'a"b',
  path: '../../etc/passwd',
};

test.each(Object.entries(hostile))('rows 52 and 60: a name that is %s is refused, of a cluster and of a member', (_, name) => {
  expect(() => found(name)).toThrow(refusedAs('INVALID_PARAMS'));
  const log = new MembershipLog(found('North yard'), keys);
  expect(() => log.sign({ kind: 'add', subject: alice.publicKey, roles: nodeRoles.peer, name }, admin, startMs)).toThrow(
    refusedAs('INVALID_PARAMS'),
  );
});

test.each(['press-07', 'Zürich West', '北の基地', 'Пресс 7', "O'Brien (spare)", 'a', 'मुंबई', 'x'.repeat(128)])('%s is a name', (name) => {
  expect(new MembershipLog(found(name), keys).genesis.name).toBe(name);
});

test('roles are bits of one byte', () => {
  expect(roleBits(['peer', 'viewer'])).toBe(3);
  expect(rolesOf(63)).toEqual(['peer', 'viewer', 'operator', 'admin', 'bridge', 'agent']);
  expect([0, 1, 63, 64, 255, -1].map(isRoles)).toEqual([false, true, true, false, false, false]);
});
