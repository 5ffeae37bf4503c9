import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { batchesOf, type InputFlags, messagesOf, type NewMessage } from '../../../../../src/main/cli/commands/queue-input.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

async function read(data: readonly string[], flags: InputFlags = {}, stdin = ''): Promise<NewMessage[]> {
  const io = { stdin: Readable.from([stdin]), stdout: new PassThrough(), stderr: new PassThrough() };
  const messages: NewMessage[] = [];
  for await (const message of messagesOf(data, flags, io)) messages.push(message);
  return messages;
}

test('what stands on the command line is JSON where it can be, else text', async () => {
  expect(await read(['{"line":7}', '42', 'Valve 3 checked', '"7"'])).toEqual([
    { data: { line: 7 } },
    { data: 42 },
    { data: 'Valve 3 checked' },
    { data: '7' },
  ]);
  expect(await read(['42'], { text: true, key: 'k', header: { site: 'north' } })).toEqual([
    { data: '42', key: 'k', headers: { site: 'north' } },
  ]);
});

test('each line of stdin or of a file is a message; empty ones are none', async () => {
  expect(await read([], {}, '1\r\n\n{"a":2}\nlast')).toEqual([{ data: 1 }, { data: { a: 2 } }, { data: 'last' }]);
  const file = join(await temporaryFolder(), 'lines');
  await writeFile(file, 'one\ntwo\n');
  expect(await read([], { file })).toEqual([{ data: 'one' }, { data: 'two' }]);
});

test('a whole input is one message of its bytes', async () => {
  expect(await read([], { whole: true }, 'a\nb')).toEqual([{ data: 'YQpi', encoding: 'base64' }]);
  await expect(read([], { whole: true }, 'x'.repeat(720_001))).rejects.toThrow('720000 bytes at most');
});

test('what cannot be meant is refused', async () => {
  await expect(read(['1'], { file: 'x' })).rejects.toThrow('not both');
  await expect(read([], { file: join(await temporaryFolder(), 'none') })).rejects.toThrow('cannot be read (ENOENT)');
});

test('batches keep the order and are bounded by count, keys and size', async () => {
  async function* many(): AsyncGenerator<NewMessage> {
    for (let index = 0; index < 1_100; index++) yield { data: index };
    for (let index = 0; index < 300; index++) yield { data: { a: 1, b: [{ c: 2 }] } };
    for (let index = 0; index < 3; index++) yield { data: 'x'.repeat(300_000) };
  }
  const batches: NewMessage[][] = [];
  for await (const batch of batchesOf(many())) batches.push(batch);
  expect(batches.map(({ length }) => length)).toEqual([500, 500, 312, 89, 1, 1]);
  expect(
    batches
      .flat()
      .slice(0, 1_100)
      .map(({ data }) => data),
  ).toEqual(Array.from({ length: 1_100 }, (_, index) => index));
});

test('what has come leaves when the input pauses, as with tail -F', async () => {
  const input = new PassThrough();
  const io = { stdin: input, stdout: new PassThrough(), stderr: new PassThrough() };
  const batches = batchesOf(messagesOf([], {}, io));
  input.write('1\n2\n');
  expect((await batches.next()).value).toEqual([{ data: 1 }, { data: 2 }]);
  input.write('3\n');
  expect((await batches.next()).value).toEqual([{ data: 3 }]);
  input.end();
  expect(await batches.next()).toEqual({ done: true, value: undefined });
});
