/** From what is written to what is sent. */
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { parseJsonText } from '../../../design/data/json-syntax.ts';
import type { RequestContent, Variable } from '../model/kept-items.ts';
import { resolveVariables, unresolvedIn } from '../model/variables.ts';
import type { Obstacle } from './rpc-store.ts';

export type Prepared = { readonly ok: true; readonly params: unknown } | { readonly ok: false; readonly obstacle: Obstacle };

/** Reads the params of a request and puts the variables in; says what is in the way. */
export function prepare(content: RequestContent, entry: CatalogueEntry | undefined, variables: readonly Variable[]): Prepared {
  if (content.method.trim() === '') return { ok: false, obstacle: { kind: 'no-method' } };
  const parsed = parseJsonText(content.text.trim() === '' ? '{}' : content.text);
  if (!parsed.ok) return { ok: false, obstacle: { kind: 'not-json', line: parsed.error.line, column: parsed.error.column } };
  if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value))
    return { ok: false, obstacle: { kind: 'not-object' } };
  const names = unresolvedIn(content.text, variables);
  if (names.length > 0) return { ok: false, obstacle: { kind: 'variables', names } };
  return { ok: true, params: resolveVariables(parsed.value, variables, entry?.params as JsonSchema | undefined) };
}
