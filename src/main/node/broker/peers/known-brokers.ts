/** What brokers tell each other of whom they have met: a broker that shows different starts to different others is found out. */
import { z } from 'zod';
import { brokerIdPattern } from '../../../../common/contract/brokers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerRecord } from './peer-records.ts';

/** Those met last; a header holds no more. */
const mostTold = 256;

const schema = z.object({
  brokers: z
    .array(
      z.object({
        broker_id: z.string().regex(brokerIdPattern),
        node_id: z.string().min(1).max(64),
        incarnation: z.number().int().min(0),
        start_id: z.string().min(1).max(64).nullable(),
      }),
    )
    .max(mostTold),
});

export function knownBrokersHeader(records: readonly BrokerRecord[]): object {
  return {
    brokers: records.slice(-mostTold).map(({ brokerId, nodeId, incarnation, startId }) => ({
      broker_id: brokerId,
      node_id: nodeId,
      incarnation,
      start_id: startId,
    })),
  };
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function decodeKnownBrokers(header: unknown): readonly BrokerRecord[] {
  const parsed = schema.safeParse(header);
  if (!parsed.success) throw new SignalboxError('INVALID_PARAMS', 'The list of known brokers is not valid.', { executed: 'no' });
  return parsed.data.brokers.map((record) => ({
    brokerId: record.broker_id,
    nodeId: record.node_id,
    incarnation: record.incarnation,
    startId: record.start_id,
  }));
}
