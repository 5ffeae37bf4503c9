import { closedBy } from '../../../../common/client/close-codes.ts';
import type { NodeEnd } from '../../../../common/client/memory-transport.ts';
import type { Principal } from '../../../../common/roles.ts';
import type { Router } from '../router.ts';
import type { RouterClient } from '../types.ts';

/** Joins the node's end of an in-memory pair to the router: callers in the same process, tests. */
export function attachMemory(router: Router, end: NodeEnd, options: { readonly principal: () => Principal | undefined }): RouterClient {
  const client = router.connect({
    kind: 'local',
    profile: 'current',
    principal: options.principal,
    sink: {
      bufferedBytes: 0,
      send: (message) => end.send(message),
      sendEvents: (events) => end.send(events.map((event) => event.message)),
      close: (code, reason) => {
        const { error, mayReconnect } = closedBy(code, reason);
        end.close(error, mayReconnect);
      },
    },
  });
  end.onMessage = (message) => client.receive(message);
  end.onClosed = () => client.closed();
  return client;
}
