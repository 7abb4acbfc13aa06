# `copy`.

import types

from _internals import native as _native

__all__ = [
    "Error", "copy", "deepcopy", "replace",
]


class Error(Exception):
    pass


error = Error

_ATOMIC = (
    type(None), int, float, bool, complex, bytes, str, type, range, property,
    types.FunctionType, types.BuiltinFunctionType, type(...), type(NotImplemented), types.CodeType,
)


def _new_like(x):
    cls = type(x)
    for base in cls.__mro__:
        if base in (list, dict, set, frozenset, tuple, bytearray):
            return base.__new__(cls) if base not in (frozenset, tuple) else base.__new__(cls, x)
        if issubclass(base, BaseException) and base.__module__ == "builtins":
            new = base.__new__(cls, *x.args)
            new.args = x.args
            return new
    try:
        return object.__new__(cls)
    except TypeError:
        pass
    # What only the machine can make cannot be made like another.
    if cls is memoryview:
        raise TypeError("cannot pickle memoryview objects")
    import weakref

    # A reference is the same wherever it is held.
    return x if cls is weakref.ref else object.__reduce_ex__(x, 4)


def _slots(cls):
    for base in cls.__mro__:
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in ("__dict__", "__weakref__"):
                if name.startswith("__") and not name.endswith("__"):
                    name = f"_{base.__name__.lstrip('_')}{name}"
                yield name


def _fill(new, x, convert):
    getstate = getattr(type(x), "__getstate__", None)
    setstate = getattr(new, "__setstate__", None)
    if getstate is not None and getstate is not object.__getstate__:
        state = convert(x.__getstate__())
        if setstate is not None:
            setstate(state)
        elif isinstance(state, dict):
            new.__dict__.update(state)
        return
    attributes = getattr(x, "__dict__", None)
    if attributes:
        state = convert(attributes)
        if setstate is not None and not isinstance(x, BaseException):
            setstate(state)
            return
        new.__dict__.update(state)
    for name in _slots(type(x)):
        try:
            value = getattr(x, name)
        except AttributeError:
            continue
        object.__setattr__(new, name, convert(value))


def copy(x):
    cls = type(x)
    if cls in _ATOMIC or issubclass(cls, type) or cls in (tuple, frozenset, slice):
        return x
    if cls in (list, dict, set, bytearray):
        return x.copy()
    hook = getattr(cls, "__copy__", None)
    if hook is not None:
        return hook(x)
    _check(x)
    new = _reconstructed(x, lambda value: value)
    if new is not None:
        return new[0]
    new = _new_like(x)
    if isinstance(x, dict):
        dict.update(new, x)
    elif isinstance(x, list):
        list.extend(new, x)
    elif isinstance(x, set):
        set.update(new, x)
    _fill(new, x, lambda value: dict(value) if isinstance(value, dict) and value is getattr(x, "__dict__", None) else value)
    return new


@_native
def _check(x):
    if isinstance(x, (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, types.ModuleType)):
        raise TypeError(f"cannot pickle '{type(x).__name__}' object")


def _reconstructed(x, convert, memo=None):
    # A class with a `__reduce__` of its own says how it is made anew.
    cls = type(x)
    if cls in _REMADE:
        return (_REMADE[cls](x, convert),)
    reduce_ex = getattr(cls, "__reduce_ex__", None)
    reduce = getattr(cls, "__reduce__", None)
    if reduce_ex is not None and reduce_ex is not object.__reduce_ex__:
        parts = x.__reduce_ex__(4)
    elif reduce is not None and reduce is not object.__reduce__:
        parts = x.__reduce__()
    else:
        return None
    if isinstance(parts, str):
        return (x,)
    function, args, *rest = parts
    new = function(*(convert(arg) for arg in args))
    if memo is not None:
        memo[id(x)] = new
    if rest and rest[0] is not None:
        state = convert(rest[0])
        if hasattr(new, "__setstate__"):
            new.__setstate__(state)
        else:
            new.__dict__.update(state)
    if len(rest) > 1 and rest[1] is not None:
        for item in rest[1]:
            new.append(convert(item))
    if len(rest) > 2 and rest[2] is not None:
        for key, value in rest[2]:
            new[convert(key)] = convert(value)
    return (new,)


def _or_of(types):
    union = types[0]
    for each in types[1:]:
        union |= each
    return union


# How those are made anew that do not say it themselves.
_REMADE = {
    slice: lambda x, convert: slice(convert(x.start), convert(x.stop), convert(x.step)),
    types.MethodType: lambda x, convert: types.MethodType(x.__func__, convert(x.__self__)),
    types.GenericAlias: lambda x, convert: types.GenericAlias(x.__origin__, convert(x.__args__)),
    types.UnionType: lambda x, convert: _or_of(convert(x.__args__)),
}
_missing = object()


def deepcopy(x, memo=None, _nil=[]):
    if memo is None:
        memo = {}
    known = memo.get(id(x), _missing)
    if known is not _missing:
        return known
    cls = type(x)
    if cls in _ATOMIC or issubclass(cls, type):
        return x
    hook = getattr(cls, "__deepcopy__", None)
    if hook is not None:
        new = hook(x, memo)
    else:
        new = _deepcopied(x, cls, memo)
    if new is not x:
        memo[id(x)] = new
        # Keeps the original alive as long as its address is a key.
        memo.setdefault(id(memo), []).append(x)
    return new


@_native
def _deepcopied(x, cls, memo):
    if cls is list:
        new = memo[id(x)] = []
        for item in x:
            new.append(deepcopy(item, memo))
        return new
    if cls is dict:
        new = memo[id(x)] = {}
        for key, value in x.items():
            new[deepcopy(key, memo)] = deepcopy(value, memo)
        return new
    if cls is tuple:
        items = [deepcopy(item, memo) for item in x]
        if id(x) in memo:
            return memo[id(x)]
        return x if all(a is b for a, b in zip(items, x)) else tuple(items)
    if cls is set or cls is frozenset:
        return cls([deepcopy(item, memo) for item in x])
    if cls is bytearray:
        return x.copy()
    _check(x)
    made = _reconstructed(x, lambda value: deepcopy(value, memo), memo)
    if made is not None:
        return made[0]
    if isinstance(x, (tuple, frozenset)):
        base = tuple if isinstance(x, tuple) else frozenset
        new = base.__new__(cls, [deepcopy(item, memo) for item in x])
    else:
        new = _new_like(x)
    memo[id(x)] = new
    if isinstance(x, dict):
        for key, value in dict.items(x):
            dict.__setitem__(new, deepcopy(key, memo), deepcopy(value, memo))
    elif isinstance(x, list):
        for item in list.__iter__(x):
            list.append(new, deepcopy(item, memo))
    elif isinstance(x, set):
        set.update(new, [deepcopy(item, memo) for item in x])
    if isinstance(x, BaseException):
        new.args = deepcopy(x.args, memo)
    _fill(new, x, lambda value: deepcopy(value, memo))
    return new


def replace(obj, /, **changes):
    method = getattr(type(obj), "__replace__", None)
    if method is None:
        raise TypeError(f"replace() does not support {type(obj).__name__} objects")
    return method(obj, **changes)
