// @ts-check
/** What failed, for the end of `npm test`: a log of which only the last lines are kept still says it. */
import { isAbsolute, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './paths.mjs';

/**
 * A failed test, or what else made a stage fail.
 *
 * @typedef {object} Failure
 * @property {string} file with the line where it is known: `tests/e2e/nodes-scenarios.ts:195`; empty when no file is to blame
 * @property {string} title with those of its groups
 * @property {string} error the first line of it; empty when there is none
 */

const maxLines = 40;
const maxLineLength = 220;

/**
 * The failed tests of a JSON report of Playwright, and what failed outside of all tests.
 *
 * @param {import('@playwright/test/reporter').JSONReport} report
 * @returns {Failure[]}
 */
export function failedInPlaywright(report) {
  const outside = report.errors.map((error) => ({
    file: error.location ? place(error.location.file, error.location.line) : '',
    title: 'outside of any test',
    error: firstLine(error.message ?? error.value),
  }));
  return [...report.suites.flatMap((suite) => failedSpecs(suite, report.config.rootDir, [])), ...outside];
}

/**
 * @param {import('@playwright/test/reporter').JSONReportSuite} suite
 * @param {string} folder in which the report's files lie
 * @param {readonly string[]} groups
 * @returns {Failure[]}
 */
function failedSpecs(suite, folder, groups) {
  const failed = suite.specs.filter((spec) => spec.tests.some(({ status }) => status === 'unexpected' || status === 'flaky'));
  return [
    ...failed.map((spec) => ({
      file: place(`${folder}${sep}${spec.file}`, spec.line),
      title: [...groups, spec.title].join(' > '),
      error: firstLine(spec.tests.flatMap(({ results }) => results).find((result) => result.error)?.error?.message),
    })),
    ...(suite.suites ?? []).flatMap((inner) => failedSpecs(inner, folder, [...groups, inner.title])),
  ];
}

/**
 * The lines that name what failed: two for each, at most 40 in all.
 *
 * @param {readonly { stage: string, failures: readonly Failure[] }[]} failed
 * @returns {string[]}
 */
export function failureLines(failed) {
  const blocks = failed.flatMap(({ stage, failures }) =>
    failures.map(({ file, title, error }) => [
      shortened(`FAILED  [${stage}] ${[file, title].filter((part) => part !== '').join(' > ')}`),
      ...(error === '' ? [] : [shortened(`        ${error}`)]),
    ]),
  );
  /** @type {string[]} */
  const lines = [];
  for (const [index, block] of blocks.entries()) {
    const isLast = index === blocks.length - 1;
    if (lines.length + block.length > maxLines - (isLast ? 0 : 1)) return [...lines, `and ${blocks.length - index} more, named further up`];
    lines.push(...block);
  }
  return lines;
}

/**
 * The first line of an error's message that says something, without colours.
 *
 * @param {string | undefined} message
 */
export function firstLine(message) {
  const lines = stripVTControlCharacters(message ?? '').split('\n');
  return lines.map((line) => line.trim()).find((line) => line !== '') ?? '';
}

/**
 * A place in a file as `path:line`, seen from the project's root.
 *
 * @param {string} path
 * @param {number} [line]
 */
export function place(path, line) {
  const shown = isAbsolute(path) && !relative(root, path).startsWith('..') ? relative(root, path) : path;
  const name = shown.replaceAll(sep, '/');
  return line === undefined ? name : `${name}:${line}`;
}

/** @param {string} line */
function shortened(line) {
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength - 1)}…` : line;
}
