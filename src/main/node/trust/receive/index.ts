/** What comes from other nodes: checked in a fixed order, the cheap things first. */
export {
  EnvelopeReceiver,
  type EnvelopeReceiverOptions,
  type Received,
  type ReceivedEnvelope,
  type RepeatedEnvelope,
} from './envelope-receiver.ts';
export { type Verdict, verdictOf } from './verdict.ts';
