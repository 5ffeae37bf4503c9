import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** No retries anywhere: a test that fails now and then is a fault. What takes minutes is named `*.long.test.ts` and has its own command. */
export default defineConfig({
  test: {
    pool: 'forks',
    retry: 0,
    // Most of what these tests do is wait: for timers, sockets, other processes.
    maxWorkers: availableParallelism() + 1,
    // Ends what hangs, and says nothing of speed: a passphrase alone costs a third of a second on a machine with nothing else to do, and tests of
    // several nodes take a minute where others work as well. A shorter bound in a test says that something comes at once, and not with the next
    // beat of what would mend it late.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Many tests start the program itself: its sources are compiled by the first of those processes, and read from here by the others.
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '.cache', 'compiled') },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['tests/unit/**/*.test.{ts,tsx}'], exclude: ['**/*.long.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          exclude: ['**/*.long.test.ts', 'tests/integration/federation/**', 'tests/faults/federation/**'],
        },
      },
      {
        extends: true,
        // Apart, because it needs a Mosquitto on the machine.
        test: {
          name: 'federation',
          include: ['tests/integration/federation/**/*.test.ts', 'tests/faults/federation/**/*.test.ts'],
          exclude: ['**/*.long.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['tests/**/*.long.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 60_000,
          // Memory is measured without what is only not collected yet.
          execArgv: ['--expose-gc'],
        },
      },
    ],
  },
});
