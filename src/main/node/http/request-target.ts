/** The target of a request line, taken apart without following dot segments. */
export interface RequestTarget {
  /** As written, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Undefined for anything but an absolute path (`*`, `http://…`). */
export function splitTarget(url: string | undefined): RequestTarget | undefined {
  if (url === undefined || !url.startsWith('/') || url.startsWith('//')) return undefined;
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}
