import { z } from 'zod';
import { defineService } from './define.ts';

export const workspaceKinds = ['request', 'history', 'draft', 'variables', 'view'] as const;
export type WorkspaceKind = (typeof workspaceKinds)[number];

const id = z.string().min(1).max(128);

export const workspaceItemSchema = z.object({
  kind: z.enum(workspaceKinds),
  id: z.string(),
  value: z.unknown(),
  updatedAt: z.number(),
});
export type WorkspaceItem = z.infer<typeof workspaceItemSchema>;

/** What a person keeps in the console, stored by the node so that desktop and browser see the same. */
export const workspaceContract = defineService({
  'workspace.list': {
    params: z.strictObject({ kind: z.enum(workspaceKinds), limit: z.number().int().min(1).max(500).default(200) }),
    result: z.object({
      items: z.array(workspaceItemSchema),
      damaged: z.array(z.string()).describe('Ids that could not be read; they are kept'),
      omitted: z.number().int().describe('Older items left out because the answer would be too large'),
    }),
    role: 'viewer',
    effect: 'read',
    help: "The caller's own saved requests, call history, drafts, variables or view settings, newest first.",
    quiet: true,
  },
  'workspace.put': {
    params: z.strictObject({ kind: z.enum(workspaceKinds), id, value: z.unknown() }),
    result: workspaceItemSchema,
    role: 'viewer',
    effect: 'write',
    help: "Keeps one of the caller's own items (256 KB at most; the oldest history goes first).",
    quiet: true,
  },
  'workspace.remove': {
    params: z.strictObject({ kind: z.enum(workspaceKinds), id: id.optional().describe('Absent: every item of the kind') }),
    result: z.object({ removed: z.number().int() }),
    role: 'viewer',
    effect: 'write',
    help: "Removes the caller's own items.",
    quiet: true,
  },
});
