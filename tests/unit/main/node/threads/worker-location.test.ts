import { expect, test } from 'vitest';
import { workerUrl } from '../../../../../src/main/node/threads/index.ts';

test('a worker is found unbuilt, built, and from a chunk', () => {
  expect(workerUrl('store-worker', 'file:///p/src/main/node/store/worker-store.ts').href).toBe(
    'file:///p/src/main/node/store/store-worker.ts',
  );
  expect(workerUrl('store-worker', 'file:///p/out/main/index.js').href).toBe('file:///p/out/main/store-worker.js');
  expect(workerUrl('store-worker', 'file:///p/out/main/chunks/node-1a2b.js').href).toBe('file:///p/out/main/store-worker.js');
});
