import { SignalboxError } from '../../../common/errors.ts';

/** What somebody does who wants queues and has no broker. */
export const howToTurnOn =
  'Turn one on with the setting broker.enabled, in the console’s Queues or with: signalbox config set broker.enabled=true';

/** Nothing that can be reached keeps queues. */
export function noBroker(): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `No queue broker runs on this node or on another that it can reach. ${howToTurnOn}`, {
    executed: 'no',
    data: { reason: 'brokerOff' },
  });
}

/** The act is one of this node's own broker, which does not run. @param detail why, for people; empty: it is off */
export function brokerDoesNotRun(detail: string): SignalboxError {
  const why = detail === '' ? 'is off' : `does not run: ${detail}`;
  return new SignalboxError('CONFLICT', `The queue broker of this node ${why}. ${howToTurnOn}`, {
    executed: 'no',
    data: { reason: 'brokerOff' },
  });
}
