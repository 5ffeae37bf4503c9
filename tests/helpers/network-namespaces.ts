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

/** A cable between a network of its own and this machine's. */
export interface Cable {
  /** Address of this machine as seen from inside. */
  readonly hostAddress: string;
  /** Address inside as seen from this machine. */
  readonly insideAddress: string;
  /** Packets vanish in both directions; nobody is told. */
  pull(): Promise<void>;
  plug(): Promise<void>;
  /** Ends every TCP connection over the cable at this machine's end; the other end is not told when the cable is pulled. */
  cut(): Promise<void>;
}

/** A network of its own, joined to this machine's by a cable that can be pulled. */
export interface NetworkNamespace extends Cable {
  /** Runs a program inside: put before it. */
  readonly through: readonly string[];
  /** Lays another cable. @param name a few letters; its first letter is that of no other cable */
  addCable(name: string): Promise<Cable>;
}

/**
 * Makes a network namespace; removed when the test ends.
 *
 * @param name a few letters, this machine's only one of that name in a test
 */
export async function createNetworkNamespace(name: string): Promise<NetworkNamespace> {
  const namespace = `sgbx-${name}${process.pid.toString(36)}`;
  await run(program, ['netns', 'add', namespace]);
  onTestFinished(async () => {
    // Its cables go with it.
    await run(program, ['netns', 'delete', namespace]);
  });
  await run(program, ['-n', namespace, 'link', 'set', 'lo', 'up']);
  return {
    through: [program, 'netns', 'exec', namespace],
    ...(await layCable(namespace, name)),
    addCable: (cable) => layCable(namespace, cable),
  };
}

async function layCable(namespace: string, name: string): Promise<Cable> {
  // Names of interfaces have 15 characters at most; two runs on one machine must not meet.
  const tag = `${name}${process.pid.toString(36)}`;
  const [outer, inner] = [`sgo-${tag}`, `sgi-${tag}`];
  const subnet = `10.${200 + ((name.codePointAt(0) ?? 0) % 50)}.${process.pid % 250}`;
  const ip = (...args: readonly string[]) => run(program, [...args]);
  const inside = (...args: readonly string[]) => ip('-n', namespace, ...args);
  await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace);
  await ip('address', 'add', `${subnet}.1/24`, 'dev', outer);
  await ip('link', 'set', outer, 'up');
  await inside('address', 'add', `${subnet}.2/24`, 'dev', inner);
  await inside('link', 'set', inner, 'up');
  return {
    hostAddress: `${subnet}.1`,
    insideAddress: `${subnet}.2`,
    pull: async () => void (await ip('link', 'set', outer, 'down')),
    plug: async () => void (await ip('link', 'set', outer, 'up')),
    cut: async () => void (await run('ss', ['-K', 'dst', `${subnet}.2`])),
  };
}

/** A machine on an isolated network. */
export interface IsolatedMachine {
  /** Runs a program on it: put before it. */
  readonly through: readonly string[];
  /** Its address now. */
  readonly address: string;
  /** Gives it another address, as a new lease would. */
  readdress(): Promise<void>;
}

/**
 * Makes machines that have a switch between them, and no route to anything else; removed when the test ends.
 *
 * @param name a few letters, this machine's only one of that name in a test
 */
export async function createIsolatedNetwork(name: string, count: number): Promise<readonly IsolatedMachine[]> {
  const tag = `${name}${process.pid.toString(36)}`;
  const ip = (...args: readonly string[]) => run(program, [...args]);
  const hub = `sgbx-${tag}`;
  const add = async (namespace: string) => {
    await ip('netns', 'add', namespace);
    onTestFinished(async () => void (await ip('netns', 'delete', namespace)));
  };
  await add(hub);
  await ip('-n', hub, 'link', 'add', 'switch', 'type', 'bridge');
  await ip('-n', hub, 'link', 'set', 'switch', 'up');
  const make = async (at: number): Promise<IsolatedMachine> => {
    const namespace = `${hub}-${at}`;
    const inside = (...args: readonly string[]) => ip('-n', namespace, ...args);
    await add(namespace);
    await ip('-n', hub, 'link', 'add', `port${at}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    await ip('-n', hub, 'link', 'set', `port${at}`, 'master', 'switch', 'up');
    let last = at + 1;
    const address = () => `10.77.0.${last}`;
    await inside('address', 'add', `${address()}/24`, 'dev', 'eth0');
    await inside('link', 'set', 'eth0', 'up');
    await inside('link', 'set', 'lo', 'up');
    return {
      through: [program, 'netns', 'exec', namespace],
      get address() {
        return address();
      },
      readdress: async () => {
        await inside('address', 'delete', `${address()}/24`, 'dev', 'eth0');
        last += 100;
        await inside('address', 'add', `${address()}/24`, 'dev', 'eth0');
      },
    };
  };
  return Promise.all(Array.from({ length: count }, (_, at) => make(at)));
}
