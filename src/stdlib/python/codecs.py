# `codecs`: encodings by name, and error handlers of a program's own.

import io
from _internals import codec_name as _codec_name
from _internals import find_error as _find_error
from _internals import register_error as _register_error

__all__ = [
    "BOM", "BOM32_BE", "BOM32_LE", "BOM64_BE", "BOM64_LE", "BOM_BE", "BOM_LE", "BOM_UTF16", "BOM_UTF16_BE",
    "BOM_UTF16_LE", "BOM_UTF32", "BOM_UTF32_BE", "BOM_UTF32_LE", "BOM_UTF8", "CodecInfo",
    "IncrementalDecoder", "IncrementalEncoder", "backslashreplace_errors", "decode", "encode", "getdecoder",
    "getencoder", "getincrementaldecoder", "getincrementalencoder", "ignore_errors", "iterdecode", "iterencode",
    "lookup", "lookup_error", "namereplace_errors", "open", "register_error", "replace_errors", "strict_errors",
    "xmlcharrefreplace_errors",
]

BOM_UTF8 = b"\xef\xbb\xbf"
BOM_LE = BOM_UTF16_LE = b"\xff\xfe"
BOM_BE = BOM_UTF16_BE = b"\xfe\xff"
BOM_UTF32_LE = b"\xff\xfe\x00\x00"
BOM_UTF32_BE = b"\x00\x00\xfe\xff"
BOM = BOM_UTF16 = BOM_UTF16_LE
BOM_UTF32 = BOM_UTF32_LE
BOM32_LE, BOM32_BE = BOM_UTF16_LE, BOM_UTF16_BE
BOM64_LE, BOM64_BE = BOM_UTF32_LE, BOM_UTF32_BE


class CodecInfo(tuple):
    def __new__(
        cls, encode, decode, streamreader=None, streamwriter=None, incrementalencoder=None,
        incrementaldecoder=None, name=None, *, _is_text_encoding=None,
    ):
        self = tuple.__new__(cls, (encode, decode, streamreader, streamwriter))
        self.name = name
        self.encode = encode
        self.decode = decode
        self.incrementalencoder = incrementalencoder
        self.incrementaldecoder = incrementaldecoder
        self.streamwriter = streamwriter
        self.streamreader = streamreader
        if _is_text_encoding is not None:
            self._is_text_encoding = _is_text_encoding
        return self

    _is_text_encoding = True

    def __repr__(self):
        return "<%s.%s object for encoding %s at %#x>" % (
            self.__class__.__module__, self.__class__.__qualname__, self.name, id(self)
        )


class IncrementalEncoder:
    def __init__(self, errors="strict"):
        self.errors = errors
        self._started = False

    def encode(self, input, final=False):
        encoding = self._encoding
        if self._started and encoding in ("utf-16", "utf-32", "utf-8-sig"):
            # The mark stands at the beginning only.
            encoding = {"utf-8-sig": "utf-8"}.get(encoding, encoding + "-le")
        self._started = self._started or bool(input) or final
        return input.encode(encoding, self.errors)

    def reset(self):
        self._started = False

    def getstate(self):
        return 0

    def setstate(self, state):
        pass


class IncrementalDecoder:
    def __init__(self, errors="strict"):
        self.errors = errors
        self._rest = b""

    def decode(self, input, final=False):
        data = self._rest + bytes(input)
        if not final:
            # What the next piece may complete is kept back.
            for kept in range(min(len(data), 7) + 1):
                try:
                    data[:len(data) - kept].decode(self._encoding)
                except UnicodeDecodeError as error:
                    if error.end < len(data) - kept or error.reason not in _CUT_OFF:
                        kept = 0
                        break
                else:
                    break
            else:
                kept = 0
            end = len(data) - kept
            data, self._rest = data[:end], data[end:]
        else:
            self._rest = b""
        return data.decode(self._encoding, self.errors)

    def reset(self):
        self._rest = b""

    def getstate(self):
        return self._rest, 0

    def setstate(self, state):
        self._rest = state[0]


_CUT_OFF = ("unexpected end of data", "truncated data")


def _rot13(text):
    def turned(c):
        for first in "aA":
            place = ord(c) - ord(first)
            if 0 <= place < 26:
                return chr(ord(first) + (place + 13) % 26)
        return c

    return "".join(map(turned, text))


def _hex_encode(data):
    import binascii

    return binascii.hexlify(data)


def _hex_decode(data):
    import binascii

    return binascii.unhexlify(data)


def _base64_encode(data):
    import base64

    return base64.encodebytes(data)


def _base64_decode(data):
    import base64

    return base64.decodebytes(data)


# What goes from bytes to bytes, or from text to text.
_TRANSFORMS = {
    "rot13": (_rot13, _rot13), "rot-13": (_rot13, _rot13),
    "hex": (_hex_encode, _hex_decode), "hex-codec": (_hex_encode, _hex_decode),
    "base64": (_base64_encode, _base64_decode), "base64-codec": (_base64_encode, _base64_decode),
    "base-64": (_base64_encode, _base64_decode),
}
_TRANSFORM_NAMES = {"rot13": "rot-13", "rot-13": "rot-13", "hex": "hex", "hex-codec": "hex"}


def lookup(encoding, /):
    if not isinstance(encoding, str):
        raise TypeError(f"lookup() argument must be str, not {type(encoding).__name__}")
    name = _codec_name(encoding)
    if name is None:
        key = encoding.lower().replace("_", "-").replace(" ", "-")
        if key not in _TRANSFORMS:
            raise LookupError(f"unknown encoding: {encoding}")
        to, back = _TRANSFORMS[key]
        return CodecInfo(
            lambda input, errors="strict": (to(input), len(input)),
            lambda input, errors="strict": (back(input), len(input)),
            name=_TRANSFORM_NAMES.get(key, "base64"), _is_text_encoding=False,
        )

    def encode(input, errors="strict"):
        return input.encode(name, errors), len(input)

    def decode(input, errors="strict"):
        return bytes(input).decode(name, errors), len(input)

    encoder = type("IncrementalEncoder", (IncrementalEncoder,), {"_encoding": name})
    decoder = type("IncrementalDecoder", (IncrementalDecoder,), {"_encoding": name})
    return CodecInfo(encode, decode, None, None, encoder, decoder, name)


def encode(obj, encoding="utf-8", errors="strict"):
    return lookup(encoding).encode(obj, errors)[0]


def decode(obj, encoding="utf-8", errors="strict"):
    return lookup(encoding).decode(obj, errors)[0]


def getencoder(encoding):
    return lookup(encoding).encode


def getdecoder(encoding):
    return lookup(encoding).decode


def getincrementalencoder(encoding):
    encoder = lookup(encoding).incrementalencoder
    if encoder is None:
        raise LookupError(encoding)
    return encoder


def getincrementaldecoder(encoding):
    decoder = lookup(encoding).incrementaldecoder
    if decoder is None:
        raise LookupError(encoding)
    return decoder


def iterencode(iterator, encoding, errors="strict", **kwargs):
    encoder = getincrementalencoder(encoding)(errors, **kwargs)
    for input in iterator:
        output = encoder.encode(input)
        if output:
            yield output
    output = encoder.encode("", True)
    if output:
        yield output


def iterdecode(iterator, encoding, errors="strict", **kwargs):
    decoder = getincrementaldecoder(encoding)(errors, **kwargs)
    for input in iterator:
        output = decoder.decode(input)
        if output:
            yield output
    output = decoder.decode(b"", True)
    if output:
        yield output


def open(filename, mode="r", encoding=None, errors="strict", buffering=-1):
    if encoding is None:
        return io.open(filename, mode, buffering)
    return io.open(filename, mode.replace("b", ""), encoding=encoding, errors=errors, newline="")


# ---- error handlers


def register_error(errors, handler, /):
    if not isinstance(errors, str):
        raise TypeError(f"register_error() argument 1 must be str, not {type(errors).__name__}")
    if not callable(handler):
        raise TypeError("handler must be callable")
    _register_error(errors, handler)


def lookup_error(name, /):
    found = _find_error(name)
    if found is None:
        found = _HANDLERS.get(name)
    if found is None:
        raise LookupError(f"unknown error handler name '{name}'")
    return found


def _wrong(error):
    return TypeError(f"don't know how to handle {type(error).__name__} in error callback")


def strict_errors(exception, /):
    if isinstance(exception, Exception):
        raise exception
    raise TypeError("codec must pass exception instance")


def ignore_errors(exception, /):
    if not isinstance(exception, UnicodeError):
        raise _wrong(exception)
    return "", exception.end


def replace_errors(exception, /):
    if isinstance(exception, UnicodeEncodeError):
        return "?" * (exception.end - exception.start), exception.end
    if isinstance(exception, UnicodeDecodeError):
        return "\ufffd", exception.end
    if isinstance(exception, UnicodeTranslateError):
        return "\ufffd" * (exception.end - exception.start), exception.end
    raise _wrong(exception)


def _refused(exception):
    return exception.object[exception.start:exception.end]


def backslashreplace_errors(exception, /):
    if isinstance(exception, UnicodeDecodeError):
        return "".join(f"\\x{byte:02x}" for byte in _refused(exception)), exception.end
    if isinstance(exception, (UnicodeEncodeError, UnicodeTranslateError)):
        return _refused(exception).encode("ascii", "backslashreplace").decode("ascii"), exception.end
    raise _wrong(exception)


def xmlcharrefreplace_errors(exception, /):
    if not isinstance(exception, UnicodeEncodeError):
        raise _wrong(exception)
    return "".join(f"&#{ord(c)};" for c in _refused(exception)), exception.end


def namereplace_errors(exception, /):
    if not isinstance(exception, UnicodeEncodeError):
        raise _wrong(exception)
    return _refused(exception).encode("ascii", "namereplace").decode("ascii"), exception.end


_HANDLERS = {
    "strict": strict_errors, "ignore": ignore_errors, "replace": replace_errors,
    "backslashreplace": backslashreplace_errors, "xmlcharrefreplace": xmlcharrefreplace_errors,
    "namereplace": namereplace_errors,
}
