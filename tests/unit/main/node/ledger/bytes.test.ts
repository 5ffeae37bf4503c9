/** The bytes of entries, blocks and trees: what every node has to agree on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeIdOf, signerFromSeed } from '../../../../../src/main/node/identity/index.ts';
import { decodeBlock, encodeBlock, encodeHead, isBlockSigned, noHash, signBlock } from '../../../../../src/main/node/ledger/block.ts';
import { decodeEntry, detailsDigest, type EntryDraft, encodeEntry, toEntry } from '../../../../../src/main/node/ledger/entry.ts';
import { ExportWriter } from '../../../../../src/main/node/ledger/export/index.ts';
import { inclusionProof, isIncluded, merkleRoot } from '../../../../../src/main/node/ledger/merkle.ts';
import type { Entry } from '../../../../../src/main/node/ledger/types.ts';
import { fromHex, sha256, toHex } from '../../../../../src/main/node/trust/digest.ts';
import vectors from './golden-vectors.json' with { type: 'json' };

const signer = signerFromSeed(fromHex(vectors.seed));
const utf8 = new TextEncoder();

function draft(over: Partial<EntryDraft> = {}): EntryDraft {
  return {
    at: 1_732_147_200_000,
    kind: 'act',
    actor: 'anna',
    roles: ['admin'],
    via: 'console',
    act: 'queues.create',
    target: null,
    outcome: 'done',
    code: null,
    text: null,
    ...over,
  };
}

function computed() {
  const salt = fromHex(vectors.salt);
  const { entry, details } = toEntry(draft({ params: { name: 'jobs', durable: true } }), 1, salt);
  const entries = [encodeEntry(entry), encodeEntry(toEntry(draft({ kind: 'note', act: 'ledger.note', text: 'Fan replaced.' }), 2).entry)];
  const first = signBlock(
    { height: 0, prevHash: noHash, at: entry.at, firstNumber: 1, count: 2, entriesRoot: merkleRoot(entries) },
    signer,
  );
  const one = [encodeEntry(toEntry(draft({ outcome: 'failed', code: 'NOT_FOUND', text: 'There is no queue jobs.' }), 3).entry)];
  const second = signBlock(
    { height: 1, prevHash: first.hash, at: entry.at + 5, firstNumber: 3, count: 1, entriesRoot: merkleRoot(one) },
    signer,
  );
  const file = new ExportWriter();
  const nodeId = nodeIdOf(signer.publicKey);
  const head = { chainId: nodeId, name: 'press-07', exportedAt: entry.at + 10, exportedBy: nodeId, fromHeight: 0, toHeight: 1 };
  file.header(head);
  file.block({ block: first, entries });
  file.block({ block: second, entries: one });
  file.end(head, signer);
  const lines = file.take();
  return {
    exportEnd: lines.trimEnd().split('\n').at(-1),
    exportDigest: toHex(sha256(Buffer.from(lines, 'utf8'))),
    detailsDigest: details === null ? '' : detailsDigest(details.salt, details.params),
    entry: Buffer.from(entries[0] as Uint8Array).toString('utf8'),
    entriesRoot: toHex(first.entriesRoot),
    firstBlock: toHex(encodeBlock(first)),
    firstHash: toHex(first.hash),
    secondBlock: toHex(encodeBlock(second)),
    secondHash: toHex(second.hash),
  };
}

test('golden vectors: the same bytes on every runtime', () => {
  expect(computed()).toEqual(vectors.expected);
});

describe('a block', () => {
  const first = decodeBlock(fromHex(vectors.expected.firstBlock));

  test('reads back to what was signed', () => {
    expect(toHex(encodeBlock(first))).toBe(vectors.expected.firstBlock);
    expect(isBlockSigned(first)).toBe(true);
  });

  test('no bit of it can be flipped', () => {
    const bytes = fromHex(vectors.expected.firstBlock);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let accepted = false;
      try {
        accepted = isBlockSigned(decodeBlock(flipped));
      } catch {
        // Refused by its layout or its key.
      }
      expect([bit, accepted]).toEqual([bit, false]);
    }
  });

  test('of another length is refused', () => {
    const bytes = fromHex(vectors.expected.firstBlock);
    expect(() => decodeBlock(bytes.subarray(0, -1))).toThrow(/ends too early/);
    expect(() => decodeBlock(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(/more follows/);
  });

  test.each([
    ['count', { count: 0 }],
    ['count', { count: 257 }],
    ['height', { height: 5, firstNumber: 2 }],
    ['prevHash', { height: 1, firstNumber: 2 }],
    ['firstNumber', { firstNumber: 2 }],
  ])('with an impossible %s is refused', (_field, over) => {
    const head = { height: 0, prevHash: noHash, at: 1, firstNumber: 1, count: 1, entriesRoot: new Uint8Array(32), ...over };
    expect(() => decodeBlock(encodeBlock(signBlock(head, signer)))).toThrow(/is not valid/);
  });

  test('is signed over exactly 140 bytes', () => {
    expect(encodeHead(first).length).toBe(140);
    expect(encodeBlock(first).length).toBe(204);
  });
});

describe('an entry', () => {
  const good = toEntry(draft({ params: { a: 1 } }), 7).entry;

  test('reads back', () => {
    expect(decodeEntry(encodeEntry(good))).toEqual(good);
  });

  test.each([
    ['markup is text', '<b>bold</b>', true],
    ['emoji with a joiner', '👩‍🚀', true],
    ['newline', 'a\nb', false],
    ['escape', '\u001b[31mred', false],
    ['bidi override', 'a\u202eb', false],
    ['isolate', '\u2066a', false],
    ['zero width space', 'a\u200bb', false],
    ['byte order mark', '\ufeffa', false],
    ['tag characters', 'a\u{e0041}', false],
    ['half a surrogate pair', 'a\ud800', false],
    ['ten thousand emoji', '🛰'.repeat(10_000), false],
  ])('%s', (_name, target, allowed) => {
    const bytes = utf8.encode(JSON.stringify(JSON.parse(Buffer.from(encodeEntry({ ...good, target })).toString('utf8'))));
    const read = () => decodeEntry(bytes);
    if (allowed) expect(read().target).toBe(target);
    else expect(read).toThrow(/is not valid|is larger/);
  });

  test.each<[string, (text: string) => string]>([
    ['a space more', (text) => text.replace('{', '{ ')],
    ['members in another order', (text) => text.replace(/^\{("act":"[^"]+"),("actor":"[^"]+")/, '{$2,$1')],
    ['a member more', (text) => text.replace('{', '{"a":1,')],
    ['a member less', (text) => text.replace(/"via":"[^"]*"/, '').replace(',}', '}')],
    ['a member twice', (text) => text.replace('{', '{"act":"other",')],
    ['an escape that is not needed', (text) => text.replace('anna', '\\u0061nna')],
    ['a number beyond what is safe', (text) => text.replace('"number":7', '"number":9007199254740993')],
    ['a number with a fraction', (text) => text.replace('"number":7', '"number":7.5')],
    ['another kind', (text) => text.replace('"act"}', '"other"}').replace('"kind":"act"', '"kind":"other"')],
    ['no JSON', () => 'null'],
  ])('%s is refused', (_name, change) => {
    const text = Buffer.from(encodeEntry(good)).toString('utf8');
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(() => decodeEntry(utf8.encode(changed))).toThrow(/is not valid/);
  });

  test('own texts are made to fit, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.string({ unit: 'binary', maxLength: 400 }), (said, name) => {
        const { entry } = toEntry(draft({ text: said, actor: name, target: name, act: name, via: name, code: name, roles: [name] }), 1);
        expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
      }),
    );
  });

  test('bytes that are no UTF-8 are refused', () => {
    expect(() => decodeEntry(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/not JSON/);
  });
});

describe('a tree', () => {
  // RFC 6962 test vectors: certificate-transparency, merkletree tests.
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(fromHex);
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test('has the roots of the published examples', () => {
    expect(roots.map((_root, size) => toHex(merkleRoot(inputs.slice(0, size))))).toEqual(roots);
  });

  test('proves each of its entries, and nothing else', () => {
    const entries = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(), (all, at, flip) => {
        const index = at % all.length;
        const entry = all[index] as Uint8Array;
        const root = merkleRoot(all);
        const proof = inclusionProof(all, index);
        expect(isIncluded(entry, proof, root)).toBe(true);
        const parts = [entry, root, ...proof.map(({ hash }) => hash)];
        const chosen = flip % parts.length;
        const changed = parts.map((part, place) => (place === chosen ? flipBit(part, flip) : part));
        const [changedEntry, changedRoot, ...hashes] = changed as [Uint8Array, Uint8Array, ...Uint8Array[]];
        const changedProof = proof.map((step, place) => ({ ...step, hash: hashes[place] as Uint8Array }));
        expect(isIncluded(changedEntry, changedProof, changedRoot)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('changes with the order of the entries', () => {
    const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
    expect(toHex(merkleRoot([a, b]))).not.toBe(toHex(merkleRoot([b, a])));
    expect(() => inclusionProof([a, b], 2)).toThrow(RangeError);
  });
});

function flipBit(bytes: Uint8Array, seed: number): Uint8Array {
  const flipped = bytes.slice();
  const bit = seed % (bytes.length * 8);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

/** Entries are plain data: what is decoded has no more members than the type says. */
test('an entry has the members of its type', () => {
  const entry: Entry = decodeEntry(utf8.encode(vectors.expected.entry));
  expect(Object.keys(entry).sort()).toEqual(
    ['act', 'actor', 'at', 'code', 'details', 'kind', 'number', 'outcome', 'roles', 'target', 'text', 'via'].sort(),
  );
});
