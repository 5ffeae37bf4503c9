import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm, readNewPassword } from '../../../../src/main/cli/read-secret.ts';
import { sha256 } from '../../../helpers/accounts.ts';

/** A terminal whose typist types `keys`, one chunk a prompt. */
function terminal(keys: readonly string[]) {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => void raw.push(on) });
  const stderr = new PassThrough();
  const waiting = [...keys];
  stderr.on('data', (text: Buffer) => {
    const next = /: $|\] $/.test(text.toString()) ? waiting.shift() : undefined;
    if (next !== undefined) setImmediate(() => stdin.write(next));
  });
  return { io: { stdin, stdout: new PassThrough(), stderr }, raw };
}

test('a terminal is asked twice, without echo', async () => {
  const { io, raw } = terminal(['correct horsf\u007fe\r', 'correct horse\r']);
  expect(await readNewPassword(io)).toBe(sha256('correct horse'));
  expect(raw).toEqual([true, false, true, false]);
  expect(String(io.stdout.read() ?? '')).toBe('');
});

test('two different passwords, a short one, and Ctrl-C are refused, and the terminal echoes again', async () => {
  await expect(readNewPassword(terminal(['correct horse\r', 'correct house\r']).io)).rejects.toThrow('differ');
  await expect(readNewPassword(terminal(['short\r', 'short\r']).io)).rejects.toThrow('at least 8');
  const stopped = terminal(['corr\u0003']);
  await expect(readNewPassword(stopped.io)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(stopped.raw).toEqual([true, false]);
});

test('a pipe gives the first line', async () => {
  const stdin = new PassThrough();
  stdin.end('correct horse\r\nmore\n');
  expect(await readNewPassword({ stdin, stdout: new PassThrough(), stderr: new PassThrough() })).toBe(sha256('correct horse'));
});

test('only a yes at a terminal confirms', async () => {
  for (const [answer, confirmed] of [
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['no\n', false],
  ] as const) {
    expect(await confirm(terminal([answer]).io, 'Remove bob?')).toBe(confirmed);
  }
  expect(await confirm({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }, 'Remove bob?')).toBe(false);
});
