import { createContext, useContext } from 'react';
import { allows } from '../../../common/roles.ts';
import type { Rights } from './queue-actions.ts';

/** What the person at this console may do. */
export const RightsContext = createContext<Rights>({ roles: [], connected: false });

export function useRights(): Rights {
  return useContext(RightsContext);
}

/** Whether the person may make a queue now. */
export function useMayCreate(): boolean {
  const { roles, connected } = useRights();
  return connected && allows(roles, 'operator');
}
