import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { SignalboxError } from '../../../src/common/errors.ts';
import { toFrame } from '../../../src/main/node/links/frames.ts';
import { createThrowawayCertificate, type Link, linkLimits } from '../../../src/main/node/links/index.ts';
import { SessionReceiver, SessionSender } from '../../../src/main/node/trust/session/index.ts';
import { dial, linkNode, openDoor } from '../../helpers/link-fixture.ts';

const alice = linkNode(1);
const bob = linkNode(2);
const refusedAs = (code: string) => expect.objectContaining({ code });

/** What comes over a link, one after another. */
function listenTo(link: Link) {
  const messages: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  const ended = new Promise<SignalboxError>((resolve) => {
    link.start({
      message: (bytes) => {
        const text = bytes.toString();
        const waiter = waiting.shift();
        if (waiter === undefined) messages.push(text);
        else waiter(text);
      },
      ended: resolve,
    });
  });
  return {
    ended,
    next: (): Promise<string> => {
      const first = messages.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
  };
}

test('two nodes prove who they are, agree on keys and pass messages both ways', async () => {
  const door = await openDoor(bob);
  const dialled = await dial(alice, door.port, { publicKey: bob.identity.publicKey });
  const accepted = await door.nextLink();
  expect(dialled.peer.hello.publicKey).toEqual(bob.identity.publicKey);
  expect(accepted.peer.hello.publicKey).toEqual(alice.identity.publicKey);
  expect(dialled.peer).toMatchObject({ roles: 5, rolesThere: 5, sessionId: accepted.peer.sessionId });
  const sealed = new SessionSender(dialled.peer.keys).seal('sealed', Buffer.from('under shared keys'), Date.now(), 10);
  const clock = { nowMs: Date.now(), offsetMs: dialled.peer.clockOffsetMs };
  expect(Buffer.from(new SessionReceiver(accepted.peer.keys).open(sealed, clock)).toString()).toBe('under shared keys');
  const here = listenTo(dialled);
  const there = listenTo(accepted);
  dialled.send(Buffer.from('from alice'));
  accepted.send(Buffer.alloc(1_000_000, 'b'));
  expect(await there.next()).toBe('from alice');
  expect(await here.next()).toHaveLength(1_000_000);
  expect(door.door.pending).toBe(0);

  dialled.close(new SignalboxError('REVOKED', 'Removed by ada.'));
  expect(await there.ended).toMatchObject({ code: 'REVOKED', message: 'Removed by ada.' });
  expect(() => dialled.send(Buffer.from('late'))).toThrow(refusedAs('NODE_LOST'));
});

test('row 1: what does not speak TLS is closed and counted', async () => {
  const door = await openDoor(bob);
  const socket = connectTcp(door.port, '127.0.0.1');
  socket.end('GET / HTTP/1.1\r\n\r\n');
  await once(socket.resume(), 'close');
  await expect.poll(() => door.door.refused).toBe(1);
});

test('row 2: an older TLS, or another protocol over the right one, is refused', async () => {
  const door = await openDoor(bob);
  const old = connect({ port: door.port, maxVersion: 'TLSv1.2', rejectUnauthorized: false, ALPNProtocols: ['sgbx/1'] });
  await once(old, 'error');
  const other = connect({ port: door.port, rejectUnauthorized: false });
  other.on('error', () => undefined);
  await once(other.resume(), 'close');
  await expect.poll(() => door.door.refused).toBe(2);
});

test('row 3: who sends nothing, or a byte now and then, is closed when the time of the whole handshake is over', async () => {
  const door = await openDoor(bob, { handshakeMs: 1_000 });
  const silent = connectTcp(door.port, '127.0.0.1');
  const dripping = connect({ port: door.port, rejectUnauthorized: false, ALPNProtocols: ['sgbx/1'] });
  dripping.on('error', () => undefined);
  let drip: NodeJS.Timeout | undefined;
  dripping.once('secureConnect', () => {
    drip = setInterval(() => dripping.write('\0'), 50);
  });
  // A byte that meets the closed connection resets it: that is an end, too.
  const closed = new Promise((resolve) => dripping.resume().once('close', resolve));
  await Promise.all([once(silent.resume(), 'close'), closed]);
  clearInterval(drip);
  await expect.poll(() => door.door.pending).toBe(0);
  expect(door.door.refused).toBe(2);
});

test('row 4: few connections of one address wait at once, and a member still gets in when they are gone', async () => {
  const door = await openDoor(bob);
  const sockets = Array.from({ length: 50 }, () =>
    connectTcp(door.port, '127.0.0.1')
      .on('error', () => undefined)
      .resume(),
  );
  await expect.poll(() => sockets.filter(({ destroyed }) => destroyed).length).toBe(50 - linkLimits.pendingPerAddress);
  expect(door.door.pending).toBe(linkLimits.pendingPerAddress);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => door.door.refused).toBe(50);
  const link = await dial(alice, door.port);
  expect(link.isOpen).toBe(true);
  link.close(new SignalboxError('CANCELLED', 'The test is over.'));
});

test('row 5: a hello of 4 GiB, or more than 16 KiB, is refused from its length', async () => {
  const door = await openDoor(bob);
  for (const head of ['ffffffff', '00004001']) {
    const socket = await openTls(door.port);
    socket.write(Buffer.from(head, 'hex'));
    await once(socket.resume(), 'close');
  }
  await expect.poll(() => door.door.refused).toBe(2);
});

test('rows 18 and 19 inside the door: a hello that is no hello is refused with its reason', async () => {
  const door = await openDoor(bob);
  for (const [text, code] of [
    ['nonsense', 'BAD_REQUEST'],
    ['{"v":2}', 'VERSION'],
    ['{"v":1,"v":1}', 'INVALID_PARAMS'],
    [`{"v":1,"pk":"${'A'.repeat(43)}"}`, 'INVALID_PARAMS'],
  ] as const) {
    const socket = await openTls(door.port);
    socket.write(toFrame(Buffer.from(text)));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).subarray(4).toString()).toContain(`"code":"${code}"`);
  }
});

test('row 7: one who opens TLS between the nodes is found out by both', async () => {
  const door = await openDoor(bob);
  const port = await middleman(door.port);
  await expect(dial(alice, port, { publicKey: bob.identity.publicKey })).rejects.toEqual(refusedAs('CHANNEL_BINDING'));
  await expect.poll(() => JSON.stringify(door.lines)).toContain('CHANNEL_BINDING');
});

test('row 8: another node at the address of the one that was dialled', async () => {
  const door = await openDoor(bob);
  await expect(dial(alice, door.port, { publicKey: linkNode(9).identity.publicKey })).rejects.toEqual(refusedAs('PIN'));
});

test('row 10: a node that dials itself', async () => {
  const door = await openDoor(bob);
  await expect(dial(bob, door.port)).rejects.toEqual(refusedAs('SELF'));
});

test('row 11: stranger, revoked member and node of another cluster are each told which', async () => {
  const stranger = linkNode(3);
  const removed = linkNode(4);
  const door = await openDoor(linkNode(2, { members: [alice.identity.publicKey], revoked: [removed.identity.publicKey] }));
  await expect(dial(stranger, door.port)).rejects.toEqual(refusedAs('NOT_MEMBER'));
  await expect(dial(removed, door.port)).rejects.toMatchObject({ code: 'REVOKED', message: expect.stringContaining('removed') });
  await expect(dial(linkNode(5, { cluster: new Uint8Array(32).fill(7) }), door.port)).rejects.toEqual(refusedAs('WRONG_CLUSTER'));
  const link = await dial(alice, door.port);
  link.close(new SignalboxError('CANCELLED', 'The test is over.'));
});

test('row 13: a node that answers no heartbeat is given up', async () => {
  const door = await openDoor(bob);
  const dialled = await dial(alice, door.port, { limits: { heartbeatMs: 20, missedHeartbeats: 3 } });
  const here = listenTo(dialled);
  // The other side reads nothing: its link is never started.
  await door.nextLink();
  expect(await here.ended).toMatchObject({ code: 'NODE_LOST' });
});

test('a node that answers heartbeats stays, and its round trip is known', async () => {
  const door = await openDoor(bob);
  const dialled = await dial(alice, door.port, { limits: { heartbeatMs: 20 } });
  const here = listenTo(dialled);
  const there = listenTo(await door.nextLink());
  await expect.poll(() => dialled.rttMs).toBeGreaterThan(0);
  dialled.send(Buffer.from('still here'));
  expect(await there.next()).toBe('still here');
  dialled.close(new SignalboxError('CANCELLED', 'The test is over.'));
  expect(await here.ended).toMatchObject({ code: 'CANCELLED' });
});

test('row 12: what is sent to a node that does not read is refused at the bound', async () => {
  const door = await openDoor(bob);
  const dialled = await dial(alice, door.port, { limits: { pausedBytes: 100_000 } });
  listenTo(dialled);
  await door.nextLink();
  const message = Buffer.alloc(50_000);
  expect(() => {
    for (let n = 0; n < 1_000; n++) dialled.send(message);
  }).toThrow(refusedAs('OVERLOADED'));
});

test('row 12: an answer passes while other messages wait, relayed ones do not, and what is never read ends the link', async () => {
  const door = await openDoor(bob);
  const limits = { pausedBytes: 100_000, unsentBytes: 400_000, heartbeatMs: 50, missedHeartbeats: 1_000, pausedMs: 100 };
  const dialled = await dial(alice, door.port, { limits });
  const here = listenTo(dialled);
  // It takes nothing: the test never starts it.
  await door.nextLink();
  const message = Buffer.alloc(50_000);
  expect(() => {
    for (let n = 0; n < 1_000; n++) dialled.sendRelayed(message);
  }).toThrow(refusedAs('OVERLOADED'));
  expect(dialled.isPaused).toBe(true);
  dialled.sendAwaited(message);
  expect(dialled.isOpen).toBe(true);
  // The two kernels between them take some of it yet.
  const filling = setInterval(() => {
    while (dialled.isOpen && !dialled.isPaused) dialled.send(message);
  }, 5);
  expect(await here.ended).toMatchObject({ code: 'OVERLOADED' });
  clearInterval(filling);
});

test('row 12: more than may ever wait ends the link at once, and what waited leaves when it is read', async () => {
  const door = await openDoor(bob);
  const limits = { pausedBytes: 100_000, unsentBytes: 400_000 };
  const dialled = await dial(alice, door.port, { limits });
  const drained = new Promise<void>((resolve) => {
    dialled.start({ message: () => undefined, ended: () => undefined, drained: resolve });
  });
  const accepted = await door.nextLink();
  const message = Buffer.alloc(50_000);
  while (!dialled.isPaused) dialled.send(message);
  listenTo(accepted);
  await drained;
  expect(dialled.isPaused).toBe(false);

  const unread = await dial(alice, door.port, { limits });
  const end = listenTo(unread).ended;
  await door.nextLink();
  expect(() => {
    for (let n = 0; n < 1_000; n++) unread.sendAwaited(message);
  }).toThrow(refusedAs('NODE_LOST'));
  expect(await end).toMatchObject({ code: 'OVERLOADED' });
});

test('nobody at the address, and what is no node', async () => {
  const free = createTcpServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as { port: number };
  free.close();
  await once(free, 'close');
  await expect(dial(alice, port)).rejects.toEqual(refusedAs('NODE_UNREACHABLE'));
  const web = createServer({ ...(await createThrowawayCertificate()) }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  onTestFinished(() => void web.close());
  await expect(dial(alice, (web.address() as { port: number }).port)).rejects.toEqual(refusedAs('NODE_UNREACHABLE'));
});

async function openTls(port: number): Promise<TLSSocket> {
  const socket = connect({ port, rejectUnauthorized: false, ALPNProtocols: ['sgbx/1'] });
  await once(socket, 'secureConnect');
  return socket;
}

/** Ends TLS on both sides and passes on what it reads, as a proxy that inspects traffic does. Returns its port. */
async function middleman(port: number): Promise<number> {
  const server = createServer({ ...(await createThrowawayCertificate()), ALPNProtocols: ['sgbx/1'] }, (near) => {
    const far = connect({ port, rejectUnauthorized: false, ALPNProtocols: ['sgbx/1'] });
    near.on('error', () => undefined).pipe(far);
    far.on('error', () => undefined).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}
