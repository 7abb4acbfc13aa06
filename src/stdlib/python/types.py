# The part of `types` that is written in Python.

import _internals

__all__ = [
    "FunctionType", "LambdaType", "CodeType", "MappingProxyType", "SimpleNamespace", "CellType",
    "GeneratorType", "CoroutineType", "AsyncGeneratorType", "MethodType", "BuiltinFunctionType",
    "BuiltinMethodType", "WrapperDescriptorType", "MethodWrapperType", "MethodDescriptorType",
    "ClassMethodDescriptorType", "ModuleType", "TracebackType", "FrameType", "GetSetDescriptorType",
    "MemberDescriptorType", "new_class", "resolve_bases", "prepare_class", "get_original_bases",
    "DynamicClassAttribute", "coroutine", "GenericAlias", "UnionType", "EllipsisType", "NoneType",
    "NotImplementedType",
]


@_internals.native
class SimpleNamespace:
    __text_signature__ = "(mapping_or_iterable=(), /, **kwargs)"

    def __init__(self, /, *mapping_or_iterable, **kwargs):
        if len(mapping_or_iterable) > 1:
            raise TypeError(f"SimpleNamespace expected at most 1 argument, got {len(mapping_or_iterable)}")
        given = dict(*mapping_or_iterable)
        if not all(isinstance(name, str) for name in given):
            raise TypeError("keywords must be strings")
        self.__dict__.update(given)
        self.__dict__.update(kwargs)

    def __repr__(self):
        name = type(self).__name__
        if type(self) is SimpleNamespace:
            name = "namespace"
        if id(self) in _being_shown:
            return f"{name}(...)"
        _being_shown.add(id(self))
        try:
            items = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items() if isinstance(k, str) and k)
        finally:
            _being_shown.discard(id(self))
        return f"{name}({items})"

    def __eq__(self, other):
        return self.__dict__ == other.__dict__ if _are_namespaces(self, other) else NotImplemented

    def __ne__(self, other):
        return self.__dict__ != other.__dict__ if _are_namespaces(self, other) else NotImplemented

    def __lt__(self, other):
        return self.__dict__ < other.__dict__ if _are_namespaces(self, other) else NotImplemented

    def __le__(self, other):
        return self.__dict__ <= other.__dict__ if _are_namespaces(self, other) else NotImplemented

    def __gt__(self, other):
        return self.__dict__ > other.__dict__ if _are_namespaces(self, other) else NotImplemented

    def __ge__(self, other):
        return self.__dict__ >= other.__dict__ if _are_namespaces(self, other) else NotImplemented

    __hash__ = None

    def __replace__(self, /, **changes):
        copy = type(self)(**self.__dict__)
        copy.__dict__.update(changes)
        return copy


_being_shown = set()


def _are_namespaces(one, other):
    return isinstance(one, SimpleNamespace) and isinstance(other, SimpleNamespace)


class DynamicClassAttribute:
    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.__doc__ = doc or (fget.__doc__ if fget else None)
        self.overwrite_doc = doc is None
        self.__isabstractmethod__ = bool(getattr(fget, "__isabstractmethod__", False))

    def __get__(self, instance, ownerclass=None):
        if instance is None:
            if self.__isabstractmethod__:
                return self
            raise AttributeError()
        elif self.fget is None:
            raise AttributeError("unreadable attribute")
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def getter(self, fget):
        return type(self)(fget, self.fset, self.fdel, self.__doc__)

    def setter(self, fset):
        return type(self)(self.fget, fset, self.fdel, self.__doc__)

    def deleter(self, fdel):
        return type(self)(self.fget, self.fset, fdel, self.__doc__)


class _GeneratorWrapper:
    # What a plain function under `coroutine` returns: awaiting it runs the generator inside.
    def __init__(self, gen):
        self.__wrapped = gen
        self.__name__ = getattr(gen, "__name__", None)
        self.__qualname__ = getattr(gen, "__qualname__", None)

    def send(self, val):
        return self.__wrapped.send(val)

    def throw(self, tp, *rest):
        return self.__wrapped.throw(tp, *rest)

    def close(self):
        return self.__wrapped.close()

    @property
    def gi_code(self):
        return self.__wrapped.gi_code

    @property
    def gi_frame(self):
        return self.__wrapped.gi_frame

    @property
    def gi_running(self):
        return self.__wrapped.gi_running

    @property
    def gi_yieldfrom(self):
        return self.__wrapped.gi_yieldfrom

    cr_code = gi_code
    cr_frame = gi_frame
    cr_running = gi_running
    cr_await = gi_yieldfrom

    def __next__(self):
        return next(self.__wrapped)

    def __iter__(self):
        if type(self.__wrapped) is GeneratorType:
            return self.__wrapped
        return self

    __await__ = __iter__


def _is_like_a_generator(value):
    methods = ("__iter__", "__next__", "send", "throw", "close")
    return all(hasattr(type(value), name) for name in methods) and not hasattr(type(value), "__await__")


def coroutine(func):
    if not callable(func):
        raise TypeError("types.coroutine() expects a callable")
    if type(func) is FunctionType:
        flags = func.__code__.co_flags
        if flags & 0x80:
            return func
        if flags & 0x20:
            return _internals.awaitable_function(func)

    def wrapped(*args, **kwargs):
        coro = func(*args, **kwargs)
        if type(coro) is CoroutineType or _internals.is_awaitable_generator(coro):
            return coro
        if _is_like_a_generator(coro):
            return _GeneratorWrapper(coro)
        return coro

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(wrapped, name, getattr(func, name))
        except AttributeError:
            pass
    wrapped.__wrapped__ = func
    return wrapped


def new_class(name, bases=(), kwds=None, exec_body=None):
    resolved_bases = resolve_bases(bases)
    meta, ns, kwds = prepare_class(name, resolved_bases, kwds)
    if exec_body is not None:
        exec_body(ns)
    if resolved_bases is not bases:
        ns["__orig_bases__"] = bases
    return meta(name, resolved_bases, ns, **kwds)


def resolve_bases(bases):
    found = []
    changed = False
    for base in bases:
        if isinstance(base, type) or not hasattr(base, "__mro_entries__"):
            found.append(base)
            continue
        changed = True
        found.extend(base.__mro_entries__(bases))
    return tuple(found) if changed else bases


def prepare_class(name, bases=(), kwds=None):
    kwds = dict(kwds) if kwds is not None else {}
    if "metaclass" in kwds:
        meta = kwds.pop("metaclass")
    elif bases:
        meta = type(bases[0])
    else:
        meta = type
    if isinstance(meta, type):
        for base in bases:
            base_meta = type(base)
            if issubclass(meta, base_meta):
                continue
            if issubclass(base_meta, meta):
                meta = base_meta
                continue
            raise TypeError(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass "
                "of the metaclasses of all its bases"
            )
    if hasattr(meta, "__prepare__"):
        ns = meta.__prepare__(name, bases, **kwds)
    else:
        ns = {}
    return meta, ns, kwds


def get_original_bases(cls, /):
    return cls.__dict__.get("__orig_bases__", cls.__bases__)


_internals.mark_class(SimpleNamespace, "qualified")
