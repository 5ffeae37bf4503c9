import { expect, test } from 'vitest';
import {
  encodeInviteFile,
  type InviteFile,
  joinCodeOf,
  newInviteSecret,
  readInviteFile,
} from '../../../../../src/main/node/trust/index.ts';
import { clusterId, refusedAs, startMs } from './people.ts';

const invite: InviteFile = {
  clusterId,
  clusterName: 'North yard',
  code: joinCodeOf(newInviteSecret()),
  roles: ['peer', 'viewer'],
  uses: 20,
  expiresMs: startMs,
  addresses: ['192.168.1.20:7422', '[fe80::1]:7422'],
};
const text = encodeInviteFile(invite);
const changed = (change: Record<string, unknown>) => JSON.stringify({ ...(JSON.parse(text) as object), ...change });

test('an invite file is read as it was written', () => {
  expect(readInviteFile(text)).toEqual(invite);
});

test('row 65: what is no invite file, is cut off, too large, of a newer version or mistyped is refused with a reason', () => {
  for (let length = 0; length < text.length - 1; length += 7)
    expect(() => readInviteFile(text.slice(0, length))).toThrow(refusedAs('INVITE_INVALID'));
  expect(() => readInviteFile(' '.repeat(20_000))).toThrow(refusedAs('TOO_LARGE'));
  expect(() => readInviteFile(changed({ version: 2, more: true }))).toThrow(refusedAs('VERSION'));
  expect(() => readInviteFile(changed({ expiresAt: undefined }))).toThrow(refusedAs('INVITE_INVALID'));
  expect(() => readInviteFile(changed({ addresses: [] }))).toThrow(refusedAs('INVITE_INVALID'));
  expect(() => readInviteFile(changed({ secret: invite.code.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }))).toThrow(
    refusedAs('INVITE_INVALID'),
  );
  expect(() => readInviteFile(`{"kind":"signalbox-invite","a":${'['.repeat(500)}${']'.repeat(500)}}`)).toThrow(refusedAs('INVITE_INVALID'));
});
