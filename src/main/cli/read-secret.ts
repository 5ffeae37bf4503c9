import { createHash } from 'node:crypto';
import { Interrupted, UsageError } from './exit-codes.ts';
import type { CliInput, CliIo } from './io.ts';

const shortestPassword = 8;
const shortestPassphrase = 12;
const longestLine = 1_024;

/**
 * Asks for a new password: twice without echo at a terminal, once as the first line of a pipe. Never from the command
 * line, which every user of the machine can read.
 *
 * @returns the lower-case hex SHA-256, which is all that leaves this process
 */
export async function readNewPassword(io: CliIo): Promise<string> {
  const password = await readNew(io, 'password', shortestPassword);
  return createHash('sha256').update(password, 'utf8').digest('hex');
}

/** The same for a passphrase that protects a file. @returns the passphrase itself */
export function readNewPassphrase(io: CliIo): Promise<string> {
  return readNew(io, 'passphrase', shortestPassphrase);
}

/** Asks for a passphrase that was chosen before: once, without echo at a terminal, else the first line of a pipe. */
export function readPassphrase(io: CliIo): Promise<string> {
  return readHidden(io, 'Passphrase: ');
}

/** Asks for a secret that somebody else chose: once, without echo at a terminal, else the first line of a pipe. */
export function readHidden(io: CliIo, prompt: string): Promise<string> {
  return io.stdin.isTTY === true ? askHidden(io, prompt) : readLine(io.stdin);
}

/**
 * Asks for words that stand on paper, on as many lines as they are typed on. At a terminal they are seen: whoever types them has the paper
 * at hand and must find a mistake.
 *
 * @returns fewer words than `count` when the input ends before
 */
export async function readWords(io: CliIo, question: string, count: number): Promise<string[]> {
  if (io.stdin.isTTY === true) io.stderr.write(`${question}\n`);
  const wordsIn = (text: string) => text.split(/[\s,;]+/).filter((word) => word !== '');
  let text = '';
  for await (const chunk of io.stdin) {
    text += (chunk as Buffer | string).toString();
    // The last word may not be whole before the line ends.
    if (text.length > longestLine || (/\s$/.test(text) && wordsIn(text).length >= count)) break;
  }
  return wordsIn(text.slice(0, longestLine));
}

async function readNew(io: CliIo, what: string, shortest: number): Promise<string> {
  const secret = io.stdin.isTTY === true ? await askTwice(io, what) : await readLine(io.stdin);
  if (secret.length < shortest) throw new UsageError(`The ${what} must have at least ${shortest} characters.`);
  return secret;
}

/** Asks a question at a terminal; false where there is none. */
export async function confirm(io: CliIo, question: string): Promise<boolean> {
  if (io.stdin.isTTY !== true) return false;
  io.stderr.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await readLine(io.stdin)).trim());
}

/** Asks for what another screen shows; the first line of a pipe. */
export async function readShown(io: CliIo, prompt: string): Promise<string> {
  if (io.stdin.isTTY === true) io.stderr.write(prompt);
  return (await readLine(io.stdin)).trim();
}

/** Asks for a text to be typed, for acts that cannot be undone; false where there is no terminal. */
export async function confirmByTyping(io: CliIo, question: string, expected: string): Promise<boolean> {
  if (io.stdin.isTTY !== true) return false;
  io.stderr.write(`${question} Type ${expected} to confirm: `);
  return (await readLine(io.stdin)).trim() === expected;
}

async function askTwice(io: CliIo, what: string): Promise<string> {
  const first = await askHidden(io, `${what.charAt(0).toUpperCase()}${what.slice(1)}: `);
  const second = await askHidden(io, 'The same again: ');
  if (first !== second) throw new UsageError(`The two ${what}s differ.`);
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
          return finish(() => reject(new Interrupted('no')));
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
