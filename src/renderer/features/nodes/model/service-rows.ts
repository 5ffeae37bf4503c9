/** A node's catalogue as the lines of a tree: services, and the methods of those that are open. */
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';

export type ServiceRow =
  | { readonly kind: 'service'; readonly key: string; readonly name: string; readonly count: number; readonly expanded: boolean }
  | { readonly kind: 'method'; readonly key: string; readonly entry: CatalogueEntry };

/**
 * The lines, services and methods from A.
 *
 * @param text only methods that hold every word of it in name or help; then every service that has one is open
 * @param closed keys of the services that a person has closed
 */
export function serviceRows(methods: readonly CatalogueEntry[], text: string, closed: ReadonlySet<string>): readonly ServiceRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = methods.filter(({ method, help }) => {
    const searched = `${method} ${help}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
  const services = new Map<string, CatalogueEntry[]>();
  for (const entry of found) services.set(entry.service, [...(services.get(entry.service) ?? []), entry]);
  return [...services]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .flatMap(([name, entries]): readonly ServiceRow[] => {
      const key = `${name}/`;
      const expanded = words.length > 0 || !closed.has(key);
      const service = { kind: 'service', key, name, count: entries.length, expanded } as const;
      if (!expanded) return [service];
      const sorted = [...entries].sort((a, b) => a.method.localeCompare(b.method, 'en'));
      return [service, ...sorted.map((entry) => ({ kind: 'method', key: entry.method, entry }) as const)];
    });
}
