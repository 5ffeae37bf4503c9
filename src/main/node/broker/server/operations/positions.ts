import { runCommand } from './commands.ts';
import type { Handler } from './context.ts';
import { findLedQueue, findQueue, requireRole } from './queue-lookup.ts';

const mostPositions = 500;

/** `COMMIT`: a client has dealt with everything up to a position; it never moves back. */
export const commit: Handler<'COMMIT'> = ({ engine }, { queue_name, client_id: clientId, position }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  requireRole(call, 'operator', 'move a position');
  requireRole(call, queue.options.readRole, `read ${queue.name}`);
  runCommand(group, call, { type: 'commit', queueId: queue.queueId, clientId, position, timeMs: Date.now() }, (result, place) =>
    result.type === 'position' ? { fields: { position: result.position, ...place } } : undefined,
  );
};

/** `SEEK`: sets a position; the next message read is the one after it. */
export const seek: Handler<'SEEK'> = ({ engine }, { queue_name, client_id: clientId, position }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  runCommand(group, call, { type: 'seek', queueId: queue.queueId, clientId, position, timeMs: Date.now() }, (result, place) =>
    result.type === 'position' ? { fields: { position: result.position, ...place } } : undefined,
  );
};

/** `FORGET_CLIENT`: it begins with the oldest message when it comes back. */
export const forgetClient: Handler<'FORGET_CLIENT'> = ({ engine }, { queue_name, client_id: clientId }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  runCommand(group, call, { type: 'forgetClient', queueId: queue.queueId, clientId, timeMs: Date.now() }, () => ({ fields: {} }));
};

/** `POSITIONS`: how far each client has read, by client id, as far as this broker knows. */
export const positions: Handler<'POSITIONS'> = ({ engine }, { queue_name, after = '' }, call) => {
  const found = findQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  const all = group.driver.machine
    .positions(queue.queueId)
    .filter(({ clientId }) => clientId > after)
    .toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
  const shown = all.slice(0, mostPositions).map(({ clientId, position, updatedAtMs }) => ({
    client_id: clientId,
    position,
    lag: Math.max(0, queue.lastSequence - Math.max(position, queue.firstSequence - 1)),
    updated_at_ms: updatedAtMs,
  }));
  call.answer({ fields: { positions: shown, complete: all.length <= mostPositions } });
};
