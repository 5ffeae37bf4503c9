import { describe, expect, test } from 'vitest';
import { type ColorToken, dark, light, type Palette } from '../../../../src/renderer/design/palette.ts';

/** Relative luminance of `#rrggbb` (WCAG 2.2, definition). */
function luminance(hex: string): number {
  const channel = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['panel', 'sunken', 'frame', 'raised', 'hover', 'selected'] as const satisfies readonly ColorToken[];
const texts = ['text', 'text-2', 'text-3', 'accent', 'ok', 'warn', 'crit', 'idle'] as const satisfies readonly ColorToken[];

/** Text on a ground of its own. */
const pairs: readonly (readonly [text: ColorToken, ground: ColorToken])[] = [
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['crit', 'crit-soft'],
  ['text', 'ok-soft'],
  ['text', 'warn-soft'],
  ['text', 'crit-soft'],
  ['text-2', 'warn-soft'],
  ['text-2', 'crit-soft'],
  ['text-2', 'active'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent-fill'],
  ['on-accent', 'accent-fill-hover'],
  ['on-accent', 'crit-fill'],
  ['text', 'field'],
  ['text-3', 'field'],
  ['text', 'diff-add'],
  ['text', 'diff-del'],
  ['text', 'diff-chg'],
  ['syn-key', 'panel'],
  ['syn-str', 'panel'],
  ['syn-num', 'panel'],
  ['syn-lit', 'panel'],
];

const series = ['s1', 's2', 's3', 's4', 's5', 's6'] as const satisfies readonly ColorToken[];

function below(palette: Palette, wanted: readonly (readonly [ColorToken, ColorToken])[], least: number): string[] {
  return wanted
    .map(([front, ground]) => ({ front, ground, ratio: contrast(palette[front], palette[ground]) }))
    .filter(({ ratio }) => ratio < least)
    .map(({ front, ground, ratio }) => `${front} on ${ground}: ${ratio.toFixed(2)}`);
}

test('the reckoning agrees with the standard: black on white is 21', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('in the %s scheme', (_name, palette) => {
  test('every text reaches 4.5 on every ground it stands on', () => {
    const everywhere = texts.flatMap((text) => grounds.map((ground) => [text, ground] as const));
    expect(below(palette, [...everywhere, ...pairs], 4.5)).toEqual([]);
  });

  test('the edge of a field, the focus ring and the lines of charts reach 3', () => {
    const edges = [
      ['field-line', 'panel'],
      ['field-line', 'field'],
      ...grounds.map((ground) => ['focus', ground] as const),
      ...series.map((line) => [line, 'panel'] as const),
    ] as const;
    expect(below(palette, edges, 3)).toEqual([]);
  });
});
