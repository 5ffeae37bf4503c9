"""WebSocket (RFC 6455) over asyncio streams: binary messages both ways. Standard library alone."""

import asyncio
import base64
import hashlib
import os
import ssl

GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Closed(Exception):
    """The connection has ended; `code` is that of the close frame, None without one."""

    def __init__(self, code=None):
        super().__init__(f'closed with {code}')
        self.code = code


class WebSocket:
    def __init__(self, reader, writer, masks):
        self._reader, self._writer, self._masks = reader, writer, masks
        self._writing = asyncio.Lock()

    async def send(self, message, opcode=BINARY):
        """Waits while the other end takes nothing."""
        size = len(message)
        mask_bit = 0x80 if self._masks else 0
        if size < 126:
            head = bytes([0x80 | opcode, mask_bit | size])
        elif size < 65536:
            head = bytes([0x80 | opcode, mask_bit | 126]) + size.to_bytes(2, 'big')
        else:
            head = bytes([0x80 | opcode, mask_bit | 127]) + size.to_bytes(8, 'big')
        if self._masks:
            key = os.urandom(4)
            head, message = head + key, _masked(message, key)
        async with self._writing:
            self._writer.write(head + message)
            await self._writer.drain()

    async def receive(self):
        """The next binary message. Raises Closed."""
        parts = []
        while True:
            opcode, final, content = await self._frame()
            if opcode == PING:
                await self.send(content, PONG)
            elif opcode == CLOSE:
                raise Closed(int.from_bytes(content[:2], 'big') if content else None)
            elif opcode in (BINARY, TEXT, CONTINUATION):
                parts.append(content)
                if final:
                    return b''.join(parts)

    def close(self):
        self._writer.close()

    async def _frame(self):
        try:
            first, second = await self._reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(await self._reader.readexactly(2), 'big')
            elif size == 127:
                size = int.from_bytes(await self._reader.readexactly(8), 'big')
            key = await self._reader.readexactly(4) if second & 0x80 else None
            content = await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Closed() from None
        return first & 0x0F, bool(first & 0x80), _masked(content, key) if key else content


async def connect(url):
    """Dials ws:// or wss://; a certificate is taken as it is. Raises ConnectionError with the answer when it is no WebSocket."""
    scheme, rest = url.split('://')
    place, _, path = rest.partition('/')
    host, _, port = place.rpartition(':')
    context = None
    if scheme == 'wss':
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f'GET /{path} HTTP/1.1\r\nHost: {place}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
        f'Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n'.encode()
    )
    head = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1')
    if ' 101 ' not in head.split('\r\n')[0] or _accept(key) not in head:
        raise ConnectionError(head.split('\r\n')[0])
    return WebSocket(reader, writer, masks=True)


async def accept(reader, writer):
    """Answers the handshake of a client that has just connected."""
    head = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1')
    headers = dict(line.lower().split(': ', 1)[:1] + line.split(': ', 1)[1:] for line in head.split('\r\n')[1:] if ': ' in line)
    writer.write(
        b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
        + f'Sec-WebSocket-Accept: {_accept(headers["sec-websocket-key"])}\r\n\r\n'.encode()
    )
    await writer.drain()
    return WebSocket(reader, writer, masks=False)


def _accept(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def _masked(content, key):
    if not content:
        return content
    repeated = (key * (len(content) // 4 + 1))[:len(content)]
    return (int.from_bytes(content, 'big') ^ int.from_bytes(repeated, 'big')).to_bytes(len(content), 'big')
