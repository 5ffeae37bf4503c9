import type { joiningContract } from '../../../common/contract/joining.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Handlers } from '../router/types.ts';
import { requireHere } from './members.ts';

const noRequest = () => new SignalboxError('NOT_FOUND', 'No node waits here to be let in.', { executed: 'no' });

/** Finding other nodes, asking them, and letting nodes in that ask. */
export function createJoiningService(): Handlers<keyof typeof joiningContract> {
  return {
    'membership.nearby': () => ({ state: 'off', detail: null, advertised: false, nodes: [] }),
    'membership.ask': (_params, { principal }) => {
      requireHere(principal);
      throw new SignalboxError('CONFLICT', 'This node cannot ask without a code. Join with a code.', { executed: 'no' });
    },
    'membership.accept': () => {
      throw noRequest();
    },
    'membership.requests': () => ({ requests: [] }),
    'membership.admit': () => {
      throw noRequest();
    },
    'membership.refuse': () => {
      throw noRequest();
    },
  };
}
