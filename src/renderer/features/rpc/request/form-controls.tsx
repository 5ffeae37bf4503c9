import { type ReactNode, useState } from 'react';
import { Checkbox, PasswordInput, Select, Textarea, TextInput } from '../../../design/controls/index.ts';
import { formatPointer, type JsonPath } from '../../../design/data/json-pointer.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { parseJsonText } from '../../../design/data/json-syntax.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { describeSchema } from '../describe-schema.ts';
import type { FormField } from '../model/schema-form.ts';

/** What the fields of one form share. */
export interface FormContext {
  readonly root: JsonSchema;
  readonly secretParams: readonly string[];
  change(path: JsonPath, next: unknown): void;
  /** What is wrong at a JSON pointer, in words. */
  problemAt(pointer: string): string | undefined;
  /** Somebody has been in a field and has left it. */
  leave(pointer: string): void;
}

/** The element of a field, so that a fault can lead to it. */
export function fieldId(pointer: string): string {
  return `rpc-field${pointer}`;
}

/** One field, wherever it stands in the value. */
export interface FieldProps {
  readonly field: FormField;
  readonly path: JsonPath;
  readonly label: string;
  readonly required: boolean;
  readonly value: unknown;
  readonly context: FormContext;
  /** Leaves an optional value out again. */
  readonly clear?: ReactNode;
}

/** What every control has: label, help, fault. */
export function useControl(props: FieldProps) {
  const { t } = useTranslation('rpc');
  const pointer = formatPointer(props.path);
  const { description } = props.field.schema;
  const type = describeSchema(props.field.schema, t, props.context.root);
  return {
    id: fieldId(pointer),
    label: <code className="sb-mono">{props.label}</code>,
    withAsterisk: props.required,
    'aria-required': props.required,
    description: description === undefined ? type : `${description} (${type})`,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    error: props.context.problemAt(pointer),
    onBlur: () => props.context.leave(pointer),
  };
}

/** Text that has not been written is left out, unless it must be there. */
function textOrNothing(text: string, required: boolean): string | undefined {
  return text === '' && !required ? undefined : text;
}

function shownText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Text; hidden where it is a secret, of several lines where it may be long. */
export function TextField(props: FieldProps & { readonly long: boolean }) {
  const control = useControl(props);
  const change = (text: string) => props.context.change(props.path, textOrNothing(text, props.required));
  const value = shownText(props.value);
  if (props.context.secretParams.includes(props.path.join('.'))) {
    return <PasswordInput {...control} autoComplete="off" value={value} onChange={(event) => change(event.currentTarget.value)} />;
  }
  const { clear } = props;
  if (props.long) {
    return (
      <Textarea
        {...control}
        rightSection={clear}
        autosize
        minRows={2}
        maxRows={8}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput {...control} rightSection={clear} autoComplete="off" value={value} onChange={(event) => change(event.currentTarget.value)} />
  );
}

/** A text field, so that a variable can stand where a number belongs. */
export function NumberField(props: FieldProps) {
  const control = useControl(props);
  const preset = props.field.schema.default;
  return (
    <TextInput
      {...control}
      className="sb-rpc-number"
      rightSection={props.clear}
      inputMode="decimal"
      autoComplete="off"
      placeholder={preset === undefined ? undefined : String(preset)}
      value={shownText(props.value)}
      onChange={(event) => {
        const text = event.currentTarget.value.trim();
        const number = Number(text);
        // `1.` and `-` are on their way to a number: text until they are one.
        const isNumber = text !== '' && String(number) === text;
        props.context.change(props.path, isNumber ? number : text === '' ? undefined : text);
      }}
    />
  );
}

/** A box to tick; the default shows where nothing is set. */
export function BooleanField(props: FieldProps) {
  const { id, label, description, error, onBlur } = useControl(props);
  const shown = props.value === undefined ? props.field.schema.default === true : props.value === true;
  return (
    <Checkbox
      id={id}
      label={label}
      description={description}
      error={error}
      onBlur={onBlur}
      checked={shown}
      onChange={(event) => props.context.change(props.path, event.currentTarget.checked)}
    />
  );
}

/** One of several values. */
export function ChoiceField(props: FieldProps & { readonly values: readonly unknown[] }) {
  const control = useControl(props);
  const preset = props.field.schema.default;
  const texts = props.values.map(shownChoice);
  const chosen = props.values.indexOf(props.value);
  // A variable, or a value that the schema does not know, is shown as it is.
  const foreign = chosen < 0 && props.value !== undefined && props.value !== '' ? shownText(props.value) : undefined;
  return (
    <Select
      {...control}
      className="sb-rpc-choice"
      clearable={!props.required}
      placeholder={preset === undefined ? undefined : shownChoice(preset)}
      value={foreign ?? (chosen < 0 ? null : (texts[chosen] ?? null))}
      data={foreign === undefined ? texts : [...texts, foreign]}
      onChange={(text) => {
        if (text === null) props.context.change(props.path, undefined);
        else if (text !== foreign) props.context.change(props.path, props.values[texts.indexOf(text)]);
      }}
    />
  );
}

function shownChoice(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Anything that no control fits. What is written counts as soon as it is JSON. */
export function JsonField(props: FieldProps) {
  const { t } = useTranslation('rpc');
  const control = useControl(props);
  const [draft, setDraft] = useState<string>();
  const shown = draft ?? (props.value === undefined ? '' : JSON.stringify(props.value, null, 2));
  const broken = draft !== undefined && draft.trim() !== '' && !parseJsonText(draft).ok;
  return (
    <Textarea
      {...control}
      description={`${control.description}. ${t('jsonField')}`}
      classNames={{ input: 'sb-mono' }}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      value={shown}
      error={broken ? t('jsonFieldBroken') : control.error}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const parsed = parseJsonText(text);
        setDraft(text);
        if (parsed.ok) props.context.change(props.path, parsed.value);
        else if (text.trim() === '') props.context.change(props.path, undefined);
      }}
      onBlur={() => {
        control.onBlur();
        if (!broken) setDraft(undefined);
      }}
    />
  );
}
