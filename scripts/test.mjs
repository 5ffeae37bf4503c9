#!/usr/bin/env node
// @ts-check
/**
 * `npm test`: everything that CI checks, in order. At the end a line for each stage, then what failed by name, then the counts:
 * a log that is cut to its last lines still says what failed.
 *
 *   npm test -- --only unit,lint   some stages
 *   npm test -- --list             their names
 *
 * A stage that this machine cannot run is skipped with its reason; under `CI=true` that is a failure.
 */
import { failureLines } from './lib/failed-tests.mjs';
import { stages } from './lib/stages.mjs';

const args = process.argv.slice(2);
const isCi = process.env.CI === 'true';

if (args.includes('--list')) {
  for (const stage of stages) console.log(`${stage.name.padEnd(14)} ${stage.title}`);
} else {
  const only = args[args.indexOf('--only') + 1];
  process.exitCode = await runStages(args.includes('--only') ? (only ?? '').split(',') : stages.map((stage) => stage.name));
}

/**
 * @typedef {object} Result
 * @property {string} outcome
 * @property {import('./lib/stages.mjs').Counts} counts
 * @property {string} note
 * @property {readonly import('./lib/failed-tests.mjs').Failure[]} failures
 */

/** @param {readonly string[]} names */
async function runStages(names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(', ')}. npm test -- --list names them.`);
    return 2;
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const summary = [];
  /** @type {{ stage: string, failures: Result['failures'] }[]} */
  const failed = [];
  let hasBuild = true;
  const noBuild = failedAsAWhole('there is no build');
  for (const together of rounds(stages.filter(({ name }) => names.includes(name)))) {
    for (const stage of together) console.log(`\n--- ${stage.title} (${stage.name})`);
    const running = together.map(async (stage) => ({ stage, result: stage.needsBuild && !hasBuild ? noBuild : await runStage(stage) }));
    for (const { stage, result } of await Promise.all(running)) {
      if (stage.name === 'build' && result.outcome !== 'ok') hasBuild = false;
      total.passed += result.counts.passed;
      total.failed += result.counts.failed;
      total.skipped += result.counts.skipped;
      failed.push({ stage: stage.name, failures: result.failures });
      summary.push(`${result.outcome.padEnd(7)} ${stage.title}: ${result.note}`);
    }
  }
  console.log(`\n--- Summary\n${summary.join('\n')}\n`);
  const lines = failureLines(failed);
  if (lines.length > 0) console.log(`${lines.join('\n')}\n`);
  console.log(closingLine(total));
  return total.failed === 0 ? 0 : 1;
}

/**
 * Stages that run at the same time, round by round.
 *
 * @param {readonly import('./lib/stages.mjs').Stage[]} chosen
 */
function rounds(chosen) {
  /** @type {import('./lib/stages.mjs').Stage[][]} */
  const all = [];
  let joins = false;
  for (const stage of chosen) {
    if (joins) all.at(-1)?.push(stage);
    else all.push([stage]);
    joins = stage.besideNext === true;
  }
  return all;
}

/**
 * @param {import('./lib/stages.mjs').Stage} stage
 * @returns {Promise<Result>}
 */
async function runStage(stage) {
  const reason = stage.skipReason?.();
  if (reason) {
    console.log(`Skipped: ${reason}.`);
    return isCi ? failedAsAWhole(`skipped, ${reason}`) : { outcome: 'skipped', counts: one('skipped'), note: reason, failures: [] };
  }
  const startMs = performance.now();
  const { ok, counts, failures = [] } = await stage.run().catch(crashed);
  const seconds = `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  const note = counts ? `${seconds}, ${closingLine(counts)}` : seconds;
  // A stage can fail without a failed test: a format error, a crash.
  const counted = ok || counts?.failed ? counts : { ...one('failed'), passed: counts?.passed ?? 0 };
  return { outcome: ok ? 'ok' : 'FAILED', counts: counted ?? { passed: 0, failed: 0, skipped: 0 }, note, failures };
}

/**
 * @param {unknown} error
 * @returns {import('./lib/stages.mjs').Outcome}
 */
function crashed(error) {
  const title = error instanceof Error ? error.message : String(error);
  console.error(title);
  return { ok: false, failures: [{ file: '', title, error: '' }] };
}

/**
 * @param {string} note
 * @returns {Result}
 */
function failedAsAWhole(note) {
  return { outcome: 'FAILED', counts: one('failed'), note, failures: [{ file: '', title: note, error: '' }] };
}

/** @param {'failed' | 'skipped'} what */
function one(what) {
  return { passed: 0, failed: 0, skipped: 0, [what]: 1 };
}

/** @param {import('./lib/stages.mjs').Counts} counts */
function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
