/** What the RPC screen keeps in the person's workspace on the node, and how it is read back. */
import { z } from 'zod';
import { limits } from '../../../../common/limits.ts';
import { ownNode, requestTargetSchema, targetKey } from './target.ts';

/** What a person writes for one call. */
export const requestContentSchema = z.object({
  method: z.string().max(128),
  /** As written, so that a half-finished text survives. */
  text: z.string(),
  target: requestTargetSchema.default(ownNode),
  timeoutMs: z.number().int().min(1).max(limits.maxTimeoutMs).default(limits.defaultTimeoutMs),
});
export type RequestContent = z.infer<typeof requestContentSchema>;

export const savedRequestSchema = z.object({ name: z.string().min(1).max(120), content: requestContentSchema });
export type SavedRequest = z.infer<typeof savedRequestSchema>;

/** An open tab, kept as it is written. */
export const draftSchema = z.object({
  order: z.number(),
  savedId: z.string().optional(),
  content: requestContentSchema,
  /** What it is compared with to tell whether something is unsaved. */
  baseline: requestContentSchema,
});
export type Draft = z.infer<typeof draftSchema>;

export const historyEntrySchema = z.object({
  atMs: z.number(),
  content: requestContentSchema,
  outcome: z.enum(['ok', 'failed', 'cancelled']),
  code: z.string().nullable(),
  durationMs: z.number(),
  bytes: z.number().nullable(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const variableSchema = z.object({
  name: z.string().regex(/^[\w.-]{1,64}$/),
  value: z.string().max(10_000),
  secret: z.boolean().default(false),
});
export type Variable = z.infer<typeof variableSchema>;

export const variableSetSchema = z.object({ name: z.string().min(1).max(120), variables: z.array(variableSchema).max(200) });
export type VariableSet = z.infer<typeof variableSetSchema>;

/** What was open when the console was left. */
export const screenStateSchema = z.object({
  activeTabId: z.string().optional(),
  variableSetId: z.string().optional(),
  paramsView: z.enum(['json', 'form']).default('json'),
});
export type ScreenState = z.infer<typeof screenStateSchema>;

/** An item with the id under which it is kept. */
export type Kept<T> = T & { readonly id: string };

export interface ReadItems<T> {
  readonly data: readonly Kept<T>[];
  /** Ids of those that could not be read. They stay where they are. */
  readonly errors: readonly string[];
}

/** Reads items one by one, so that a broken one costs nothing but itself. */
export function readItems<T extends object>(
  items: readonly { readonly id: string; readonly value: unknown }[],
  damaged: readonly string[],
  schema: z.ZodType<T>,
): ReadItems<T> {
  const data: Kept<T>[] = [];
  const errors = [...damaged];
  for (const { id, value } of items) {
    const parsed = schema.safeParse(value);
    if (parsed.success) data.push({ ...parsed.data, id });
    else errors.push(id);
  }
  return { data, errors };
}

/** True when two requests are written the same. */
export function sameContent(a: RequestContent, b: RequestContent): boolean {
  return a.method === b.method && a.text === b.text && targetKey(a.target) === targetKey(b.target) && a.timeoutMs === b.timeoutMs;
}
