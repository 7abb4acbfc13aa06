# The part of `operator` that is written in Python: functions that make functions.

__all__ = [
    "abs", "add", "and_", "attrgetter", "call", "concat", "contains", "countOf", "delitem", "eq",
    "floordiv", "ge", "getitem", "gt", "iadd", "iand", "iconcat", "ifloordiv", "ilshift", "imatmul",
    "imod", "imul", "index", "indexOf", "inv", "invert", "ior", "ipow", "irshift", "is_", "is_not",
    "isub", "itemgetter", "itruediv", "ixor", "le", "length_hint", "lshift", "lt", "matmul",
    "methodcaller", "mod", "mul", "ne", "neg", "not_", "or_", "pos", "pow", "rshift", "setitem",
    "sub", "truediv", "truth", "xor",
]

from _internals import mark_class as _mark_class, native as _native


@_native
class itemgetter:
    __slots__ = ("_items", "_call")
    __text_signature__ = "(item, /, *items)"

    def __init__(self, /, *items):
        if not items:
            raise TypeError("itemgetter expected 1 argument, got 0")
        item, *items = items
        if not items:
            self._items = (item,)

            def func(obj):
                return obj[item]
        else:
            self._items = items = (item, *items)

            def func(obj):
                return tuple(obj[i] for i in items)
        self._call = func

    def __call__(self, obj, /):
        return self._call(obj)

    def __reduce__(self):
        return type(self), self._items

    def __repr__(self):
        return f"operator.itemgetter({', '.join(map(repr, self._items))})"


@_native
class attrgetter:
    __slots__ = ("_attrs", "_call")
    __text_signature__ = "(attr, /, *attrs)"

    def __init__(self, /, *attrs):
        if not attrs:
            raise TypeError("attrgetter expected 1 argument, got 0")
        self._attrs = attrs
        for name in self._attrs:
            if not isinstance(name, str):
                raise TypeError("attribute name must be a string")
        getters = tuple(_dotted(name) for name in self._attrs)
        if len(attrs) == 1:
            self._call = getters[0]
        else:
            self._call = lambda obj: tuple(getter(obj) for getter in getters)

    def __call__(self, obj, /):
        return self._call(obj)

    def __reduce__(self):
        return type(self), self._attrs

    def __repr__(self):
        return f"operator.attrgetter({', '.join(map(repr, self._attrs))})"


@_native
def _dotted(name):
    names = name.split(".")

    def func(obj):
        for name in names:
            obj = getattr(obj, name)
        return obj

    return func


@_native
class methodcaller:
    __slots__ = ("_name", "_args", "_kwargs")
    __text_signature__ = "(name, /, *args, **kwargs)"

    def __init__(self, /, *args, **kwargs):
        if not args:
            raise TypeError("methodcaller needs at least one argument, the method name")
        name, *args = args
        if not isinstance(name, str):
            raise TypeError("method name must be a string")
        self._name = name
        self._args = tuple(args)
        self._kwargs = kwargs

    def __call__(self, obj, /):
        return getattr(obj, self._name)(*self._args, **self._kwargs)

    def __reduce__(self):
        if self._kwargs:
            from functools import partial

            return partial(type(self), self._name, **self._kwargs), self._args
        return type(self), (self._name, *self._args)

    def __repr__(self):
        parts = [repr(self._name), *map(repr, self._args)]
        parts += [f"{k}={v!r}" for k, v in self._kwargs.items()]
        return f"operator.methodcaller({', '.join(parts)})"


for _class in (itemgetter, attrgetter, methodcaller):
    _mark_class(_class, "qualified")
del _class
