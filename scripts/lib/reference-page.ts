import { z } from 'zod';
import { aliasesOf, allMethods, type MethodSpec } from '../../src/common/contract/index.ts';

interface Property {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
}

/** The page of all methods as Markdown, from the contract alone. */
export function referencePage(): string {
  const services = new Map<string, string[]>();
  for (const [name, spec] of allMethods()) {
    const service = name.includes('.') ? name.slice(0, name.indexOf('.')) : 'channels';
    services.set(service, [...(services.get(service) ?? []), methodSection(name, spec)]);
  }
  const sections = [...services].map(([service, methods]) => `## ${service}\n\n${methods.join('\n')}`);
  return `# Methods

Made from the contract (\`src/common/contract\`) by \`npm run reference\`. Call any of them from the RPC screen, with
\`signalbox call METHOD --params JSON\`, or over the WebSocket ([http.md](http.md)). The JSON Schemas of params and results are
what \`rpc.catalogue\` answers.

${sections.join('\n')}`;
}

function methodSection(name: string, spec: MethodSpec): string {
  const also = aliasesOf(name);
  const facts = [`role ${spec.role}`, effectWord(spec), ...(also.length > 0 ? [`also ${also.map(code).join(', ')}`] : [])];
  const schema = z.toJSONSchema(spec.params, { io: 'input' });
  const required = new Set(schema.required ?? []);
  const rows = Object.entries((schema.properties ?? {}) as Record<string, Property>).map(
    ([key, property]) => `| ${code(key)} | ${kindOf(property)} | ${meaning(property, required.has(key))} |\n`,
  );
  const table = rows.length === 0 ? '' : `\n| param | type | |\n|---|---|---|\n${rows.join('')}`;
  return `### ${name}\n\n${spec.help} (${facts.join(', ')})\n${table}`;
}

function effectWord({ effect }: MethodSpec): string {
  return { read: 'reads', write: 'writes', destructive: 'destroys or interrupts' }[effect];
}

function kindOf(property: Property): string {
  if (property.enum !== undefined) return property.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (property.const !== undefined) return code(JSON.stringify(property.const));
  if (property.anyOf !== undefined) return property.anyOf.map(kindOf).join(' or ');
  if (property.type === 'array') return `list of ${property.items === undefined ? 'any' : kindOf(property.items)}`;
  return property.type === undefined ? 'any JSON' : [property.type].flat().join(' or ');
}

function meaning(property: Property, required: boolean): string {
  const range =
    property.minimum !== undefined && property.maximum !== undefined && Math.abs(property.maximum) < Number.MAX_SAFE_INTEGER
      ? `${property.minimum} to ${property.maximum}`
      : undefined;
  const parts = [
    property.description,
    range,
    property.maxLength === undefined ? undefined : `at most ${property.maxLength} characters`,
    property.default === undefined ? undefined : `default ${code(JSON.stringify(property.default))}`,
    required ? 'required' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
