import { describe, expect, test } from 'vitest';
import type { Setting } from '../../../../src/common/contract/config.ts';
import {
  type BundleSources,
  bundleContent,
  bundleParts,
  bundleText,
} from '../../../../src/renderer/features/settings/diagnostics/support-bundle.ts';

function setting(key: string, value: unknown): Setting {
  return {
    key,
    value,
    saved: value,
    default: '',
    group: '',
    title: '',
    help: '',
    schema: {},
    changed: true,
    live: true,
    pendingRestart: false,
    source: 'file',
  };
}

const sources = {
  madeAtMs: Date.UTC(2026, 10, 21),
  status: { name: 'press-07', dataFolder: '/home/ada/.local/share/signalbox' },
  info: { os: { platform: 'linux' }, cpu: { cores: 4 }, memoryBytes: 1, runtime: { node: '24' }, system: {} },
  processes: { processes: [] },
  settings: [setting('node.name', 'press-07'), setting('mqtt.password', 'hunter2'), setting('http.tlsKeyFile', '/home/ada/key.pem')],
  methods: [],
  log: [{ message: 'Data in C:\\Users\\Ada\\signalbox' }],
  console: {},
} as unknown as BundleSources;

describe('a support bundle', () => {
  const content = bundleContent(sources);
  const text = bundleText(content, new Set(bundleParts), sources.madeAtMs);

  test('has no secret of a setting', () => {
    expect(text).not.toContain('hunter2');
    expect(content.settings).toMatchObject({ 'mqtt.password': { value: '(left out)' }, 'node.name': { value: 'press-07' } });
  });

  test('has no name of a person in a folder', () => {
    expect(text).not.toMatch(/ada/i);
    expect(text).toContain('/home/(user)/.local/share/signalbox');
  });

  test('has the chosen parts only', () => {
    const file = JSON.parse(bundleText(content, new Set(['machine']), sources.madeAtMs));
    expect(Object.keys(file)).toEqual(['format', 'madeAt', 'machine']);
  });
});
