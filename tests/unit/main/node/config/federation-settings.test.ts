import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Config } from '../../../../../src/main/node/config/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const load = async (overrides: Record<string, unknown> = {}) =>
  Config.load({ file: join(await temporaryFolder(), 'config.json'), overrides });

describe('settings of federation', () => {
  test('are off, and careful, until somebody turns them on', async () => {
    const config = await load();
    expect([config.get('federation.mode'), config.get('federation.unsignedRole'), config.get('federation.host')]).toEqual([
      'off',
      'viewer',
      '127.0.0.1',
    ]);
  });

  test.each([
    ['federation.host', { 'federation.mode': 'hub', 'federation.host': '0.0.0.0' }],
    ['federation.keyFile', { 'federation.certFile': '/a.pem' }],
    ['federation.certFile', { 'federation.keyFile': '/a.key' }],
    ['federation.brokerUrl', { 'federation.brokerUrl': 'http://127.0.0.1' }],
    ['federation.brokerUrl', { 'federation.brokerUrl': 'mqtt://user:secret@127.0.0.1' }],
    ['federation.prefix', { 'federation.prefix': 'a/#' }],
  ])('a bad %s is refused with a sentence', async (key, values) => {
    const config = await load();
    const { valid, issues } = config.validate(values);
    expect([valid, issues[0]?.key]).toEqual([false, key]);
  });

  test.each([
    'mqtt://localhost:1883',
    'mqtts://127.0.0.1:8883',
    'ws://[::1]:9001',
    'wss://127.1.2.3:9001/mqtt',
    'mqtts://broker.plant:8883',
  ])('%s is a broker', async (url) => {
    const config = await load({ 'federation.mode': 'external', 'federation.brokerUrl': url });
    expect(config.get('federation.brokerUrl')).toBe(url);
  });

  test('a file edited by hand to a hub that is open to others leaves it on this machine and says so', async () => {
    const file = join(await temporaryFolder(), 'config.json');
    const values = { 'federation.mode': 'hub', 'federation.host': '0.0.0.0' };
    await writeFile(file, JSON.stringify({ version: 1, values }));
    const config = await Config.load({ file });
    expect(config.get('federation.host')).toBe('127.0.0.1');
    expect(config.ignored).toMatchObject([{ key: 'federation.host' }]);
  });
});
