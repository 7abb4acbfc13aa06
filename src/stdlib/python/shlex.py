# `shlex`: words as a shell splits them.

__all__ = ["split", "quote", "join"]

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")


def split(s, comments=False, posix=True):
    if s is None:
        raise ValueError("s argument must not be None")
    words = []
    word = None
    at, size = 0, len(s)
    while at < size:
        c = s[at]
        at += 1
        if c in " \t\r\n":
            if word is not None:
                words.append(word)
                word = None
        elif comments and c == "#":
            # A comment ends the word as well, and the line.
            if word is not None:
                words.append(word)
                word = None
            end = s.find("\n", at)
            at = size if end < 0 else end + 1
        elif c in "'\"" and (posix or word is None):
            end = at
            text = ""
            while True:
                if end >= size:
                    raise ValueError("No closing quotation")
                inner = s[end]
                end += 1
                if inner == c:
                    break
                if posix and c == '"' and inner == "\\":
                    if end >= size:
                        raise ValueError("No escaped character")
                    # Inside double quotes a backslash keeps its place before most characters.
                    inner = s[end] if s[end] in '"\\' else "\\" + s[end]
                    end += 1
                text += inner
            at = end
            if posix:
                word = (word or "") + text
            else:
                words.append(c + text + c)
        elif posix and c == "\\":
            if at >= size:
                raise ValueError("No escaped character")
            word = (word or "") + s[at]
            at += 1
        else:
            word = (word or "") + c
    if word is not None:
        words.append(word)
    return words


def join(split_command):
    return " ".join(map(quote, split_command))


def quote(s):
    if not s:
        return "''"
    if not isinstance(s, str):
        raise TypeError(f"expected string or bytes-like object, got {type(s).__name__!r}")
    if _SAFE.issuperset(s):
        return s
    return "'" + s.replace("'", "'\"'\"'") + "'"
