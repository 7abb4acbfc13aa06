# The part of `weakref` that is written in Python: proxies, collections, finalisers.

import operator
from _collections_abc import MutableMapping as _MutableMapping
from _internals import mark_class as _mark_class

__all__ = [
    "ref", "proxy", "getweakrefcount", "getweakrefs", "WeakKeyDictionary", "ReferenceType",
    "ProxyType", "CallableProxyType", "ProxyTypes", "WeakValueDictionary", "WeakSet", "WeakMethod",
    "finalize",
]


def _full_name(cls):
    module = cls.__module__
    return cls.__qualname__ if module in ("builtins", "__main__") else f"{module}.{cls.__qualname__}"


class ProxyType:
    __slots__ = ("_weak", "__weakref__")

    def __init__(self, obj, callback=None):
        object.__setattr__(self, "_weak", ref(obj, callback) if callback else ref(obj))

    def __getattribute__(self, name):
        return getattr(_target(self), name)

    def __setattr__(self, name, value):
        setattr(_target(self), name, value)

    def __delattr__(self, name):
        delattr(_target(self), name)

    def __repr__(self):
        weak = object.__getattribute__(self, "_weak")
        obj = weak()
        import _internals

        address = _internals.address(self)
        if obj is None:
            return f"<weakproxy at {address}; dead>"
        return f"<weakproxy at {address}; to '{_full_name(type(obj))}' at {_internals.address(obj)}>"

    def __hash__(self):
        raise TypeError("unhashable type: 'weakref.ProxyType'")

    def __next__(self):
        obj = _target(self)
        if not hasattr(type(obj), "__next__"):
            raise TypeError(f"Weakref proxy referenced a non-iterator '{type(obj).__name__}' object")
        return next(obj)

    def __bytes__(self):
        return _target(self).__bytes__()

    def __reversed__(self):
        return _target(self).__reversed__()


def _forward(name, function, reflected=None):
    # What the operation does with the object itself, on either side.
    def method(self, *args):
        return function(_target(self), *map(_unwrapped, args))

    setattr(ProxyType, name, method)
    if reflected is not None:
        setattr(ProxyType, reflected, lambda self, other: function(_unwrapped(other), _target(self)))


for _name, _function in {
    "str": str, "bool": bool, "len": len, "iter": iter, "getitem": operator.getitem,
    "setitem": operator.setitem, "delitem": operator.delitem, "contains": operator.contains,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "neg": operator.neg, "pos": operator.pos, "abs": abs, "invert": operator.invert,
    "int": int, "float": float, "index": operator.index, "iadd": operator.iadd, "isub": operator.isub,
    "imul": operator.imul, "imatmul": operator.imatmul, "itruediv": operator.itruediv,
    "ifloordiv": operator.ifloordiv, "imod": operator.imod, "ipow": operator.ipow,
    "ilshift": operator.ilshift, "irshift": operator.irshift, "iand": operator.iand,
    "ixor": operator.ixor, "ior": operator.ior,
}.items():
    _forward(f"__{_name}__", _function)
for _name, _function in {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "matmul": operator.matmul,
    "truediv": operator.truediv, "floordiv": operator.floordiv, "mod": operator.mod, "divmod": divmod,
    "pow": pow, "lshift": operator.lshift, "rshift": operator.rshift, "and": operator.and_,
    "xor": operator.xor, "or": operator.or_,
}.items():
    _forward(f"__{_name}__", _function, f"__r{_name}__")
del _name, _function


class CallableProxyType(ProxyType):
    __slots__ = ()
    __reversed__ = None

    def __call__(self, *args, **kwargs):
        return _target(self)(*args, **kwargs)


ProxyTypes = (ProxyType, CallableProxyType)
for _class in ProxyTypes:
    _mark_class(_class, "qualified")
del _class


def _target(proxy):
    obj = object.__getattribute__(proxy, "_weak")()
    if obj is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return obj


def _unwrapped(value):
    return _target(value) if type(value) in ProxyTypes else value


def proxy(object, callback=None, /):
    if callable(object):
        return CallableProxyType(object, callback)
    return ProxyType(object, callback)


class WeakMethod(ref):
    # Dead as soon as either the instance or the function is.
    def __new__(cls, method, callback=None):
        receiver = getattr(method, "__self__", None)
        function = getattr(method, "__func__", None)
        if receiver is None or function is None:
            raise TypeError(f"argument should be a bound method, not {type(method)}")
        holder = []

        def part_died(_):
            this = holder[0]() if holder else None
            if this is not None and not this._dead:
                this._dead = True
                if callback is not None:
                    callback(this)

        this = ref.__new__(cls, receiver, part_died)
        this._function = ref(function, part_died)
        this._kind = type(method)
        this._dead = False
        holder.append(ref(this))
        return this

    def __init__(self, method, callback=None):
        pass

    def __call__(self):
        receiver, function = ref.__call__(self), self._function()
        if receiver is None or function is None:
            return None
        return self._kind(function, receiver)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if self._dead or other._dead:
            return self is other
        return ref.__eq__(self, other) and self._function == other._function

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = ref.__hash__


class KeyedRef(ref):
    __slots__ = ("key",)

    def __new__(type, ob, callback, key):
        self = ref.__new__(type, ob, callback)
        self.key = key
        return self

    def __init__(self, ob, callback, key):
        pass


_MISSING = object()


class WeakValueDictionary(_MutableMapping):
    def __init__(self, other=(), /, **kw):
        self.data = {}
        selfref = ref(self)

        def remove(wr):
            self = selfref()
            if self is not None and self.data.get(wr.key) is wr:
                del self.data[wr.key]

        self._remove = remove
        self.update(other, **kw)

    def __getitem__(self, key):
        obj = self.data[key]()
        if obj is None:
            raise KeyError(key)
        return obj

    def __setitem__(self, key, value):
        self.data[key] = KeyedRef(value, self._remove, key)

    def __delitem__(self, key):
        del self.data[key]

    def __len__(self):
        return len(self.data)

    def __contains__(self, key):
        wr = self.data.get(key)
        return wr is not None and wr() is not None

    def __repr__(self):
        import _internals

        return f"<WeakValueDictionary at {_internals.address(self)}>"

    def __iter__(self):
        for key, wr in list(self.data.items()):
            if wr() is not None:
                yield key

    def keys(self):
        return iter(self)

    def values(self):
        for wr in list(self.data.values()):
            obj = wr()
            if obj is not None:
                yield obj

    def items(self):
        for key, wr in list(self.data.items()):
            obj = wr()
            if obj is not None:
                yield key, obj

    def get(self, key, default=None):
        wr = self.data.get(key)
        if wr is None:
            return default
        obj = wr()
        return default if obj is None else obj

    def pop(self, key, default=_MISSING):
        wr = self.data.pop(key, None)
        obj = wr() if wr is not None else None
        if obj is None:
            if default is _MISSING:
                raise KeyError(key)
            return default
        return obj

    def popitem(self):
        while True:
            key, wr = self.data.popitem()
            obj = wr()
            if obj is not None:
                return key, obj

    def setdefault(self, key, default=None):
        found = self.get(key)
        if found is not None:
            return found
        self[key] = default
        return default

    def update(self, other=(), /, **kw):
        if not hasattr(other, "items"):
            other = dict(other)
        for key, value in other.items():
            self[key] = value
        for key, value in kw.items():
            self[key] = value

    def clear(self):
        self.data.clear()

    def copy(self):
        return type(self)(self)

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy

        new = type(self)()
        for key, value in self.items():
            new[deepcopy(key, memo)] = value
        return new

    def itervaluerefs(self):
        yield from list(self.data.values())

    def valuerefs(self):
        return list(self.data.values())

    def __or__(self, other):
        return _merged(self, self, other)

    def __ror__(self, other):
        return _merged(self, other, self)

    def __ior__(self, other):
        self.update(other)
        return self


class WeakKeyDictionary(_MutableMapping):
    def __init__(self, dict=None):
        self.data = {}
        selfref = ref(self)

        def remove(wr):
            self = selfref()
            if self is not None:
                self.data.pop(wr, None)

        self._remove = remove
        if dict is not None:
            self.update(dict)

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __setitem__(self, key, value):
        self.data[ref(key, self._remove)] = value

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __len__(self):
        return len(self.data)

    def __contains__(self, key):
        try:
            wr = ref(key)
        except TypeError:
            return False
        return wr in self.data

    def __repr__(self):
        import _internals

        return f"<WeakKeyDictionary at {_internals.address(self)}>"

    def __iter__(self):
        for wr in list(self.data):
            obj = wr()
            if obj is not None:
                yield obj

    def keys(self):
        return iter(self)

    def values(self):
        for wr, value in list(self.data.items()):
            if wr() is not None:
                yield value

    def items(self):
        for wr, value in list(self.data.items()):
            obj = wr()
            if obj is not None:
                yield obj, value

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def pop(self, key, *args):
        return self.data.pop(ref(key), *args)

    def popitem(self):
        while True:
            wr, value = self.data.popitem()
            obj = wr()
            if obj is not None:
                return obj, value

    def setdefault(self, key, default=None):
        return self.data.setdefault(ref(key, self._remove), default)

    def update(self, other=None, /, **kwargs):
        if other is not None:
            if not hasattr(other, "items"):
                other = dict(other)
            for key, value in other.items():
                self[key] = value

    def clear(self):
        self.data.clear()

    def copy(self):
        new = type(self)()
        new.update(self)
        return new

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy

        new = type(self)()
        for key, value in self.items():
            new[key] = deepcopy(value, memo)
        return new

    def keyrefs(self):
        return list(self.data)

    def __or__(self, other):
        return _merged(self, self, other)

    def __ror__(self, other):
        return _merged(self, other, self)

    def __ior__(self, other):
        self.update(other)
        return self


def _merged(own, first, second):
    other = second if own is first else first
    if not hasattr(other, "items"):
        return NotImplemented
    new = type(own)()
    new.update(first)
    new.update(second)
    return new


class WeakSet:
    def __init__(self, data=None):
        self.data = set()
        selfref = ref(self)

        def remove(wr):
            self = selfref()
            if self is not None:
                self.data.discard(wr)

        self._remove = remove
        if data is not None:
            self.update(data)

    def __iter__(self):
        for wr in list(self.data):
            obj = wr()
            if obj is not None:
                yield obj

    def __len__(self):
        return len(self.data)

    def __contains__(self, item):
        try:
            wr = ref(item)
        except TypeError:
            return False
        return wr in self.data

    def add(self, item):
        self.data.add(ref(item, self._remove))

    def clear(self):
        self.data.clear()

    def copy(self):
        return type(self)(self)

    def pop(self):
        while True:
            try:
                wr = self.data.pop()
            except KeyError:
                raise KeyError("pop from empty WeakSet") from None
            item = wr()
            if item is not None:
                return item

    def remove(self, item):
        self.data.remove(ref(item))

    def discard(self, item):
        self.data.discard(ref(item))

    def update(self, other):
        for item in other:
            self.add(item)

    def __ior__(self, other):
        self.update(other)
        return self

    def union(self, other):
        new = self.copy()
        new.update(other)
        return new

    __or__ = union

    def difference(self, other):
        others = set(other)
        return type(self)(item for item in self if item not in others)

    __sub__ = difference

    def difference_update(self, other):
        if self is other:
            self.data.clear()
        else:
            self.data.difference_update(ref(item) for item in other)

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def intersection(self, other):
        return type(self)(item for item in other if item in self)

    __and__ = intersection

    def intersection_update(self, other):
        self.data.intersection_update(ref(item) for item in other)

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def symmetric_difference(self, other):
        new = self.copy()
        new.symmetric_difference_update(other)
        return new

    __xor__ = symmetric_difference

    def symmetric_difference_update(self, other):
        if self is other:
            self.data.clear()
        else:
            self.data.symmetric_difference_update(ref(item, self._remove) for item in other)

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def issubset(self, other):
        return self.data.issubset(ref(item) for item in other)

    __le__ = issubset

    def __lt__(self, other):
        return self.data < set(map(ref, other))

    def issuperset(self, other):
        return self.data.issuperset(ref(item) for item in other)

    __ge__ = issuperset

    def __gt__(self, other):
        return self.data > set(map(ref, other))

    def isdisjoint(self, other):
        return len(self.intersection(other)) == 0

    def __eq__(self, other):
        if not isinstance(other, WeakSet):
            return NotImplemented
        return set(self) == set(other)

    def __repr__(self):
        return repr(self.data)


class finalize:
    # All that have not run yet: what each will call, and the reference that sets it off.
    _waiting = {}
    _shutdown = False
    _registered = False

    def __init__(self, obj, func, /, *args, **kwargs):
        if not finalize._registered:
            import atexit

            atexit.register(finalize._run_all)
            finalize._registered = True
        trigger = ref(obj, lambda _: self())
        finalize._waiting[id(self)] = [self, trigger, func, args, kwargs, True]

    def _entry(self):
        return finalize._waiting.get(id(self))

    def __call__(self, _=None):
        entry = finalize._waiting.pop(id(self), None)
        if entry is None or finalize._shutdown:
            return None
        _, _, func, args, kwargs, _ = entry
        return func(*args, **kwargs)

    def peek(self):
        entry = self._entry()
        target = entry[1]() if entry else None
        if target is None:
            return None
        return (target, *entry[2:5])

    def detach(self):
        found = self.peek()
        if found is not None:
            del finalize._waiting[id(self)]
        return found

    @property
    def alive(self):
        return self._entry() is not None

    @property
    def atexit(self):
        entry = self._entry()
        return entry is not None and entry[5]

    @atexit.setter
    def atexit(self, value):
        entry = self._entry()
        if entry is not None:
            entry[5] = bool(value)

    @staticmethod
    def _run_all():
        # At exit, the youngest first; those that a function makes come along.
        while True:
            ready = [entry for entry in finalize._waiting.values() if entry[5]]
            if not ready:
                # What dies from now on is not told of.
                finalize._shutdown = True
                return
            try:
                ready[-1][0]()
            except Exception:
                import sys

                sys.excepthook(*sys.exc_info())

    def __repr__(self):
        import _internals

        start = f"<{type(self).__name__} object at {_internals.address(self)}; "
        found = self.peek()
        if found is None:
            return start + "dead>"
        target = found[0]
        return start + f"for {type(target).__name__!r} at {_internals.address(target)}>"
