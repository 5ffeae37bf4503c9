/** Members of a cluster as processes of their own, told what to do on the command line. */
import { onTestFinished } from 'vitest';
import type { ResultOf } from '../../src/common/contract/index.ts';
import { type HeadlessNode, runCommand, startHeadless } from './headless-node.ts';

/** Starts a node that ends with the test. @param port for links; 0: any */
export async function startMemberProcess(folder: string, name: string, port = 0): Promise<HeadlessNode> {
  const node = await startHeadless(folder, ['--no-console', '--set', `node.name=${name}`, '--set', `links.port=${port}`]);
  onTestFinished(() => void node.child.kill('SIGKILL'));
  return node;
}

/** Ends a node as a power cut does. */
export async function killMemberProcess({ child }: HeadlessNode): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** `signalbox cluster ARGS` at the node of a folder. */
export function runClusterCommand(folder: string, ...args: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand(['cluster', ...args, '--data', folder]);
}

/** Name and state of each member, as the node of a folder sees them. */
export async function memberStatesAt(folder: string): Promise<string[]> {
  const { stdout } = await runClusterCommand(folder, 'members', '--json');
  return (JSON.parse(stdout) as ResultOf<'membership.members'>).members.map(({ name, state }) => `${name} ${state}`);
}
