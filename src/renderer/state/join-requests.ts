/** Nodes that wait to be let in at this node: shown wherever the admin is. */
import { create } from 'zustand';
import type { JoinRequestEntry } from '../../common/contract/joining.ts';

/** The oldest first; none while the person is no admin or the node leads no cluster. */
export const useJoinRequests = create<{ readonly requests: readonly JoinRequestEntry[] }>(() => ({ requests: [] }));
