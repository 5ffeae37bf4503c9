import type { TFunction } from 'i18next';
import { alternatives, type JsonSchema, typesOf } from '../../design/data/json-schema.ts';
import { formatCount } from '../../state/format.ts';
import type { SchemaFinding } from './model/schema-check.ts';

type T = TFunction<'rpc'>;

const listedChoices = 6;

/** One line about a value: `integer, 1 to 500, default 100`. */
export function describeSchema(schema: JsonSchema, t: T, root: JsonSchema = schema): string {
  const branches = alternatives(schema, root);
  const words = [...new Set(branches.map((branch) => describeBranch(branch, t, root)))].join(t('schemaOr'));
  const preset = schema.default;
  return preset === undefined ? words : `${words}, ${t('schemaDefault', { value: JSON.stringify(preset) })}`;
}

function describeBranch(schema: JsonSchema, t: T, root: JsonSchema): string {
  const choices = schema.const !== undefined ? [schema.const] : schema.enum;
  if (choices !== undefined) {
    if (choices.length > listedChoices) return t('schemaOneOf', { count: choices.length });
    return choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice))).join(', ');
  }
  const [type] = typesOf(schema);
  if (type === undefined) return t('schemaAny');
  if (type === 'array') {
    const element = typeof schema.items === 'object' ? describeSchema(schema.items, t, root) : t('schemaAny');
    return join(t('schemaListOf', { element }), range(schema.minItems, schema.maxItems, t, 'items'));
  }
  if (type === 'string') return join(t('schemaString'), range(schema.minLength, schema.maxLength, t, 'characters'));
  if (type === 'integer' || type === 'number') {
    return join(t(type === 'integer' ? 'schemaInteger' : 'schemaNumber'), range(schema.minimum, schema.maximum, t, 'plain'));
  }
  return t(type === 'boolean' ? 'schemaBoolean' : type === 'null' ? 'schemaNull' : 'schemaObject');
}

function join(type: string, bounds: string): string {
  return bounds === '' ? type : `${type}, ${bounds}`;
}

/** Bounds that every JSON integer has say nothing. */
function telling(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
}

function range(low: number | undefined, high: number | undefined, t: T, unit: 'plain' | 'items' | 'characters'): string {
  if (telling(high)) {
    const most = formatCount(high);
    // At least one character is what "required" says already.
    if (telling(low) && !(unit === 'characters' && low <= 1)) return t(`schemaRange_${unit}`, { low: formatCount(low), high: most });
    return t(`schemaMost_${unit}`, { high: most });
  }
  return telling(low) && !(unit === 'characters' && low <= 1) ? t(`schemaLeast_${unit}`, { low: formatCount(low) }) : '';
}

/** What a finding means and what to write instead. */
export function describeFinding(finding: SchemaFinding, t: T): string {
  switch (finding.rule) {
    case 'required':
    case 'unknown':
    case 'pattern':
      return t(`finding_${finding.rule}`);
    case 'type':
    case 'choice':
      return t(`finding_${finding.rule}`, { expected: finding.expected });
    default:
      return t(`finding_${finding.rule}`, { limit: formatCount(finding.limit) });
  }
}
