/**
 * Takes secrets and unserialisable things out of log fields.
 *
 * pino's own redaction works on listed paths of the written line. Here the same cleaned value goes to the file, to the ring
 * behind `logs.tail` and out live on `/logging/{name}`, and secrets are found at any depth; so it is done once, before pino.
 */
const redacted = '[redacted]';
const maxDepth = 6;
const maxEntries = 64;
const maxTextLength = 4_096;

/** Key names, lower case without separators, whose values never reach a log. */
const secretKeys: ReadonlySet<string> = new Set([
  'password',
  'passwordsha256',
  'passwordhash',
  'passphrase',
  'token',
  'accesstoken',
  'refreshtoken',
  'clitoken',
  'secret',
  'clientsecret',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'apikey',
  'privatekey',
  'wrappedseed',
  'sessionid',
]);

/** Tokens in a URL or a form are secrets too, wherever the text stands. */
const secretInText = /([?&](?:token|access_token|refresh_token|password|setup)=)[^&\s"']+|(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi;

function isSecretKey(key: string): boolean {
  return secretKeys.has(key.toLowerCase().replaceAll(/[-_]/g, ''));
}

/** Removes tokens from a text and cuts it to a length that a log line can carry. */
export function redactText(text: string): string {
  const cut = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}… (${text.length} characters)` : text;
  return cut.replace(secretInText, (_match, query: string | undefined, bearer: string | undefined) => `${query ?? bearer}${redacted}`);
}

/** A plain copy without secrets: bounded in depth, entries and text length; errors, bytes and dates made readable. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copyObject(fields, maxDepth);
}

function copy(value: unknown, depthLeft: number): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : copyReference(value, depthLeft);
    case 'undefined':
      return null;
    default:
      return String(value);
  }
}

function copyReference(value: object, depthLeft: number): unknown {
  if (value instanceof Error) return copyError(value, depthLeft);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (depthLeft === 0) return Array.isArray(value) ? '[…]' : '{…}';
  if (Array.isArray(value)) {
    const items = value.slice(0, maxEntries).map((item) => copy(item, depthLeft - 1));
    if (value.length > maxEntries) items.push(`… (${value.length} items)`);
    return items;
  }
  return copyObject(value as Record<string, unknown>, depthLeft - 1);
}

function copyObject(value: Readonly<Record<string, unknown>>, depthLeft: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    if (value[key] === undefined || key === '__proto__') continue;
    if (++count > maxEntries) {
      result['…'] = `${Object.keys(value).length} keys`;
      break;
    }
    result[key] = isSecretKey(key) ? redacted : copy(value[key], depthLeft);
  }
  return result;
}

function copyError(error: Error & { readonly code?: unknown }, depthLeft: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(error.message),
    ...(error.code !== undefined && { code: copy(error.code, 0) }),
    ...(error.stack !== undefined && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && depthLeft > 0 && { cause: copy(error.cause, depthLeft - 1) }),
  };
}
