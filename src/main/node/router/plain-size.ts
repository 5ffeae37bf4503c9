/** Deeper than any result of the contract; only a cycle gets there. */
const deepest = 64;

/**
 * Estimates the size of a value as JSON without making the text, and stops as soon as the answer is known: a result of
 * a hundred megabytes must not block the node before it is refused.
 *
 * @returns estimated bytes, more than `maxBytes` when it is larger (where the walk stopped), or undefined when it is
 *   no plain data: a function, a symbol, a bigint, or nested deeper than 64 (a cycle)
 */
export function estimateBytes(value: unknown, maxBytes: number, depth = 0): number | undefined {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return 8;
    case 'boolean':
    case 'undefined':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (depth >= deepest) return undefined;
      return Array.isArray(value) ? estimateArray(value, maxBytes, depth) : estimateObject(value, maxBytes, depth);
    default:
      return undefined;
  }
}

function estimateArray(items: readonly unknown[], maxBytes: number, depth: number): number | undefined {
  let total = 2;
  for (const item of items) {
    const size = estimateBytes(item, maxBytes - total, depth + 1);
    if (size === undefined) return undefined;
    total += size + 1;
    if (total > maxBytes) return total;
  }
  return total;
}

function estimateObject(value: object, maxBytes: number, depth: number): number | undefined {
  let total = 2;
  for (const key in value) {
    const size = estimateBytes((value as Record<string, unknown>)[key], maxBytes - total, depth + 1);
    if (size === undefined) return undefined;
    total += key.length + 4 + size;
    if (total > maxBytes) return total;
  }
  return total;
}
