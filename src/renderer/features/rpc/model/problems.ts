/** Faults of params that the node named, and whether they still hold for what is written now. */
import { z } from 'zod';
import type { SignalboxError } from '../../../../common/errors.ts';
import { getAt, parsePointer } from '../../../design/data/json-pointer.ts';

export interface ParamIssue {
  /** JSON pointer. */
  readonly path: string;
  readonly message: string;
}

const issuesSchema = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) });

/** The faults that an `INVALID_PARAMS` answer names; none for other errors. */
export function issuesOf(error: SignalboxError | undefined): readonly ParamIssue[] {
  if (error?.code !== 'INVALID_PARAMS') return [];
  const parsed = issuesSchema.safeParse(error.data);
  return parsed.success ? parsed.data.issues : [];
}

/** Faults whose value is still the one that was sent: what has been changed since is not marked any more. */
export function openIssues(issues: readonly ParamIssue[], sent: unknown, now: unknown): readonly ParamIssue[] {
  return issues.filter(({ path }) => {
    const at = parsePointer(path);
    return JSON.stringify(getAt(sent, at)) === JSON.stringify(getAt(now, at));
  });
}
