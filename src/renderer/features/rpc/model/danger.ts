import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import type { Danger } from '../../../app/actions/registry.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';

/**
 * How much is asked before a method is called (ui.md section 4). A destructive method that names what it destroys, or
 * that runs in production, asks to type its name.
 */
export function dangerOf(entry: Pick<CatalogueEntry, 'effect' | 'params'> | undefined, environment: string | undefined): Danger {
  if (entry === undefined || entry.effect === 'read') return 0;
  if (entry.effect === 'write') return 1;
  const names = (entry.params as JsonSchema).required ?? [];
  return names.length > 0 || environment === 'prod' ? 3 : 2;
}
