# `copy`. What an object is made of, its `__reduce_ex__` says (see `copyreg`).

import types
import weakref
from copyreg import dispatch_table

__all__ = [
    "Error", "copy", "deepcopy", "replace",
]


class Error(Exception):
    pass


error = Error

# What cannot change, or is the same wherever it is held.
_ATOMIC = frozenset([
    type(None), int, float, bool, complex, bytes, str, type, range, property,
    types.FunctionType, types.BuiltinFunctionType, type(...), type(NotImplemented), types.CodeType,
    weakref.ref,
])
_ATOMIC_WHEN_FLAT = frozenset([tuple, frozenset, slice])
_COPIED = {list: list.copy, dict: dict.copy, set: set.copy, bytearray: bytearray.copy}


def copy(x):
    cls = type(x)
    if cls in _ATOMIC or cls in _ATOMIC_WHEN_FLAT or issubclass(cls, type):
        return x
    if cls in _COPIED:
        return _COPIED[cls](x)
    hook = getattr(cls, "__copy__", None)
    if hook is not None:
        return hook(x)
    parts = _taken_apart(x, cls, "un(shallow)copyable")
    return x if isinstance(parts, str) else _put_together(x, None, *parts)


def _taken_apart(x, cls, unable):
    reduce = dispatch_table.get(cls)
    if reduce is not None:
        return reduce(x)
    reduce = getattr(x, "__reduce_ex__", None)
    if reduce is not None:
        return reduce(4)
    reduce = getattr(x, "__reduce__", None)
    if reduce:
        return reduce()
    raise Error(f"{unable} object of type {cls}")


def _put_together(x, memo, make, args, state=None, items=None, pairs=None):
    deep = memo is not None
    if deep and args:
        args = [deepcopy(arg, memo) for arg in args]
    new = make(*args)
    if deep:
        memo[id(x)] = new
    if state is not None:
        if deep:
            state = deepcopy(state, memo)
        if hasattr(new, "__setstate__"):
            new.__setstate__(state)
        else:
            slots = None
            if isinstance(state, tuple) and len(state) == 2:
                state, slots = state
            if state is not None:
                new.__dict__.update(state)
            if slots is not None:
                for name, value in slots.items():
                    setattr(new, name, value)
    if items is not None:
        for item in items:
            new.append(deepcopy(item, memo) if deep else item)
    if pairs is not None:
        for key, value in pairs:
            if deep:
                key = deepcopy(key, memo)
                value = deepcopy(value, memo)
            new[key] = value
    return new


_missing = object()


def deepcopy(x, memo=None, _nil=[]):
    cls = type(x)
    if cls in _ATOMIC:
        return x
    if memo is None:
        memo = {}
    known = memo.get(id(x), _missing)
    if known is not _missing:
        return known
    copier = _DEEP.get(cls)
    if copier is not None:
        new = copier(x, memo)
    elif issubclass(cls, type):
        new = x
    elif (hook := getattr(x, "__deepcopy__", None)) is not None:
        new = hook(memo)
    else:
        parts = _taken_apart(x, cls, "un(deep)copyable")
        new = x if isinstance(parts, str) else _put_together(x, memo, *parts)
    if new is not x:
        memo[id(x)] = new
        # Keeps the original alive as long as its address is a key.
        memo.setdefault(id(memo), []).append(x)
    return new


def _deep_list(x, memo):
    new = memo[id(x)] = []
    append = new.append
    for item in x:
        append(deepcopy(item, memo))
    return new


def _deep_tuple(x, memo):
    items = [deepcopy(item, memo) for item in x]
    # A tuple that holds itself, through a list, has been copied on the way.
    if id(x) in memo:
        return memo[id(x)]
    return x if all(new is old for new, old in zip(items, x)) else tuple(items)


def _deep_dict(x, memo):
    new = memo[id(x)] = {}
    for key, value in x.items():
        new[deepcopy(key, memo)] = deepcopy(value, memo)
    return new


def _deep_method(x, memo):
    return type(x)(x.__func__, deepcopy(x.__self__, memo))


_DEEP = {list: _deep_list, tuple: _deep_tuple, dict: _deep_dict, types.MethodType: _deep_method}


def replace(obj, /, **changes):
    method = getattr(type(obj), "__replace__", None)
    if method is None:
        raise TypeError(f"replace() does not support {type(obj).__name__} objects")
    return method(obj, **changes)
