import type { TunnelRequestDetail } from '../contract/tunnels.ts';

/** Ordered, as they were sent; a name may come twice. */
export type HeaderList = TunnelRequestDetail['requestHeaders'];

/** Value of the first header of a name. @param name in lower case */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1];
}
