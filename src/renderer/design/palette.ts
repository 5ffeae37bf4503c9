/** The colours of both schemes. Without the component library, so that the pages of the shell can use them too. */

/** Token names that exist in both schemes. */
export type ColorToken =
  // surfaces, from the window frame inwards
  | 'frame'
  | 'panel'
  | 'sunken'
  | 'raised'
  | 'field'
  | 'hover'
  | 'active'
  | 'selected'
  // lines
  | 'line'
  | 'line-strong'
  | 'field-line'
  // text
  | 'text'
  | 'text-2'
  | 'text-3'
  | 'text-disabled'
  // the one accent
  | 'accent'
  | 'accent-fill'
  | 'accent-fill-hover'
  | 'on-accent'
  | 'accent-soft'
  | 'focus'
  // state (always with a shape and a word)
  | 'ok'
  | 'ok-soft'
  | 'warn'
  | 'warn-soft'
  | 'crit'
  | 'crit-soft'
  | 'crit-fill'
  | 'crit-fill-hover'
  | 'idle'
  // environment strip
  | 'env-prod'
  | 'env-stage'
  | 'env-dev'
  // payload syntax
  | 'syn-key'
  | 'syn-str'
  | 'syn-num'
  | 'syn-lit'
  // diff marks (text in `text`, ground here)
  | 'diff-add'
  | 'diff-del'
  | 'diff-chg'
  // chart series, in order of use
  | 's1'
  | 's2'
  | 's3'
  | 's4'
  | 's5'
  | 's6'
  | 'grid';

export type Palette = Readonly<Record<ColorToken, string>>;

export const light: Palette = {
  frame: '#eceef1',
  panel: '#ffffff',
  sunken: '#f6f7f9',
  raised: '#ffffff',
  field: '#ffffff',
  hover: '#f0f2f5',
  active: '#e6e9ed',
  selected: '#e2ebfb',
  line: '#e1e4e9',
  'line-strong': '#cbd0d8',
  'field-line': '#848c99',
  text: '#171a1f',
  'text-2': '#474e59',
  'text-3': '#5f6772',
  'text-disabled': '#9aa1ab',
  accent: '#1d57c4',
  'accent-fill': '#2460d3',
  'accent-fill-hover': '#1d52b8',
  'on-accent': '#ffffff',
  'accent-soft': '#e2ebfb',
  focus: '#2460d3',
  ok: '#14713f',
  'ok-soft': '#e2f3e9',
  warn: '#8a5200',
  'warn-soft': '#fcefd3',
  crit: '#b4232c',
  'crit-soft': '#fce8e8',
  'crit-fill': '#c22b33',
  'crit-fill-hover': '#a5222a',
  idle: '#5f6772',
  'env-prod': '#c22b33',
  'env-stage': '#b87400',
  'env-dev': '#2c8a57',
  'syn-key': '#1d57c4',
  'syn-str': '#14713f',
  'syn-num': '#8a3ea8',
  'syn-lit': '#8a5200',
  'diff-add': '#dcf3e5',
  'diff-del': '#fce0e0',
  'diff-chg': '#fcefd3',
  s1: '#2460d3',
  s2: '#c2600c',
  s3: '#0e8074',
  s4: '#8a3ea8',
  s5: '#b02a6b',
  s6: '#6b7280',
  grid: '#eceef1',
};

export const dark: Palette = {
  frame: '#0f1114',
  panel: '#16191d',
  sunken: '#121518',
  raised: '#1e2227',
  field: '#101316',
  hover: '#1d2126',
  active: '#262b32',
  selected: '#1b2c4b',
  line: '#262b32',
  'line-strong': '#3a414b',
  'field-line': '#69727e',
  text: '#e6e8eb',
  'text-2': '#b0b7c1',
  'text-3': '#8f97a3',
  'text-disabled': '#5d6570',
  accent: '#86adff',
  'accent-fill': '#2f66d8',
  'accent-fill-hover': '#386ee2',
  'on-accent': '#ffffff',
  'accent-soft': '#1b2c4b',
  focus: '#86adff',
  ok: '#57c78f',
  'ok-soft': '#14291f',
  warn: '#e6ae48',
  'warn-soft': '#2d2413',
  crit: '#ff8585',
  'crit-soft': '#351b1e',
  'crit-fill': '#c4343c',
  'crit-fill-hover': '#d23f47',
  idle: '#8f97a3',
  'env-prod': '#e5484d',
  'env-stage': '#e6ae48',
  'env-dev': '#57c78f',
  'syn-key': '#8fb4ff',
  'syn-str': '#7fcf9f',
  'syn-num': '#d3a1ea',
  'syn-lit': '#e6ae48',
  'diff-add': '#15301f',
  'diff-del': '#3c1d20',
  'diff-chg': '#352a12',
  s1: '#6f9dff',
  s2: '#ee9a52',
  s3: '#3fbfae',
  s4: '#c58be0',
  s5: '#ee82ac',
  s6: '#98a0ac',
  grid: '#21262c',
};
