# `os`: the part of it that programs without processes and signals use.

import _os
import sys
from _collections_abc import MutableMapping
from _random import urandom
from abc import ABC, abstractmethod

name = "posix"
linesep = "\n"
error = OSError
curdir, pardir, sep, pathsep, extsep, altsep, devnull = ".", "..", "/", ":", ".", None, "/dev/null"
defpath = "/bin:/usr/bin"
F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4

__all__ = [
    "F_OK", "PathLike", "R_OK", "W_OK", "X_OK", "altsep", "chdir", "cpu_count", "curdir", "defpath", "devnull",
    "environ", "error", "extsep", "fspath", "fsdecode", "fsencode", "getcwd", "getenv", "getpid",
    "linesep", "listdir", "makedirs", "mkdir", "name", "pardir", "path", "pathsep", "remove",
    "removedirs", "rename", "replace", "rmdir", "sep", "stat", "strerror", "unlink", "urandom", "walk",
]

fspath = _os.fspath
getcwd = _os.getcwd
getpid = _os.getpid
cpu_count = _os.cpu_count
strerror = _os.strerror


class PathLike(ABC):
    @abstractmethod
    def __fspath__(self):
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is PathLike:
            return any("__fspath__" in base.__dict__ for base in subclass.__mro__) or NotImplemented
        return NotImplemented


def fsencode(filename):
    filename = fspath(filename)
    return filename.encode("utf-8", "surrogateescape") if isinstance(filename, str) else filename


def fsdecode(filename):
    filename = fspath(filename)
    return filename.decode("utf-8", "surrogateescape") if isinstance(filename, bytes) else filename


def _failed(code, *names):
    if len(names) == 2:
        return OSError(code, strerror(code), names[0], None, names[1])
    return OSError(code, strerror(code), *names)


def _checked(result, *names):
    # An error number where there should be a result.
    if isinstance(result, int):
        raise _failed(result, *names)
    return result


class _Environ(MutableMapping):
    def __init__(self, data):
        self._data = data

    def __getitem__(self, key):
        return self._data[self._text(key)]

    def __setitem__(self, key, value):
        self._data[self._text(key)] = self._text(value)

    def __delitem__(self, key):
        del self._data[self._text(key)]

    def __iter__(self):
        return iter(list(self._data))

    def __len__(self):
        return len(self._data)

    def __repr__(self):
        inner = ", ".join(f"{key!r}: {value!r}" for key, value in self._data.items())
        return f"environ({{{inner}}})"

    @staticmethod
    def _text(value):
        if not isinstance(value, str):
            raise TypeError(f"str expected, not {type(value).__name__}")
        return value

    def copy(self):
        return dict(self)

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def __or__(self, other):
        return {**self, **other}

    def __ror__(self, other):
        return {**other, **self}

    def __ior__(self, other):
        self.update(other)
        return self


environ = _Environ(dict(_os.environment()))


def getenv(key, default=None):
    return environ.get(key, default)


class stat_result:
    def __init__(self, mode, size, modified):
        self.st_mode, self.st_size = mode, size
        self.st_mtime_ns, self.st_mtime = modified, modified / 10**9


def stat(path, *, follow_symlinks=True):
    return stat_result(*_checked(_os.stat(fsdecode(path), follow_symlinks), path))


def listdir(path=None):
    if path is None:
        path = "."
    return _checked(_os.listdir(fsdecode(path)), path)


def chdir(path):
    _checked(_os.chdir(fsdecode(path)), path)


def mkdir(path, mode=0o777):
    _checked(_os.mkdir(fsdecode(path)), path)


def makedirs(name, mode=0o777, exist_ok=False):
    head, tail = path.split(fsdecode(name))
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        try:
            makedirs(head, exist_ok=exist_ok)
        except FileExistsError:
            pass
        if tail == curdir:
            return
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise


def rmdir(path):
    _checked(_os.rmdir(fsdecode(path)), path)


def removedirs(name):
    rmdir(name)
    head, tail = path.split(fsdecode(name))
    while head and tail:
        try:
            rmdir(head)
        except OSError:
            break
        head, tail = path.split(head)


def remove(path):
    _checked(_os.remove(fsdecode(path)), path)


unlink = remove


def rename(src, dst):
    _checked(_os.rename(fsdecode(src), fsdecode(dst)), src, dst)


replace = rename


def walk(top, topdown=True, onerror=None, followlinks=False):
    top = fsdecode(top)
    try:
        names = listdir(top)
    except OSError as failure:
        if onerror is not None:
            onerror(failure)
        return
    folders = [each for each in names if path.isdir(path.join(top, each))]
    files = [each for each in names if not path.isdir(path.join(top, each))]
    if topdown:
        yield top, folders, files
    for folder in folders:
        inner = path.join(top, folder)
        if followlinks or not path.islink(inner):
            yield from walk(inner, topdown, onerror, followlinks)
    if not topdown:
        yield top, folders, files


import posixpath as path

sys.modules["os.path"] = path
