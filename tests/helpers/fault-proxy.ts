import { onTestFinished } from 'vitest';
import { type FaultProxy, openFaultProxy } from './fault-path.ts';

export type { Direction, FaultProxy } from './fault-path.ts';

/** Starts a proxy before a port of this machine; stopped when the test ends. */
export async function startFaultProxy(target: number | string): Promise<FaultProxy> {
  const proxy = await openFaultProxy(target);
  onTestFinished(proxy.close);
  return proxy;
}
