import type { ResponseHead } from '../../link/types.ts';
import { checkHead } from './response-head.ts';

/** What Node takes as a link of an early hint; it throws on others. */
const link = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(?:"[^"]*"|[^;"\s]+))?)*$/;

/** @returns the links of a 103 answer that may be sent on */
export function earlyLinks(head: ResponseHead, bounds: { readonly headers: number; readonly headBytes: number }): string[] {
  const checked = checkHead(head, bounds, { httpVersionMinor: 1 });
  if (typeof checked === 'string') return [];
  const links: string[] = [];
  for (let at = 0; at < checked.headers.length; at += 2) {
    if (checked.headers[at]?.toLowerCase() !== 'link') continue;
    const values = (checked.headers[at + 1] as string).split(/,(?=\s*<)/).map((value) => value.trim());
    links.push(...values.filter((value) => link.test(value)));
  }
  return links;
}
