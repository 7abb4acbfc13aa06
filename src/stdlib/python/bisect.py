# `bisect`.

from operator import index as _index
from sys import maxsize as _MOST

from _internals import native as _native


@_native
def _bounds(a, lo, hi):
    # The part of `a` to look through.
    if type(lo) is not int or lo < 0 or lo > _MOST:
        lo = _index(lo)
        if not -_MOST - 1 <= lo <= _MOST:
            raise OverflowError("Python int too large to convert to C ssize_t")
        if lo < 0:
            raise ValueError("lo must be non-negative")
    if hi is None:
        hi = len(a)
    elif type(hi) is not int or hi > _MOST:
        if not hasattr(type(hi), "__index__"):
            raise TypeError(f"argument should be integer or None, not '{type(hi).__name__}'")
        hi = _index(hi)
        if not -_MOST - 1 <= hi <= _MOST:
            raise OverflowError("cannot fit 'int' into an index-sized integer")
    elif hi == -1:
        # In C, -1 stands for the end.
        hi = len(a)
    if lo < hi and type(a) is not list:
        if isinstance(a, dict):
            raise TypeError(f"{type(a).__name__} is not a sequence")
        if not hasattr(type(a), "__getitem__"):
            raise TypeError(f"'{type(a).__name__}' object does not support indexing")
    return lo, hi


@_native
def bisect_right(a, x, lo=0, hi=None, *, key=None):
    if hi is None and type(a) is list and type(lo) is int and 0 <= lo <= _MOST:
        hi = len(a)
    else:
        lo, hi = _bounds(a, lo, hi)
    while lo < hi:
        middle = (lo + hi) // 2
        item = a[middle] if key is None else key(a[middle])
        if x < item:
            hi = middle
        else:
            lo = middle + 1
    return lo


@_native
def bisect_left(a, x, lo=0, hi=None, *, key=None):
    if hi is None and type(a) is list and type(lo) is int and 0 <= lo <= _MOST:
        hi = len(a)
    else:
        lo, hi = _bounds(a, lo, hi)
    while lo < hi:
        middle = (lo + hi) // 2
        item = a[middle] if key is None else key(a[middle])
        if item < x:
            lo = middle + 1
        else:
            hi = middle
    return lo


@_native
def insort_right(a, x, lo=0, hi=None, *, key=None):
    at = bisect_right(a, x if key is None else key(x), lo, hi, key=key)
    a.insert(at, x)


@_native
def insort_left(a, x, lo=0, hi=None, *, key=None):
    at = bisect_left(a, x if key is None else key(x), lo, hi, key=key)
    a.insert(at, x)


bisect = bisect_right
insort = insort_right
for _function in (bisect_right, bisect_left, insort_right, insort_left):
    _function.__module__ = "_bisect"
del _function
