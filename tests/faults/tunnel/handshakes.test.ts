/** Sign-ins of the first system that somebody has heard and says again (security.md row 53); those of today are bound to their connection. */
import { expect, test } from 'vitest';
import { type ConnectRequest, emptyBytes, encodeFrame, legacySignature } from '../../../src/main/node/tunnel/protocol/index.ts';
import { startGateway, testKey } from '../../helpers/gateway-fixture.ts';
import { firstRequest, openDoor } from '../../helpers/tunnel-agent.ts';

/** Whether a sign-in is taken: the heartbeat behind it is answered. */
async function isTaken(url: string, request: ConnectRequest): Promise<boolean> {
  const door = await openDoor(url, 'legacy');
  door.socket.send(encodeFrame(request, 'legacy'));
  door.socket.send(encodeFrame({ type: 'ping', payload: emptyBytes }, 'legacy'));
  return (await door.next())?.type === 'pong';
}

test('a sign-in is good once, also for a gateway that has started again in between', async () => {
  const { gateway, url } = await startGateway();
  const { request } = firstRequest(testKey);
  expect(await isTaken(url, request)).toBe(true);
  expect(await isTaken(url, request)).toBe(false);
  expect(await isTaken(url, { ...request, agentId: 'press-08' })).toBe(false);
  await gateway.stop();
  // Its time is told in whole seconds: as long as that second lasts, nobody can tell whether it was signed before the start.
  await expect.poll(() => Date.now()).toBeGreaterThanOrEqual((request.timestamp + 1) * 1_000);
  const again = await startGateway();
  expect(await isTaken(again.url, request)).toBe(false);
  expect(await isTaken(again.url, firstRequest(testKey).request)).toBe(true);
});

test('digits moved between time and nonce, which are signed without anything in between, make no other sign-in', async () => {
  const { url } = await startGateway();
  const { request } = firstRequest(testKey, { nonce: '7abcdefghijklmnopqrstuv' });
  const { timestamp, nonce, signature, token } = request;
  const moved = { timestamp: timestamp * 10 + 7, nonce: nonce.slice(1) };
  expect(legacySignature(testKey.secret, { token, timestampSeconds: moved.timestamp, nonce: moved.nonce })).toBe(signature);
  expect(await isTaken(url, request)).toBe(true);
  expect(await isTaken(url, { ...request, ...moved })).toBe(false);
});
