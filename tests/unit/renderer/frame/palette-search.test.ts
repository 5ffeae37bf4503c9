import { describe, expect, test } from 'vitest';
import type { Action } from '../../../../src/renderer/app/actions/registry.ts';
import { searchPalette } from '../../../../src/renderer/app/frame/palette-search.ts';

function act(id: string, group: Action['group'], title: string, detail?: string): Action {
  return { id, group, title, danger: 0, run: () => undefined, ...(detail !== undefined && { detail }) };
}

const actions = [
  act('appearance.dark', 'appearance', 'Dark theme'),
  act('method.logs.tail', 'method', 'logs.tail', 'The last lines of a log.'),
  act('settings.openLogs', 'act', 'Open the node’s logs'),
  act('settings.logLevel', 'act', 'Set log level…'),
  act('go.overview', 'go', 'Overview'),
];
const found = (query: string) => searchPalette(actions, query).map(({ id }) => id);

describe('the palette', () => {
  test('shows groups in one order: go to, acts, methods, appearance', () => {
    expect(found('')).toEqual(['go.overview', 'settings.openLogs', 'settings.logLevel', 'method.logs.tail', 'appearance.dark']);
  });

  test('wants every word, in title, detail or keywords', () => {
    expect(found('log level')).toEqual(['settings.logLevel']);
    expect(found('last log')).toEqual(['method.logs.tail']);
    expect(found('nothing like it')).toEqual([]);
  });

  test('puts titles that begin with the query first', () => {
    expect(found('> o')[0]).toBe('settings.openLogs');
  });

  test('has acts only after >, methods only after /', () => {
    expect(found('>log')).toEqual(['settings.openLogs', 'settings.logLevel']);
    expect(found('/log')).toEqual(['method.logs.tail']);
  });

  test('is bounded for each group', () => {
    const many = Array.from({ length: 50 }, (_, index) => act(`m${index}`, 'method', `method ${index}`));
    expect(searchPalette(many, '')).toHaveLength(8);
  });
});
