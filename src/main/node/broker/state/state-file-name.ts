import { join } from 'node:path';
import type { GroupId } from '../core/types.ts';

/** Each group has a folder of its own, so that it can be looked at, copied and removed by itself. */
export function stateFileOf(folder: string, groupId: GroupId): string {
  return join(folder, 'groups', groupId, 'state.db');
}
