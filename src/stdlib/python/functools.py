# `functools`. `reduce` and what calls through a `partial` or a cache are in `functools.rs`.

from _collections import deque as _deque
from _internals import mark_class as _mark_class, native as _native

__all__ = [
    "update_wrapper", "wraps", "WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "total_ordering", "cache",
    "cmp_to_key", "lru_cache", "reduce", "partial", "partialmethod", "singledispatch",
    "singledispatchmethod", "cached_property",
]


WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__", "__type_params__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    missing = _deque
    for name in assigned:
        value = getattr(wrapped, name, missing)
        if value is not missing:
            setattr(wrapper, name, value)
    for name in updated:
        getattr(wrapper, name).update(getattr(wrapped, name, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


# The ids of the partial objects that are being shown.
_being_shown = set()


@_native
class partial:
    # What a program keeps in an instance is its own.
    __slots__ = "__func", "__args", "__keywords", "__dict__", "__weakref__"

    def __new__(cls, /, *args, **keywords):
        if not args:
            raise TypeError("type 'partial' takes at least one argument")
        func, *args = args
        args = tuple(args)
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial) and not vars(func):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self = super().__new__(cls)
        self.__func, self.__args, self.__keywords = func, args, keywords
        return self

    @property
    def func(self):
        return self.__func

    @property
    def args(self):
        return self.__args

    @property
    def keywords(self):
        return self.__keywords

    def __get__(self, instance, owner=None):
        if instance is not None:
            import warnings

            warnings.warn(
                "functools.partial will be a method descriptor in future Python versions; "
                "wrap it in staticmethod() if you want to preserve the old behavior",
                FutureWarning,
                stacklevel=1,
            )
        return self

    def __repr__(self):
        if id(self) in _being_shown:
            return "..."
        _being_shown.add(id(self))
        try:
            kind = type(self)
            name = "functools.partial" if kind is partial else f"{kind.__module__}.{kind.__qualname__}"
            parts = [repr(self.__func), *map(repr, self.__args)]
            parts += [f"{key}={value!r}" for key, value in self.__keywords.items()]
            return f"{name}({', '.join(parts)})"
        finally:
            _being_shown.discard(id(self))

    def __reduce__(self):
        state = self.__func, self.__args, self.__keywords, self.__dict__ or None
        return type(self), (self.__func,), state

    def __setstate__(self, state, /):
        if not (isinstance(state, tuple) and len(state) == 4):
            raise TypeError("invalid partial state")
        func, args, keywords, attributes = state
        if not (callable(func) and isinstance(args, tuple) and (keywords is None or isinstance(keywords, dict))):
            raise TypeError("invalid partial state")
        self.__func, self.__args = func, tuple(args)
        self.__keywords = {} if keywords is None else keywords if type(keywords) is dict else dict(keywords)
        self.__dict__ = {} if attributes is None else attributes

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


_mark_class(partial, "qualified")


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        if isinstance(func, partialmethod):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def _function(self):
        def method(cls_or_self, /, *args, **keywords):
            return self.func(cls_or_self, *self.args, *args, **{**self.keywords, **keywords})

        method.__isabstractmethod__ = self.__isabstractmethod__
        method.__partialmethod__ = self
        return method

    def __get__(self, obj, cls=None):
        getter = getattr(type(self.func), "__get__", None)
        if getter is not None and not isinstance(self.func, partial):
            bound = getter(self.func, obj, cls)
            if bound is not self.func:
                made = partial(bound, *self.args, **self.keywords)
                receiver = getattr(bound, "__self__", _nothing)
                if receiver is not _nothing:
                    made.__self__ = receiver
                return made
        return self._function().__get__(obj, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)

    def __repr__(self):
        parts = [repr(self.func), *map(repr, self.args)]
        parts += [f"{key}={value!r}" for key, value in self.keywords.items()]
        return f"functools.partialmethod({', '.join(parts)})"


_nothing = object()


class _CacheInfo(tuple):
    __slots__ = ()

    def __new__(cls, hits, misses, maxsize, currsize):
        return tuple.__new__(cls, (hits, misses, maxsize, currsize))

    hits = property(lambda self: self[0])
    misses = property(lambda self: self[1])
    maxsize = property(lambda self: self[2])
    currsize = property(lambda self: self[3])
    _fields = ("hits", "misses", "maxsize", "currsize")

    def __repr__(self):
        return f"CacheInfo(hits={self[0]}, misses={self[1]}, maxsize={self[2]}, currsize={self[3]})"


@_native
class _lru_cache_wrapper:
    # `wraps` takes over what is in the instance: only what the program has put there.
    __slots__ = "__function", "__maxsize", "__typed", "__found", "__hits", "__misses", "__dict__", "__weakref__"

    def __init__(self, function, maxsize, typed):
        self.__function = function
        self.__maxsize = maxsize
        self.__typed = typed
        self.__found = {}
        self.__hits = self.__misses = 0
        update_wrapper(self, function)
        self.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        from types import MethodType

        return MethodType(self, instance)

    def cache_info(self):
        return _CacheInfo(self.__hits, self.__misses, self.__maxsize, len(self.__found))

    def cache_clear(self):
        self.__found.clear()
        self.__hits = self.__misses = 0

    def __repr__(self):
        import _internals

        return f"<functools._lru_cache_wrapper object at {_internals.address(self)}>"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


_mark_class(_lru_cache_wrapper, "qualified")


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize) and isinstance(typed, bool):
        return _lru_cache_wrapper(maxsize, 128, typed)
    if maxsize is not None and not isinstance(maxsize, int):
        raise TypeError("Expected first argument to be an integer, a callable, or None")
    if maxsize is not None and maxsize < 0:
        maxsize = 0

    def decorating_function(function):
        if not callable(function):
            raise TypeError("the first argument must be callable")
        return _lru_cache_wrapper(function, maxsize, typed)

    return decorating_function


def cache(user_function, /):
    return lru_cache(maxsize=None)(user_function)


class cached_property:
    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.__module__ = func.__module__

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError(
                "Cannot assign the same cached_property to two different names "
                f"({self.attrname!r} and {name!r})."
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__ on it.")
        try:
            attributes = instance.__dict__
        except AttributeError:
            raise TypeError(
                f"No '__dict__' attribute on {type(instance).__name__!r} "
                f"instance to cache {self.attrname!r} property."
            ) from None
        value = attributes.get(self.attrname, _nothing)
        if value is _nothing:
            value = attributes[self.attrname] = self.func(instance)
        return value

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


# Each ordering in terms of the one that a class defines: (root, wanted) -> (negate, swap, with ==).
def _derived(root, wanted):
    def compare(self, other):
        result = getattr(type(self), root)(self, other)
        if result is NotImplemented:
            return result
        return _RULES[root, wanted](result, self, other)

    compare.__name__ = wanted
    compare.__qualname__ = f"_{wanted.strip('_')}_from_{root.strip('_')}"
    formula = _FORMULAS[root, wanted].format(f"a {_SIGNS[root]} b")
    compare.__doc__ = f"Return a {_SIGNS[wanted]} b.  Computed by @total_ordering from {formula}."
    return compare


_SIGNS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


_RULES = {
    ("__lt__", "__gt__"): lambda r, a, b: not r and a != b,
    ("__lt__", "__le__"): lambda r, a, b: r or a == b,
    ("__lt__", "__ge__"): lambda r, a, b: not r,
    ("__le__", "__ge__"): lambda r, a, b: not r or a == b,
    ("__le__", "__lt__"): lambda r, a, b: r and a != b,
    ("__le__", "__gt__"): lambda r, a, b: not r,
    ("__gt__", "__lt__"): lambda r, a, b: not r and a != b,
    ("__gt__", "__ge__"): lambda r, a, b: r or a == b,
    ("__gt__", "__le__"): lambda r, a, b: not r,
    ("__ge__", "__le__"): lambda r, a, b: not r or a == b,
    ("__ge__", "__gt__"): lambda r, a, b: r and a != b,
    ("__ge__", "__lt__"): lambda r, a, b: not r,
}


# The same rules for the reader, by what they do with the one comparison.
_FORMULAS = {
    (root, wanted): (
        "(not {})" if {root, wanted} in ({"__lt__", "__ge__"}, {"__gt__", "__le__"})
        else "({}) or (a == b)" if root[3] == "t" and root[2] == wanted[2]
        else "({}) and (a != b)" if root[2] == wanted[2]
        else "(not {}) and (a != b)" if root[3] == "t"
        else "(not {}) or (a == b)"
    )
    for root, wanted in _RULES
}


def total_ordering(cls):
    names = ("__lt__", "__le__", "__gt__", "__ge__")
    own = [name for name in names if getattr(cls, name, None) is not getattr(object, name)]
    if not own:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = own[0] if "__lt__" in own else max(own)
    for name in names:
        if name not in own:
            setattr(cls, name, _derived(root, name))
    return cls


def _values(key, other):
    if type(other) is not KeyWrapper:
        raise TypeError("other argument must be K instance")
    return key.obj, other.obj


@_native
class KeyWrapper:
    __slots__ = ("_cmp", "obj")

    def __call__(self, obj):
        key = _new_key(KeyWrapper)
        key._cmp = self._cmp
        key.obj = obj
        return key

    def __lt__(self, other):
        return self._cmp(*_values(self, other)) < 0

    def __gt__(self, other):
        return self._cmp(*_values(self, other)) > 0

    def __eq__(self, other):
        return self._cmp(*_values(self, other)) == 0

    def __ne__(self, other):
        return self._cmp(*_values(self, other)) != 0

    def __le__(self, other):
        return self._cmp(*_values(self, other)) <= 0

    def __ge__(self, other):
        return self._cmp(*_values(self, other)) >= 0

    __hash__ = None


# Errors of its arguments name it so.
KeyWrapper.__call__.__qualname__ = "K"
_native(_values)
_mark_class(KeyWrapper, "qualified")
_new_key = object.__new__


@_native
def cmp_to_key(mycmp):
    key = _new_key(KeyWrapper)
    key._cmp = mycmp
    key.obj = None
    return key


def _closest_class(cls, registry):
    for base in cls.__mro__[:-1]:
        if base in registry:
            return base
    # Abstract classes that the class only claims to be: the most derived of them.
    claimed = [
        base for base in registry if isinstance(base, type) and base is not object and issubclass(cls, base)
    ]
    best = None
    for base in claimed:
        if best is None or issubclass(base, best):
            best = base
        elif not issubclass(best, base):
            raise RuntimeError(f"Ambiguous dispatch: {best} or {base}")
    return best if best is not None else object


def singledispatch(func):
    from abc import get_cache_token

    registry = {object: func}
    found = {}
    # What `abc` counts its registrations by, once a class among ours may gain others there.
    token = None
    name = getattr(func, "__name__", "singledispatch function")

    def dispatch(cls):
        nonlocal token
        if token is not None and token != get_cache_token():
            found.clear()
            token = get_cache_token()
        try:
            return found[cls]
        except KeyError:
            impl = found[cls] = registry[_closest_class(cls, registry)]
            return impl

    def classes_of(annotation):
        args = getattr(annotation, "__args__", None)
        if args and type(annotation).__name__ in ("UnionType", "_UnionGenericAlias"):
            return args
        return (annotation,)

    def register(cls, func=None):
        nonlocal token
        if not all(isinstance(each, type) and type(each).__name__ != "GenericAlias" for each in classes_of(cls)):
            if func is not None:
                raise TypeError(
                    f"Invalid first argument to `register()`. {cls!r} is not a class or union type."
                )
            inner = cls.__func__ if isinstance(cls, (classmethod, staticmethod)) else cls
            if not getattr(inner, "__annotations__", None):
                raise TypeError(
                    f"Invalid first argument to `register()`: {cls!r}. "
                    "Use either `@register(some_class)` or plain `@register` on an annotated function."
                )
            func = cls
            annotations = inner.__annotations__
            if any(isinstance(value, str) for value in annotations.values()):
                from typing import get_type_hints

                annotations = get_type_hints(inner)
            argname, cls = next(iter(annotations.items()))
            # `get_type_hints` says the class of None where an annotation says None.
            cls = type(None) if cls is None else cls
            for each in classes_of(cls):
                if isinstance(each, type) and type(each).__name__ != "GenericAlias":
                    continue
                if cls is each:
                    raise TypeError(f"Invalid annotation for {argname!r}. {cls!r} is not a class.")
                raise TypeError(f"Invalid annotation for {argname!r}. {cls!r} not all arguments are classes.")
        if func is None:
            return lambda f: register(cls, f)
        for each in classes_of(cls):
            registry[each] = func
        if token is None and hasattr(cls, "__abstractmethods__"):
            token = get_cache_token()
        found.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{name} requires at least 1 positional argument")
        return dispatch(args[0].__class__)(*args, **kw)

    from types import MappingProxyType

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = MappingProxyType(registry)
    wrapper._clear_cache = found.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        from weakref import WeakKeyDictionary
        self.dispatcher = singledispatch(func)
        self.func = func
        # The bound methods, by object: so an object's hash is asked for, and equal objects share one. An object
        # without a hash, or that cannot be referred to weakly, ends that for all.
        self._bound = WeakKeyDictionary()

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        if self._bound is not None:
            try:
                return self._bound[obj]
            except TypeError:
                self._bound = None
            except KeyError:
                pass
        name = getattr(self.func, "__name__", "singledispatchmethod method")

        def _method(*args, **kwargs):
            if not args:
                raise TypeError(f"{name} requires at least 1 positional argument")
            impl = self.dispatcher.dispatch(args[0].__class__)
            return impl.__get__(obj, cls)(*args, **kwargs)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.register = self.register
        update_wrapper(_method, self.func)
        if self._bound is not None:
            self._bound[obj] = _method
        return _method

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)
