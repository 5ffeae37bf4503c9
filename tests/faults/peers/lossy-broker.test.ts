import { test } from 'vitest';
import { sendOverLossyBroker } from './lossy-broker.ts';

test('every durable message is taken exactly once though 30 % of what carries them is lost', () => sendOverLossyBroker(20));
