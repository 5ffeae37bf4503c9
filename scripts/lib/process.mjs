// @ts-check
/** Starting other programs. All paths are passed as arguments, never through a shell. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { root } from './paths.mjs';

const keptLines = 8;

/**
 * Runs a program with this terminal as its own and resolves with its exit code (128 + n for signal n).
 * Ctrl+C reaches the program through the terminal's process group; this process waits for its answer.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return ended(spawn(command, args, { cwd: root, stdio: 'inherit', ...options }));
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function ended(child) {
  return new Promise((resolve, reject) => {
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    const ignore = () => undefined;
    process.on('SIGTERM', forward);
    process.on('SIGINT', ignore);
    const settle = () => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', ignore);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a program that prints to this terminal, and resolves with its last lines too. At a terminal nothing is kept: a
 * program draws there as it likes only when it has the terminal itself, and the person has seen it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, lastLines: string[] }>}
 */
export async function runKeeping(command, args, options = {}) {
  /** @type {string[]} */
  const lastLines = [];
  if (process.stdout.isTTY) return { code: await run(command, args, options), lastLines };
  const child = spawn(command, args, { cwd: root, ...options, stdio: ['inherit', 'pipe', 'pipe'] });
  const code = ended(child);
  for (const [from, to] of /** @type {const} */ ([
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])) {
    if (!from) continue;
    from.pipe(to, { end: false });
    createInterface({ input: from }).on('line', (line) => {
      if (line.trim() === '') return;
      lastLines.push(line);
      if (lastLines.length > keptLines) lastLines.shift();
    });
  }
  return { code: await code, lastLines };
}

/**
 * Runs a program and resolves with what it printed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/**
 * The arguments that run npm with this Node, whether or not a shell could find it. On Windows `npm` is a script that
 * cannot be started without a shell; npm tells its own JavaScript file to the scripts that it runs.
 *
 * @param {readonly string[]} args
 * @returns {{ command: string, args: string[] }}
 */
export function npmCommand(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return { command: process.execPath, args: [cli, ...args] };
  return { command: 'npm', args: [...args] };
}
