import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNodeId } from '../../../../../src/common/ids.ts';
import { parseTopic } from '../../../../../src/common/topics.ts';
import { nodeNameFrom, nodeNamePattern, settingKeys, settings } from '../../../../../src/main/node/config/index.ts';
import { isLoopback } from '../../../../../src/main/node/loopback.ts';

test('a host name becomes a name that a topic can carry', () => {
  expect(['press-07.site.example', 'Müllers Laptop', '', '...', '-x-', "Ada's MacBook Pro"].map(nodeNameFrom)).toEqual([
    'press-07',
    'mu-llers-laptop',
    'node',
    'node',
    'x',
    'ada-s-macbook-pro',
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (host) => {
      const name = nodeNameFrom(host);
      expect(name).toMatch(nodeNamePattern);
      expect(isNodeId(name)).toBe(false);
      expect(parseTopic(`${name}/stats`).identity).toBe(name);
    }),
  );
});

test('no name looks like a node id', () => {
  expect(settings['node.name'].schema.safeParse(`n1${'a'.repeat(52)}`).success).toBe(false);
});

test('every default passes its own check', () => {
  for (const key of settingKeys) {
    const { schema, fallback } = settings[key];
    expect(schema.safeParse(fallback()).success, key).toBe(true);
  }
});

test('loopback is this machine alone', () => {
  expect(['127.0.0.1', '127.8.9.1', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example', '1127.0.0.1', 'localhost.example'].some(isLoopback)).toBe(false);
});
