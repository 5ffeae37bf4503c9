import { useSyncExternalStore } from 'react';

type RowVariable = '--sb-row' | '--sb-tree-row';

/** Reading a computed style makes the browser settle all styles first: once a density is enough. */
const known = new Map<string, number>();

function onDensityChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] });
  return () => observer.disconnect();
}

function read(variable: RowVariable): number {
  const key = `${document.documentElement.dataset.density ?? ''} ${variable}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const height = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue(variable));
  if (Number.isNaN(height)) return 24;
  known.set(key, height);
  return height;
}

/** The height in px that a row has in the density of now (look.md section 5). */
export function useRowHeight(variable: RowVariable): number {
  return useSyncExternalStore(onDensityChange, () => read(variable));
}
