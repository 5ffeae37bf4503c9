import type { ColorToken } from '../theme.ts';

/** The value a token has now, for canvas drawing. */
export function readToken(token: ColorToken): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--sb-${token}`).trim();
}

/** Calls back after the colour scheme has changed and its variables are in force; returns how to stop. */
export function onSchemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(() => requestAnimationFrame(listener));
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
  return () => observer.disconnect();
}
