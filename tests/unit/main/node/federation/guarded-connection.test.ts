import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { GuardedConnection } from '../../../../../src/main/node/federation/hub/guarded-connection.ts';

/** A socket that notes what reaches the system in one call. */
class NotedSocket extends Duplex {
  readonly calls: string[] = [];

  setNoDelay(): void {}

  setKeepAlive(): void {}

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.calls.push(chunk.toString());
    done();
  }

  override _writev(pieces: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.calls.push(pieces.map(({ chunk }) => chunk.toString()).join('+'));
    done();
  }
}

it('a connection of the hub passes a lone packet on at once, and joins those of a busy turn', async () => {
  const socket = new NotedSocket();
  const connection = new GuardedConnection(socket as unknown as Socket, () => undefined);
  const turnEnded = () => new Promise((resolve) => setImmediate(resolve));
  connection.write('1');
  expect(socket.calls).toEqual(['1']);
  connection.write('2');
  connection.write('3');
  expect(socket.calls).toEqual(['1']);
  await turnEnded();
  expect(socket.calls).toEqual(['1', '2+3']);
  // More are likely after a turn with several.
  connection.write('4');
  expect(socket.calls).toHaveLength(2);
  await turnEnded();
  expect(socket.calls).toEqual(['1', '2+3', '4']);
  connection.write('5');
  expect(socket.calls.at(-1)).toBe('5');
  connection.destroy();
});
