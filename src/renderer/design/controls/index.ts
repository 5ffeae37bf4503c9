/** The controls of the console. Screens import from here; the component library is named nowhere else. */
export {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  CopyButton,
  Kbd,
  Menu,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Popover,
  Radio,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
  UnstyledButton,
  VisuallyHidden,
} from '@mantine/core';
export { useDebouncedCallback, useDebouncedValue, useElementSize, useMediaQuery } from '@mantine/hooks';
export { Tooltip } from './tooltip.tsx';
