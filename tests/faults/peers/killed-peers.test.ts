import { test } from 'vitest';
import { killPeers } from './killed-peers.ts';

test('nothing acknowledged is lost, and nothing has its effect twice, when sender and receiver are killed', () => killPeers(1, 100));
