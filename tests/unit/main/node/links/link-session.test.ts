import { expect, test } from 'vitest';
import { LinkSession } from '../../../../../src/main/node/links/index.ts';
import { deriveSessionKeys, trustLimits } from '../../../../../src/main/node/trust/index.ts';

const refusedAs = (code: string) => expect.objectContaining({ code });

/** Both ends of a link, each with a clock of its own. */
function bothEnds() {
  const clock = { aliceMs: 1_795_000_000_000, bobMs: 1_700_000_000_000 };
  const keysOf = (side: 'initiator' | 'responder', nowMs: () => number) => (generation: number) =>
    deriveSessionKeys(
      {
        secret: new Uint8Array(32).fill(generation),
        transcript: new Uint8Array(32),
        clusterId: new Uint8Array(32),
        initiator: new Uint8Array(32).fill(1),
        responder: new Uint8Array(32).fill(2),
      },
      side,
      nowMs(),
    );
  const end = (side: 'initiator' | 'responder', nowMs: () => number) => {
    const laterKeys = keysOf(side, nowMs);
    return new LinkSession({ keys: laterKeys(0), laterKeys }, nowMs);
  };
  return { clock, alice: end('initiator', () => clock.aliceMs), bob: end('responder', () => clock.bobMs) };
}

const text = (message: { readonly body: Buffer }) => message.body.toString();

test('messages pass both ways, each once, and not altered', () => {
  const { alice, bob } = bothEnds();
  const sealed = alice.seal(Buffer.from('to bob'));
  const altered = Buffer.from(sealed);
  altered.writeUInt8(altered.readUInt8(30) ^ 1, 30);
  expect(() => bob.open(altered)).toThrow(refusedAs('BAD_SIGNATURE'));
  expect(text(bob.open(sealed))).toBe('to bob');
  expect(() => bob.open(sealed)).toThrow(refusedAs('REPLAYED'));
  expect(text(alice.open(bob.seal(Buffer.from('to alice'))))).toBe('to alice');
});

test('new keys take the place of those that have served an hour, without a word', () => {
  const { clock, alice, bob } = bothEnds();
  const first = alice.seal(Buffer.from('first'));
  clock.aliceMs += trustLimits.sessionKeyMs;
  const second = alice.seal(Buffer.from('second'));
  expect(Buffer.compare(first.subarray(1, 9), second.subarray(1, 9))).not.toBe(0);
  expect([text(bob.open(first)), text(bob.open(second))]).toEqual(['first', 'second']);
  expect(() => bob.open(first)).toThrow(refusedAs('DECRYPT'));
});

test('a clock that is set loses nothing, and a message that waited says how long', () => {
  const { clock, alice, bob } = bothEnds();
  expect(bob.open(alice.seal(Buffer.from('1'))).ageMs).toBe(0);
  const waited = alice.seal(Buffer.from('2'));
  clock.bobMs += 4_000;
  clock.aliceMs += 4_000;
  expect(bob.open(waited).ageMs).toBe(4_000);
  clock.bobMs += 86_400_000;
  expect(bob.open(alice.seal(Buffer.from('3'))).ageMs).toBe(0);
  clock.bobMs -= 2 * 86_400_000;
  expect(bob.open(alice.seal(Buffer.from('4'))).ageMs).toBe(0);
});
