#!/usr/bin/env python3
"""A client of the first system: frames of JSON over TCP, nothing but the standard library.

Usage: first-system-client.py HOST:PORT COUNT

Creates a queue, appends COUNT integers and reads half of them. Prints {"event": "half", ...} with the id of the queue and
of the broker that leads, waits for a line on stdin (meanwhile the leader may be killed), appends COUNT more and reads what
is left. Every request has a connection of its own. Prints {"event": "done", "read": [...]} at the end.
"""

import json
import socket
import struct
import sys
import time

CLIENT = "C-PYTH0"
ANSWER_SECONDS = 5
GIVE_UP_SECONDS = 60


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("the broker closed the connection")
        data += part
    return data


def ask(address, message):
    """One request over one connection: four bytes of length, then UTF-8 JSON; the answer likewise."""
    with socket.create_connection(address, timeout=ANSWER_SECONDS) as connection:
        body = json.dumps(message).encode("utf-8")
        connection.sendall(struct.pack(">I", len(body)) + body)
        (length,) = struct.unpack(">I", receive(connection, 4))
        return json.loads(receive(connection, length).decode("utf-8"))


class Cluster:
    """Knows the brokers and goes to the one that leads."""

    def __init__(self, seed):
        self.brokers = [seed]
        self.leader = None
        self.leader_id = None

    def look(self):
        """Asks one broker after the other who belongs to the cluster and who leads it."""
        for address in list(self.brokers):
            try:
                answer = ask(address, {"operation": "CLUSTER_QUERY", "client_id": CLIENT})
            except OSError:
                continue
            if answer.get("status") != "success":
                continue
            self.brokers = [(broker["host"], broker["port"]) for broker in answer["brokers"]]
            leaders = [broker for broker in answer["brokers"] if broker["role"] == "leader" and broker["status"] == "active"]
            if leaders:
                self.leader = (leaders[0]["host"], leaders[0]["port"])
                self.leader_id = leaders[0]["broker_id"]
                return

    def tell_leader(self, message):
        """Repeats until somebody who leads has answered: what is sent again carries what makes it the same request."""
        end = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                answer = ask(self.leader or self.brokers[0], message)
                if answer["status"] == "success":
                    return answer
                if answer.get("code") not in ("NOT_LEADER", "NO_QUORUM", "TIMEOUT", "OVERLOADED"):
                    raise SystemExit("%s was refused: %s" % (message["operation"], answer))
            except OSError:
                answer = None
            if time.monotonic() > end:
                raise SystemExit("%s found no leader; the last answer was %s" % (message["operation"], answer))
            time.sleep(0.2)
            self.look()


def say(**fields):
    print(json.dumps(fields), flush=True)


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    count = int(sys.argv[2])
    cluster = Cluster((host, int(port)))
    cluster.look()
    queue = cluster.tell_leader({"operation": "CREATE_QUEUE", "client_id": CLIENT, "queue_name": "from-python"})["queue_id"]

    def append(first, last):
        for number in range(first, last + 1):
            message = {"operation": "APPEND", "queue_name": queue, "data": number, "client_id": CLIENT, "producer_seq": number}
            answer = cluster.tell_leader(message)
            if answer["sequence_num"] != number:
                raise SystemExit("%d got the sequence number %d" % (number, answer["sequence_num"]))

    read = []

    def read_on(limit):
        while len(read) < limit:
            message = {"operation": "READ", "queue_name": queue, "client_id": CLIENT, "request_id": "read-%d" % len(read)}
            answer = cluster.tell_leader(message)
            if answer.get("message") == "no_messages":
                return
            read.append(answer["data"])

    append(1, count)
    read_on(count // 2)
    say(event="half", queue=queue, leader=cluster.leader_id, read=len(read))
    sys.stdin.readline()
    append(count + 1, 2 * count)
    read_on(2 * count + 1)
    cluster.look()
    say(event="done", leader=cluster.leader_id, read=read)


if __name__ == "__main__":
    main()
