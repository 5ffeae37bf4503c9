import { isErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { OperationRefusal } from '../../broker/broker-face.ts';

/** What somebody does who wants queues and has no broker. */
export const howToTurnOn =
  'Turn one on with the setting broker.enabled, in the console under Queues or with: signalbox config set broker.enabled=true';

/** Nothing that can be reached keeps queues. */
export function noBroker(): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `No queue broker runs on this node or on another that it can reach. ${howToTurnOn}`, {
    executed: 'no',
    data: { reason: 'brokerOff' },
  });
}

/** A broker's refusal as the error of a method. */
export function errorOf({ code, message, leader, executed, retry_after_ms: retryAfterMs, data: detail }: OperationRefusal): SignalboxError {
  const known = isErrorCode(code) ? code : 'INTERNAL';
  const data = {
    ...(typeof detail === 'object' && detail),
    ...(leader !== undefined && { leader: leader === null ? null : { brokerId: leader.broker_id, nodeId: leader.node_id ?? null } }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(known !== code && { unknownCode: code }),
  };
  return new SignalboxError(known, message, {
    executed: executed === 'maybe' || executed === 'yes' ? executed : maybeExecuted.has(code) ? 'maybe' : 'no',
    ...(Object.keys(data).length > 0 && { data }),
  });
}

/** Refusals that leave it open whether what was asked for happens yet. */
const maybeExecuted: ReadonlySet<string> = new Set(['TIMEOUT', 'INTERNAL']);
