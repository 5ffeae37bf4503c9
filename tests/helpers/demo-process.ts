import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { entry } from './headless-node.ts';

/** A cluster in a process of its own, as `signalbox demo` runs it. */
export interface DemoProcess {
  /** Where further nodes join it. */
  readonly brokerUrl: string;
  readonly names: readonly string[];
  stop(): Promise<void>;
}

/** Starts so many nodes with lively traffic. The caller stops them. */
export async function startDemo(nodes: number): Promise<DemoProcess> {
  const child = spawn(process.execPath, [entry, 'demo', '--nodes', String(nodes), '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const names: string[] = [];
  let brokerUrl = '';
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, hub } = JSON.parse(line) as { readonly name: string; readonly hub: string };
    names.push(name);
    brokerUrl = hub;
    if (names.length === nodes) break;
  }
  if (names.length < nodes) throw new Error('The demo ended before its nodes were up.');
  // Nobody reads on: what it says at its end must not fill the pipe.
  child.stdout.resume();
  return { brokerUrl, names, stop };
}
