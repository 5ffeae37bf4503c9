import { describe, expect, it } from 'vitest';
import type { CatalogueEntry } from '../../../../src/common/contract/rpc.ts';
import { dangerOf } from '../../../../src/renderer/features/rpc/model/danger.ts';
import { expandedOf, levelOf, type SideRow, type SideRowsInput, sideRows } from '../../../../src/renderer/features/rpc/model/side-rows.ts';
import { ownNode } from '../../../../src/renderer/features/rpc/model/target.ts';

const entry = (method: string, change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  method,
  service: method.split('.')[0] ?? '',
  help: '',
  role: 'viewer',
  effect: 'read',
  aliases: [],
  params: {},
  result: {},
  example: null,
  secretParams: [],
  allowed: true,
  ...change,
});
const content = (method: string) => ({ method, text: '{}', target: { kind: 'self' }, timeoutMs: 10_000 }) as const;

const input: SideRowsInput = {
  catalogue: [
    entry('node.status'),
    entry('node.restart'),
    entry('logs.tail', { help: 'The last lines' }),
    entry('subscribe_channel', { service: 'events' }),
  ],
  saved: [{ id: '1', name: 'Morning check', content: content('logs.tail') }],
  history: [{ id: '2', atMs: 0, content: content('node.status'), outcome: 'ok', code: null, durationMs: 1, bytes: 2 }],
  query: '',
  closed: new Set(),
};

const label = (row: SideRow): string =>
  row.kind === 'section' || row.kind === 'service' ? row.name : row.kind === 'method' ? row.label : row.key;
const shown = (change: Partial<SideRowsInput>) =>
  sideRows({ ...input, ...change }).map((row) => `${'  '.repeat(levelOf(row) - 1)}${label(row)}`);

describe('the list at the left', () => {
  it('has saved requests, methods by service, and history', () => {
    expect(shown({})).toEqual([
      'saved',
      '  saved/1',
      'methods',
      '  node',
      '    status',
      '    restart',
      '  logs',
      '    tail',
      '  events',
      '    subscribe_channel',
      'history',
      '  history/2',
    ]);
  });

  it('leaves out what is closed and what is empty', () => {
    expect(shown({ closed: new Set(['section/saved', 'service/node']), history: [] })).toEqual([
      'saved',
      'methods',
      '  node',
      '  logs',
      '    tail',
      '  events',
      '    subscribe_channel',
    ]);
  });

  it('shows what matches by name or help, whatever is closed', () => {
    expect(shown({ query: 'last LINES', closed: new Set(['section/methods']) })).toEqual(['methods', '  logs', '    tail']);
    expect(shown({ query: 'morning' })).toEqual(['saved', '  saved/1']);
    expect(shown({ query: 'zzz' })).toEqual([]);
  });

  it('marks a method that the node of the request does not offer', () => {
    const rows = sideRows({
      catalogue: [entry('node.status'), entry('press.stop')],
      saved: [],
      history: [],
      query: '',
      closed: new Set(),
      lacking: (method) => (method === 'press.stop' ? 'kiln-02' : undefined),
    });
    const marked = rows.flatMap((row) =>
      row.kind === 'method' && row.lacking !== undefined ? [`${row.entry.method} ${row.lacking}`] : [],
    );
    expect(marked).toEqual(['press.stop kiln-02']);
  });

  it('knows which rows open', () => {
    expect(sideRows(input).map(expandedOf).slice(0, 5)).toEqual([true, undefined, true, true, undefined]);
  });
});

describe('how much is asked before a call', () => {
  it('depends on the effect, on what is named, and on the environment', () => {
    const restart = entry('node.restart', { effect: 'destructive' });
    const remove = entry('users.remove', { effect: 'destructive', params: { required: ['username'] } });
    expect([
      dangerOf(undefined, 'none', ownNode),
      dangerOf(entry('node.status'), 'prod', ownNode),
      dangerOf(entry('config.set', { effect: 'write' }), 'prod', ownNode),
    ]).toEqual([0, 0, 1]);
    expect([dangerOf(restart, 'dev', ownNode), dangerOf(restart, 'prod', ownNode), dangerOf(remove, 'none', ownNode)]).toEqual([2, 3, 3]);
  });
});
