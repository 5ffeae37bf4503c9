import { test } from 'vitest';
import { killPeers } from './killed-peers.ts';

test('nothing acknowledged is lost, and nothing has its effect twice, over many kills of sender and receiver', () => killPeers(15, 400));
