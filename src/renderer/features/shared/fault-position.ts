/** Where in a filter the node found a fault: index of a character; undefined when it does not say. */
export function faultPosition(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if ('position' in data && typeof data.position === 'number') return data.position;
  if ('issues' in data && Array.isArray(data.issues)) return faultPosition(data.issues[0]);
  return undefined;
}
