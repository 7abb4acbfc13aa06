# `io`: texts and bytes in memory; files are not there.


class UnsupportedOperation(OSError, ValueError):
    pass


class _Memory:
    _empty = ""

    def __init__(self, initial=None):
        self._data = self._empty if initial is None else initial
        self._at = 0
        self.closed = False

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def getvalue(self):
        self._check()
        return self._data

    def write(self, s):
        self._check()
        if not isinstance(s, self._kinds):
            raise TypeError(self._complaint(s))
        gap = self._at - len(self._data)
        if gap > 0:
            self._data += self._filler * gap
        self._data = self._data[: self._at] + s + self._data[self._at + len(s):]
        self._at += len(s)
        return len(s)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def read(self, size=-1):
        self._check()
        end = len(self._data) if size is None or size < 0 else self._at + size
        found = self._data[self._at:end]
        self._at += len(found)
        return found

    def readline(self, size=-1):
        self._check()
        end = self._data.find(self._newline, self._at)
        end = len(self._data) if end < 0 else end + 1
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        found = self._data[self._at:end]
        self._at += len(found)
        return found

    def readlines(self, hint=-1):
        return list(self)

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def seek(self, pos, whence=0):
        self._check()
        if whence == 1:
            pos += self._at
        elif whence == 2:
            pos += len(self._data)
        if pos < 0:
            raise ValueError(f"Negative seek position {pos}")
        self._at = pos
        return pos

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None):
        self._check()
        size = self._at if size is None else size
        self._data = self._data[:size]
        return size

    def flush(self):
        self._check()

    def close(self):
        self.closed = True

    def isatty(self):
        return False

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *exc_info):
        self.close()


class StringIO(_Memory):
    _kinds = str
    _filler = "\0"
    _newline = "\n"

    def __init__(self, initial_value="", newline="\n"):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        super().__init__(initial_value)

    @staticmethod
    def _complaint(s):
        return f"string argument expected, got {type(s).__name__!r}"


class BytesIO(_Memory):
    _empty = b""
    _kinds = (bytes, bytearray)
    _filler = b"\0"
    _newline = b"\n"

    def __init__(self, initial_bytes=b""):
        super().__init__(bytes(initial_bytes))

    @staticmethod
    def _complaint(s):
        return f"a bytes-like object is required, not {type(s).__name__!r}"
