import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { settingKeys, settings } from '../../../../src/main/node/config/index.ts';
import { matches, sectionFrom, sectionOf } from '../../../../src/renderer/features/settings/model/sections.ts';
import {
  appliesAtOnce,
  controlOf,
  fromDraft,
  titleOf,
  toDraft,
  unitHint,
  wordsOf,
} from '../../../../src/renderer/features/settings/model/setting-form.ts';

const words = { on: 'On', off: 'Off', empty: 'none' };

describe('the control of a setting', () => {
  test.each([
    ['a switch', { type: 'boolean' }, 'switch'],
    ['a choice', { type: 'string', enum: ['dev', 'prod'] }, 'select'],
    ['a number', { type: 'integer', minimum: 0 }, 'number'],
    ['text', { type: 'string', pattern: '^a' }, 'text'],
    ['a list of texts', { type: 'array', items: { type: 'string' } }, 'list'],
    ['anything else as JSON', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'json'],
  ])('is %s', (_name, schema, kind) => {
    expect(controlOf(schema).kind).toBe(kind);
  });

  test('exists for every setting of the node, without falling back to JSON', () => {
    const kinds = settingKeys.map((key) => [key, controlOf(z.toJSONSchema(settings[key].schema) as Record<string, unknown>).kind]);
    expect(kinds.filter(([, kind]) => kind === 'json')).toEqual([]);
  });

  test('takes effect at once only where there is nothing half typed', () => {
    expect(appliesAtOnce(controlOf({ type: 'boolean' }))).toBe(true);
    expect(appliesAtOnce(controlOf({ type: 'string' }))).toBe(false);
  });
});

describe('a draft', () => {
  const integer = controlOf({ type: 'integer' });

  test('becomes the value it shows', () => {
    for (const [schema, value] of [
      [{ type: 'boolean' }, true],
      [{ type: 'integer' }, 7_420],
      [{ type: 'string' }, '127.0.0.1'],
      [{ type: 'array', items: { type: 'string' } }, ['press-07:7420']],
      [{ anyOf: [] }, { a: 1 }],
    ] as const) {
      const control = controlOf(schema);
      expect(fromDraft(control, toDraft(control, value))).toEqual({ value });
    }
  });

  test('of a number may have the separators it is shown with', () => {
    expect(fromDraft(integer, '14,021')).toEqual({ value: 14_021 });
  });

  test('that is no number says so', () => {
    expect(fromDraft(integer, '')).toEqual({ problem: 'notANumber' });
    expect(fromDraft(integer, 'many')).toEqual({ problem: 'notANumber' });
    expect(fromDraft(integer, '1.5')).toEqual({ problem: 'notWhole' });
    expect(fromDraft(controlOf({ anyOf: [] }), '{')).toEqual({ problem: 'notJson' });
  });

  test('of text loses the spaces around it', () => {
    expect(fromDraft(controlOf({ type: 'string' }), ' press-07 ')).toEqual({ value: 'press-07' });
  });
});

test('the unit of a title stands beside the number', () => {
  expect(titleOf({ title: 'Life of an access token (ms)' })).toEqual({ title: 'Life of an access token', unit: 'ms' });
  expect(titleOf({ title: 'Port' })).toEqual({ title: 'Port', unit: undefined });
});

test('large numbers are said in words too', () => {
  expect(unitHint('ms', 2_592_000_000)).toBe('30 d');
  expect(unitHint('ms', 5_400_000)).toBe('1 h 30 min');
  expect(unitHint('bytes', 10_485_760)).toBe('10.0 MB');
  expect(unitHint('bytes', 12)).toBeUndefined();
  expect(unitHint(undefined, 7_420)).toBeUndefined();
});

test('values are one line', () => {
  expect(wordsOf(true, words)).toBe('On');
  expect(wordsOf('', words)).toBe('none');
  expect(wordsOf([], words)).toBe('none');
  expect(wordsOf(['a', 'b'], words)).toBe('a, b');
  expect(wordsOf(10_485_760, words)).toBe('10,485,760');
  expect(wordsOf(7_420, { ...words, plainNumbers: true })).toBe('7420');
});

describe('sections', () => {
  test('have every setting of the node in a place where it is looked for', () => {
    const places = Object.fromEntries(settingKeys.map((key) => [key, sectionOf({ key })]));
    expect(places).toMatchObject({
      'node.name': 'general',
      'node.localUserRole': 'users',
      'http.port': 'network',
      'links.port': 'network',
      'federation.mode': 'federation',
      'http.maxSignInAttemptsPerMinute': 'users',
      'limits.connections': 'limits',
      'logs.level': 'logs',
    });
  });

  test('take a setting of a later version too', () => {
    expect(sectionOf({ key: 'tunnels.enabled' })).toBe('general');
    expect(sectionFrom('tunnels')).toBe('general');
    expect(sectionFrom('audit')).toBe('audit');
  });

  test('are searched by every word, in any order', () => {
    expect(matches('token life', 'Life of an access token', 'How long a sign-in holds')).toBe(true);
    expect(matches('token death', 'Life of an access token')).toBe(false);
  });
});
