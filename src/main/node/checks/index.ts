/** What has to be right before a node is of use to others (ui.md 4.10). Each check looks; none guesses. */
import { join } from 'node:path';
import type { NodeStatus } from '../../../common/contract/node.ts';
import { type BrokerFacts, checkBroker } from './broker.ts';
import type { Check } from './check.ts';
import { type ClockFacts, checkClock, isClockSynchronized, writtenMs } from './clock.ts';
import { checkKeyStore } from './key-store.ts';
import { checkConsole, checkExposure, checkLinks, type LinksFacts } from './listeners.ts';
import { portFault } from './port.ts';

export interface ChecksOptions {
  readonly listeners: () => NodeStatus['listeners'];
  readonly links: () => Pick<LinksFacts, 'mode' | 'host' | 'port'>;
  readonly broker: () => BrokerFacts;
  /** Clocks of other nodes, as far as they were measured. */
  readonly offsets: () => ClockFacts['offsets'];
  /** Name of the store that protects the key. */
  readonly keyStore: string;
  readonly dataFolder: string;
  readonly nowMs?: () => number;
}

/** Looks at everything now. Never throws. */
export async function runChecks(options: ChecksOptions): Promise<readonly Check[]> {
  const listeners = options.listeners();
  const named = (name: string) => listeners.find((listener) => listener.name === name);
  const nowMs = options.nowMs ?? Date.now;
  const [links, lastWrittenMs, synchronized] = await Promise.all([
    checkLinks({ ...options.links(), listener: named('node links'), portFault }),
    writtenMs(join(options.dataFolder, 'identity.json')),
    isClockSynchronized(),
  ]);
  return [
    links,
    checkConsole(named('http')),
    checkExposure(listeners),
    checkClock({ nowMs: nowMs(), offsets: options.offsets(), lastWrittenMs, synchronized }),
    checkKeyStore(options.keyStore),
    checkBroker(options.broker()),
  ];
}
