import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);
const program = '/usr/sbin/ip';

/** Why this machine cannot have network namespaces; undefined where it can. */
export function namespaceObstacle(): string | undefined {
  if (process.platform !== 'linux' || !existsSync(program)) return `${program} is not here (Debian package iproute2)`;
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `sgbx-try-${process.pid}`;
  try {
    execFileSync(program, ['netns', 'add', name], { stdio: 'pipe' });
    execFileSync(program, ['netns', 'delete', name], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `network namespaces cannot be made here: ${(error as { readonly stderr?: Buffer }).stderr?.toString().trim() ?? error}`;
  }
}

/** A network of its own, joined to this machine's by a cable that can be pulled. */
export interface NetworkNamespace {
  /** Runs a program inside: put before it. */
  readonly through: readonly string[];
  /** Address of this machine as seen from inside. */
  readonly hostAddress: string;
  /** Packets vanish in both directions; nobody is told. */
  pull(): Promise<void>;
  plug(): Promise<void>;
}

/**
 * Makes a network namespace; removed when the test ends.
 *
 * @param name a few letters, this machine's only one of that name in a test
 */
export async function createNetworkNamespace(name: string): Promise<NetworkNamespace> {
  // Names of interfaces have 15 characters at most; two runs on one machine must not meet.
  const tag = `${name}${process.pid.toString(36)}`;
  const [namespace, outer, inner] = [`sgbx-${tag}`, `sgo-${tag}`, `sgi-${tag}`];
  const subnet = `10.${200 + ((name.codePointAt(0) ?? 0) % 50)}.${process.pid % 250}`;
  const ip = (...args: readonly string[]) => run(program, [...args]);
  const inside = (...args: readonly string[]) => ip('-n', namespace, ...args);
  await ip('netns', 'add', namespace);
  onTestFinished(async () => {
    // The cable goes with it.
    await ip('netns', 'delete', namespace);
  });
  await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace);
  await ip('address', 'add', `${subnet}.1/24`, 'dev', outer);
  await ip('link', 'set', outer, 'up');
  await inside('address', 'add', `${subnet}.2/24`, 'dev', inner);
  await inside('link', 'set', inner, 'up');
  await inside('link', 'set', 'lo', 'up');
  return {
    through: [program, 'netns', 'exec', namespace],
    hostAddress: `${subnet}.1`,
    pull: async () => void (await ip('link', 'set', outer, 'down')),
    plug: async () => void (await ip('link', 'set', outer, 'up')),
  };
}
