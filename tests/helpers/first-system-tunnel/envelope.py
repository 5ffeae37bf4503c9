"""Messages of the first system's tunnel (wire format section 5), coded by hand from its protobuf text. Standard library alone."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

CONNECT, REQUEST, RESPONSE, CONTROL, DATA, CLOSE, CONNECT_ERROR = range(1, 8)
PING, PONG = 0, 1

# Number, name and type of each field; the kinds of an Envelope by their number in it.
FIELDS = {
    CONNECT: ((1, 'agent_id', 'text'), (2, 'token', 'text'), (3, 'timestamp', 'int'), (4, 'nonce', 'text'), (5, 'signature', 'text')),
    REQUEST: ((1, 'id', 'text'), (2, 'method', 'text'), (3, 'path', 'text'), (4, 'headers', 'map'), (5, 'body', 'bytes')),
    RESPONSE: ((1, 'id', 'text'), (2, 'status', 'int'), (3, 'headers', 'map'), (4, 'body', 'bytes')),
    CONTROL: ((1, 'type', 'int'), (2, 'payload', 'bytes')),
    DATA: ((1, 'id', 'text'), (2, 'chunk', 'bytes')),
    CLOSE: ((1, 'id', 'text'),),
    CONNECT_ERROR: ((1, 'code', 'text'), (2, 'message', 'text')),
}

EMPTY = {'text': '', 'int': 0, 'bytes': b'', 'map': {}}


def encode(kind, **values):
    """One Envelope."""
    body = b''.join(_field(number, kind_of, values[name]) for number, name, kind_of in FIELDS[kind] if values.get(name) not in (None, *EMPTY.values()))
    return _block(kind, body)


def decode(frame):
    """Kind and values of one Envelope; a kind of None when it is one that the first system does not know."""
    for number, content in _read(frame):
        if number not in FIELDS:
            continue
        values = {name: dict() if kind_of == 'map' else EMPTY[kind_of] for _, name, kind_of in FIELDS[number]}
        known = {field: (name, kind_of) for field, name, kind_of in FIELDS[number]}
        for field, value in _read(content):
            # What the first system does not know it passes over, as protobuf asks.
            if field not in known:
                continue
            name, kind_of = known[field]
            if kind_of == 'map':
                entry = dict(_read(value))
                values[name][entry.get(1, b'').decode()] = entry.get(2, b'').decode()
            else:
                values[name] = value.decode() if kind_of == 'text' else value
        return number, values
    return None, {}


def _field(number, kind_of, value):
    if kind_of == 'int':
        return _varint(number << 3 | VARINT) + _varint(value & 0xFFFFFFFFFFFFFFFF)
    if kind_of == 'map':
        return b''.join(_block(number, _block(1, name.encode()) + _block(2, text.encode())) for name, text in value.items())
    return _block(number, value.encode() if kind_of == 'text' else value)


def _block(number, content):
    return _varint(number << 3 | BYTES) + _varint(len(content)) + content


def _varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read(content):
    at = 0
    while at < len(content):
        tag, at = _read_varint(content, at)
        wire = tag & 7
        if wire == VARINT:
            value, at = _read_varint(content, at)
        elif wire == BYTES:
            size, at = _read_varint(content, at)
            if at + size > len(content):
                raise ValueError('The message ends inside a field.')
            value, at = bytes(content[at:at + size]), at + size
        elif wire in (FIXED32, FIXED64):
            size = 4 if wire == FIXED32 else 8
            value, at = bytes(content[at:at + size]), at + size
        else:
            raise ValueError(f'Wire type {wire} is none.')
        yield tag >> 3, value


def _read_varint(content, at):
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
