import { createContext, useContext } from 'react';
import type { Rights } from './queue-actions.ts';

/** What the person at this console may do. */
export const RightsContext = createContext<Rights>({ roles: [], connected: false });

export function useRights(): Rights {
  return useContext(RightsContext);
}
