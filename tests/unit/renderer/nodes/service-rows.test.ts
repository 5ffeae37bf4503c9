import { expect, test } from 'vitest';
import type { CatalogueEntry } from '../../../../src/common/contract/rpc.ts';
import { serviceRows } from '../../../../src/renderer/features/nodes/model/service-rows.ts';

function entry(method: string, help = ''): CatalogueEntry {
  return {
    method,
    service: method.split('.')[0] ?? '',
    help,
    role: 'viewer',
    effect: 'read',
    aliases: [],
    params: {},
    result: {},
    example: null,
    secretParams: [],
    allowed: true,
  };
}

const methods = [entry('system.stats'), entry('node.restart', 'Stops the node cleanly'), entry('node.status'), entry('logs.tail')];
const lines = (text: string, closed: readonly string[] = []) => serviceRows(methods, text, new Set(closed)).map(({ key }) => key);

test('methods stand below their service, both from A', () => {
  expect(lines('')).toEqual(['logs/', 'logs.tail', 'node/', 'node.restart', 'node.status', 'system/', 'system.stats']);
});

test('a closed service shows how many methods it has', () => {
  expect(lines('', ['node/', 'logs/'])).toEqual(['logs/', 'node/', 'system/', 'system.stats']);
  expect(serviceRows(methods, '', new Set(['node/']))[2]).toMatchObject({ name: 'node', count: 2, expanded: false });
});

test('a search looks into names and help, and opens what it finds', () => {
  expect(lines('cleanly', ['node/'])).toEqual(['node/', 'node.restart']);
  expect(lines('node stat')).toEqual(['node/', 'node.status']);
  expect(lines('press')).toEqual([]);
});
