import { createHash } from 'node:crypto';
import { SignalboxError } from '../../common/errors.ts';
import { UsageError } from './exit-codes.ts';
import type { CliInput, CliIo } from './io.ts';

const shortestPassword = 8;
const longestLine = 1_024;

/**
 * Asks for a new password: twice without echo at a terminal, once as the first line of a pipe. Never from the command
 * line, which every user of the machine can read.
 *
 * @returns the lower-case hex SHA-256, which is all that leaves this process
 */
export async function readNewPassword(io: CliIo): Promise<string> {
  const password = io.stdin.isTTY === true ? await askTwice(io) : await readLine(io.stdin);
  if (password.length < shortestPassword) throw new UsageError(`The password must have at least ${shortestPassword} characters.`);
  return createHash('sha256').update(password, 'utf8').digest('hex');
}

/** Asks a question at a terminal; false where there is none. */
export async function confirm(io: CliIo, question: string): Promise<boolean> {
  if (io.stdin.isTTY !== true) return false;
  io.stderr.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await readLine(io.stdin)).trim());
}

/** Asks for a text to be typed, for acts that cannot be undone; false where there is no terminal. */
export async function confirmByTyping(io: CliIo, question: string, expected: string): Promise<boolean> {
  if (io.stdin.isTTY !== true) return false;
  io.stderr.write(`${question} Type ${expected} to confirm: `);
  return (await readLine(io.stdin)).trim() === expected;
}

async function askTwice(io: CliIo): Promise<string> {
  const first = await askHidden(io, 'Password: ');
  const second = await askHidden(io, 'The same again: ');
  if (first !== second) throw new UsageError('The two passwords differ.');
  return first;
}

function askHidden(io: CliIo, prompt: string): Promise<string> {
  const { stdin, stderr } = io;
  stderr.write(prompt);
  stdin.setRawMode?.(true);
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (act: () => void) => {
      stdin.off('data', onData);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write('\n');
      act();
    };
    const onData = (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n') return finish(() => resolve(typed));
        if (character === '\u0003' || character === '\u0004') {
          return finish(() => reject(new SignalboxError('CANCELLED', 'Stopped.', { executed: 'no' })));
        }
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('');
        else if (typed.length < longestLine) typed += character;
      }
    };
    stdin.on('data', onData);
  });
}

async function readLine(stdin: CliInput): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += (chunk as Buffer | string).toString();
    if (text.includes('\n') || text.length > longestLine) break;
  }
  const line = text.split('\n')[0]?.replace(/\r$/, '') ?? '';
  if (line.length > longestLine) throw new UsageError('The line is too long.');
  return line;
}
