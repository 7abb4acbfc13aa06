# `io`: files as CPython layers them, and texts and bytes in memory.
#
#     TextIOWrapper    characters: encoding, line endings
#        buffer   BufferedReader, BufferedWriter, BufferedRandom
#           raw      FileIO: what the operating system is asked for, through `_fileio`
#
# In CPython most of this is native: this module's frames are left out of tracebacks.

import _fileio
from _internals import mark_class as _mark_class

DEFAULT_BUFFER_SIZE = 8192
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2

__all__ = ["BlockingIOError", "open", "open_code", "IOBase", "RawIOBase", "FileIO", "BytesIO",
           "StringIO", "BufferedIOBase", "BufferedReader", "BufferedWriter", "BufferedRandom",
           "TextIOBase", "TextIOWrapper", "UnsupportedOperation", "SEEK_SET", "SEEK_CUR",
           "SEEK_END", "DEFAULT_BUFFER_SIZE"]

BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase:
    """What all files have in common: the end of life, lines, iteration."""

    _closed = False

    @property
    def closed(self):
        return self._closed

    def _unsupported(self, name):
        raise UnsupportedOperation(name)

    def _check_open(self, message="I/O operation on closed file."):
        if self.closed:
            raise ValueError(message)

    def close(self):
        if not self._closed:
            try:
                self.flush()
            finally:
                self._closed = True

    def flush(self):
        self._check_open()

    def __del__(self):
        try:
            closed = self.closed
        except AttributeError:
            return
        if not closed:
            self.close()

    def __enter__(self):
        self._check_open()
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __iter__(self):
        self._check_open()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readline(self, size=-1, /):
        if size is None:
            size = -1
        found = bytearray()
        while size < 0 or len(found) < size:
            byte = self.read(1)
            if not byte:
                break
            found += byte
            if byte == b"\n":
                break
        return bytes(found)

    def readlines(self, hint=-1, /):
        if hint is None or hint <= 0:
            return list(self)
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if total >= hint:
                break
        return lines

    def writelines(self, lines, /):
        self._check_open()
        for line in lines:
            self.write(line)

    def fileno(self):
        self._unsupported("fileno")

    def seek(self, offset, whence=0, /):
        self._unsupported("seek")

    def truncate(self, size=None, /):
        self._unsupported("truncate")

    def tell(self):
        return self.seek(0, 1)

    def isatty(self):
        self._check_open()
        return False

    def readable(self):
        self._check_open()
        return False

    def writable(self):
        self._check_open()
        return False

    def seekable(self):
        self._check_open()
        return False


class RawIOBase(IOBase):
    def read(self, size=-1, /):
        if size is None or size < 0:
            return self.readall()
        into = bytearray(size)
        count = self.readinto(into)
        return None if count is None else bytes(into[:count])

    def readall(self):
        found = bytearray()
        while True:
            more = self.read(DEFAULT_BUFFER_SIZE)
            if not more:
                return bytes(found)
            found += more

    def readinto(self, buffer, /):
        self._unsupported("readinto")

    def write(self, b, /):
        self._unsupported("write")


class BufferedIOBase(IOBase):
    def read(self, size=-1, /):
        self._unsupported("read")

    def read1(self, size=-1, /):
        self._unsupported("read1")

    def write(self, b, /):
        self._unsupported("write")

    def detach(self):
        self._unsupported("detach")

    def readinto(self, buffer, /):
        return _fill(buffer, self.read(len(memoryview(buffer).cast("B"))))

    def readinto1(self, buffer, /):
        return _fill(buffer, self.read1(len(memoryview(buffer).cast("B"))))


class TextIOBase(IOBase):
    encoding = None
    errors = None
    newlines = None

    def read(self, size=-1, /):
        self._unsupported("read")

    def readline(self, size=-1, /):
        self._unsupported("readline")

    def write(self, s, /):
        self._unsupported("write")

    def detach(self):
        self._unsupported("detach")


def _fill(buffer, data):
    view = memoryview(buffer).cast("B")
    view[:len(data)] = data
    return len(data)


def _octets(data):
    """The bytes of an argument of `write`."""
    if isinstance(data, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    if isinstance(data, (bytes, bytearray)):
        return data
    try:
        return memoryview(data).tobytes()
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not {type(data).__name__!r}") from None


def _path(file):
    """The name of a file as text, or its number."""
    if isinstance(file, (int, str)):
        found = file
    elif isinstance(file, bytes):
        found = file.decode("utf-8", "surrogateescape")
    else:
        method = getattr(type(file), "__fspath__", None)
        if method is None:
            kind = type(file).__name__
            raise TypeError(f"expected str, bytes or os.PathLike object, not {kind}")
        found = method(file)
        if isinstance(found, bytes):
            found = found.decode("utf-8", "surrogateescape")
        elif not isinstance(found, str):
            kind, got = type(file).__name__, type(found).__name__
            raise TypeError(f"expected {kind}.__fspath__() to return str or bytes, not {got}")
    if isinstance(found, str) and "\0" in found:
        raise ValueError("embedded null byte")
    return found


class FileIO(RawIOBase):
    def __init__(self, file, mode="r", closefd=True, opener=None):
        self._closed = True
        kinds = [c for c in mode if c in "rwax"]
        if len(kinds) != 1 or mode.count("+") > 1 or mode.strip("rwaxb+"):
            if mode.strip("rwaxb+"):
                raise ValueError(f"invalid mode: {mode}")
            raise ValueError(
                "Must have exactly one of create/read/write/append mode and at most one plus")
        self.name = file
        self.closefd = closefd
        self._readable = mode[0] == "r" or "+" in mode or "r" in mode
        self._writable = kinds[0] != "r" or "+" in mode
        self._created, self._appending = kinds[0] == "x", kinds[0] == "a"
        path = _path(file)
        if isinstance(path, int):
            if path < 0:
                raise ValueError("negative file descriptor")
            self._number = path
        elif not closefd:
            raise ValueError("Cannot use closefd=False with file name")
        elif opener is not None:
            self._number = opener(file, _flags(kinds[0], "+" in mode))
            if not isinstance(self._number, int):
                raise TypeError("expected integer from opener")
            if self._number < 0:
                raise ValueError(f"opener returned {self._number}")
        else:
            self._number = _fileio.open(path, kinds[0] + ("+" if "+" in mode else ""), file)
        self._closed = False

    @property
    def mode(self):
        if self._created:
            return "xb+" if self._readable else "xb"
        if self._appending:
            return "ab+" if self._readable else "ab"
        if self._readable:
            return "rb+" if self._writable else "rb"
        return "wb"

    def __repr__(self):
        if self._closed:
            return "<_io.FileIO [closed]>"
        return f"<_io.FileIO name={self.name!r} mode={self.mode!r} closefd={self.closefd}>"

    def close(self):
        if not self._closed:
            self._closed = True
            if self.closefd:
                _fileio.close(self._number)

    def _check(self, readable=False, writable=False):
        self._check_open("I/O operation on closed file")
        if readable and not self._readable:
            raise UnsupportedOperation("File not open for reading")
        if writable and not self._writable:
            raise UnsupportedOperation("File not open for writing")

    def read(self, size=-1, /):
        self._check(readable=True)
        if size is None or size < 0:
            return self.readall()
        return _fileio.read(self._number, size)

    def readall(self):
        self._check(readable=True)
        return _fileio.read(self._number, -1)

    def readinto(self, buffer, /):
        self._check(readable=True)
        return _fill(buffer, _fileio.read(self._number, len(memoryview(buffer).cast("B"))))

    def write(self, b, /):
        self._check(writable=True)
        return _fileio.write(self._number, _octets(b))

    def seek(self, pos, whence=0, /):
        self._check()
        return _fileio.seek(self._number, pos, whence)

    def tell(self):
        self._check()
        return _fileio.seek(self._number, 0, 1)

    def truncate(self, size=None, /):
        self._check(writable=True)
        size = self.tell() if size is None else size
        _fileio.truncate(self._number, size)
        return size

    def fileno(self):
        self._check()
        return self._number

    def isatty(self):
        self._check()
        return _fileio.isatty(self._number)

    def readable(self):
        self._check()
        return self._readable

    def writable(self):
        self._check()
        return self._writable

    def seekable(self):
        self._check()
        try:
            self.tell()
        except OSError:
            return False
        return True


def _flags(kind, plus):
    """The flags that an opener is given (Linux)."""
    access = 2 if plus else 0 if kind == "r" else 1
    close_on_exec = 0o2000000
    return access | close_on_exec | {"r": 0, "w": 0o1100, "a": 0o2100, "x": 0o300}[kind]


class _Buffered(BufferedIOBase):
    """Reading and writing through a buffer; which of them is allowed, the subclasses say."""

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if buffer_size <= 0:
            raise ValueError("invalid buffer size")
        self._size = buffer_size
        self._found = b""
        self._at = 0
        self._out = bytearray()
        self.raw = raw

    @property
    def closed(self):
        return self.raw is not None and self.raw.closed

    @property
    def name(self):
        return self.raw.name

    @property
    def mode(self):
        return self.raw.mode

    def __repr__(self):
        kind = type(self).__name__
        try:
            return f"<_io.{kind} name={self.name!r}>"
        except AttributeError:
            return f"<_io.{kind}>"

    def _check_raw(self, message="I/O operation on closed file."):
        if self.raw is None:
            raise ValueError("raw stream has been detached")
        if self.raw.closed:
            raise ValueError(message)

    def detach(self):
        self.flush()
        raw, self.raw = self.raw, None
        return raw

    def close(self):
        if self.raw is not None and not self.raw.closed:
            try:
                self.flush()
            finally:
                self.raw.close()

    def flush(self):
        self._check_raw("flush of closed file")
        self._flush()

    def _flush(self):
        while self._out:
            written = self.raw.write(self._out)
            del self._out[:written]

    def _rewind(self):
        """Forgets what was read ahead."""
        ahead = len(self._found) - self._at
        self._found, self._at = b"", 0
        if ahead:
            self.raw.seek(-ahead, 1)

    # Reading.

    def _read(self, size=-1, /):
        self._check_raw("read of closed file")
        if size is None:
            size = -1
        if size < -1:
            raise ValueError("read length must be non-negative or -1")
        self._flush()
        found = self._found[self._at:] if self._at else self._found
        if size < 0:
            self._found, self._at = b"", 0
            return found + (self.raw.readall() or b"")
        if size <= len(found):
            self._at += size
            return found[:size]
        parts, missing = [found], size - len(found)
        self._found, self._at = b"", 0
        while missing:
            more = self.raw.read(max(self._size, missing))
            if not more:
                break
            parts.append(more[:missing])
            if len(more) > missing:
                self._found, self._at = more, missing
            missing -= len(parts[-1])
        return b"".join(parts)

    def _read1(self, size=-1, /):
        self._check_raw("read of closed file")
        if size < 0:
            size = self._size
        self._flush()
        if self._at == len(self._found):
            self._found, self._at = self.raw.read(self._size) or b"", 0
        found = self._found[self._at:self._at + size]
        self._at += len(found)
        return found

    def _peek(self, size=0, /):
        self._check_raw("peek of closed file")
        self._flush()
        if self._at == len(self._found):
            self._found, self._at = self.raw.read(self._size) or b"", 0
        return self._found[self._at:]

    def _readline(self, size=-1, /):
        self._check_raw("readline of closed file")
        if size is None:
            size = -1
        self._flush()
        parts, total = [], 0
        while True:
            if self._at == len(self._found):
                self._found, self._at = self.raw.read(self._size) or b"", 0
                if not self._found:
                    break
            end = self._found.find(b"\n", self._at) + 1
            end = end or len(self._found)
            if size >= 0:
                end = min(end, self._at + size - total)
            part = self._found[self._at:end]
            self._at = end
            total += len(part)
            parts.append(part)
            if part.endswith(b"\n") or total == size:
                break
        return b"".join(parts)

    # Writing.

    def _write(self, b, /):
        self._check_raw("write to closed file")
        data = _octets(b)
        if self._found:
            self._rewind()
        # What does not fit is kept behind what has been written; what is larger than all goes through.
        if len(self._out) + len(data) > self._size:
            self._flush()
        self._out += data
        if len(data) > self._size:
            self._flush()
        return len(data)

    # Moving.

    def seek(self, target, whence=0, /):
        self._check_raw("seek of closed file")
        if whence not in (0, 1, 2):
            raise ValueError(f"whence value {whence} unsupported")
        self._flush()
        if whence == 1:
            target -= len(self._found) - self._at
        self._found, self._at = b"", 0
        return self.raw.seek(target, whence)

    def tell(self):
        self._check_raw()
        return self.raw.tell() - (len(self._found) - self._at) + len(self._out)

    def truncate(self, pos=None, /):
        self._check_raw("truncate of closed file")
        if not self.raw.writable():
            self._unsupported("truncate")
        self._flush()
        return self.raw.truncate(self.tell() if pos is None else pos)

    def fileno(self):
        self._check_raw()
        return self.raw.fileno()

    def isatty(self):
        self._check_raw()
        return self.raw.isatty()

    def readable(self):
        self._check_raw()
        return self.raw.readable()

    def writable(self):
        self._check_raw()
        return self.raw.writable()

    def seekable(self):
        self._check_raw()
        return self.raw.seekable()


class BufferedReader(_Buffered):
    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.readable():
            raise UnsupportedOperation("File or stream is not readable.")
        super().__init__(raw, buffer_size)

    read, read1, peek, readline = _Buffered._read, _Buffered._read1, _Buffered._peek, _Buffered._readline

    def writable(self):
        return False


class BufferedWriter(_Buffered):
    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.writable():
            raise UnsupportedOperation("File or stream is not writable.")
        super().__init__(raw, buffer_size)

    write = _Buffered._write

    def readline(self, size=-1, /):
        self._unsupported("read")

    def readable(self):
        return False


class BufferedRandom(_Buffered):
    read, read1, peek, readline = _Buffered._read, _Buffered._read1, _Buffered._peek, _Buffered._readline
    write = _Buffered._write


_UTF8 = ("utf-8", "utf8", "u8", "utf", "utf-8-sig")
_WIDE = ("utf-16", "utf-32", "utf16", "utf32", "u16", "u32")


class TextIOWrapper(TextIOBase):
    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False,
                 write_through=False):
        if newline is not None and not isinstance(newline, str):
            kind = type(newline).__name__
            raise TypeError(f"TextIOWrapper() argument 'newline' must be str or None, not {kind}")
        if newline not in (None, "", "\n", "\r", "\r\n"):
            raise ValueError(f"illegal newline value: {newline}")
        self._buffer = None
        self._text, self._at = "", 0
        self._raw, self._start = b"", 0
        self._tail, self._held = b"", False
        self._begun = self._told = False
        self._seen = set()
        self._newline = newline
        self.encoding = "UTF-8" if encoding in (None, "locale") else encoding
        "".encode(self.encoding)
        self.errors = "strict" if errors is None else errors
        self.line_buffering, self.write_through = line_buffering, write_through
        plain = self.encoding.lower().replace("_", "-")
        self._utf8 = plain in _UTF8
        self._signed = plain == "utf-8-sig"
        self._wide = plain.startswith(_WIDE)
        self._buffer = buffer

    @property
    def buffer(self):
        return self._buffer

    @property
    def closed(self):
        return self._buffer is not None and self._buffer.closed

    @property
    def name(self):
        return self._buffer.name

    @property
    def newlines(self):
        if not self._seen:
            return None
        found = tuple(end for end in ("\r", "\n", "\r\n") if end in self._seen)
        return found[0] if len(found) == 1 else found

    def __repr__(self):
        parts = ["<_io.TextIOWrapper"]
        for name in ("name", "mode"):
            try:
                parts.append(f"{name}={getattr(self, name)!r}")
            except AttributeError:
                pass
        return " ".join(parts) + f" encoding={self.encoding!r}>"

    def _check(self):
        if self._buffer is None:
            raise ValueError("underlying buffer has been detached")
        if self._buffer.closed:
            raise ValueError("I/O operation on closed file.")

    def detach(self):
        self.flush()
        buffer, self._buffer = self._buffer, None
        return buffer

    def close(self):
        if self._buffer is not None and not self._buffer.closed:
            self._buffer.close()

    def flush(self):
        self._check()
        self._buffer.flush()

    def reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None,
                    write_through=None):
        if self._text and (encoding is not None or errors is not None):
            raise UnsupportedOperation(
                "It is not possible to set the encoding or newline of stream after the first read")
        self.flush()
        if encoding is not None:
            "".encode(encoding)
            self.encoding = encoding
        self.errors = errors if errors is not None else self.errors
        self._newline = newline if newline is not None else self._newline
        if line_buffering is not None:
            self.line_buffering = bool(line_buffering)
        if write_through is not None:
            self.write_through = bool(write_through)

    # Reading: `_text[_at:]` is what was decoded of `_raw`, which begins at `_start`, and not
    # asked for yet.

    def _more(self, everything=False):
        """Decodes the next piece; whether there is one."""
        self._start = self._position_of_file() - len(self._tail) - self._held
        while True:
            everything = everything or self._wide
            data = self._buffer.read() if everything else self._buffer.read1(DEFAULT_BUFFER_SIZE)
            final = everything or not data
            raw = (b"\r" if self._held else b"") + self._tail + data
            self._tail, self._held = b"", False
            if not raw:
                self._text, self._at, self._raw = "", 0, b""
                return False
            if self._utf8 and not final:
                raw, self._tail = _whole(raw)
            encoding = "utf-8" if self._signed and self._begun else self.encoding
            text = raw.decode(encoding, self.errors)
            self._begun = True
            if self._newline in (None, ""):
                if text.endswith("\r") and not final:
                    text, self._held, raw = text[:-1], True, raw[:-1]
                text = self._ends(text)
            if text or final:
                self._text, self._at, self._raw = text, 0, raw
                return bool(text)

    def _ends(self, text):
        """Notes the line endings of a text, and translates them when that is asked for."""
        if "\r" in text:
            pairs = text.count("\r\n")
            if pairs:
                self._seen.add("\r\n")
            if text.count("\r") > pairs:
                self._seen.add("\r")
            if text.count("\n") > pairs:
                self._seen.add("\n")
            if self._newline is None:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
        elif "\n" in text:
            self._seen.add("\n")
        return text

    def _reading(self):
        self._check()
        if not self._buffer.readable():
            raise UnsupportedOperation("not readable")

    def read(self, size=-1, /):
        self._reading()
        if size is None:
            size = -1
        self._told = False
        if size < 0:
            parts = [self._text[self._at:]]
            self._more(everything=True)
            parts.append(self._text)
            self._at = len(self._text)
            return "".join(parts)
        parts = []
        while size > 0:
            if self._at == len(self._text) and not self._more():
                break
            part = self._text[self._at:self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
        return "".join(parts)

    def _line_end(self, text, start):
        """Behind the end of the line that begins at `start`; 0 when it does not end here."""
        if self._newline == "":
            feed, carriage = text.find("\n", start), text.find("\r", start)
            if carriage < 0 or 0 <= feed < carriage:
                return feed + 1
            return carriage + 2 if feed == carriage + 1 else carriage + 1
        end = self._newline or "\n"
        at = text.find(end, start)
        return 0 if at < 0 else at + len(end)

    def readline(self, size=-1, /):
        self._reading()
        self._told = False
        return self._line(-1 if size is None else size)

    def _line(self, size):
        text, at = self._text, self._at
        end = self._line_end(text, at)
        if end and size < 0:
            self._at = end
            return text[at:end]
        line = ""
        while True:
            if self._at == len(self._text) and not self._more():
                return line
            start = len(line)
            line += self._text[self._at:]
            end = self._line_end(line, max(0, start - 1)) or len(line)
            done = end < len(line) or self._line_end(line, max(0, start - 1)) != 0
            if 0 <= size <= end:
                end, done = size, True
            self._at += end - start
            if done:
                return line[:end]

    def __next__(self):
        self._reading()
        line = self._line(-1)
        self._told = True
        if not line:
            self._told = False
            raise StopIteration
        return line

    # Writing.

    def write(self, s, /):
        self._check()
        if not isinstance(s, str):
            raise TypeError(f"write() argument must be str, not {type(s).__name__}")
        if not self._buffer.writable():
            raise UnsupportedOperation("not writable")
        text = s
        if self._newline in ("\r", "\r\n"):
            text = text.replace("\n", self._newline)
        if self._raw or self._text:
            self.seek(self.tell())
        encoding = self.encoding
        if (self._signed or self._wide) and (self._begun or self._buffer.seekable() and self._buffer.tell()):
            encoding = "utf-8" if self._signed else {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(
                encoding.lower().replace("_", "-"), encoding)
        self._begun = True
        self._buffer.write(text.encode(encoding, self.errors))
        if self.write_through or self.line_buffering and ("\n" in s or "\r" in s):
            self._buffer.flush()
        return len(s)

    # Moving.

    def _position_of_file(self):
        return self._buffer.tell() if self._buffer.seekable() else 0

    def tell(self):
        self._check()
        if not self._buffer.seekable():
            raise UnsupportedOperation("underlying stream is not seekable")
        if self._told:
            raise OSError("telling position disabled by next() call")
        if self._at == len(self._text):
            return self._buffer.tell() - len(self._tail) - self._held
        read = self._text[:self._at]
        if b"\r" not in self._raw:
            return self._start + len(read.encode(self.encoding, self.errors))
        whole, at = self._raw.decode(self.encoding, self.errors), 0
        for _ in read:
            pair = self._newline is None and whole[at:at + 2] == "\r\n"
            at += 2 if pair else 1
        return self._start + len(whole[:at].encode(self.encoding, self.errors))

    def seek(self, cookie, whence=0, /):
        self._check()
        if not self._buffer.seekable():
            raise UnsupportedOperation("underlying stream is not seekable")
        if whence == 1:
            if cookie != 0:
                raise UnsupportedOperation("can't do nonzero cur-relative seeks")
            cookie, whence = self.tell(), 0
        elif whence == 2:
            if cookie != 0:
                raise UnsupportedOperation("can't do nonzero end-relative seeks")
        elif whence != 0:
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if cookie < 0:
            raise ValueError(f"negative seek position {cookie}")
        self._buffer.flush()
        self._text, self._at, self._raw = "", 0, b""
        self._tail, self._held, self._told = b"", False, False
        position = self._buffer.seek(cookie, whence)
        self._begun = position != 0
        return position

    def truncate(self, pos=None, /):
        self.flush()
        return self._buffer.truncate(pos)

    def fileno(self):
        self._check()
        return self._buffer.fileno()

    def isatty(self):
        self._check()
        return self._buffer.isatty()

    def readable(self):
        self._check()
        return self._buffer.readable()

    def writable(self):
        self._check()
        return self._buffer.writable()

    def seekable(self):
        self._check()
        return self._buffer.seekable()


def _whole(raw):
    """Bytes up to the last character that is all there, and the rest."""
    for back in range(1, min(4, len(raw)) + 1):
        byte = raw[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (raw[:-back], raw[-back:]) if needed > back else (raw, b"")
        if byte < 0x80:
            break
    return raw, b""


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True,
         opener=None):
    if not isinstance(file, int):
        _path(file)
    for name, value in (("mode", mode), ("encoding", encoding), ("errors", errors)):
        if not isinstance(value, str) and (value is not None or name == "mode"):
            wanted = "str" if name == "mode" else "str or None"
            kind = "None" if value is None else type(value).__name__
            raise TypeError(f"open() argument {name!r} must be {wanted}, not {kind}")
    if len(set(mode)) < len(mode) or mode.strip("rwaxbt+"):
        raise ValueError(f"invalid mode: {mode!r}")
    binary, text = "b" in mode, "t" in mode
    if binary and text:
        raise ValueError("can't have text and binary mode at once")
    if sum(c in "rwax" for c in mode) > 1:
        raise ValueError("must have exactly one of create/read/write/append mode")
    if binary and encoding is not None:
        raise ValueError("binary mode doesn't take an encoding argument")
    if binary and errors is not None:
        raise ValueError("binary mode doesn't take an errors argument")
    if binary and newline is not None:
        raise ValueError("binary mode doesn't take a newline argument")
    raw = FileIO(file, mode.replace("b", "").replace("t", ""), closefd, opener)
    try:
        if buffering == 0:
            if binary:
                return raw
            raise ValueError("can't have unbuffered text I/O")
        line_buffering = buffering == 1 and not binary or buffering < 0 and raw.isatty()
        size = buffering if buffering > 1 else DEFAULT_BUFFER_SIZE
        if "+" in mode:
            buffer = BufferedRandom(raw, size)
        elif "r" in mode:
            buffer = BufferedReader(raw, size)
        else:
            buffer = BufferedWriter(raw, size)
        if binary:
            return buffer
        found = TextIOWrapper(buffer, encoding, errors, newline, line_buffering)
        found.mode = mode
        return found
    except BaseException:
        raw.close()
        raise


def open_code(path):
    return open(path, "rb")


def text_encoding(encoding, stacklevel=2, /):
    return "locale" if encoding is None else encoding


def _standard(number):
    """The bytes behind a standard stream."""
    raw = FileIO(number, "r" if number == 0 else "w", closefd=False)
    raw.name = ("<stdin>", "<stdout>", "<stderr>")[number]
    return BufferedReader(raw) if number == 0 else _Unbuffered(raw)


class _Unbuffered(BufferedWriter):
    """What goes to a standard stream is collected by the machine already."""

    def write(self, b, /):
        count = self._write(b)
        self._flush()
        return count

    def flush(self):
        self._flush()
        _fileio.flush(self.raw.fileno())


_Unbuffered.__name__ = _Unbuffered.__qualname__ = "BufferedWriter"


class StringIO(TextIOBase):
    # What a subclass or a program keeps in an instance is its own.
    __slots__ = ("__newline", "__parts", "__length", "__at")

    def __init__(self, initial_value="", newline="\n"):
        if newline is not None and not isinstance(newline, str):
            raise TypeError(f"newline must be str or None, not {type(newline).__name__}")
        if newline not in (None, "", "\n", "\r", "\r\n"):
            raise ValueError(f"illegal newline value: {newline!r}")
        if initial_value is not None and not isinstance(initial_value, str):
            kind = type(initial_value).__name__
            raise TypeError(f"initial_value must be str or None, not {kind}")
        self.__newline = newline
        # The text in parts: most programs only write, and joining once is enough.
        self.__parts, self.__length, self.__at = [], 0, 0
        if initial_value:
            self.write(initial_value)
            self.__at = 0

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file")

    def _all(self):
        if len(self.__parts) != 1:
            self.__parts = ["".join(self.__parts)]
        return self.__parts[0]

    def getvalue(self):
        self._check()
        return self._all()

    @property
    def line_buffering(self):
        return False

    def close(self):
        self._closed = True

    def flush(self):
        self._check()

    def write(self, s, /):
        self._check()
        if not isinstance(s, str):
            raise TypeError(f"string argument expected, got {type(s).__name__!r}")
        text = s
        if self.__newline is None:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        elif self.__newline in ("\r", "\r\n"):
            text = text.replace("\n", self.__newline)
        if not text:
            return len(s)
        if self.__at == self.__length:
            self.__parts.append(text)
            self.__at += len(text)
            self.__length = self.__at
            return len(s)
        data = self._all()
        if self.__at > self.__length:
            data += "\0" * (self.__at - self.__length)
        data = data[:self.__at] + text + data[self.__at + len(text):]
        self.__parts, self.__length = [data], len(data)
        self.__at += len(text)
        return len(s)

    def read(self, size=-1, /):
        self._check()
        data = self._all()
        end = self.__length if size is None or size < 0 else self.__at + size
        found = data[self.__at:end]
        self.__at += len(found)
        return found

    def readline(self, size=-1, /):
        self._check()
        data = self._all()
        if self.__newline == "":
            end = TextIOWrapper._line_end(self, data, self.__at) or self.__length
        else:
            mark = self.__newline or "\n"
            end = data.find(mark, self.__at)
            end = self.__length if end < 0 else end + len(mark)
        if size is not None and size >= 0:
            end = min(end, self.__at + size)
        found = data[self.__at:end]
        self.__at += len(found)
        return found

    def seek(self, pos, whence=0, /):
        self._check()
        if whence not in (0, 1, 2):
            raise ValueError(f"Invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and pos < 0:
            raise ValueError(f"Negative seek position {pos}")
        if whence != 0 and pos != 0:
            raise OSError("Can't do nonzero cur-relative seeks")
        self.__at = pos if whence == 0 else self.__at if whence == 1 else self.__length
        return self.__at

    def tell(self):
        self._check()
        return self.__at

    def truncate(self, pos=None, /):
        self._check()
        size = self.__at if pos is None else pos
        if size < 0:
            raise ValueError(f"Negative size value {size}")
        data = self._all()[:size]
        self.__parts, self.__length = [data], len(data)
        return size

    def readable(self):
        self._check()
        return True

    writable = seekable = readable


class BytesIO(BufferedIOBase):
    # What a subclass or a program keeps in an instance is its own.
    __slots__ = ("__data", "__at")

    def __init__(self, initial_bytes=b""):
        self.__data = bytearray(b"" if initial_bytes is None else _octets(initial_bytes))
        self.__at = 0

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file.")

    def getvalue(self):
        self._check()
        return bytes(self.__data)

    def getbuffer(self):
        self._check()
        return memoryview(self.__data)

    def close(self):
        self._closed = True

    def flush(self):
        self._check()

    def isatty(self):
        self._check()
        return False

    def write(self, b, /):
        self._check()
        data = _octets(b)
        if not data:
            return 0
        if self.__at == len(self.__data):
            self.__data += data
        else:
            if self.__at > len(self.__data):
                self.__data += bytes(self.__at - len(self.__data))
            self.__data[self.__at:self.__at + len(data)] = data
        self.__at += len(data)
        return len(data)

    def read(self, size=-1, /):
        self._check()
        end = len(self.__data) if size is None or size < 0 else self.__at + size
        found = bytes(self.__data[self.__at:end])
        self.__at += len(found)
        return found

    def read1(self, size=-1, /):
        return self.read(size)

    def readline(self, size=-1, /):
        self._check()
        end = self.__data.find(b"\n", self.__at) + 1 or len(self.__data)
        if size is not None and size >= 0:
            end = min(end, self.__at + size)
        found = bytes(self.__data[self.__at:end])
        self.__at += len(found)
        return found

    def seek(self, pos, whence=0, /):
        self._check()
        if whence not in (0, 1, 2):
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and pos < 0:
            raise ValueError(f"negative seek value {pos}")
        base = 0 if whence == 0 else self.__at if whence == 1 else len(self.__data)
        self.__at = max(0, base + pos)
        return self.__at

    def tell(self):
        self._check()
        return self.__at

    def truncate(self, size=None, /):
        self._check()
        size = self.__at if size is None else size
        if size < 0:
            raise ValueError(f"negative size value {size}")
        del self.__data[size:]
        return size

    def readable(self):
        self._check()
        return True

    writable = seekable = readable


for _class in (IOBase, RawIOBase, BufferedIOBase, TextIOBase, UnsupportedOperation):
    _class.__module__ = "io"
for _class in (FileIO, BufferedReader, BufferedWriter, BufferedRandom, TextIOWrapper, StringIO, BytesIO,
               _Unbuffered):
    _class.__module__ = "_io"
    _mark_class(_class, "qualified")
del _class
