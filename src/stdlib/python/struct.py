# `struct`: numbers as bytes.

import math
import operator
import sys
from _internals import float_bytes, float_from_bytes, mark_class

__all__ = [
    "calcsize", "pack", "pack_into", "unpack", "unpack_from", "iter_unpack", "Struct", "error",
]


class error(Exception):
    pass


error.__module__ = "struct"

# Sizes: standard, and those of the machine, which are its alignments too.
_SIZES = {
    "x": (1, 1), "c": (1, 1), "b": (1, 1), "B": (1, 1), "?": (1, 1), "h": (2, 2), "H": (2, 2),
    "i": (4, 4), "I": (4, 4), "l": (4, 8), "L": (4, 8), "q": (8, 8), "Q": (8, 8), "n": (None, 8),
    "N": (None, 8), "e": (2, 2), "f": (4, 4), "d": (8, 8), "s": (1, 1), "p": (1, 1), "P": (None, 8),
}
_INTEGERS = "bBhHiIlLqQnNP"


def _parse(format):
    # The byte order, whether all is as C does it here, and a list of (kind, count, size, padding in front).
    if isinstance(format, (bytes, bytearray)):
        format = format.decode("ascii")
    elif not isinstance(format, str):
        raise TypeError(f"Struct() argument 1 must be a str or bytes object, not {type(format).__name__}")
    order, native, at = sys.byteorder, True, 0
    if format[:1] in ("@", "=", "<", ">", "!"):
        native = format[0] == "@"
        order = {"<": "little", ">": "big", "!": "big"}.get(format[0], sys.byteorder)
        at = 1
    items = []
    offset = 0
    while at < len(format):
        if format[at].isspace():
            at += 1
            continue
        start = at
        while at < len(format) and "0" <= format[at] <= "9":
            at += 1
        if at > start and at == len(format):
            raise error("repeat count given without format specifier")
        count = int(format[start:at]) if at > start else 1
        kind = format[at]
        at += 1
        size = _SIZES.get(kind, (None, None))[native]
        if size is None:
            raise error("bad char in struct format")
        # Native items start at multiples of their size.
        padding = -offset % size if native else 0
        items.append((kind, count, size, padding))
        offset += padding + count * size
        if offset > sys.maxsize:
            raise error("total struct size too long")
    return order, native, items, offset


def _half(x):
    # A float in 16 bits: 1 of sign, 5 of exponent, 10 of fraction, ties to even.
    sign = 0x8000 if math.copysign(1.0, x) < 0 else 0
    if math.isnan(x):
        return sign | 0x7E00
    if math.isinf(x):
        return sign | 0x7C00
    size = abs(x)
    if not size:
        return sign
    fraction, exponent = math.frexp(size)
    exponent = max(exponent, -13)
    bits = round(math.ldexp(size, 11 - exponent))
    if bits >= 2048:
        bits //= 2
        exponent += 1
    if exponent > 16:
        raise OverflowError("float too large to pack with e format")
    if bits < 1024:
        return sign | bits
    return sign | (exponent + 14) << 10 | bits - 1024


def _from_half(bits):
    sign = -1.0 if bits & 0x8000 else 1.0
    exponent, fraction = bits >> 10 & 31, bits & 1023
    if exponent == 31:
        return sign * math.inf if not fraction else math.copysign(math.nan, sign)
    if exponent == 0:
        return sign * math.ldexp(fraction, -24)
    return sign * math.ldexp(fraction + 1024, exponent - 25)


def _content(buffer):
    # The bytes of what `buffer` looks at.
    if isinstance(buffer, (bytes, bytearray)):
        return buffer
    try:
        view = memoryview(buffer)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(buffer).__name__}'") from None
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view.tobytes()


def _pack_integer(kind, value, size, order):
    if not isinstance(value, int):
        if not hasattr(type(value), "__index__"):
            raise error("required argument is not an integer")
        value = operator.index(value)
    signed = kind in "bhilqn"
    bits = 8 * size
    least = -1 << bits - 1 if signed else 0
    most = (1 << bits - signed) - 1
    if kind == "P":
        # An address may be given as a negative number.
        if not -1 << 63 <= value <= most:
            raise error("int too large to convert")
        value &= most
    if not least <= value <= most:
        raise error(f"'{kind}' format requires {least} <= number <= {most}")
    return value.to_bytes(size, order, signed=signed)


def _pack_float(kind, value, size, order, native):
    if not isinstance(value, (int, float)) and not hasattr(type(value), "__float__"):
        raise error("required argument is not a float")
    try:
        value = float(value)
    except OverflowError:
        raise error("required argument is not a float") from None
    if kind == "e":
        data = _half(value).to_bytes(2)
    else:
        data = float_bytes(value, size)
        if data is None and native:
            # A conversion in C makes it infinite.
            data = float_bytes(value * math.inf, size)
        if data is None:
            raise OverflowError("float too large to pack with f format")
    return data if order == "big" else data[::-1]


def _pack_one(kind, value, size, order, native):
    if kind in _INTEGERS:
        return _pack_integer(kind, value, size, order)
    if kind in "efd":
        return _pack_float(kind, value, size, order, native)
    if kind == "?":
        return b"\1" if value else b"\0"
    if not isinstance(value, bytes) or len(value) != 1:
        raise error("char format requires a bytes object of length 1")
    return value


def _unpack_one(kind, data, order):
    if kind in _INTEGERS:
        return int.from_bytes(data, order, signed=kind in "bhilqn")
    if kind in "efd":
        if order == "little":
            data = data[::-1]
        return _from_half(int.from_bytes(data)) if kind == "e" else float_from_bytes(data)
    return data != b"\0" if kind == "?" else data


class Struct:
    def __init__(self, format):
        self._order, self._native, self._items, self.size = _parse(format)
        self.format = format.decode() if isinstance(format, bytes) else format
        self._count = sum(
            0 if kind == "x" else 1 if kind in "sp" else count for kind, count, _, _ in self._items
        )

    def __repr__(self):
        return f"Struct({self.format!r})"

    def _pack(self, name, values):
        if len(values) != self._count:
            raise error(f"{name} expected {self._count} items for packing (got {len(values)})")
        values = iter(values)
        out = bytearray()
        for kind, count, size, padding in self._items:
            out += bytes(padding)
            if kind == "x":
                out += bytes(count)
            elif kind in "sp":
                value = next(values)
                if not isinstance(value, (bytes, bytearray)):
                    raise error(f"argument for '{kind}' must be a bytes object")
                if kind == "p" and count:
                    value = value[:min(count - 1, 255)]
                    value = bytes((len(value),)) + value
                out += value[:count].ljust(count, b"\0")
            else:
                for _ in range(count):
                    out += _pack_one(kind, next(values), size, self._order, self._native)
        return bytes(out)

    def pack(self, *values):
        return self._pack("pack", values)

    def pack_into(self, *args):
        if len(args) < 2:
            raise error(f"pack_into expected {'offset' if args else 'buffer'} argument")
        buffer, offset, *values = args
        if len(values) != self._count:
            self._pack("pack_into", values)
        try:
            view = memoryview(buffer)
        except TypeError:
            view = None
        if view is None or view.readonly:
            raise TypeError(f"argument must be read-write bytes-like object, not {type(buffer).__name__}")
        offset = operator.index(offset)
        data = self._pack("pack_into", values)
        buffer = view.cast("B")
        if offset < 0:
            if offset + self.size > 0:
                raise error(f"no space to pack {self.size} bytes at offset {offset}")
            if offset + len(buffer) < 0:
                raise error(f"offset {offset} out of range for {len(buffer)}-byte buffer")
            offset += len(buffer)
        if len(buffer) - offset < self.size:
            raise error(
                f"pack_into requires a buffer of at least {offset + self.size} bytes for packing "
                f"{self.size} bytes at offset {offset} (actual buffer size is {len(buffer)})"
            )
        buffer[offset:offset + self.size] = data

    def _unpack(self, data, at):
        values = []
        for kind, count, size, padding in self._items:
            at += padding
            if kind == "s":
                values.append(bytes(data[at:at + count]))
            elif kind == "p":
                length = min(data[at], count - 1) if count else 0
                values.append(bytes(data[at + 1:at + 1 + length]))
            elif kind != "x":
                for place in range(at, at + count * size, size):
                    values.append(_unpack_one(kind, bytes(data[place:place + size]), self._order))
            at += count * size
        return tuple(values)

    def unpack(self, buffer):
        buffer = _content(buffer)
        if len(buffer) != self.size:
            raise error(f"unpack requires a buffer of {self.size} bytes")
        return self._unpack(buffer, 0)

    def unpack_from(self, buffer, offset=0):
        buffer = _content(buffer)
        if offset < 0:
            if offset + self.size > 0:
                raise error(f"not enough data to unpack {self.size} bytes")
            if offset + len(buffer) < 0:
                raise error(f"offset {offset} out of range for {len(buffer)}-byte buffer")
            offset += len(buffer)
        if len(buffer) - offset < self.size:
            raise error(
                f"unpack_from requires a buffer of at least {offset + self.size} bytes for unpacking "
                f"{self.size} bytes at offset {offset} (actual buffer size is {len(buffer)})"
            )
        return self._unpack(buffer, offset)

    def iter_unpack(self, buffer):
        if not self.size:
            raise error("cannot iteratively unpack with a struct of length 0")
        buffer = _content(buffer)
        if len(buffer) % self.size:
            raise error(f"iterative unpacking requires a buffer of a multiple of {self.size} bytes")
        return (self._unpack(buffer, at) for at in range(0, len(buffer), self.size))


# As CPython's module in C, which this one shows.
Struct.__module__ = "_struct"
mark_class(Struct, "qualified")
_known = {}


def _struct(format):
    found = _known.get(format)
    if found is None:
        if len(_known) >= 100:
            _known.clear()
        found = _known[format] = Struct(format)
    return found


def calcsize(format, /):
    return _struct(format).size


def pack(format, /, *values):
    return _struct(format).pack(*values)


def pack_into(format, /, *args):
    _struct(format).pack_into(*args)


def unpack(format, buffer, /):
    return _struct(format).unpack(buffer)


def unpack_from(format, /, buffer, offset=0):
    return _struct(format).unpack_from(buffer, offset)


def iter_unpack(format, buffer, /):
    return _struct(format).iter_unpack(buffer)
