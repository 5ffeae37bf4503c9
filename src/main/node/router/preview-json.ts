/**
 * The first characters of a value's JSON text, without making the rest of it: a preview of a large payload costs as
 * little as that of a small one.
 */
export function previewJson(value: unknown, maxChars: number): string {
  if (maxChars <= 0) return '';
  return write(value, maxChars, 0).slice(0, maxChars);
}

const deepest = 16;

function write(value: unknown, room: number, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > room ? value.slice(0, room) : value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth >= deepest) return '…';
      return Array.isArray(value) ? writeArray(value, room, depth) : writeObject(value, room, depth);
    default:
      return 'null';
  }
}

function writeArray(items: readonly unknown[], room: number, depth: number): string {
  let text = '[';
  for (let index = 0; index < items.length && text.length < room; index++) {
    if (index > 0) text += ',';
    text += write(items[index], room - text.length, depth + 1);
  }
  return `${text}]`;
}

function writeObject(value: object, room: number, depth: number): string {
  let text = '{';
  for (const key in value) {
    if (text.length >= room) break;
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${write(item, room - text.length, depth + 1)}`;
  }
  return `${text}}`;
}
