import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failedInPlaywright, failureLines } from '../../../scripts/lib/failed-tests.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** What Playwright 1.65 wrote of a file with a failed test in a group; only what is read of it. */
const playwrightReport = {
  config: { rootDir: join(root, 'tests', 'e2e') },
  suites: [
    {
      title: 'browser-nodes.spec.ts',
      specs: [],
      suites: [
        {
          title: 'the Nodes screen',
          specs: [
            { title: 'finds a node', file: 'nodes-scenarios.ts', line: 30, tests: [{ status: 'expected', results: [{}] }] },
            { title: 'drops a node', file: 'nodes-scenarios.ts', line: 90, tests: [{ status: 'skipped', results: [{}] }] },
            {
              title: 'is walked by keys alone',
              file: 'nodes-scenarios.ts',
              line: 195,
              tests: [
                {
                  status: 'unexpected',
                  results: [
                    { error: { message: '\u001b[2mError: \u001b[31mexpect(locator).toBeFocused() failed\u001b[39m\n\nLocator: x' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  errors: [
    { message: 'The build failed.\n    at globalSetup', location: { file: join(root, 'tests/e2e/global-setup.ts'), line: 7, column: 1 } },
  ],
};

const keysAlone = {
  file: 'tests/e2e/nodes-scenarios.ts:195',
  title: 'the Nodes screen > is walked by keys alone',
  error: 'Error: expect(locator).toBeFocused() failed',
};

describe('what failed, as the end of npm test says it', () => {
  it('names the failed tests of Playwright and what failed outside of them', () => {
    // The whole report has some 40 more fields.
    const report = playwrightReport as unknown as Parameters<typeof failedInPlaywright>[0];
    expect(failedInPlaywright(report)).toEqual([
      keysAlone,
      { file: 'tests/e2e/global-setup.ts:7', title: 'outside of any test', error: 'The build failed.' },
    ]);
  });

  it('gives each two lines: where and what, and the first line of the error', () => {
    const lint = { file: '', title: 'ended with exit code 1', error: '' };
    expect(
      failureLines([
        { stage: 'lint', failures: [lint] },
        { stage: 'unit', failures: [] },
        { stage: 'e2e-chromium', failures: [keysAlone] },
      ]),
    ).toEqual([
      'FAILED  [lint] ended with exit code 1',
      'FAILED  [e2e-chromium] tests/e2e/nodes-scenarios.ts:195 > the Nodes screen > is walked by keys alone',
      '        Error: expect(locator).toBeFocused() failed',
    ]);
  });

  it('takes 40 lines at most, and no line without an end', () => {
    const failures = Array.from({ length: 20 }, (_, index) => ({ file: `a-${index}.test.ts`, title: 'fails', error: 'Error: no' }));
    expect(failureLines([{ stage: 'unit', failures }])).toHaveLength(40);
    const more = failureLines([{ stage: 'unit', failures: [...failures, ...failures] }]);
    expect(more).toHaveLength(39);
    expect(more.at(-1)).toBe('and 21 more, named further up');
    const [, long] = failureLines([{ stage: 'unit', failures: [{ file: 'a.ts', title: 'fails', error: 'x'.repeat(5000) }] }]);
    expect(long).toHaveLength(220);
  });

  it('names what fails in vitest: tests, set-ups of groups, files, and errors that nobody handled', async () => {
    const folder = await temporaryFolder();
    const report = join(folder, 'report.json');
    const files = {
      'tests.test.js': `
        test('passes', () => {});
        test.skip('is skipped', () => {});
        describe('a group', () => { test('fails', () => { throw new Error('not so\\nat all'); }); });
        describe('without its set-up', () => { beforeAll(() => { throw new Error('no broker'); }); test('never runs', () => {}); });
        test('leaves a promise', () => { Promise.reject(new Error('left alone')); });`,
      'broken.test.js': `throw new Error('does not load');`,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--globals', '--root', folder, `--reporter=${join(root, 'scripts/lib/vitest-report.mjs')}`];
    const env = { ...process.env, SIGNALBOX_TEST_REPORT: report };
    await expect(promisify(execFile)(process.execPath, args, { cwd: folder, env })).rejects.toMatchObject({ code: 1 });

    const { counts, failures } = JSON.parse(await readFile(report, 'utf8')) as { counts: unknown; failures: { file: string }[] };
    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
    const named = failures.map((failure) => ({ ...failure, file: failure.file.split('/').at(-1) }));
    expect(new Set(named)).toEqual(
      new Set([
        { file: 'tests.test.js', title: 'a group > fails', error: 'not so' },
        { file: 'tests.test.js', title: 'without its set-up (set-up or tear-down)', error: 'no broker' },
        { file: 'broken.test.js', title: 'the file itself', error: 'does not load' },
        { file: '', title: 'an error that nobody handled', error: 'left alone' },
      ]),
    );
  });
});
