import { randomInt } from 'node:crypto';
import type { GroupId } from '../core/types.ts';
import type { QueueId } from '../machine/types.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Five random characters of `[A-Z0-9]` (wire.md 4). */
function fiveCharacters(): string {
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
}

export function newGroupId(): GroupId {
  return `G-${fiveCharacters()}`;
}

/** The group's five characters and five more: a client finds the group of a queue by its id. */
export function newQueueId(groupId: GroupId): QueueId {
  return `Q-${groupId.slice(2)}${fiveCharacters()}`;
}

/** Undefined for what is no queue id. */
export function groupOfQueue(queueId: string): GroupId | undefined {
  return /^Q-[A-Z0-9]{10}$/.test(queueId) ? `G-${queueId.slice(2, 7)}` : undefined;
}
