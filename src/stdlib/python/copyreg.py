# `copyreg`: how objects are taken apart and put together again. `copy` asks for it, through
# `object.__reduce_ex__`.

import sys

__all__ = ["pickle", "constructor", "add_extension", "remove_extension", "clear_extension_cache"]

dispatch_table = {}


def pickle(ob_type, pickle_function, constructor_ob=None):
    if not callable(pickle_function):
        raise TypeError("reduction functions must be callable")
    dispatch_table[ob_type] = pickle_function
    if constructor_ob is not None:
        constructor(constructor_ob)


def constructor(object):
    if not callable(object):
        raise TypeError("constructors must be callable")


def pickle_complex(c):
    return complex, (c.real, c.imag)


pickle(complex, pickle_complex, complex)


def pickle_union(obj):
    import functools
    import operator

    return functools.reduce, (operator.or_, obj.__args__)


pickle(type(int | str), pickle_union)


def pickle_super(obj):
    return super, (obj.__thisclass__, obj.__self__)


pickle(super, pickle_super)


def _reconstructor(cls, base, state):
    if base is object:
        return object.__new__(cls)
    obj = base.__new__(cls, state)
    if base.__init__ is not object.__init__:
        base.__init__(obj, state)
    return obj


def __newobj__(cls, *args):
    return cls.__new__(cls, *args)


def __newobj_ex__(cls, args, kwargs):
    return cls.__new__(cls, *args, **kwargs)


def _slotnames(cls):
    """The attributes that live in slots, with the names that they have in instances."""
    names = []
    for base in cls.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name in ("__dict__", "__weakref__"):
                continue
            if name.startswith("__") and not name.endswith("__") and base.__name__.lstrip("_"):
                name = f"_{base.__name__.lstrip('_')}{name}"
            names.append(name)
    return names


def _state(obj):
    """What `object.__getstate__` answers for objects with slots."""
    state = getattr(obj, "__dict__", None) or None
    slots = {}
    for name in _slotnames(type(obj)):
        try:
            slots[name] = getattr(obj, name)
        except AttributeError:
            pass
    return (state, slots) if slots else state


def _exception(obj, cls):
    args = obj.args
    if isinstance(obj, OSError) and len(args) == 2 and obj.filename is not None:
        args += (obj.filename,) if obj.filename2 is None else (obj.filename, None, obj.filename2)
    state = dict(obj.__dict__)
    if isinstance(obj, ImportError):
        state |= {name: value for name in ("name", "path") if (value := getattr(obj, name)) is not None}
    return (cls, args, state) if state else (cls, args)


def _name(obj, cls):
    owner = obj.__self__
    if owner is None or type(owner).__name__ == "module":
        return obj.__qualname__
    return getattr, (owner, obj.__name__)


def _itself(obj, cls):
    return repr(obj)


def _memory(obj, cls):
    raise TypeError("cannot pickle memoryview objects")


# The classes that say themselves how they are made anew, but not in a method of their own.
_MADE_ANEW = {
    set: lambda obj, cls: (cls, (list(obj),), obj.__getstate__()),
    frozenset: lambda obj, cls: (cls, (list(obj),), obj.__getstate__()),
    bytearray: lambda obj, cls: (cls, (bytes(obj),), obj.__getstate__()),
    range: lambda obj, cls: (cls, (obj.start, obj.stop, obj.step)),
    slice: lambda obj, cls: (cls, (obj.start, obj.stop, obj.step)),
    BaseException: _exception,
    type(len): _name,
    type(_exception.__get__(1)): lambda obj, cls: (getattr, (obj.__self__, obj.__func__.__name__)),
    type(list[int]): lambda obj, cls: (cls, (obj.__origin__, obj.__args__)),
    type(sys.implementation): lambda obj, cls: (cls, (), obj.__dict__),
    memoryview: _memory,
    type(...): _itself,
    type(NotImplemented): _itself,
}


def _new_arguments(obj, cls):
    hook = getattr(cls, "__getnewargs_ex__", None)
    if hook is not None:
        answer = hook(obj)
        if not isinstance(answer, tuple):
            raise TypeError(f"__getnewargs_ex__ should return a tuple, not '{type(answer).__name__}'")
        if len(answer) != 2:
            raise ValueError(f"__getnewargs_ex__ should return a tuple of length 2, not {len(answer)}")
        args, kwargs = answer
        if not isinstance(args, tuple):
            raise TypeError(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, "
                f"not '{type(args).__name__}'"
            )
        if not isinstance(kwargs, dict):
            raise TypeError(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, "
                f"not '{type(kwargs).__name__}'"
            )
        return args, kwargs
    hook = getattr(cls, "__getnewargs__", None)
    if hook is not None:
        args = hook(obj)
        if not isinstance(args, tuple):
            raise TypeError(f"__getnewargs__ should return a tuple, not '{type(args).__name__}'")
        return args, None
    return None, None


def _reduce(obj, protocol, native):
    """What `object.__reduce_ex__` answers for a class without a `__reduce__` of its own.

    `native` is the name of the class in messages, for an object that holds more than its class,
    its attributes and, for a list or a dict, its items; else None.
    """
    cls = type(obj)
    for base in cls.__mro__:
        if base in _MADE_ANEW:
            return _MADE_ANEW[base](obj, cls)
    if protocol < 2:
        return _reduce_ex(obj, protocol, native)
    args, kwargs = _new_arguments(obj, cls)
    if args is None and obj is not None and native is not None:
        raise TypeError(f"cannot pickle '{native}' object")
    if kwargs:
        made = __newobj_ex__, (cls, args, kwargs)
    else:
        made = __newobj__, (cls, *(args or ()))
    items = iter(obj) if isinstance(obj, list) else None
    pairs = iter(obj.items()) if isinstance(obj, dict) else None
    return *made, obj.__getstate__(), items, pairs


def _reduce_ex(self, proto, native=None):
    assert proto < 2
    cls = type(self)
    natives = (base for base in cls.__mro__ if base.__module__ == "builtins")
    base = next(natives, object)
    if base is object:
        if native is not None:
            raise TypeError(f"cannot pickle '{native}' object")
        state = None
    elif base is cls:
        raise TypeError(f"cannot pickle {cls.__name__!r} object")
    else:
        state = base(self)
    args = (cls, base, state)
    if cls.__getstate__ is object.__getstate__:
        if _slotnames(cls):
            raise TypeError("a class that defines __slots__ without defining __getstate__ cannot be pickled")
        attributes = getattr(self, "__dict__", None)
    else:
        attributes = self.__getstate__()
    return (_reconstructor, args, attributes) if attributes else (_reconstructor, args)


# ---- Numbers that stand for classes in a stream, which is not written here.

_extension_registry = {}
_inverted_registry = {}
_extension_cache = {}


def add_extension(module, name, code):
    code = int(code)
    if not 1 <= code <= 0x7FFFFFFF:
        raise ValueError("code out of range")
    key = module, name
    if _extension_registry.get(key) == code and _inverted_registry.get(code) == key:
        return
    if key in _extension_registry:
        raise ValueError(f"key {key} is already registered with code {_extension_registry[key]}")
    if code in _inverted_registry:
        raise ValueError(f"code {code} is already in use for key {_inverted_registry[code]}")
    _extension_registry[key] = code
    _inverted_registry[code] = key


def remove_extension(module, name, code):
    key = module, name
    if _extension_registry.get(key) != code or _inverted_registry.get(code) != key:
        raise ValueError(f"key {key} is not registered with code {code}")
    del _extension_registry[key]
    del _inverted_registry[code]
    _extension_cache.pop(code, None)


def clear_extension_cache():
    _extension_cache.clear()
