import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingSchema } from '../../../../../src/common/contract/config.ts';
import { Config, type SettingKey, settingKeys } from '../../../../../src/main/node/config/index.ts';
import { DamagedFileError } from '../../../../../src/main/node/damaged-file-error.ts';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { temporaryName } from '../../../../../src/main/node/store/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

async function fileWith(content: unknown): Promise<string> {
  const file = join(await temporaryFolder(), 'config.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const valuesOf = async (file: string): Promise<unknown> => (JSON.parse(await readFile(file, 'utf8')) as { values: unknown }).values;

test('a first start writes the name of the node, so that it does not follow the host name', async () => {
  const file = join(await temporaryFolder(), 'config.json');
  const name = (await Config.load({ file })).get('node.name');
  expect(await valuesOf(file)).toEqual({ 'node.name': name });
  expect((await Config.load({ file })).get('node.name')).toBe(name);
});

test('what is set is in force and in the file; null puts the default back', async () => {
  const file = await fileWith({ version: 1, values: {} });
  const config = await Config.load({ file });
  const heard: SettingKey[][] = [];
  config.onChange((changed) => heard.push(changed));
  expect(await config.set({ 'node.name': 'press-07', 'http.port': 8_000 })).toEqual({
    applied: ['node.name'],
    restartNeeded: ['http.port'],
  });
  expect([config.get('node.name'), config.get('http.port')]).toEqual(['press-07', 7_420]);
  expect((await Config.load({ file })).get('http.port')).toBe(8_000);
  expect(await config.set({ 'http.port': null, 'logs.level': 'debug' })).toEqual({ applied: ['logs.level'], restartNeeded: [] });
  expect(await valuesOf(file)).toEqual({ 'logs.level': 'debug', 'node.name': 'press-07' });
  expect(heard).toEqual([['node.name'], ['logs.level']]);
});

test('a change is all or nothing and names every wrong value', async () => {
  const file = await fileWith({ version: 1, values: {} });
  const config = await Config.load({ file });
  const failure = await config
    .set({ 'node.name': 'fine', 'http.port': 70_000, 'no.such': 1, 'logs.level': 'loud' })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'INVALID_PARAMS', executed: 'no' });
  const { issues } = (failure as { data: { issues: { path: string }[] } }).data;
  expect(issues.map(({ path }) => path)).toEqual(['/values/http.port', '/values/no.such', '/values/logs.level']);
  expect(await valuesOf(file)).toEqual({});
  expect(config.get('node.name')).not.toBe('fine');
});

test('certificate and key belong together', async () => {
  const config = await Config.load({ file: await fileWith({ version: 1, values: {} }) });
  await expect(config.set({ 'http.tlsCertFile': '/a.pem' })).rejects.toThrow(/belong together/);
  const tls = { 'http.host': '0.0.0.0', 'http.tlsCertFile': '/a.pem', 'http.tlsKeyFile': '/b.pem' };
  expect(config.validate(tls)).toEqual({ valid: true, issues: [], restartNeeded: ['http.host', 'http.tlsCertFile', 'http.tlsKeyFile'] });
  await config.set(tls);
  await expect(config.set({ 'http.tlsKeyFile': null })).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  await config.set({ 'http.tlsKeyFile': null, 'http.tlsCertFile': null });
});

test('a file edited into a clash falls back to the defaults and says so; other settings can still be changed', async () => {
  const config = await Config.load({ file: await fileWith({ version: 1, values: { 'http.tlsCertFile': '/a.pem' } }) });
  expect(config.get('http.tlsCertFile')).toBe('');
  expect(config.ignored).toMatchObject([{ key: 'http.tlsKeyFile' }]);
  await config.set({ 'node.name': 'press-07' });
});

test('a wrong value is kept in the file and named, its default is used; unknown keys are kept', async () => {
  const values = { 'http.port': 'many', 'of.the.future': { a: 1 }, 'node.name': 'press-07', 'http.allowedHosts': ['ok.example', 'not ok'] };
  const file = await fileWith({ version: 1, values, note: 'mine' });
  const config = await Config.load({ file });
  expect([config.get('http.port'), config.get('node.name'), config.get('http.allowedHosts')]).toEqual([7_420, 'press-07', []]);
  expect(config.ignored.map(({ key }) => key)).toEqual(['http.port', 'of.the.future', 'http.allowedHosts']);
  await config.set({ 'logs.level': 'warn' });
  expect(await valuesOf(file)).toEqual({ ...values, 'logs.level': 'warn' });
  await config.set({ 'of.the.future': null, 'http.port': null, 'http.allowedHosts': null });
  expect(config.ignored).toEqual([]);
});

test('a file that cannot be understood is damaged and never written over', async () => {
  const broken = [
    '',
    '{"version": 1, "values": {',
    '[]',
    '{"version": 1}',
    '{"version": 99, "values": {}}',
    '\0\0\0',
    `"${'x'.repeat(nodeLimits.settingsFileBytes)}"`,
  ];
  for (const content of broken) {
    const file = await fileWith(content);
    await expect(Config.load({ file }), content.slice(0, 20)).rejects.toBeInstanceOf(DamagedFileError);
    expect(await readFile(file, 'utf8')).toBe(content);
  }
});

test('a byte order mark, a prototype key and other oddities of editors do no harm', async () => {
  const config = await Config.load({
    file: await fileWith('\uFEFF{"version":1,"values":{"__proto__":{"http.port":1},"constructor":2,"logs.files":9}}'),
  });
  expect(config.get('logs.files')).toBe(9);
  expect(({} as Record<string, unknown>)['http.port']).toBeUndefined();
});

test('what a person adds to the file while the node runs is kept; a file broken meanwhile is not written over', async () => {
  const file = await fileWith({ version: 1, values: { 'logs.files': 3 } });
  const config = await Config.load({ file });
  await writeFile(file, JSON.stringify({ version: 1, values: { 'logs.files': 4 } }));
  await config.set({ 'node.name': 'press-07' });
  expect(await valuesOf(file)).toEqual({ 'logs.files': 4, 'node.name': 'press-07' });
  await writeFile(file, '{ half');
  await expect(config.set({ 'node.name': 'press-08' })).rejects.toMatchObject({ code: 'CONFLICT', executed: 'no' });
  expect(await readFile(file, 'utf8')).toBe('{ half');
  expect(config.get('node.name')).toBe('press-07');
});

test('options win until the next start and are not written', async () => {
  const file = await fileWith({ version: 1, values: { 'http.port': 8_000 } });
  const config = await Config.load({ file, overrides: { 'http.port': 0 } });
  expect(config.get('http.port')).toBe(0);
  await config.set({ 'node.name': 'press-07' });
  expect(await valuesOf(file)).toMatchObject({ 'http.port': 8_000 });
  expect(config.describe().find(({ key }) => key === 'http.port')).toMatchObject({ source: 'option', value: 0, pendingRestart: false });
  await expect(Config.load({ file, overrides: { 'http.port': 'x' } })).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  await expect(Config.load({ file, overrides: { 'http.tlsCertFile': '/a.pem', 'http.tlsKeyFile': '' } })).rejects.toThrow(
    /belong together/,
  );
});

test('every setting is described for a form', async () => {
  const config = await Config.load({ file: await fileWith({ version: 1, values: { 'logs.files': 9 } }) });
  await config.set({ 'http.port': 8_000, 'node.environment': 'prod' });
  const settings = config.describe().map((setting) => settingSchema.parse(setting));
  expect(settings.map(({ key }) => key)).toEqual([...settingKeys]);
  const state = Object.fromEntries(
    settings.map(({ key, value, source, changed, pendingRestart }) => [key, [value, source, changed, pendingRestart]]),
  );
  expect(state['http.port']).toEqual([7_420, 'file', false, true]);
  expect(state['logs.files']).toEqual([9, 'file', true, false]);
  expect(state['node.environment']).toEqual(['prod', 'file', true, false]);
  expect(state['http.host']).toEqual(['127.0.0.1', 'default', false, false]);
  for (const { title, help, schema } of settings) {
    expect(schema).toHaveProperty('type');
    expect(title).not.toBe('');
    expect(help).toMatch(/\.$/);
  }
});

test('changes at once are written one after the other, none lost', async () => {
  const file = await fileWith({ version: 1, values: {} });
  const config = await Config.load({ file });
  await Promise.all([
    config.set({ 'logs.files': 2 }),
    config.set({ 'node.name': 'a' }),
    config.set({ 'node.name': '' }).catch(() => undefined),
    config.set({ 'logs.level': 'error' }),
  ]);
  expect(await valuesOf(file)).toEqual({ 'logs.files': 2, 'logs.level': 'error', 'node.name': 'a' });
});

test('what a power cut left of a write is cleared away', async () => {
  const file = await fileWith({ version: 1, values: {} });
  await writeFile(temporaryName(file), '{"version":1,"val');
  await Config.load({ file });
  expect(await readdir(join(file, '..'))).toEqual(['config.json']);
});
