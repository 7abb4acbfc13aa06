# `base64`: bytes as text in 16, 32, 64 and 85 characters.

import binascii

__all__ = [
    "encode", "decode", "encodebytes", "decodebytes", "b64encode", "b64decode", "b32encode",
    "b32decode", "b32hexencode", "b32hexdecode", "b16encode", "b16decode", "b85encode", "b85decode",
    "a85encode", "a85decode", "z85encode", "z85decode", "standard_b64encode", "standard_b64decode",
    "urlsafe_b64encode", "urlsafe_b64decode",
]


def _bytes_of(s):
    if isinstance(s, str):
        try:
            return s.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters")
    if isinstance(s, (bytes, bytearray, memoryview)):
        return bytes(s)
    raise TypeError(f"argument should be a bytes-like object or ASCII string, not {s.__class__.__name__!r}")


def b64encode(s, altchars=None):
    encoded = binascii.b2a_base64(s, newline=False)
    if altchars is not None:
        assert len(altchars) == 2, repr(altchars)
        return encoded.translate(bytes.maketrans(b"+/", altchars))
    return encoded


def b64decode(s, altchars=None, validate=False):
    s = _bytes_of(s)
    if altchars is not None:
        altchars = _bytes_of(altchars)
        assert len(altchars) == 2, repr(altchars)
        s = s.translate(bytes.maketrans(altchars, b"+/"))
    return binascii.a2b_base64(s, strict_mode=validate)


def standard_b64encode(s):
    return b64encode(s)


def standard_b64decode(s):
    return b64decode(s)


def urlsafe_b64encode(s):
    return b64encode(s, b"-_")


def urlsafe_b64decode(s):
    return b64decode(s, b"-_")


_B32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_B32_HEX = b"0123456789ABCDEFGHIJKLMNOPQRSTUV"


def _b32encode(alphabet, s):
    s = bytes(s)
    out = bytearray()
    for at in range(0, len(s), 5):
        block = s[at:at + 5]
        bits = int.from_bytes(block.ljust(5, b"\0"))
        digits = [alphabet[bits >> shift & 31] for shift in range(35, -1, -5)]
        used = -(-len(block) * 8 // 5)
        out += bytes(digits[:used]) + b"=" * (8 - used)
    return bytes(out)


def _b32decode(alphabet, s, casefold, map01=None):
    s = _bytes_of(s)
    if len(s) % 8:
        raise binascii.Error("Incorrect padding")
    if map01 is not None:
        map01 = _bytes_of(map01)
        assert len(map01) == 1, repr(map01)
        s = s.translate(bytes.maketrans(b"01", b"O" + map01))
    if casefold:
        s = s.upper()
    size = len(s)
    s = s.rstrip(b"=")
    padding = size - len(s)
    out = bytearray()
    for at in range(0, len(s), 8):
        block = s[at:at + 8]
        bits = 0
        for c in block:
            value = alphabet.find(c)
            if value < 0:
                raise binascii.Error("Non-base32 digit found") from None
            bits = bits << 5 | value
        bits <<= 5 * (8 - len(block))
        out += bits.to_bytes(5)
    if size % 8 or padding not in (0, 1, 3, 4, 6):
        raise binascii.Error("Incorrect padding")
    if padding and out:
        del out[-5:]
        out += (bits.to_bytes(5))[:(43 - 5 * padding) // 8]
    return bytes(out)


def b32encode(s):
    return _b32encode(_B32, s)


def b32decode(s, casefold=False, map01=None):
    return _b32decode(_B32, s, casefold, map01)


def b32hexencode(s):
    return _b32encode(_B32_HEX, s)


def b32hexdecode(s, casefold=False):
    return _b32decode(_B32_HEX, s, casefold)


def b16encode(s):
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    s = _bytes_of(s)
    if casefold:
        s = s.upper()
    if s.translate(None, delete=b"0123456789ABCDEF"):
        raise binascii.Error("Non-base16 digit found")
    return binascii.unhexlify(s)


_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_A85 = bytes(range(33, 118))
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def _encode85(alphabet, b, pad=False, zeros=None, spaces=None):
    b = bytes(b)
    padding = -len(b) % 4
    b += bytes(padding)
    out = []
    for at in range(0, len(b), 4):
        value = int.from_bytes(b[at:at + 4])
        last = at + 4 == len(b)
        if zeros and not value and not (last and padding):
            out.append(zeros)
        elif spaces and value == 0x20202020:
            out.append(spaces)
        else:
            digits = bytearray(5)
            for place in range(4, -1, -1):
                value, digit = divmod(value, 85)
                digits[place] = alphabet[digit]
            out.append(bytes(digits))
    if padding and not pad:
        if zeros and out[-1] == zeros:
            out[-1] = alphabet[:1] * 5
        out[-1] = out[-1][:-padding]
    return b"".join(out)


def b85encode(b, pad=False):
    return _encode85(_B85, b, pad)


def _decode85(alphabet, b, name):
    b = _bytes_of(b)
    padding = -len(b) % 5
    b += alphabet[-1:] * padding
    out = bytearray()
    for at in range(0, len(b), 5):
        value = 0
        for place, c in enumerate(b[at:at + 5], at):
            digit = alphabet.find(c)
            if digit < 0:
                raise ValueError(f"bad {name} character at position {place}") from None
            value = value * 85 + digit
        if value >= 2**32:
            raise ValueError(f"{name} overflow in hunk starting at byte {at}") from None
        out += value.to_bytes(4)
    return bytes(out[:-padding] if padding else out)


def b85decode(b):
    return _decode85(_B85, b, "base85")


def z85encode(s):
    return _encode85(_Z85, s)


def z85decode(s):
    return _decode85(_Z85, s, "z85")


def a85encode(b, *, foldspaces=False, wrapcol=0, pad=False, adobe=False):
    result = _encode85(_A85, b, pad, b"z", b"y" if foldspaces else None)
    if adobe:
        result = b"<~" + result
    if wrapcol:
        wrapcol = max(2 if adobe else 1, wrapcol)
        lines = [result[at:at + wrapcol] for at in range(0, len(result), wrapcol)]
        if adobe and len(lines[-1]) + 2 > wrapcol:
            lines.append(b"")
        result = b"\n".join(lines)
    return result + b"~>" if adobe else result


def a85decode(b, *, foldspaces=False, adobe=False, ignorechars=b" \t\n\r\v"):
    b = _bytes_of(b)
    if adobe:
        if not b.endswith(b"~>"):
            raise ValueError("Ascii85 encoded byte sequences must end with b'~>'")
        b = b[2:-2] if b.startswith(b"<~") else b[:-2]
    out = bytearray()
    group = []

    def flush():
        value = 0
        for c in group:
            value = value * 85 + c - 33
        if value >= 2**32:
            raise ValueError("Ascii85 overflow") from None
        out.extend(value.to_bytes(4))
        group.clear()

    for c in b:
        if 33 <= c <= 117:
            group.append(c)
            if len(group) == 5:
                flush()
        elif c == 122:
            if group:
                raise ValueError("z inside Ascii85 5-tuple")
            out += b"\0\0\0\0"
        elif foldspaces and c == 121:
            if group:
                raise ValueError("y inside Ascii85 5-tuple")
            out += b"\x20\x20\x20\x20"
        elif c not in ignorechars:
            raise ValueError(f"Non-Ascii85 digit found: {c:c}")
    if group:
        padding = 5 - len(group)
        group.extend([117] * padding)
        flush()
        del out[-padding:]
    return bytes(out)


_LINE = 57


def encodebytes(s):
    if not isinstance(s, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected bytes-like object, not {s.__class__.__name__}")
    s = bytes(s)
    return b"".join(binascii.b2a_base64(s[at:at + _LINE]) for at in range(0, len(s), _LINE))


def decodebytes(s):
    if not isinstance(s, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected bytes-like object, not {s.__class__.__name__}")
    return binascii.a2b_base64(s)


def encode(input, output):
    while data := input.read(_LINE):
        while len(data) < _LINE and (more := input.read(_LINE - len(data))):
            data += more
        output.write(binascii.b2a_base64(data))


def decode(input, output):
    while line := input.readline():
        output.write(binascii.a2b_base64(line))
