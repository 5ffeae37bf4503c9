import type { PlantedScenario } from './planted-scenarios.ts';
import { Violation } from './violation.ts';
import { run } from './world.ts';

/** The first seed that finds a planted fault, and what it finds; undefined: none does within the bound. */
export function findPlanted({
  fault,
  seedsMax,
  ...scenario
}: PlantedScenario): { readonly seed: number; readonly violation: Violation } | undefined {
  for (let seed = 1; seed <= seedsMax; seed++) {
    try {
      run({ ...scenario, seed, planted: fault });
    } catch (error) {
      if (error instanceof Violation) return { seed, violation: error };
      throw error;
    }
  }
  return undefined;
}
