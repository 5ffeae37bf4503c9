/** The sections of the Settings screen and which settings of the node each one has. */
import type { Setting } from '../../../../common/contract/config.ts';

export const sections = [
  'general',
  'appearance',
  'network',
  'federation',
  'trust',
  'users',
  'limits',
  'logs',
  'diagnostics',
  'audit',
  'shortcuts',
  'about',
] as const;
export type Section = (typeof sections)[number];

/** Who reads and who signs in is looked for under users, wherever the node keeps it. */
const signInKeys: ReadonlySet<string> = new Set([
  'node.localUserRole',
  'http.accessTokenTtlMs',
  'http.refreshTokenTtlMs',
  'http.maxSignInAttemptsPerMinute',
]);
const sectionByPrefix: Readonly<Record<string, Section>> = {
  http: 'network',
  links: 'network',
  federation: 'federation',
  limits: 'limits',
  logs: 'logs',
};

/** The section an address asks for; anything else is the first. */
export function sectionFrom(text: string | null): Section {
  return sections.find((section) => section === text) ?? 'general';
}

/** Where a setting of the node is shown. A setting of a later version has a place too. */
export function sectionOf({ key }: Pick<Setting, 'key'>): Section {
  if (signInKeys.has(key)) return 'users';
  return sectionByPrefix[key.split('.')[0] ?? ''] ?? 'general';
}

/** True when every word is in the text. */
export function matches(query: string, ...texts: readonly string[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
