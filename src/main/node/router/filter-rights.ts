import { SignalboxError } from '../../../common/errors.ts';
import { allows, type Principal } from '../../../common/roles.ts';

/** Everything at once, at one node or all (security.md row 20e). */
const everything = /^[^/]*(\/[+#])+$/;
/** Requests of strangers through the tunnels of a node: their paths are for those who may read `tunnels.requests`. */
const tunnelRequests = /^[^/]*\/(?:(?:tunnels|\+)\/|#)/;

/** What people did, entry by entry: for those who may call `ledger.list`. Its state, `/ledger`, is for everybody. */
const ledgerEntries = /^[^/]*\/ledger\/[^/]/;

/** What a filter takes in that is for operators alone; undefined: nothing. */
function guardedPart(filter: string): string | undefined {
  if (everything.test(filter)) return `Every topic at once (${filter})`;
  if (tunnelRequests.test(filter)) return `The topic ${filter}, which takes in requests through tunnels,`;
  return ledgerEntries.test(filter) ? `The topic ${filter}, which takes in entries of the ledger,` : undefined;
}

/** False when the filter is everything at once, or takes in requests through tunnels or entries of the ledger, and the caller is no operator. */
export function mayFollow(filter: string, principal: Principal): boolean {
  return guardedPart(filter) === undefined || allows(principal.roles, 'operator');
}

/** @throws SignalboxError `FORBIDDEN` where {@link mayFollow} is false */
export function checkFilter(filter: string, principal: Principal): void {
  if (mayFollow(filter, principal)) return;
  throw new SignalboxError('FORBIDDEN', `${guardedPart(filter)} needs the role operator. Name the first level of another topic.`, {
    executed: 'no',
  });
}
