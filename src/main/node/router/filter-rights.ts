import { SignalboxError } from '../../../common/errors.ts';
import { allows, type Principal } from '../../../common/roles.ts';

/** Everything at once, at one node or all (security.md row 20e). */
const everything = /^[^/]*(\/[+#])+$/;
/** Requests of strangers through the tunnels of a node: their paths are for those who may read `tunnels.requests`. */
const tunnelRequests = /^[^/]*\/(?:(?:tunnels|\+)\/|#)/;

/** False when the filter is everything at once, or takes in requests through tunnels, and the caller is no operator. */
export function mayFollow(filter: string, principal: Principal): boolean {
  return (!everything.test(filter) && !tunnelRequests.test(filter)) || allows(principal.roles, 'operator');
}

/** @throws SignalboxError `FORBIDDEN` where {@link mayFollow} is false */
export function checkFilter(filter: string, principal: Principal): void {
  if (mayFollow(filter, principal)) return;
  const what = everything.test(filter)
    ? `Every topic at once (${filter})`
    : `The topic ${filter}, which takes in requests through tunnels,`;
  throw new SignalboxError('FORBIDDEN', `${what} needs the role operator. Name the first level of another topic.`, { executed: 'no' });
}
