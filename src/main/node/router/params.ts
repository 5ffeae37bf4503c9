import type { z } from 'zod';
import type { MethodSpec } from '../../../common/contract/index.ts';
import { SignalboxError } from '../../../common/errors.ts';

const mostIssues = 20;
const lenientSchemas = new WeakMap<MethodSpec, z.ZodObject>();

/**
 * Checks params against the contract and fills in defaults, before anything happens.
 *
 * @param lenient unknown params are ignored (first system) instead of refused
 * @throws SignalboxError `INVALID_PARAMS` with `data.issues:[{path (JSON pointer), message}]`
 */
export function parseParams(method: string, spec: MethodSpec, params: unknown, lenient: boolean): Record<string, unknown> {
  const result = (lenient ? lenientSchema(spec) : spec.params).safeParse(params);
  if (result.success) return result.data;
  throw invalid(`The parameters of ${method} are not valid`, result.error.issues);
}

/** An `INVALID_PARAMS` error of zod's findings. */
export function invalid(what: string, found: readonly z.core.$ZodIssue[]): SignalboxError {
  const issues = found.slice(0, mostIssues).flatMap(toIssues);
  const first = issues[0];
  const where = first === undefined ? '' : `: ${first.path === '' ? '' : `${first.path}: `}${first.message}`;
  return new SignalboxError('INVALID_PARAMS', `${what}${where}.`, { executed: 'no', data: { issues } });
}

interface ParamIssue {
  readonly path: string;
  readonly message: string;
}

function toIssues(issue: z.core.$ZodIssue): ParamIssue[] {
  // zod reports unknown keys at their parent; a form needs each at its own place.
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostIssues).map((key) => ({ path: pointer([...issue.path, key]), message: 'this is not known here' }));
  }
  return [{ path: pointer(issue.path), message: issue.message }];
}

/** JSON pointer (RFC 6901). */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function lenientSchema(spec: MethodSpec): z.ZodObject {
  let schema = lenientSchemas.get(spec);
  if (schema === undefined) {
    schema = spec.params.strip();
    lenientSchemas.set(spec, schema);
  }
  return schema;
}
