"""
A gateway as the first system has it (seed 5): `gateway.py TOKEN SECRET [CERTIFICATE KEY]`. Says its ports in a line of JSON, then what happens.
Written from the documents alone; it shares no code with what it is tested against. Standard library alone.
"""

import asyncio
import hashlib
import hmac
import json
import ssl
import sys
import time
import uuid

import envelope
import web_socket

HEAD_SECONDS = 10
SKEW_SECONDS = 60

sessions = {}
in_flight = {}
nonces = set()


def say(event, **facts):
    print(json.dumps({'event': event, **facts}), flush=True)


def refusal(request, token, secret):
    """Why an agent may not come in; None when it may."""
    signed = f"{request['token']}{request['timestamp']}{request['nonce']}"
    expected = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    if request['token'] != token or not hmac.compare_digest(expected, request['signature']):
        return 'The token or its signature is wrong.'
    if abs(time.time() - request['timestamp']) > SKEW_SECONDS:
        return 'The timestamp is too far from the time here.'
    if request['nonce'] in nonces:
        return 'The nonce was used before.'
    nonces.add(request['nonce'])
    return None


async def serve_agent(reader, writer, token, secret):
    socket = await web_socket.accept(reader, writer)
    agent_id = None
    try:
        kind, request = envelope.decode(await socket.receive())
        reason = refusal(request, token, secret) if kind == envelope.CONNECT else 'The first message is not a ConnectRequest.'
        if reason is not None:
            say('refused', reason=reason)
            await socket.send(envelope.encode(envelope.CONNECT_ERROR, code='UNAUTHORIZED', message=reason))
            return
        agent_id = request['agent_id']
        sessions[agent_id] = socket
        say('session', agent=agent_id)
        while True:
            kind, message = envelope.decode(await socket.receive())
            if kind == envelope.CONTROL and message['type'] == envelope.PING:
                await socket.send(envelope.encode(envelope.CONTROL, type=envelope.PONG, payload=message['payload']))
            elif kind in (envelope.RESPONSE, envelope.DATA, envelope.CLOSE) and message['id'] in in_flight:
                await in_flight[message['id']].put((kind, message))
            elif kind not in (envelope.CONTROL, envelope.RESPONSE, envelope.DATA, envelope.CLOSE):
                say('unexpected', kind=kind)
    except web_socket.Closed:
        say('gone', agent=agent_id)
    finally:
        if sessions.get(agent_id) is socket:
            del sessions[agent_id]
        socket.close()


async def serve_client(reader, writer):
    """One request a connection."""
    try:
        head = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1').split('\r\n')
        method, path, _ = head[0].split(' ')
        headers = dict(line.split(': ', 1) for line in head[1:] if ': ' in line)
        by_name = {name.lower(): value for name, value in headers.items()}
        body = await reader.readexactly(int(by_name.get('content-length', 0)))
        await answer(writer, method, path, headers, by_name['host'].split('.')[0], body)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        say('client gone', message=str(error))
    finally:
        writer.close()


async def answer(writer, method, path, headers, agent_id, body):
    socket = sessions.get(agent_id)
    if socket is None:
        return refuse(writer, '404 Not Found', 'Agent not found')
    request_id = str(uuid.uuid4())
    queue = in_flight[request_id] = asyncio.Queue(64)
    try:
        await socket.send(
            envelope.encode(envelope.REQUEST, id=request_id, method=method, path=path, headers=headers, body=body)
        )
        try:
            kind, message = await asyncio.wait_for(queue.get(), HEAD_SECONDS)
        except asyncio.TimeoutError:
            return refuse(writer, '504 Gateway Timeout', 'No answer in time')
        if kind != envelope.RESPONSE:
            return refuse(writer, '502 Bad Gateway', 'The agent closed the request')
        names = {name.lower() for name in message['headers']}
        lines = [f"HTTP/1.1 {message['status']} Tunnel", 'Connection: close']
        lines += [f'{name}: {value}' for name, value in message['headers'].items() if name.lower() not in ('connection', 'transfer-encoding')]
        chunked = 'content-length' not in names and method != 'HEAD' and message['status'] not in (204, 304)
        if chunked:
            lines.append('Transfer-Encoding: chunked')
        writer.write(('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1'))
        write = (lambda piece: writer.write(b'%x\r\n%s\r\n' % (len(piece), piece))) if chunked else writer.write
        if message['body']:
            write(message['body'])
        while True:
            kind, message = await queue.get()
            if kind == envelope.CLOSE:
                break
            write(message['chunk'])
            await writer.drain()
        if chunked:
            writer.write(b'0\r\n\r\n')
        await writer.drain()
    finally:
        del in_flight[request_id]


def refuse(writer, status, text):
    writer.write(f'HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}'.encode())


async def main(token, secret, certificate=None, key=None):
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    agents = await asyncio.start_server(lambda r, w: serve_agent(r, w, token, secret), '127.0.0.1', 0, ssl=context)
    clients = await asyncio.start_server(serve_client, '127.0.0.1', 0)
    say('listening', agents=agents.sockets[0].getsockname()[1], clients=clients.sockets[0].getsockname()[1])
    await asyncio.gather(agents.serve_forever(), clients.serve_forever())


asyncio.run(main(*sys.argv[1:]))
