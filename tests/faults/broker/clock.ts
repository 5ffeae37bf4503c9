/** The clock of a broker's machine, which somebody sets: libfaketime before the process. Its monotonic clock goes on as it is. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerSlot } from '../../helpers/broker-processes.ts';
import type { Fault } from './nemesis.ts';

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const hourSeconds = 3_600;

/** Whether this machine has libfaketime. */
export function hasFakeTime(): Promise<boolean> {
  return access(library).then(
    () => true,
    () => false,
  );
}

/** What a broker's process must have in its environment so that its clock can be set. */
export async function clockEnvironment(slot: BrokerSlot): Promise<NodeJS.ProcessEnv> {
  await setClock(slot, 0);
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: fileOf(slot),
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

export const clockAhead: Fault = jump('clock of the leader an hour ahead', hourSeconds);
export const clockBehind: Fault = jump('clock of the leader an hour behind', -hourSeconds);

function jump(name: string, seconds: number): Fault {
  return {
    name,
    inject: async ({ leader }) => {
      const slot = await leader();
      await setClock(slot, seconds);
      return () => setClock(slot, 0);
    },
  };
}

function fileOf(slot: BrokerSlot): string {
  return join(slot.folder, 'clock');
}

async function setClock(slot: BrokerSlot, seconds: number): Promise<void> {
  await writeFile(fileOf(slot), `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s\n`);
}
