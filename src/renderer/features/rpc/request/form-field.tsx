import type { ReactNode } from 'react';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Select } from '../../../design/controls/index.ts';
import { formatPointer, getAt, type JsonPath } from '../../../design/data/json-pointer.ts';
import { IconPlus, IconTrash, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { describeSchema } from '../describe-schema.ts';
import { emptyValue, type FormField, type FormMember, variantOf } from '../model/schema-form.ts';
import {
  BooleanField,
  ChoiceField,
  type FieldProps,
  type FormContext,
  fieldId,
  JsonField,
  NumberField,
  TextField,
  useControl,
} from './form-controls.tsx';

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
