import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import type { Danger } from '../../../app/actions/registry.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';

import { goesToMany, type RequestTarget } from './target.ts';

/**
 * How much is asked before a method is called (ui.md section 4). A destructive method that names what it destroys, that runs
 * in production or on several nodes asks to type its name; in production a change of several nodes is asked for too.
 */
export function dangerOf(
  entry: Pick<CatalogueEntry, 'effect' | 'params'> | undefined,
  environment: string | undefined,
  target: RequestTarget,
): Danger {
  if (entry === undefined || entry.effect === 'read') return 0;
  const many = goesToMany(target);
  const production = environment === 'prod';
  if (entry.effect === 'write') return many && production ? 2 : 1;
  const names = (entry.params as JsonSchema).required ?? [];
  return names.length > 0 || production || many ? 3 : 2;
}
