import { SignalboxError } from '../../../common/errors.ts';
import { allows, type Principal } from '../../../common/roles.ts';

/** False when the filter is everything at once and the caller no operator (security.md row 20e). */
export function mayFollow(filter: string, principal: Principal): boolean {
  return !/^[^/]*(\/[+#])+$/.test(filter) || allows(principal.roles, 'operator');
}

/** @throws SignalboxError `FORBIDDEN` where {@link mayFollow} is false */
export function checkFilter(filter: string, principal: Principal): void {
  if (mayFollow(filter, principal)) return;
  throw new SignalboxError('FORBIDDEN', `Every topic at once (${filter}) needs the role operator. Name the first level of the topic.`, {
    executed: 'no',
  });
}
