/** Params that name what a method acts on, most telling first. */
const naming = ['queue', 'chain', 'tunnelId', 'username', 'topic', 'nodeId', 'node', 'name', 'key', 'path', 'id'] as const;

/** What a call acts on, as its params name it; null: they name nothing. */
export function namedObject(params: unknown): string | null {
  if (typeof params !== 'object' || params === null) return null;
  const fields = params as Readonly<Record<string, unknown>>;
  for (const key of naming) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  // config.set
  if (typeof fields.values === 'object' && fields.values !== null) return Object.keys(fields.values).join(', ') || null;
  return null;
}
