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
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
  Tooltip,
  UnstyledButton,
  VisuallyHidden,
} from '@mantine/core';
export { useDebouncedCallback, useDebouncedValue, useElementSize, useMediaQuery } from '@mantine/hooks';
