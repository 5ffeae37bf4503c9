import { type ReactNode, useState } from 'react';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Checkbox, PasswordInput, Select, Textarea, TextInput } from '../../../design/controls/index.ts';
import { formatPointer, getAt, type JsonPath } from '../../../design/data/json-pointer.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { parseJsonText } from '../../../design/data/json-syntax.ts';
import { IconPlus, IconTrash, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { describeSchema } from '../describe-schema.ts';
import { emptyValue, type FormField, type FormMember, variantOf } from '../model/schema-form.ts';

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

interface FieldProps {
  readonly field: FormField;
  readonly path: JsonPath;
  readonly label: string;
  readonly required: boolean;
  readonly value: unknown;
  readonly context: FormContext;
  /** Leaves an optional value out again. */
  readonly clear?: ReactNode;
}

/** The members of an object, one below the other. */
export function Members(props: {
  readonly members: readonly FormMember[];
  readonly path: JsonPath;
  readonly value: unknown;
  readonly context: FormContext;
}) {
  const { t } = useTranslation('rpc');
  return props.members.map(({ name, field, required }) => {
    const path = [...props.path, name];
    const value = getAt(props.value, [name]);
    const clear = !required && value !== undefined && (
      <IconButton label={t('leaveOut', { name })} onClick={() => props.context.change(path, undefined)}>
        <IconX size={14} stroke={1.6} />
      </IconButton>
    );
    // Fields of one line hold it themselves.
    const inside = field.kind === 'text' || field.kind === 'number';
    return (
      <div key={name} className="sb-rpc-field">
        <Field
          field={field}
          path={path}
          label={name}
          required={required}
          value={value}
          context={props.context}
          clear={inside ? clear : undefined}
        />
        {!inside && field.kind !== 'choice' && clear}
      </div>
    );
  });
}

function Field(props: FieldProps): ReactNode {
  switch (props.field.kind) {
    case 'text':
      return <TextField {...props} long={props.field.long} />;
    case 'number':
      return <NumberField {...props} />;
    case 'boolean':
      return <BooleanField {...props} />;
    case 'choice':
      return <ChoiceField {...props} values={props.field.values} />;
    case 'group':
      return <GroupField {...props} members={props.field.members} />;
    case 'list':
      return <ListField {...props} element={props.field.element} />;
    case 'variants':
      return <VariantsField {...props} variants={props.field.variants} />;
    case 'json':
      return <JsonField {...props} />;
  }
}

/** What every control has: label, help, fault. */
function useControl(props: FieldProps) {
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

function TextField(props: FieldProps & { readonly long: boolean }) {
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
function NumberField(props: FieldProps) {
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

function BooleanField(props: FieldProps) {
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

function ChoiceField(props: FieldProps & { readonly values: readonly unknown[] }) {
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

function GroupField(props: FieldProps & { readonly members: readonly FormMember[] }) {
  return (
    <fieldset className="sb-rpc-group" id={fieldId(formatPointer(props.path))}>
      <legend className="sb-mono">{props.label}</legend>
      <Members members={props.members} path={props.path} value={props.value ?? {}} context={props.context} />
    </fieldset>
  );
}

function ListField(props: FieldProps & { readonly element: FormField }) {
  const { t } = useTranslation('rpc');
  const { description, error } = useControl(props);
  const elements = Array.isArray(props.value) ? props.value : [];
  return (
    <fieldset className="sb-rpc-group" id={fieldId(formatPointer(props.path))}>
      <legend className="sb-mono">
        {props.label}
        {props.required && <span className="sb-crit"> *</span>}
      </legend>
      {elements.map((value: unknown, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an element's identity is its position
        <div key={index} className="sb-rpc-field">
          <Field
            field={props.element}
            path={[...props.path, index]}
            label={`${props.label}[${index}]`}
            required
            value={value}
            context={props.context}
          />
          <IconButton
            label={t('removeElement', { name: `${props.label}[${index}]` })}
            onClick={() => props.context.change([...props.path, index], undefined)}
          >
            <IconTrash size={14} stroke={1.6} />
          </IconButton>
        </div>
      ))}
      <p className="sb-3">{description}</p>
      {error !== undefined && <p className="sb-crit">{error}</p>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} stroke={1.6} />}
        onClick={() => props.context.change(props.path, [...elements, emptyValue(props.element)])}
      >
        {t('addElement')}
      </Button>
    </fieldset>
  );
}

function VariantsField(props: FieldProps & { readonly variants: readonly FormField[] }) {
  const { t } = useTranslation('rpc');
  const chosen = variantOf(props.variants, props.value);
  const variant = props.variants[chosen];
  const labels = props.variants.map((field) => describeSchema(field.schema, t, props.context.root));
  if (variant === undefined) return null;
  return (
    <div className="sb-rpc-variants">
      <Select
        aria-label={t('variantOf', { name: props.label })}
        value={labels[chosen] ?? null}
        data={[...new Set(labels)]}
        onChange={(label) => {
          const next = props.variants[labels.indexOf(label ?? '')];
          if (next !== undefined) props.context.change(props.path, emptyValue(next));
        }}
      />
      <Field {...props} field={variant} />
    </div>
  );
}

/** Anything that no control fits. What is written counts as soon as it is JSON. */
function JsonField(props: FieldProps) {
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
