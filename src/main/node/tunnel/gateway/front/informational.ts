import type { ServerResponse } from 'node:http';
import type { ResponseHead } from '../../link/types.ts';
import { checkHead } from './response-head.ts';

/** What Node takes as a link of an early hint; it throws on others. */
const link = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(?:"[^"]*"|[^;"\s]+))?)*$/;

/** Sends what a service says before its answer, as far as a client of HTTP/1.1 has a use for it; 100 is another matter. */
export function passInformational(
  response: ServerResponse,
  head: ResponseHead,
  bounds: { readonly headers: number; readonly headBytes: number },
): void {
  if (response.req.httpVersionMinor === 0) return;
  if (head.status === 102) response.writeProcessing();
  const links = head.status === 103 ? earlyLinks(head, bounds) : [];
  if (links.length > 0) response.writeEarlyHints({ link: links });
}

/** @returns the links of a 103 answer that may be sent on */
function earlyLinks(head: ResponseHead, bounds: { readonly headers: number; readonly headBytes: number }): string[] {
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
