/** Whether the console begins with the first run (ui.md 4.10). */
import { create } from 'zustand';
import { allows } from '../../common/roles.ts';
import { readDemo, useDemo } from './demo.ts';
import { useHints } from './hints.ts';
import { nodeClient } from './node.ts';

/** `unknown` until the node has told. */
export const useFirstRun = create<{ readonly state: 'unknown' | 'needed' | 'notNeeded' }>(() => ({ state: 'unknown' }));

/**
 * Asks the node: the first run is for a node in no cluster whose console nobody has told that it is done, and for people who may
 * change it. A node that already talks over MQTT was set up by somebody.
 */
export async function decideFirstRun(): Promise<void> {
  useFirstRun.setState({ state: (await isNeeded().catch(() => false)) ? 'needed' : 'notNeeded' });
}

async function isNeeded(): Promise<boolean> {
  const client = nodeClient();
  const [{ values }, { cluster }, { roles }] = await Promise.all([
    client.call('config.get', { keys: ['node.firstRunDone', 'federation.mode'] }),
    client.call('membership.status', {}),
    client.call('users.me', {}),
    readDemo(),
  ]);
  return (
    useDemo.getState().state === 'off' &&
    cluster === null &&
    values['node.firstRunDone'] !== true &&
    values['federation.mode'] === 'off' &&
    allows(roles, 'admin')
  );
}

/** The person has seen it, on this node for all consoles; from now on hints are shown here. @throws SignalboxError of `config.set` */
export async function endFirstRun(): Promise<void> {
  useFirstRun.setState({ state: 'notNeeded' });
  useHints.setState({ on: true });
  await nodeClient().call('config.set', { values: { 'node.firstRunDone': true } });
}
