import { describe, expect, it } from 'vitest';
import { entryColumns } from '../../../../src/renderer/features/ledger/model/entry-columns.ts';
import { objectPlace } from '../../../../src/renderer/features/ledger/model/entry-object.ts';
import { exportFileName, parseNumber, verifyCommand } from '../../../../src/renderer/features/ledger/model/export-file.ts';
import { isZeroHash, shortHash } from '../../../../src/renderer/features/ledger/model/hashes.ts';
import { detailsState, saidAsJson } from '../../../../src/renderer/features/ledger/model/proof.ts';
import { actorWord } from '../../../../src/renderer/features/ledger/words.ts';
import { columnsThatFit } from '../../../../src/renderer/features/shared/table/fitting-columns.ts';
import { entry } from './samples.ts';

describe('an entry', () => {
  it('leads to what it was done to, where that can be shown', () => {
    expect(objectPlace(entry(1))).toEqual({ view: 'queues', query: {}, object: 'orders' });
    expect(objectPlace(entry(1, { act: 'users.add', target: 'bob' }))).toEqual({ view: 'settings', query: { section: 'users' } });
    expect(objectPlace(entry(1, { target: null }))).toBeUndefined();
    expect(objectPlace(entry(1, { kind: 'note' }))).toBeUndefined();
    expect(objectPlace(entry(1, { act: 'constructor.call' }))).toBeUndefined();
  });

  it('says why what was passed is not shown', () => {
    const passed = entry(1, { detailsDigest: 'ab' });
    const details = { params: {}, salt: '00' };
    expect(detailsState({ entry: passed, details }, true, true)).toBe('shown');
    expect(detailsState({ entry: entry(1), details: null }, true, true)).toBe('nonePassed');
    expect(detailsState({ entry: passed, details: null }, false, true)).toBe('atOtherNode');
    expect(detailsState({ entry: passed, details: null }, true, false)).toBe('needsRole');
    expect(detailsState({ entry: passed, details: null }, true, true)).toBe('notKept');
  });

  it('names who did it without ids of nodes', () => {
    const id = `n1${'a'.repeat(52)}`;
    const nameOf = (nodeId: string) => (nodeId === id ? 'hub-01' : nodeId);
    const who = (actor: string, chainId: string) => actorWord({ actor, chainId }, nameOf);
    expect(who(`alice@${id}`, id)).toBe('alice');
    expect(who(`alice@${id}`, 'node-press')).toBe('alice@hub-01');
    expect([who(id, id), who('alice@north.example', id), who('robot', id)]).toEqual(['hub-01', 'alice@north.example', 'robot']);
  });

  it('says as JSON what the ledger writes of itself, and sentences as they are', () => {
    expect(saidAsJson({ kind: 'genesis', text: '{"name":"press-07"}' })).toBe('{\n  "name": "press-07"\n}');
    expect(saidAsJson({ kind: 'fork', text: 'Two blocks.' })).toBeUndefined();
    expect(saidAsJson({ kind: 'note', text: '{}' })).toBeUndefined();
  });

  it('loses columns with the width, those first that say least', () => {
    const ids = (widthPx: number) => columnsThatFit(entryColumns, widthPx).map(({ id }) => id);
    expect(ids(1_200)).toHaveLength(9);
    expect(ids(760)).not.toContain('prevHash');
    expect(ids(420)).toEqual(['signature', 'time', 'actor', 'act', 'outcome']);
  });

  it('shows the beginning of a hash, and knows that of nothing', () => {
    expect([shortHash('0123456789abcdef'), shortHash(null)]).toEqual(['01234567', '–']);
    expect([isZeroHash('0'.repeat(64)), isZeroHash('0a')]).toEqual([true, false]);
  });
});

describe('an export', () => {
  it('has a name that every system takes, and a command that checks it', () => {
    expect(exportFileName('press-07', undefined, undefined)).toBe('ledger-press-07.jsonl');
    expect(exportFileName('../Nord & Süd/1', 5, undefined)).toBe('ledger-..-Nord-S-d-1-5-end.jsonl');
    expect(verifyCommand('ledger-press-07.jsonl')).toBe('signalbox ledger verify ledger-press-07.jsonl');
  });

  it('reads numbers as people write them', () => {
    expect(['12,408', '#7', ' ', 'x', '-1', '1.5'].map(parseNumber)).toEqual([12_408, 7, undefined, null, null, null]);
  });
});
