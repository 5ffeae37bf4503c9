/** The demo inside the desktop application, as the window sees it. Starting and ending it loads the console anew. */
import { create } from 'zustand';
import type { DemoState } from '../../preload/api.ts';
import { useHints } from './hints.ts';
import { desktop } from './host.ts';

export const useDemo = create<{ readonly state: DemoState | 'stopping'; readonly failure: string | undefined }>(() => ({
  state: 'off',
  failure: undefined,
}));

/** Asks the shell whether this console looks at the demo. */
export async function readDemo(): Promise<void> {
  if (desktop === undefined) return;
  useDemo.setState({ state: await desktop.demo.state() });
}

/** A failure is told in the store; after a success this console is loaded anew. */
export async function startDemo(): Promise<void> {
  useDemo.setState({ state: 'starting', failure: undefined });
  useHints.setState({ on: true });
  try {
    await desktop?.demo.start();
  } catch (error) {
    useDemo.setState({ state: 'off', failure: error instanceof Error ? error.message : String(error) });
  }
}

/** The same for the end of the demo. */
export async function stopDemo(): Promise<void> {
  useDemo.setState({ state: 'stopping', failure: undefined });
  try {
    await desktop?.demo.stop();
  } catch (error) {
    useDemo.setState({ state: 'running', failure: error instanceof Error ? error.message : String(error) });
  }
}
