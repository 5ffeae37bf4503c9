import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { joinCodeOf, newInviteSecret } from '../../../../src/main/node/trust/index.ts';
import { isAddress } from '../../../../src/renderer/features/shared/join/model/address.ts';
import { joinFailureOf } from '../../../../src/renderer/features/shared/join/model/join-failure.ts';
import { groupNearby } from '../../../../src/renderer/features/shared/join/model/nearby.ts';
import {
  charactersOf,
  cursorAfter,
  groupTyped,
  isCodeRight,
  spellingProblem,
} from '../../../../src/renderer/features/shared/join/model/typed-code.ts';

test('a code is grouped while it is typed, and I, L and O are what was meant', () => {
  expect(groupTyped('abcde')).toBe('ABCDE');
  expect(groupTyped('abcdefg')).toBe('ABCDE-FG');
  expect(groupTyped('ABCDE-')).toBe('ABCDE');
  expect(groupTyped('oil 99')).toBe('01199');
  expect(charactersOf('ABCDE-FG')).toBe(7);
});

test.each([
  ['ABCDEF', 'ABCDE-F', 7],
  ['ABCDE', 'ABCDE-FGHIJ', 6],
  ['ABC', 'ABCDE-FGHIJ', 3],
  ['ABCDE', 'ABCDE', 5],
  ['', 'ABCDE', 0],
])('after %j of %j the cursor is at %i', (before, grouped, at) => {
  expect(cursorAfter(before, grouped)).toBe(at);
});

test('a character that no code has and one too many are seen at once', () => {
  expect(spellingProblem('ABU')).toEqual({ kind: 'character', character: 'U' });
  expect(spellingProblem('A'.repeat(22))).toEqual({ kind: 'long', count: 2 });
  expect(spellingProblem('ABC')).toBeUndefined();
});

test('the check characters of the node are those of the console: each wrong character is found', async () => {
  const code = joinCodeOf(newInviteSecret());
  expect(await isCodeRight(code)).toBe(true);
  expect(await isCodeRight(code.toLowerCase().replaceAll('-', ' '))).toBe(true);
  const plain = code.replaceAll('-', '');
  for (let at = 0; at < plain.length; at++) {
    const other = plain[at] === 'Z' ? 'Y' : 'Z';
    expect(await isCodeRight(plain.slice(0, at) + other + plain.slice(at + 1))).toBe(false);
  }
  expect(await isCodeRight(plain.slice(1))).toBe(false);
});

test('an address is HOST:PORT', () => {
  for (const right of ['192.168.1.20:7422', '[fe80::1%eth0]:7422', 'site-lead.local:1']) expect(isAddress(right)).toBe(true);
  for (const wrong of ['192.168.1.20', 'site lead:7422', 'host:0', 'host:70000', ':7422', 'fe80::1:7422'])
    expect(isAddress(wrong)).toBe(false);
});

test('a node that answers from several networks is one line', () => {
  const node = (name: string, address: string) => ({
    name,
    shortId: 'n1aaaaaa',
    address,
    cluster: null,
    clusterShortId: null,
    takesRequests: true,
    seenAt: 0,
  });
  expect(groupNearby([node('press-07', '10.0.0.1:7422'), node('mill-02', '10.0.0.2:7422'), node('press-07', '192.0.2.2:7422')])).toEqual([
    { name: 'press-07', shortId: 'n1aaaaaa', cluster: null, clusterShortId: null, addresses: ['10.0.0.1:7422', '192.0.2.2:7422'] },
    { name: 'mill-02', shortId: 'n1aaaaaa', cluster: null, clusterShortId: null, addresses: ['10.0.0.2:7422'] },
  ]);
});

test('what the node refused is told by what a person can do about it', () => {
  const of = (code: SignalboxError['code'], reason?: string) =>
    joinFailureOf(new SignalboxError(code, '', { data: reason === undefined ? undefined : { reason } }));
  expect([of('INVITE_INVALID'), of('INVITE_INVALID', 'inviter'), of('INVITE_INVALID', 'number'), of('INVITE_INVALID', 'expired')]).toEqual([
    'code',
    'inviter',
    'number',
    'ended',
  ]);
  expect([of('NODE_UNREACHABLE'), of('CHANNEL_BINDING'), of('CONFLICT'), of('CLOCK'), of('STORAGE_FULL')]).toEqual([
    'unreachable',
    'middle',
    'member',
    'clock',
    'other',
  ]);
});
