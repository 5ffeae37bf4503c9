import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { runCli } from '../../../../src/main/cli/run.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

/** A node that cancels whatever it is asked, but for the first question of a command: who it is. @returns options of a command for it */
async function startCancellingNode(): Promise<readonly string[]> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { requestid, method } = JSON.parse(String(data));
      const answer =
        method === 'users.me'
          ? { status: 'success', data: {} }
          : { status: 'error', code: 'CANCELLED', message: 'The node is stopping.', retryable: true };
      socket.send(JSON.stringify({ type: 'rpc_response', requestid, serviceId: 'n1', ...answer }));
    }),
  );
  await once(server, 'listening');
  const tokenFile = join(await temporaryFolder(), 'token');
  await writeFile(tokenFile, 'secret');
  return ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--token-file', tokenFile];
}

test('a command that the node has cancelled says so: only the person at the terminal needs no word', async () => {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const code = await runCli(['cluster', 'members', ...(await startCancellingNode())], io);
  expect([code, String(io.stderr.read() ?? '')]).toEqual([1, 'CANCELLED: The node is stopping.\n']);
});
