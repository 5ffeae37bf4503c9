"""
An agent as the first system has it (seed 5): `agent.py GATEWAY_URL AGENT_ID TOKEN SECRET HOST:PORT`. Writes a line of JSON for what happens.
Written from the documents alone; it shares no code with what it is tested against. Standard library alone.
"""

import asyncio
import hashlib
import hmac
import http.client
import json
import os
import sys
import time

import envelope
import web_socket

CHUNK_BYTES = 16_384
HEARTBEAT_SECONDS = 1


def say(event, **facts):
    print(json.dumps({'event': event, **facts}), flush=True)


def connect_request(agent_id, token, secret):
    timestamp, nonce = int(time.time()), os.urandom(16).hex()
    signature = hmac.new(secret.encode(), f'{token}{timestamp}{nonce}'.encode(), hashlib.sha256).hexdigest()
    return envelope.encode(
        envelope.CONNECT, agent_id=agent_id, token=token, timestamp=timestamp, nonce=nonce, signature=signature
    )


async def heartbeat(socket):
    while True:
        await socket.send(envelope.encode(envelope.CONTROL, type=envelope.PING, payload=b'beat'))
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def forward(socket, target, request):
    """Sends a request to the local service and its answer to the gateway, piece by piece as it comes."""
    service = http.client.HTTPConnection(target)
    in_thread = asyncio.to_thread
    try:
        await in_thread(service.request, request['method'], request['path'], request['body'] or None, request['headers'])
        answer = await in_thread(service.getresponse)
        headers = {}
        for name, value in answer.getheaders():
            headers[name] = f'{headers[name]}, {value}' if name in headers else value
        first = await in_thread(answer.read1, CHUNK_BYTES)
        await socket.send(envelope.encode(envelope.RESPONSE, id=request['id'], status=answer.status, headers=headers, body=first))
        while chunk := await in_thread(answer.read1, CHUNK_BYTES):
            await socket.send(envelope.encode(envelope.DATA, id=request['id'], chunk=chunk))
    except (OSError, http.client.HTTPException) as error:
        say('failed', id=request['id'], message=str(error))
        await socket.send(envelope.encode(envelope.RESPONSE, id=request['id'], status=502, body=str(error).encode()))
    finally:
        service.close()
        await socket.send(envelope.encode(envelope.CLOSE, id=request['id']))


async def main(url, agent_id, token, secret, target):
    socket = await web_socket.connect(url)
    await socket.send(connect_request(agent_id, token, secret))
    beating = asyncio.ensure_future(heartbeat(socket))
    running = set()
    accepted = False
    try:
        while True:
            kind, message = envelope.decode(await socket.receive())
            if kind == envelope.CONNECT_ERROR:
                say('refused', **message)
            elif kind == envelope.CONTROL:
                if message['type'] == envelope.PING:
                    await socket.send(envelope.encode(envelope.CONTROL, type=envelope.PONG, payload=message['payload']))
                elif not accepted:
                    accepted = True
                    say('accepted')
            elif kind == envelope.REQUEST:
                say('request', **{name: message[name] for name in ('id', 'method', 'path', 'headers')}, bytes=len(message['body']))
                task = asyncio.ensure_future(forward(socket, target, message))
                running.add(task)
                task.add_done_callback(running.discard)
            else:
                say('other', kind=kind, **{name: value for name, value in message.items() if name == 'id'})
    except web_socket.Closed as closed:
        say('closed', code=closed.code)
    finally:
        beating.cancel()
        # A request whose local service still answers must not keep this process.
        os._exit(0)


asyncio.run(main(*sys.argv[1:]))
