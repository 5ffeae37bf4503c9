import type { PlantedFault } from './planted-faults.ts';
import { type Scenario, smallLimits } from './world.ts';

/** The trouble in which a fault shows, and how many seeds of it are enough to find it. */
export interface PlantedScenario extends Omit<Scenario, 'seed' | 'planted'> {
  readonly fault: PlantedFault;
  readonly seedsMax: number;
}

/** Faults that brokers have had: a simulation that does not find each of them proves nothing (queue.md 6, mutation check). */
export const plantedScenarios: readonly PlantedScenario[] = [
  { fault: 'no-vote-flush', troubles: ['blackout', 'slowDisk'], everyMs: 300, voters: 3, seedsMax: 300 },
  { fault: 'no-previous-check', troubles: ['partition', 'crash'], everyMs: 700, voters: 3, limits: smallLimits, seedsMax: 300 },
  {
    // A leader has to fall in the middle of bringing old entries to others, so all of it goes slowly.
    fault: 'counts-old-terms',
    troubles: ['figureEight'],
    everyMs: 12_000,
    voters: 5,
    weather: { loss: 0, duplication: 0, delayMinMs: 75, delayMaxMs: 300, straggling: 0 },
    limits: { inFlightMessages: 1, messageBytes: 100, uncommittedEntries: 30 },
    troubleMs: 40_000,
    seedsMax: 500,
  },
  { fault: 'no-dedup', troubles: ['crash'], voters: 3, seedsMax: 20 },
  { fault: 'no-read-round', troubles: ['partition', 'pause'], everyMs: 1_000, voters: 3, seedsMax: 300 },
  { fault: 'acknowledges-before-flush', troubles: ['blackout', 'slowDisk'], everyMs: 500, voters: 3, seedsMax: 100 },
  { fault: 'no-impaired-rule', troubles: ['timeTravel', 'crash', 'partition'], everyMs: 500, voters: 3, seedsMax: 300 },
  { fault: 'two-changes-at-once', troubles: ['membership', 'partition'], everyMs: 100, voters: 3, seedsMax: 100 },
];
