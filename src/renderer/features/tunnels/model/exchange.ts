/** What a request and its answer hold, as the inspector shows it. */
import type { TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { bodyContent, type CapturedBody, type HeaderList } from '../../../../common/http-exchange/index.ts';

/** Lower-case names of headers whose values were hidden. */
export function redactedNames({ redacted }: Pick<TunnelRequestDetail, 'redacted'>): ReadonlySet<string> {
  return new Set(redacted.map((name) => name.toLowerCase()));
}

/** One message of the exchange as HTTP/1.1 writes it; the place of a body that was not kept is marked by `gap`. */
export function rawMessage(head: string, headers: HeaderList, body: CapturedBody | null, gap: (sizeBytes: number) => string): string {
  const lines = [head, ...headers.map(([name, value]) => `${name}: ${value}`), ''];
  if (body === null) return lines.join('\n');
  const content = bodyContent(body, headers);
  return [...lines, content.binary ? gap(body.sizeBytes) : content.text].join('\n');
}
