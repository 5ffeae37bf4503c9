import { test } from 'vitest';
import { killPeers } from './killed-peers.ts';

const timeout = 90_000;

test('nothing acknowledged is lost, and nothing has its effect twice, when sender and receiver are killed', { timeout }, () =>
  killPeers(1, 100),
);
