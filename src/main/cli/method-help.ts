import { z } from 'zod';
import { aliasesOf, allMethods, resolveMethod } from '../../common/contract/index.ts';
import { UsageError } from './exit-codes.ts';
import type { Output } from './output.ts';

interface ParamSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
}

/** Every method of the contract with its role, effect and line of help. */
export function listMethods(out: Output): void {
  const methods = [...allMethods()].sort(([a], [b]) => (a < b ? -1 : 1));
  if (out.json) {
    for (const [method, { role, effect, help }] of methods) out.jsonLine({ method, role, effect, help, aliases: aliasesOf(method) });
  } else {
    out.table(
      ['method', 'role', 'effect', 'help'],
      methods.map(([method, { role, effect, help }]) => [method, role, effect, help]),
    );
  }
}

/**
 * One method with its params, from the contract.
 *
 * @throws UsageError for a name that is no method
 */
export function describeMethod(out: Output, name: string): void {
  const found = resolveMethod(name);
  if (found === undefined) throw new UsageError(`There is no command and no method ${name}. signalbox call --list shows the methods.`);
  const { name: method, spec } = found;
  const schema = z.toJSONSchema(spec.params, { io: 'input', unrepresentable: 'any' });
  if (out.json) {
    out.jsonLine({
      method,
      role: spec.role,
      effect: spec.effect,
      help: spec.help,
      aliases: aliasesOf(method),
      params: schema,
      example: spec.example ?? null,
    });
    return;
  }
  out.line(`${method}  (${spec.role}, ${spec.effect})`);
  out.line(spec.help);
  const params = Object.entries((schema.properties ?? {}) as Record<string, ParamSchema>);
  out.line();
  if (params.length === 0) out.line('No params.');
  else {
    const required = new Set(schema.required ?? []);
    out.table(
      ['param', 'type', 'needed', 'help'],
      params.map(([param, description]) => [
        param,
        typeOf(description),
        neededOf(description, required.has(param)),
        description.description ?? '',
      ]),
    );
  }
  const aliases = aliasesOf(method);
  if (aliases.length > 0) out.line(`\nAlso called ${aliases.join(', ')}.`);
  out.line(`\nsignalbox call ${method}${spec.example === undefined ? '' : ` --params '${JSON.stringify(spec.example)}'`}`);
}

function typeOf({ type, enum: choices }: ParamSchema): string {
  if (choices !== undefined) return choices.join('|');
  if (type === undefined) return 'any';
  return typeof type === 'string' ? type : type.join('|');
}

function neededOf(schema: ParamSchema, required: boolean): string {
  if (required) return 'yes';
  return schema.default === undefined ? 'no' : `no (${JSON.stringify(schema.default)})`;
}
