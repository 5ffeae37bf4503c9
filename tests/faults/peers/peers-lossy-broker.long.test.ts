import { test } from 'vitest';
import { sendOverLossyBroker } from './lossy-broker.ts';

test('hundreds of durable messages are taken exactly once though 30 % of what carries them is lost', () => sendOverLossyBroker(600));
