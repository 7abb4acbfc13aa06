# `hashlib`: the algorithms of `_hashes` by name.

import _hashes

algorithms_guaranteed = set(_hashes.names)
algorithms_available = set(_hashes.names)
__all__ = (*_hashes.names, "new", "algorithms_guaranteed", "algorithms_available", "file_digest")


def new(name, data=b"", *, usedforsecurity=True):
    result = _hashes.new(name.lower().replace("-", "_") if name not in _hashes.names else name, data)
    if result is None:
        raise ValueError(f"unsupported hash type {name}")
    return result


def _constructor(name):
    def construct(string=b"", *, usedforsecurity=True):
        return _hashes.new(name, string)

    construct.__name__ = construct.__qualname__ = f"openssl_{name}"
    return construct


for _name in _hashes.names:
    globals()[_name] = _constructor(_name)
del _name


def file_digest(fileobj, digest, /, *, _bufsize=2**18):
    result = new(digest) if isinstance(digest, str) else digest()
    while data := fileobj.read(_bufsize):
        result.update(data)
    return result
