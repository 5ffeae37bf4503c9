/** A request as it is written to be sent again. */
import type { ParamsOf } from '../../../../common/contract/index.ts';
import { headerListSchema, type TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { bodyContent, type HeaderList } from '../../../../common/http-exchange/index.ts';

export interface ReplayForm {
  readonly method: string;
  readonly path: string;
  /** One `Name: value` a line. */
  readonly headers: string;
  readonly body: string;
}

export function replayFormOf({ method, path, requestHeaders, requestBody }: TunnelRequestDetail): ReplayForm {
  const content = requestBody === null ? undefined : bodyContent(requestBody, requestHeaders);
  return {
    method,
    path,
    headers: requestHeaders.map(([name, value]) => `${name}: ${value}`).join('\n'),
    body: content === undefined || content.binary ? '' : content.text,
  };
}

/** Whether the body of a request can be written as text: all of it was kept, and it is text. */
export function bodyIsEditable({ requestBody, requestHeaders }: TunnelRequestDetail): boolean {
  return requestBody === null || (!requestBody.truncated && !bodyContent(requestBody, requestHeaders).binary);
}

export type ReplayField = 'method' | 'path' | 'headers';

/** Params of `tunnels.replay` with what was changed, or what cannot be read. */
export function readReplay(
  before: TunnelRequestDetail,
  form: ReplayForm,
): { readonly params: ParamsOf<'tunnels.replay'> } | { readonly wrong: readonly ReplayField[] } {
  const wrong: ReplayField[] = [];
  const was = replayFormOf(before);
  const method = form.method.trim();
  if (!/^[A-Za-z!#$%&'*+.^_`|~-]{1,32}$/.test(method)) wrong.push('method');
  if (!/^\/\S*$/.test(form.path)) wrong.push('path');
  const headers = readHeaders(form.headers);
  if (headers === undefined) wrong.push('headers');
  if (wrong.length > 0 || headers === undefined) return { wrong };
  return {
    params: {
      requestId: before.requestId,
      ...(method !== was.method && { method }),
      ...(form.path !== was.path && { path: form.path }),
      ...(form.headers !== was.headers && { headers }),
      ...(form.body !== was.body && { bodyBase64: base64Of(form.body) }),
    },
  };
}

function readHeaders(text: string): HeaderList | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => {
    const colon = Math.max(0, line.indexOf(':'));
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as [string, string];
  });
  if (pairs.some(([name]) => !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name))) return undefined;
  const read = headerListSchema.safeParse(pairs);
  return read.success ? read.data : undefined;
}

function base64Of(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
