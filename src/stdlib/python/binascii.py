# `binascii`.

class Error(ValueError):
    pass


class Incomplete(Exception):
    pass


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES = {c: value for value, c in enumerate(_ALPHABET)}


def _content(data):
    if isinstance(data, (bytes, bytearray)):
        return data
    if isinstance(data, memoryview):
        return bytes(data)
    raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")


def _ascii(data):
    if isinstance(data, str):
        if not data.isascii():
            raise ValueError("string argument should contain only ASCII characters")
        return data.encode()
    if isinstance(data, (bytes, bytearray)):
        return data
    if isinstance(data, memoryview):
        return bytes(data)
    raise TypeError(
        f"argument should be bytes, buffer or ASCII string, not '{type(data).__name__}'"
    )


def hexlify(data, sep=None, bytes_per_sep=1):
    data = _content(data)
    if sep is None:
        return data.hex().encode()
    return data.hex(sep, bytes_per_sep).encode()


b2a_hex = hexlify


def unhexlify(hexstr, /):
    text = _ascii(hexstr)
    if len(text) % 2:
        raise Error("Odd-length string")
    for c in text:
        if c not in b"0123456789abcdefABCDEF":
            raise Error("Non-hexadecimal digit found")
    return bytes.fromhex(bytes(text).decode())


a2b_hex = unhexlify


def b2a_base64(data, /, *, newline=True):
    data = _content(data)
    size = len(data)
    out = bytearray()
    alphabet = _ALPHABET
    for at in range(0, size - 2, 3):
        bits = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
        out.append(alphabet[bits >> 18])
        out.append(alphabet[bits >> 12 & 63])
        out.append(alphabet[bits >> 6 & 63])
        out.append(alphabet[bits & 63])
    rest = size % 3
    if rest == 1:
        bits = data[-1] << 4
        out += bytes((alphabet[bits >> 6], alphabet[bits & 63])) + b"=="
    elif rest == 2:
        bits = (data[-2] << 8 | data[-1]) << 2
        out += bytes((alphabet[bits >> 12], alphabet[bits >> 6 & 63], alphabet[bits & 63])) + b"="
    if newline:
        out += b"\n"
    return bytes(out)


def a2b_base64(data, /, *, strict_mode=False):
    text = _ascii(data)
    if strict_mode and text[:1] == b"=":
        raise Error("Leading padding not allowed")
    out = bytearray()
    place = bits = pads = 0
    size = len(text)
    for at, c in enumerate(text):
        if c == 61:
            pads += 1
            if place >= 2 and place + pads >= 4:
                # A whole group: the rest is not read.
                if strict_mode and at + 1 < size:
                    raise Error("Excess data after padding")
                return bytes(out)
            if strict_mode and place < 2:
                raise Error("Discontinuous padding not allowed" if place else "Excess padding not allowed")
            continue
        value = _VALUES.get(c)
        if value is None:
            if strict_mode:
                raise Error("Only base64 data is allowed")
            continue
        if strict_mode and pads:
            raise Error("Discontinuous padding not allowed")
        pads = 0
        if place == 0:
            bits = value
            place = 1
        elif place == 1:
            out.append(bits << 2 | value >> 4)
            bits = value & 15
            place = 2
        elif place == 2:
            out.append(bits << 4 | value >> 2)
            bits = value & 3
            place = 3
        else:
            out.append(bits << 6 | value)
            place = 0
    if place == 1:
        count = len(out) // 3 * 4 + 1
        raise Error(
            f"Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more "
            "than a multiple of 4"
        )
    if place:
        raise Error("Incorrect padding")
    return bytes(out)


def _table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0xEDB88320 if n & 1 else 0)
        table.append(n)
    return table


_CRC = _table()


def crc32(data, crc=0, /):
    crc = ~crc & 0xFFFFFFFF
    for c in _content(data):
        crc = crc >> 8 ^ _CRC[(crc ^ c) & 255]
    return ~crc & 0xFFFFFFFF


def crc_hqx(data, crc, /):
    crc &= 0xFFFF
    for c in _content(data):
        crc ^= c << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc
