# `linecache`: the lines of files that were run, or that can be opened.

import _internals

__all__ = ["getline", "clearcache", "checkcache", "lazycache"]

cache = {}


def getline(filename, lineno, module_globals=None):
    lines = getlines(filename, module_globals)
    return lines[lineno - 1] if 1 <= lineno <= len(lines) else ""


def getlines(filename, module_globals=None):
    entry = cache.get(filename)
    if entry is not None and len(entry) != 1:
        return entry[2]
    return updatecache(filename, module_globals)


def updatecache(filename, module_globals=None):
    cache.pop(filename, None)
    text = _internals.source_of(filename)
    if text is None:
        if not filename or filename.startswith("<") and filename.endswith(">"):
            return []
        try:
            with open(filename, encoding="utf-8") as file:
                text = file.read()
        except (OSError, NameError, UnicodeDecodeError):
            return []
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    cache[filename] = len(text), None, lines, filename
    return lines


def clearcache():
    cache.clear()


def checkcache(filename=None):
    # Programs do not change while they run.
    pass


def lazycache(filename, module_globals):
    return False
