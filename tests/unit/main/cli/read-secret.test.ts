import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm, readNewPassphrase, readNewPassword, readPassphrase, readWords } from '../../../../src/main/cli/read-secret.ts';
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

test('a passphrase for a file is typed twice and long enough, one that was chosen before once', async () => {
  const typed = terminal(['four words of a person\r', 'four words of a person\r']);
  expect(await readNewPassphrase(typed.io)).toBe('four words of a person');
  await expect(readNewPassphrase(terminal(['short one\r', 'short one\r']).io)).rejects.toThrow('at least 12');
  const before = terminal(['short one\r']);
  expect([await readPassphrase(before.io), before.raw]).toEqual(['short one', [true, false]]);
});

test('words are read on as many lines as they take, until there are enough or the input ends', async () => {
  const pipe = (...chunks: readonly string[]) => {
    const stdin = new PassThrough();
    for (const chunk of chunks) stdin.write(chunk);
    return { io: { stdin, stdout: new PassThrough(), stderr: new PassThrough() }, stdin };
  };
  // Nobody ends the input: it is a terminal.
  expect(await readWords(pipe('abandon ab', 'ility\n', '  able, about\n').io, 'Words:', 4)).toEqual([
    'abandon',
    'ability',
    'able',
    'about',
  ]);
  const few = pipe('abandon ability');
  few.stdin.end();
  expect(await readWords(few.io, 'Words:', 4)).toEqual(['abandon', 'ability']);
  const endless = pipe('x'.repeat(5_000));
  expect((await readWords(endless.io, 'Words:', 4)).join('')).toHaveLength(1_024);
});
