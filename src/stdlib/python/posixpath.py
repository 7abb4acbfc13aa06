# `os.path`: paths as texts.

import _os
import os

curdir, pardir, sep, pathsep, extsep, altsep, devnull = ".", "..", "/", ":", ".", None, "/dev/null"
defpath = "/bin:/usr/bin"
supports_unicode_filenames = False

__all__ = [
    "normcase", "isabs", "join", "splitdrive", "splitroot", "split", "splitext", "basename", "dirname",
    "commonprefix", "getsize", "getmtime", "islink", "exists", "lexists", "isdir", "isfile",
    "expanduser", "expandvars", "normpath", "abspath", "curdir", "pardir", "sep", "pathsep", "defpath",
    "altsep", "extsep", "devnull", "realpath", "supports_unicode_filenames", "relpath", "commonpath",
]

_FOLDER, _FILE, _LINK = 0o040000, 0o100000, 0o120000


def _marks(path):
    # The separator, dots and nothing of a path's own type.
    return (b"/", b".", b"") if isinstance(path, bytes) else ("/", ".", "")


def normcase(s):
    return os.fspath(s)


def isabs(s):
    s = os.fspath(s)
    return s.startswith(_marks(s)[0])


def join(a, *p):
    path = os.fspath(a)
    slash = _marks(path)[0]
    for part in p:
        if not isinstance(part, (str, bytes)) and not hasattr(type(part), "__fspath__"):
            raise TypeError(
                "join() argument must be str, bytes, or os.PathLike object, "
                f"not {type(part).__name__!r}"
            ) from None
        part = os.fspath(part)
        if type(part) is not type(path):
            if isinstance(part, (str, bytes)) and isinstance(path, (str, bytes)):
                raise TypeError("Can't mix strings and bytes in path components") from None
        if part.startswith(slash) or not path:
            path = part
        elif path.endswith(slash):
            path += part
        else:
            path += slash + part
    return path


def split(p):
    p = os.fspath(p)
    slash = _marks(p)[0]
    at = p.rfind(slash) + 1
    head, tail = p[:at], p[at:]
    if head.strip(slash):
        head = head.rstrip(slash)
    return head, tail


def splitext(p):
    p = os.fspath(p)
    slash, dot, nothing = _marks(p)
    start = p.rfind(slash) + 1
    at = p.rfind(dot)
    # Dots at the start of a name are part of it.
    if at > start and p[start:at].strip(dot):
        return p[:at], p[at:]
    return p, nothing


def splitdrive(p):
    p = os.fspath(p)
    return p[:0], p


def splitroot(p):
    p = os.fspath(p)
    slash, _, nothing = _marks(p)
    if not p.startswith(slash):
        return nothing, nothing, p
    if p.startswith(slash * 2) and not p.startswith(slash * 3):
        return nothing, p[:2], p[2:]
    return nothing, p[:1], p[1:]


def basename(p):
    p = os.fspath(p)
    return p[p.rfind(_marks(p)[0]) + 1:]


def dirname(p):
    return split(p)[0]


def normpath(path):
    path = os.fspath(path)
    slash, dot, nothing = _marks(path)
    if not path:
        return dot
    _, root, rest = splitroot(path)
    parts = []
    for part in rest.split(slash):
        if part == nothing or part == dot:
            continue
        if part != dot * 2 or (not root and not parts) or (parts and parts[-1] == dot * 2):
            parts.append(part)
        elif parts:
            parts.pop()
    return root + slash.join(parts) or dot


def abspath(path):
    path = os.fspath(path)
    if not isabs(path):
        here = os.getcwd()
        path = join(here.encode() if isinstance(path, bytes) else here, path)
    return normpath(path)


def realpath(filename, *, strict=False):
    return abspath(filename)


def relpath(path, start=None):
    path = os.fspath(path)
    if not path:
        raise ValueError("no path specified")
    slash, dot, nothing = _marks(path)
    here = abspath(dot if start is None else os.fspath(start)).lstrip(slash)
    there = abspath(path).lstrip(slash)
    origin = here.split(slash) if here else []
    target = there.split(slash) if there else []
    same = len(commonprefix([origin, target]))
    parts = [dot * 2] * (len(origin) - same) + target[same:]
    return slash.join(parts) if parts else dot


def commonprefix(m):
    if not m:
        return ""
    if not isinstance(m[0], (list, tuple)):
        m = tuple(map(os.fspath, m))
    least, most = min(m), max(m)
    for place, item in enumerate(least):
        if item != most[place]:
            return least[:place]
    return least


def commonpath(paths):
    paths = tuple(map(os.fspath, paths))
    if not paths:
        raise ValueError("commonpath() arg is an empty sequence")
    slash, dot, nothing = _marks(paths[0])
    rooted = {path.startswith(slash) for path in paths}
    if len(rooted) > 1:
        raise ValueError("Can't mix absolute and relative paths") from None
    split_paths = [[part for part in path.split(slash) if part and part != dot] for path in paths]
    return (slash if rooted.pop() else nothing) + slash.join(commonprefix(split_paths))


def expanduser(path):
    path = os.fspath(path)
    if path[:1] != "~":
        return path
    end = path.find("/")
    if end < 0:
        end = len(path)
    home = os.environ.get("HOME")
    if end != 1 or home is None:
        return path
    return (home.rstrip("/") + path[end:]) or "/"


def expandvars(path):
    path = os.fspath(path)
    out = ""
    at = 0
    while at < len(path):
        if path[at] != "$":
            out += path[at]
            at += 1
            continue
        if path[at + 1:at + 2] == "{":
            end = path.find("}", at)
            name, after = (path[at + 2:end], end + 1) if end > 0 else ("", at + 1)
        else:
            after = at + 1
            while after < len(path) and (path[after].isalnum() or path[after] == "_"):
                after += 1
            name = path[at + 1:after]
        out += os.environ[name] if name in os.environ else path[at:after]
        at = after
    return out


def _mode(path, follow=True):
    # The kind of a file; None when there is none.
    try:
        found = _os.stat(os.fsdecode(path), follow)
    except ValueError:
        return None
    return None if isinstance(found, int) else found[0] & 0o170000


def exists(path):
    return _mode(path) is not None


def lexists(path):
    return _mode(path, False) is not None


def isfile(path):
    return _mode(path) == _FILE


def isdir(path):
    return _mode(path) == _FOLDER


def islink(path):
    return _mode(path, False) == _LINK


def getsize(filename):
    return os.stat(filename).st_size


def getmtime(filename):
    return os.stat(filename).st_mtime
