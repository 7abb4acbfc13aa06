# `dataclasses`.

import sys
from abc import update_abstractmethods
from keyword import iskeyword
from types import GenericAlias, MappingProxyType

__all__ = [
    "dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING", "fields",
    "asdict", "astuple", "make_dataclass", "replace", "is_dataclass",
]


class FrozenInstanceError(AttributeError):
    pass


class _Named:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


class _MISSING_TYPE:
    pass


MISSING = _MISSING_TYPE()


class _KW_ONLY_TYPE:
    pass


KW_ONLY = _KW_ONLY_TYPE()
_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"
_FIELD, _FIELD_CLASSVAR, _FIELD_INITVAR = (
    _Named(n) for n in ("_FIELD", "_FIELD_CLASSVAR", "_FIELD_INITVAR")
)


class InitVar:
    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        name = self.type.__name__ if isinstance(self.type, type) else repr(self.type)
        return f"dataclasses.InitVar[{name}]"

    def __class_getitem__(cls, type):
        return InitVar(type)


# Fields whose `repr` is being made.
_shown_now = []


class Field:
    __slots__ = (
        "name", "type", "default", "default_factory", "repr", "hash", "init", "compare", "metadata",
        "kw_only", "_field_type",
    )

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = self.type = None
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = MappingProxyType({} if metadata is None else metadata)
        self.kw_only = kw_only
        self._field_type = None

    def __repr__(self):
        shown = [
            "name", "type", "default", "default_factory", "init", "repr", "hash", "compare",
            "metadata", "kw_only",
        ]
        if self in _shown_now:
            return "..."
        _shown_now.append(self)
        try:
            inner = ",".join([f"{name}={getattr(self, name)!r}" for name in shown])
        finally:
            _shown_now.pop()
        return f"Field({inner},_field_type={self._field_type})"

    def __set_name__(self, owner, name):
        hook = getattr(type(self.default), "__set_name__", None)
        if hook:
            hook(self.default, owner, name)

    __class_getitem__ = classmethod(GenericAlias)


def field(
    *, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
    metadata=None, kw_only=MISSING,
):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


class _DataclassParams:
    def __init__(self, **params):
        self.__dict__.update(params)

    def __repr__(self):
        return f"_DataclassParams({','.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"


def _meaning(cls, annotation, module):
    # What a text begins with: a name, or one of that module, seen from the class; or None.
    words = [""]
    for letter in annotation.strip():
        if letter.isalnum() or letter == "_":
            if words[-1].endswith(" "):
                break
            words[-1] += letter
        elif letter.isspace():
            words[-1] += " " if words[-1] else ""
        elif letter == "." and len(words) == 1:
            words.append("")
        else:
            break
    first, *rest = map(str.strip, words)
    own = getattr(sys.modules.get(cls.__module__), "__dict__", {})
    if not rest:
        return own.get(first)
    return getattr(module, rest[0], None) if own.get(first) is module else None


def _is_class_var(cls, annotation):
    typing = sys.modules.get("typing")
    if typing is None:
        return False
    if isinstance(annotation, str):
        annotation = _meaning(cls, annotation, typing)
    return annotation is typing.ClassVar or getattr(annotation, "__origin__", None) is typing.ClassVar


def _is_init_var(cls, annotation):
    if isinstance(annotation, str):
        annotation = _meaning(cls, annotation, sys.modules[__name__])
    return annotation is InitVar or type(annotation) is InitVar


def _is_kw_only(cls, annotation):
    if isinstance(annotation, str):
        annotation = _meaning(cls, annotation, sys.modules[__name__])
    return annotation is KW_ONLY


def _own_field(cls, name, annotation, kw_only):
    default = getattr(cls, name, MISSING)
    if isinstance(default, Field):
        made = default
    else:
        if type(default).__name__ == "member_descriptor":
            default = MISSING
        made = field(default=default)
    made.name, made.type = name, annotation
    made._field_type = _FIELD
    if _is_class_var(cls, annotation):
        made._field_type = _FIELD_CLASSVAR
    elif _is_init_var(cls, annotation):
        made._field_type = _FIELD_INITVAR
    if made._field_type is not _FIELD and made.default_factory is not MISSING:
        raise TypeError(f"field {name} cannot have a default factory")
    if made._field_type is _FIELD_CLASSVAR:
        if made.kw_only is not MISSING:
            raise TypeError(f"field {name} is a ClassVar but specifies kw_only")
    elif made.kw_only is MISSING:
        made.kw_only = kw_only
    if made._field_type is _FIELD and made.default.__class__.__hash__ is None:
        raise ValueError(
            f"mutable default {type(made.default)} for field {name} is not allowed: use default_factory"
        )
    return made


def _function(cls, name, params, body, scope):
    # A method compiled from text, so that it has the signature that its fields ask for.
    scope = {"__builtins__": __builtins__, "__name__": cls.__module__, **scope}
    lines = "".join(f"    {line}\n" for line in body or ["pass"])
    exec(f"def {name}({', '.join(params)}):\n{lines}", scope)
    function = scope[name]
    function.__qualname__ = f"{cls.__qualname__}.{name}"
    return function


class _FactoryDefault:
    # Stands in signatures for the default that is made at each call.
    def __repr__(self):
        return "<factory>"


_FACTORY = _FactoryDefault()


def _init(cls, all_fields, std, kw_only, frozen, slots):
    seen_default = None
    for f in std:
        if f.init:
            if f.default is not MISSING or f.default_factory is not MISSING:
                seen_default = f
            elif seen_default is not None:
                raise TypeError(f"non-default argument {f.name!r} follows default argument {seen_default.name!r}")
    scope = {"_FACTORY": _FACTORY, "_set": object.__setattr__}
    self_name = "__dataclass_self__" if any(f.name == "self" for f in all_fields) else "self"

    def assign(name, value):
        if frozen:
            return f"_set({self_name}, {name!r}, {value})"
        return f"{self_name}.{name} = {value}"

    def param(f):
        if f.default is not MISSING:
            return f"{f.name}=_default_{f.name}"
        if f.default_factory is not MISSING:
            return f"{f.name}=_FACTORY"
        return f.name

    body = []
    for f in all_fields:
        if f.default is not MISSING:
            scope[f"_default_{f.name}"] = f.default
        if f.default_factory is not MISSING:
            scope[f"_factory_{f.name}"] = f.default_factory
            value = f"_factory_{f.name}()"
            if f.init:
                value += f" if {f.name} is _FACTORY else {f.name}"
        elif f.init:
            value = f.name
        elif f.default is not MISSING and slots:
            value = f"_default_{f.name}"
        else:
            continue
        if f._field_type is not _FIELD_INITVAR:
            body.append(assign(f.name, value))
    if hasattr(cls, "__post_init__"):
        passed = ", ".join(f.name for f in all_fields if f._field_type is _FIELD_INITVAR)
        body.append(f"{self_name}.__post_init__({passed})")
    params = [self_name, *(param(f) for f in std if f.init)]
    keyword = [param(f) for f in kw_only if f.init]
    if keyword:
        params += ["*", *keyword]
    init = _function(cls, "__init__", params, body, scope)
    init.__annotations__ = {f.name: f.type for f in [*std, *kw_only] if f.init} | {"return": None}
    return init


def _tuple_of(names):
    def values(self):
        return tuple([getattr(self, name) for name in names])

    return values


def _named(cls, function, name):
    function.__name__ = name
    function.__qualname__ = f"{cls.__qualname__}.{name}"
    function.__module__ = cls.__module__
    return function


def _repr(names):
    active = set()

    def __repr__(self):
        if id(self) in active:
            return "..."
        active.add(id(self))
        try:
            inner = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
            return f"{self.__class__.__qualname__}({inner})"
        finally:
            active.discard(id(self))

    return __repr__


def _comparison(name, compare, values):
    def method(self, other):
        if other.__class__ is self.__class__:
            return compare(values(self), values(other))
        return NotImplemented

    return method


def _equality(values):
    def method(self, other):
        if self is other:
            return True
        if other.__class__ is not self.__class__:
            return NotImplemented
        # Field by field: a tuple takes what is the same object for equal.
        same = True
        for own, its in zip(values(self), values(other)):
            same = own == its
            if not same:
                break
        return same

    return method


def _set_new(cls, name, value):
    if name in cls.__dict__:
        return True
    setattr(cls, name, value)
    return False


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot):
    found = {}
    frozen_base = unfrozen_base = False
    for base in reversed(cls.__mro__[1:]):
        base_fields = base.__dict__.get(_FIELDS)
        if base_fields is not None:
            found.update(base_fields)
            if getattr(base, _PARAMS).frozen:
                frozen_base = True
            else:
                unfrozen_base = True
    annotations = cls.__dict__.get("__annotations__", {})
    own = []
    kw_seen = False
    for name, annotation in annotations.items():
        if _is_kw_only(cls, annotation):
            if kw_seen:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            kw_seen = kw_only = True
            continue
        own.append(_own_field(cls, name, annotation, kw_only))
    for f in own:
        found[f.name] = f
        if isinstance(cls.__dict__.get(f.name), Field):
            if f.default is MISSING:
                delattr(cls, f.name)
            else:
                setattr(cls, f.name, f.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    if frozen_base or unfrozen_base:
        if frozen_base and not frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
        if unfrozen_base and frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    setattr(cls, _FIELDS, found)
    setattr(
        cls, _PARAMS,
        _DataclassParams(
            init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen,
            match_args=match_args, kw_only=kw_only, slots=slots, weakref_slot=weakref_slot,
        ),
    )
    if order and not eq:
        raise ValueError("eq must be true if order is true")
    all_init = [f for f in found.values() if f._field_type in (_FIELD, _FIELD_INITVAR)]
    std = [f for f in all_init if f.init and not f.kw_only]
    keyword = [f for f in all_init if f.init and f.kw_only]
    data = [f for f in found.values() if f._field_type is _FIELD]
    own_init = False
    if init:
        own_init = not _set_new(cls, "__init__", _init(cls, all_init, std, keyword, frozen, slots))
    if repr:
        _set_new(cls, "__repr__", _named(cls, _repr([f.name for f in data if f.repr]), "__repr__"))
    compared = _tuple_of([f.name for f in data if f.compare])
    has_own_hash = "__hash__" in cls.__dict__ and not (
        cls.__dict__["__hash__"] is None and "__eq__" in cls.__dict__
    )
    if eq:
        _set_new(cls, "__eq__", _named(cls, _equality(compared), "__eq__"))
    if order:
        operations = {
            "__lt__": lambda a, b: a < b, "__le__": lambda a, b: a <= b,
            "__gt__": lambda a, b: a > b, "__ge__": lambda a, b: a >= b,
        }
        for name, operation in operations.items():
            if _set_new(cls, name, _named(cls, _comparison(name, operation, compared), name)):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__} "
                    "Consider using functools.total_ordering"
                )
    if frozen:
        names = frozenset(f.name for f in data)
        # With slots `cls` is going to be another class, which these do not know.
        made_for = cls

        def __setattr__(self, name, value):
            if type(self) is made_for or name in names:
                raise FrozenInstanceError(f"cannot assign to field {name!r}")
            super(made_for, self).__setattr__(name, value)

        def __delattr__(self, name):
            if type(self) is made_for or name in names:
                raise FrozenInstanceError(f"cannot delete field {name!r}")
            super(made_for, self).__delattr__(name)

        for function in (__setattr__, __delattr__):
            name = function.__name__
            if _set_new(cls, name, _named(cls, function, name)):
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}")
    hashed = _tuple_of([f.name for f in data if (f.compare if f.hash is None else f.hash)])

    def __hash__(self):
        return hash(hashed(self))

    if unsafe_hash:
        if has_own_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
        cls.__hash__ = _named(cls, __hash__, "__hash__")
    elif eq and frozen:
        if not has_own_hash:
            cls.__hash__ = _named(cls, __hash__, "__hash__")
    elif eq and not has_own_hash:
        cls.__hash__ = None
    _set_new(cls, "__replace__", replace)
    if match_args:
        _set_new(cls, "__match_args__", tuple(f.name for f in std))
    if not cls.__doc__:
        cls.__doc__ = _doc(cls, std, keyword, own_init)
    if weakref_slot and not slots:
        raise TypeError("weakref_slot is True but slots is False")
    if slots:
        cls = _with_slots(cls, [f.name for f in data], weakref_slot)
        if frozen:
            # A copy cannot set the attributes one by one.
            for name, method in (("__getstate__", _dataclass_getstate), ("__setstate__", _dataclass_setstate)):
                if name not in cls.__dict__:
                    setattr(cls, name, method)
    return update_abstractmethods(cls)


def _dataclass_getstate(self):
    return [getattr(self, f.name) for f in fields(self)]


def _dataclass_setstate(self, state):
    for f, value in zip(fields(self), state):
        object.__setattr__(self, f.name, value)


def _doc(cls, std, kw_only, own_init):
    # The signature; `inspect` is only asked when it is not what the fields say.
    plain = own_init and type(cls) is type and "__new__" not in cls.__dict__ and all(
        isinstance(f.type, str) or isinstance(f.type, type) and type(f.type) is type and f.type.__module__ == "builtins"
        for f in (*std, *kw_only)
    )
    if not plain:
        try:
            import inspect

            return cls.__name__ + str(inspect.signature(cls)).replace(" -> None", "")
        except (TypeError, ValueError):
            return cls.__name__
    parts = []

    def add(f):
        if f.init:
            shown = repr(f.type) if isinstance(f.type, str) else f.type.__qualname__
            text = f"{f.name}: {shown}"
            if f.default is not MISSING:
                text += f" = {f.default!r}"
            elif f.default_factory is not MISSING:
                text += " = <factory>"
            parts.append(text)

    for f in std:
        add(f)
    if any(f.init for f in kw_only):
        parts.append("*")
        for f in kw_only:
            add(f)
    return f"{cls.__name__}({', '.join(parts)})"


def _slots_of(cls):
    slots = cls.__dict__.get("__slots__", ())
    if "__slots__" not in cls.__dict__ or slots is None:
        # A class without has room for weak references.
        return ("__weakref__",) if "__weakref__" in cls.__dict__ else ()
    if isinstance(slots, str):
        return (slots,)
    if not hasattr(slots, "__iter__") or hasattr(slots, "__next__"):
        raise TypeError(f"Slots of '{cls.__name__}' cannot be determined")
    return slots


def _with_slots(cls, names, weakref_slot):
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = {name for base in cls.__mro__[1:-1] for name in _slots_of(base)}
    body = dict(cls.__dict__)
    wanted = (*names, "__weakref__") if weakref_slot else names
    body["__slots__"] = tuple(name for name in wanted if name not in inherited)
    for name in names:
        body.pop(name, None)
    for name in ("__dict__", "__weakref__"):
        body.pop(name, None)
    new = type(cls)(cls.__name__, cls.__bases__, body)
    new.__qualname__ = cls.__qualname__
    # As in CPython 3.13, `super()` and `__class__` in methods mean the old class.
    return new


def dataclass(
    cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
    match_args=True, kw_only=False, slots=False, weakref_slot=False,
):
    def wrap(cls):
        return _process(
            cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot
        )

    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    try:
        found = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple(f for f in found.values() if f._field_type is _FIELD)


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), _FIELDS)


def _is_instance(obj):
    return hasattr(type(obj), _FIELDS)


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _converted(obj, lambda pairs: dict_factory(pairs))


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _converted(obj, lambda pairs: tuple_factory([value for _, value in pairs]))


def _converted(obj, make):
    if _is_instance(obj):
        return make([(f.name, _converted(getattr(obj, f.name), make)) for f in fields(obj)])
    kind = type(obj)
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return kind(*[_converted(item, make) for item in obj])
    if isinstance(obj, (list, tuple)):
        return kind(_converted(item, make) for item in obj)
    if isinstance(obj, dict):
        pairs = [(_converted(k, make), _converted(v, make)) for k, v in obj.items()]
        if hasattr(kind, "default_factory"):
            new = kind(obj.default_factory)
            new.update(pairs)
            return new
        return kind(pairs)
    from copy import deepcopy

    return deepcopy(obj)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, module=None, **params):
    body = dict(namespace or {})
    annotations = {}
    for item in fields:
        if isinstance(item, str):
            name, annotation = item, "typing.Any"
        elif len(item) == 2:
            name, annotation = item
        elif len(item) == 3:
            name, annotation, body[item[0]] = item
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = annotation
    body["__annotations__"] = annotations
    import types

    cls = types.new_class(cls_name, bases, {}, lambda ns: ns.update(body))
    cls.__module__ = module or sys._getframe(1).f_globals.get("__name__", "types")
    return dataclass(cls, **params)


def replace(obj, /, **changes):
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for f in getattr(obj, _FIELDS).values():
        if f._field_type is _FIELD_CLASSVAR:
            continue
        if not f.init:
            if f.name in changes:
                raise TypeError(f"field {f.name} is declared with init=False, it cannot be specified with replace()")
            continue
        if f.name not in changes:
            if f._field_type is _FIELD_INITVAR and f.default is MISSING:
                raise TypeError(f"InitVar {f.name!r} must be specified with replace()")
            if f._field_type is not _FIELD_INITVAR:
                changes[f.name] = getattr(obj, f.name)
    return type(obj)(**changes)
