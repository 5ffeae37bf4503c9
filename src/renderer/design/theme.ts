/**
 * Signalbox design tokens as a Mantine 9.7.3 theme.
 *
 *   <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
 *
 * Every colour in the console comes from a --sb-* variable below (or the Mantine variable mapped onto it).
 * Components outside renderer/design never name a hex value.
 */
import {
  type ActionIcon,
  type Badge,
  type Button,
  type Checkbox,
  type CSSVariablesResolver,
  createTheme,
  type Input,
  type InputWrapper,
  type Kbd,
  type MantineColorsTuple,
  type Menu,
  type Modal,
  type ModalRoot,
  type NumberInput,
  type Popover,
  type Radio,
  type SegmentedControl,
  type Select,
  type Switch,
  type Tabs,
  type Textarea,
  type TextInput,
  type Tooltip,
} from '@mantine/core';

import { dark, light, type Palette } from './palette.ts';

export { type ColorToken, dark, light, type Palette } from './palette.ts';

/** Sizes in px; everything sits on a 4 px grid. */
export const metrics = {
  titleBar: 40,
  rail: 48,
  railWide: 168,
  viewBar: 40,
  subBar: 32,
  statusBar: 24,
  row: 28,
  rowCompact: 24,
  rowRelaxed: 32,
  headRow: 26,
  treeRow: 24,
  control: 28,
  controlSmall: 24,
  controlLarge: 32,
  inspectorMin: 300,
  inspector: 348,
  sidebar: 216,
} as const;

const accent: MantineColorsTuple = [
  '#edf3fe',
  '#e2ebfb',
  '#c3d5f7',
  '#9dbcf3',
  '#86adff',
  '#4f82e6',
  '#2f66d8',
  '#2460d3',
  '#1d52b8',
  '#163f8e',
];
const crit: MantineColorsTuple = [
  '#fdf1f1',
  '#fce8e8',
  '#f6c6c8',
  '#f19da1',
  '#ff8585',
  '#d23f47',
  '#c4343c',
  '#c22b33',
  '#a5222a',
  '#7c1a20',
];
/** Mantine's `dark` ramp: 0 = text ... 7 = body ... 9 = deepest. */
const darkRamp: MantineColorsTuple = [
  '#e6e8eb',
  '#b0b7c1',
  '#8f97a3',
  '#69727e',
  '#3a414b',
  '#262b32',
  '#1e2227',
  '#16191d',
  '#121518',
  '#0f1114',
];
const gray: MantineColorsTuple = [
  '#f6f7f9',
  '#eceef1',
  '#e1e4e9',
  '#cbd0d8',
  '#b0b6c0',
  '#848c99',
  '#5f6772',
  '#474e59',
  '#2c3138',
  '#171a1f',
];

const heights: Record<string, string> = { xs: '24px', sm: '28px', md: '32px', lg: '36px', xl: '40px' };
const fonts: Record<string, string> = { xs: '12px', sm: '12px', md: '13px', lg: '14px', xl: '14px' };
const pick = (map: Record<string, string>, size: unknown): string => map[String(size ?? 'sm')] ?? map.sm ?? '';

/**
 * What a component's own `extend` gives: its argument, typed. Calling that would load the component, and the theme is part of
 * the first screen, where most of them are not shown.
 */
function extend<C extends { extend: (config: never) => unknown }>(config: Parameters<C['extend']>[0]): Parameters<C['extend']>[0] {
  return config;
}

export const theme = createTheme({
  fontFamily: "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', 'JetBrains Mono', ui-monospace, 'SF Mono', Consolas, monospace",
  fontSmoothing: true,
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '16px', sm: '16px', md: '20px', lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '8px' },
  defaultRadius: 'sm',
  shadows: {
    // only for things that float: menu, palette, dialog, toast
    xs: 'none',
    sm: 'none',
    md: '0 2px 6px rgb(0 0 0 / 0.10), 0 6px 20px rgb(0 0 0 / 0.10)',
    lg: '0 4px 12px rgb(0 0 0 / 0.14), 0 16px 48px rgb(0 0 0 / 0.18)',
    xl: '0 4px 12px rgb(0 0 0 / 0.14), 0 16px 48px rgb(0 0 0 / 0.18)',
  },
  colors: { accent, crit, gray, dark: darkRamp },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: false,
  cursorType: 'default', // a desktop tool: the hand is for links only
  focusRing: 'auto',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '13px', lineHeight: '20px' },
      h4: { fontSize: '12px', lineHeight: '16px' },
    },
  },
  components: {
    Button: extend<typeof Button>({
      defaultProps: { size: 'sm' },
      vars: (_t, p) => ({
        root: {
          '--button-height': pick(heights, p.size),
          '--button-fz': pick(fonts, p.size),
          '--button-padding-x': p.size === 'xs' ? '8px' : '10px',
        },
      }),
    }),
    ActionIcon: extend<typeof ActionIcon>({
      defaultProps: { size: 'sm', variant: 'subtle', color: 'gray' },
      vars: (_t, p) => ({ root: { '--ai-size': pick(heights, p.size) } }),
    }),
    Input: extend<typeof Input>({
      defaultProps: { size: 'sm' },
      vars: (_t, p) => ({
        wrapper: { '--input-height': pick(heights, p.size), '--input-fz': pick(fonts, p.size), '--input-padding': '8px' },
      }),
    }),
    // Help stands below the field, and what is wrong below the help (look.md section 7).
    InputWrapper: extend<typeof InputWrapper>({ defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } }),
    TextInput: extend<typeof TextInput>({ defaultProps: { size: 'sm' } }),
    NumberInput: extend<typeof NumberInput>({ defaultProps: { size: 'sm' } }),
    Textarea: extend<typeof Textarea>({ defaultProps: { size: 'sm' } }),
    Select: extend<typeof Select>({ defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } }),
    SegmentedControl: extend<typeof SegmentedControl>({
      defaultProps: { size: 'sm', withItemsBorders: false, transitionDuration: 0 },
      vars: () => ({ root: { '--sc-font-size': '12px', '--sc-padding': '2px 8px', '--sc-shadow': 'none' } }),
    }),
    Tabs: extend<typeof Tabs>({ defaultProps: { keepMounted: false } }),
    Checkbox: extend<typeof Checkbox>({ defaultProps: { size: 'xs' } }),
    Radio: extend<typeof Radio>({ defaultProps: { size: 'xs' } }),
    Switch: extend<typeof Switch>({ defaultProps: { size: 'xs', withThumbIndicator: false } }),
    Badge: extend<typeof Badge>({ defaultProps: { size: 'sm', variant: 'default', radius: 'xs', tt: 'none' } }),
    Kbd: extend<typeof Kbd>({ defaultProps: { size: 'xs' } }),
    Tooltip: extend<typeof Tooltip>({ defaultProps: { transitionProps: { duration: 80 }, withArrow: false } }),
    Popover: extend<typeof Popover>({ defaultProps: { shadow: 'md', radius: 'md', transitionProps: { duration: 80 } } }),
    Menu: extend<typeof Menu>({ defaultProps: { shadow: 'md', radius: 'md', transitionProps: { duration: 80 } } }),
    // The page never scrolls, and the scroll lock would add a style that the content security policy forbids.
    // The page itself never scrolls, so nothing has to be locked; the lock would add a style that the policy refuses.
    Modal: extend<typeof Modal>({
      defaultProps: { shadow: 'lg', radius: 'lg', centered: true, lockScroll: false, transitionProps: { duration: 120 } },
    }),
    ModalRoot: extend<typeof ModalRoot>({
      defaultProps: { shadow: 'lg', radius: 'lg', lockScroll: false, transitionProps: { duration: 120 } },
    }),
  },
});

const prefixed = (palette: Palette): Record<string, string> =>
  Object.fromEntries(Object.entries(palette).map(([name, value]) => [`--sb-${name}`, value]));

/** Mantine's semantic variables, mapped so that stock components match without per-component styling. */
const mapped = (c: Palette): Record<string, string> => ({
  '--mantine-color-body': c.panel,
  '--mantine-color-text': c.text,
  '--mantine-color-dimmed': c['text-3'],
  '--mantine-color-placeholder': c['text-3'],
  '--mantine-color-anchor': c.accent,
  '--mantine-color-error': c.crit,
  '--mantine-color-default': c.field,
  '--mantine-color-default-hover': c.hover,
  '--mantine-color-default-color': c.text,
  '--mantine-color-default-border': c['line-strong'],
  '--mantine-color-disabled': c.sunken,
  '--mantine-color-disabled-color': c['text-disabled'],
  '--mantine-color-disabled-border': c.line,
  '--mantine-primary-color-filled': c['accent-fill'],
  '--mantine-primary-color-filled-hover': c['accent-fill-hover'],
  '--mantine-primary-color-light': c['accent-soft'],
  '--mantine-primary-color-light-color': c.accent,
  '--mantine-color-accent-filled': c['accent-fill'],
  '--mantine-color-accent-filled-hover': c['accent-fill-hover'],
  '--mantine-color-accent-light': c['accent-soft'],
  '--mantine-color-accent-light-color': c.accent,
  '--mantine-color-crit-filled': c['crit-fill'],
  '--mantine-color-crit-filled-hover': c['crit-fill-hover'],
  '--mantine-color-crit-light': c['crit-soft'],
  '--mantine-color-crit-light-color': c.crit,
});

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    ...Object.fromEntries(Object.entries(metrics).map(([k, v]) => [`--sb-${k.replace(/[A-Z]/g, (m) => `-${m.toLowerCase()}`)}`, `${v}px`])),
    '--sb-ease': 'cubic-bezier(0.2, 0, 0, 1)',
    '--sb-fast': '80ms',
    '--sb-normal': '120ms',
  },
  light: { ...prefixed(light), ...mapped(light) },
  dark: { ...prefixed(dark), ...mapped(dark) },
});
