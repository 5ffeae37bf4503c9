import type { Check } from '../../../common/contract/system.ts';

export type { Check };

/** What is the same of every check that found nothing to do. */
export function passed(id: Check['id'], title: string, detail: string | null = null): Check {
  return { id, state: 'pass', title, detail, fix: null, view: null };
}
