/** Saved requests as a file that people keep, share and put under version control. */
import { z } from 'zod';
import { type RequestContent, requestContentSchema, type SavedRequest } from './kept-items.ts';
import { withoutSecrets } from './secrets.ts';

const format = 'signalbox.requests';
const mostRequests = 1_000;

const fileSchema = z.object({ format: z.literal(format), version: z.literal(1), requests: z.array(z.unknown()).max(mostRequests) });
const fileRequestSchema = z.object({
  name: z.string().trim().min(1).max(120),
  method: requestContentSchema.shape.method.min(1),
  /** The params as JSON; as text where they are not JSON. */
  params: z.unknown().optional(),
  target: requestContentSchema.shape.target,
  timeoutMs: requestContentSchema.shape.timeoutMs,
});

/** The text of the file. Secret params are left out. */
export function writeRequestsFile(
  requests: readonly SavedRequest[],
  secretParamsOf: (content: RequestContent) => readonly string[],
): string {
  const written = requests.map(({ name, content }) => {
    const text = withoutSecrets(content.text, secretParamsOf(content)) ?? '';
    return { name, method: content.method, params: paramsOf(text), target: content.target, timeoutMs: content.timeoutMs };
  });
  return `${JSON.stringify({ format, version: 1, requests: written }, null, 2)}\n`;
}

function paramsOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Why a file, or one request in it, was not taken. */
export interface ImportError {
  /** Position in the file from 1; 0 is the file itself. */
  readonly position: number;
  readonly name: string | undefined;
  readonly problem: 'not-json' | 'not-requests' | 'bad-request';
  readonly detail: string;
}

export interface ImportedRequests {
  readonly data: readonly SavedRequest[];
  readonly errors: readonly ImportError[];
}

/**
 * Reads a file of requests. Good ones are taken, each bad one is named; nothing that exists is replaced: a name that is
 * taken gets a number.
 */
export function readRequestsFile(text: string, takenNames: readonly string[]): ImportedRequests {
  let raw: unknown;
  try {
    raw = JSON.parse(text) as unknown;
  } catch (error) {
    return { data: [], errors: [{ position: 0, name: undefined, problem: 'not-json', detail: String((error as Error).message) }] };
  }
  const file = fileSchema.safeParse(raw);
  if (!file.success) {
    return { data: [], errors: [{ position: 0, name: undefined, problem: 'not-requests', detail: firstIssue(file.error) }] };
  }
  const names = new Set(takenNames);
  const data: SavedRequest[] = [];
  const errors: ImportError[] = [];
  file.data.requests.forEach((item, index) => {
    const parsed = fileRequestSchema.safeParse(item);
    if (parsed.success) data.push({ name: freeName(parsed.data.name, names), content: contentOf(parsed.data) });
    else errors.push({ position: index + 1, name: nameOf(item), problem: 'bad-request', detail: firstIssue(parsed.error) });
  });
  return { data, errors };
}

function contentOf(request: z.infer<typeof fileRequestSchema>): RequestContent {
  const { method, params, target, timeoutMs } = request;
  const text = typeof params === 'string' ? params : JSON.stringify(params ?? {}, null, 2);
  return { method, text, target, timeoutMs };
}

/** The name, or the name with the first free number; takes it. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted} ${number}`;
  taken.add(name);
  return name;
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name.slice(0, 120) : undefined;
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
}
