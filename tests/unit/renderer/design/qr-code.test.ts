import { expect, test } from 'vitest';
import { qrPath } from '../../../../src/renderer/design/data/qr-code.tsx';

/** The modules that a path darkens. */
function modulesOf({ path, side }: ReturnType<typeof qrPath>): readonly string[] {
  const rows = Array.from({ length: side }, () => Array<string>(side).fill('.'));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    rows[Number(y)]?.fill('#', Number(x), Number(x) + Number(width));
  return rows.map((row) => row.join(''));
}

test('a code has its three finders and four light modules around, which a camera looks for', () => {
  const modules = modulesOf(qrPath('n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa'));
  const side = modules.length;
  const quiet = '.'.repeat(4);
  expect([...modules.slice(0, 4), ...modules.slice(-4)]).toEqual(Array(8).fill('.'.repeat(side)));
  expect(modules.every((row) => row.startsWith(quiet) && row.endsWith(quiet))).toBe(true);
  const finder = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######'];
  const at = (x: number, y: number) => modules.slice(y, y + 7).map((row) => row.slice(x, x + 7));
  expect([at(4, 4), at(side - 11, 4), at(4, side - 11)]).toEqual([finder, finder, finder]);
});

test('a longer text has a larger code, and one too long for any is refused', () => {
  expect(qrPath('x'.repeat(200)).side).toBeGreaterThan(qrPath('x').side);
  expect(() => qrPath('x'.repeat(3_000))).toThrow();
});
