# `typing`: enough for annotations to be written, kept and shown; nothing is checked.

import collections
import collections.abc
import contextlib
import types
from abc import ABCMeta, abstractmethod
from types import GenericAlias

__all__ = [
    "Annotated", "Any", "Callable", "ClassVar", "Concatenate", "Final", "ForwardRef", "Generic",
    "Literal", "Optional", "ParamSpec", "Protocol", "Tuple", "Type", "TypeVar", "TypeVarTuple",
    "Union", "AbstractSet", "Container", "ContextManager", "Hashable", "ItemsView", "Iterable",
    "Iterator", "KeysView", "Mapping", "MappingView", "MutableMapping", "MutableSequence",
    "MutableSet", "Sequence", "Sized", "ValuesView", "Awaitable", "AsyncIterator", "AsyncIterable",
    "Coroutine", "Collection", "AsyncGenerator", "AsyncContextManager", "Reversible", "SupportsAbs",
    "SupportsFloat", "SupportsIndex", "SupportsInt", "ChainMap", "Counter", "Deque", "Dict",
    "DefaultDict", "List", "OrderedDict", "Set", "FrozenSet", "NamedTuple", "TypedDict",
    "Generator", "AnyStr", "assert_type", "assert_never", "cast", "dataclass_transform", "final",
    "get_args", "get_origin", "get_type_hints", "is_typeddict", "LiteralString", "Never", "NewType",
    "no_type_check", "NoDefault", "NoReturn", "NotRequired", "overload", "override", "ReadOnly",
    "Required", "reveal_type", "runtime_checkable", "Self", "Text", "TYPE_CHECKING", "TypeAlias",
    "TypeGuard", "TypeIs", "TypeAliasType", "Unpack",
]


def _shown(value):
    if value is ...:
        return "..."
    if value is type(None):
        return "None"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, type) and not isinstance(value, GenericAlias):
        return value.__qualname__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
    return repr(value)


class _Form:
    # A special form: Any, Union[…], Optional[…] …
    def __init__(self, name, getitem=None):
        self._name = name
        self._getitem = getitem

    def __repr__(self):
        return f"typing.{self._name}"

    def __getitem__(self, params):
        if self._getitem is None:
            raise TypeError(f"{self!r} is not subscriptable")
        return self._getitem(self, params)

    def __call__(self, *args, **kwds):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __instancecheck__(self, obj):
        raise TypeError(f"{self!r} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self!r} cannot be used with issubclass()")

    def __hash__(self):
        return hash(self._name)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")


class _Alias:
    # A form or a generic class with its arguments.
    def __init__(self, origin, args, name=None):
        self.__origin__ = origin
        self.__args__ = args if isinstance(args, tuple) else (args,)
        self._name = name

    @property
    def __parameters__(self):
        found = []
        for arg in self.__args__:
            if isinstance(arg, (TypeVar, ParamSpec, TypeVarTuple)):
                candidates = (arg,)
            elif isinstance(arg, type):
                candidates = ()
            else:
                candidates = getattr(arg, "__parameters__", ())
            for each in candidates:
                if each not in found:
                    found.append(each)
        return tuple(found)

    def __getitem__(self, params):
        params = params if isinstance(params, tuple) else (params,)
        variables = self.__parameters__
        if not variables:
            raise TypeError(f"{self} is not a generic class")
        chosen = dict(zip(variables, params))

        def put(arg):
            if arg in variables:
                return chosen.get(arg, arg)
            own = () if isinstance(arg, type) else getattr(arg, "__parameters__", ())
            return arg[tuple(chosen.get(v, v) for v in own)] if own else arg

        return type(self)(self.__origin__, tuple(put(arg) for arg in self.__args__), self._name)

    def __repr__(self):
        name = f"typing.{self._name}" if self._name else _shown(self.__origin__)
        if not self.__args__:
            return f"{name}[()]"
        return f"{name}[{', '.join(map(_shown, self.__args__))}]"

    def __call__(self, *args, **kwargs):
        result = self.__origin__(*args, **kwargs)
        try:
            result.__orig_class__ = self
        except (AttributeError, TypeError):
            pass
        return result

    def __mro_entries__(self, bases):
        if self.__origin__ is Generic or self.__origin__ is Protocol:
            return (self.__origin__,)
        extra = (Generic,) if self.__parameters__ and not any(
            getattr(b, "__origin__", b) is Generic for b in bases
        ) and not issubclass(self.__origin__, Generic) else ()
        return (self.__origin__, *extra)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __eq__(self, other):
        if not isinstance(other, _Alias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __instancecheck__(self, obj):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")

    __subclasscheck__ = __instancecheck__


class _UnionGenericAlias(_Alias):
    def __repr__(self):
        args = self.__args__
        if len(args) == 2 and type(None) in args:
            other = args[0] if args[1] is type(None) else args[1]
            return f"typing.Optional[{_shown(other)}]"
        return super().__repr__()

    def __eq__(self, other):
        if isinstance(other, (types.UnionType, _UnionGenericAlias)):
            return set(self.__args__) == set(other.__args__)
        return NotImplemented

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __instancecheck__(self, obj):
        return isinstance(obj, self.__args__)

    def __subclasscheck__(self, cls):
        return issubclass(cls, self.__args__)


def _plain(value):
    if value is None:
        return type(None)
    return ForwardRef(value) if isinstance(value, str) else value


def _union(form, params):
    params = params if isinstance(params, tuple) else (params,)
    if not params:
        raise TypeError("Cannot take a Union of no types.")
    flat = []
    for param in params:
        parts = param.__args__ if isinstance(param, (_UnionGenericAlias, types.UnionType)) else (_plain(param),)
        for part in parts:
            if part not in flat:
                flat.append(part)
    return flat[0] if len(flat) == 1 else _UnionGenericAlias(Union, tuple(flat), "Union")


def _single(form, param):
    return _Alias(form, (_plain(param),), form._name)


def _literal(form, params):
    return _LiteralAlias(form, params if isinstance(params, tuple) else (params,), "Literal")


class _LiteralAlias(_Alias):
    def __repr__(self):
        return f"typing.Literal[{', '.join(map(repr, self.__args__))}]"


class _AnnotatedAlias(_Alias):
    def __init__(self, origin, metadata, name=None):
        super().__init__(origin, origin)
        self.__metadata__ = metadata

    def __repr__(self):
        inner = ", ".join(map(repr, self.__metadata__))
        return f"typing.Annotated[{_shown(self.__origin__)}, {inner}]"

    def __eq__(self, other):
        return (
            isinstance(other, _AnnotatedAlias)
            and self.__origin__ == other.__origin__
            and self.__metadata__ == other.__metadata__
        )

    def __hash__(self):
        return hash((self.__origin__, self.__metadata__))


class _AnyMeta(type):
    def __instancecheck__(self, obj):
        if self is Any:
            raise TypeError("typing.Any cannot be used with isinstance()")
        return super().__instancecheck__(obj)

    def __repr__(self):
        return "typing.Any" if self is Any else super().__repr__()


class Any(metaclass=_AnyMeta):
    def __new__(cls, *args, **kwargs):
        if cls is Any:
            raise TypeError("Any cannot be instantiated")
        return super().__new__(cls)


Union = _Form("Union", _union)
Optional = _Form("Optional", lambda form, param: Union[param, None])
ClassVar = _Form("ClassVar", _single)
Final = _Form("Final", _single)
Literal = _Form("Literal", _literal)
Annotated = _Form("Annotated", lambda form, params: _AnnotatedAlias(params[0], tuple(params[1:])))
NoReturn = _Form("NoReturn")
Never = _Form("Never")
Self = _Form("Self")
LiteralString = _Form("LiteralString")
TypeAlias = _Form("TypeAlias")
Required = _Form("Required", _single)
NotRequired = _Form("NotRequired", _single)
ReadOnly = _Form("ReadOnly", _single)
TypeGuard = _Form("TypeGuard", _single)
TypeIs = _Form("TypeIs", _single)
Unpack = _Form("Unpack", _single)
Concatenate = _Form("Concatenate", lambda form, params: _Alias(form, params, "Concatenate"))


def _make_type_param(name, bound, default, kind):
    # A parameter of `def f[T]`, `class C[T]` or `type A[T]`.
    default = NoDefault if default is None else default
    if kind == 1:
        return TypeVarTuple(name, default=default)
    if kind == 2:
        return ParamSpec(name, infer_variance=True, default=default)
    if isinstance(bound, tuple):
        return TypeVar(name, *bound, infer_variance=True, default=default)
    return TypeVar(name, bound=bound, infer_variance=True, default=default)


def _make_type_alias(name, params, compute, kind):
    alias = TypeAliasType.__new__(TypeAliasType)
    alias.__name__, alias.__type_params__, alias._compute = name, params, compute
    return alias


def _make_generic(params, kind):
    return Generic[tuple(Unpack[p] if isinstance(p, TypeVarTuple) else p for p in params)]


class ForwardRef:
    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        self.__forward_arg__ = arg

    def __repr__(self):
        return f"ForwardRef({self.__forward_arg__!r})"

    def __eq__(self, other):
        return isinstance(other, ForwardRef) and self.__forward_arg__ == other.__forward_arg__

    def __hash__(self):
        return hash(self.__forward_arg__)

    def __or__(self, other):
        return Union[self, other]


class _NoDefaultType:
    def __repr__(self):
        return "typing.NoDefault"


NoDefault = _NoDefaultType()


class TypeVar:
    def __init__(
        self, name, *constraints, bound=None, covariant=False, contravariant=False,
        infer_variance=False, default=NoDefault,
    ):
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = bound
        self.__covariant__ = covariant
        self.__contravariant__ = contravariant
        self.__infer_variance__ = infer_variance
        self.__default__ = default

    def __typing_subst__(self, arg):
        return arg

    def has_default(self):
        return self.__default__ is not NoDefault

    def __repr__(self):
        if self.__infer_variance__:
            return self.__name__
        sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
        return sign + self.__name__

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass an instance of TypeVar")


class ParamSpec:
    def __init__(self, name, *, bound=None, covariant=False, contravariant=False, infer_variance=False, default=NoDefault):
        self.__name__ = name
        self.__bound__ = bound
        self.__default__ = default
        self.args = _Form(f"{name}.args")
        self.kwargs = _Form(f"{name}.kwargs")

    def __typing_subst__(self, arg):
        return arg

    def __repr__(self):
        return f"~{self.__name__}"


class TypeVarTuple:
    def __init__(self, name, *, default=NoDefault):
        self.__name__ = name
        self.__default__ = default

    def __typing_subst__(self, arg):
        return arg

    def __iter__(self):
        yield Unpack[self]

    def __repr__(self):
        return self.__name__


class TypeAliasType:
    def __init__(self, name, value, *, type_params=()):
        self.__name__ = name
        self._compute = lambda: value
        self.__type_params__ = type_params

    @property
    def __value__(self):
        # Computed when it is asked for, once.
        if not hasattr(self, "_value"):
            self._value = self._compute()
        return self._value

    __parameters__ = property(lambda self: self.__type_params__)

    def __repr__(self):
        return self.__name__

    def __getitem__(self, params):
        return GenericAlias(self, params)

    def __or__(self, other):
        return Union[self, other]


class Generic:
    __slots__ = ()
    _is_protocol = False

    def __class_getitem__(cls, params):
        params = params if isinstance(params, tuple) else (params,)
        return _Alias(cls, tuple(map(_plain, params)), cls.__name__ if cls in (Generic, Protocol) else None)

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        variables = []
        for base in cls.__dict__.get("__orig_bases__", ()):
            for variable in getattr(base, "__parameters__", ()):
                if variable not in variables:
                    variables.append(variable)
        if variables or "__parameters__" not in cls.__dict__:
            cls.__parameters__ = tuple(variables)


_PROTOCOL_OWN = {
    "__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__init__", "__module__",
    "__new__", "__slots__", "__subclasshook__", "__weakref__", "__parameters__", "__orig_bases__",
    "_is_protocol", "_is_runtime_protocol", "__class_getitem__", "__init_subclass__",
    "__match_args__", "__static_attributes__", "__firstlineno__", "__qualname__", "__type_params__",
    "__protocol_attrs__", "__non_callable_proto_members__",
}


def _protocol_members(cls):
    found = set()
    for base in cls.__mro__[:-1]:
        if base.__name__ in ("Protocol", "Generic"):
            continue
        for name in [*base.__dict__, *base.__dict__.get("__annotations__", ())]:
            if name not in _PROTOCOL_OWN and not name.startswith("_abc_"):
                found.add(name)
    return found


class _ProtocolMeta(ABCMeta):
    def __instancecheck__(cls, instance):
        if cls is Protocol or not getattr(cls, "_is_protocol", False):
            return super().__instancecheck__(instance)
        if not getattr(cls, "_is_runtime_protocol", False):
            if type.__instancecheck__(cls, instance):
                return True
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if super().__instancecheck__(instance):
            return True
        missing = object()
        for name in _protocol_members(cls):
            value = getattr(instance, name, missing)
            if value is missing or (value is None and callable(getattr(cls, name, None))):
                return False
        return True

    def __subclasscheck__(cls, other):
        if cls is Protocol or not getattr(cls, "_is_protocol", False):
            return super().__subclasscheck__(other)
        if not getattr(cls, "_is_runtime_protocol", False):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if super().__subclasscheck__(other):
            return True
        return all(
            any(name in base.__dict__ or name in base.__dict__.get("__annotations__", ()) for base in other.__mro__)
            for name in _protocol_members(cls)
        )


class Protocol(Generic, metaclass=_ProtocolMeta):
    __slots__ = ()
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if not cls.__dict__.get("_is_protocol", False):
            cls._is_protocol = any(base is Protocol for base in cls.__bases__)
        if cls._is_protocol and "__init__" not in cls.__dict__:
            cls.__init__ = _no_init


def _no_init(self, *args, **kwargs):
    cls = type(self)
    if cls._is_protocol:
        raise TypeError("Protocols cannot be instantiated")
    for base in cls.__mro__:
        init = base.__dict__.get("__init__", _no_init)
        if init is not _no_init:
            init(self, *args, **kwargs)
            break


def runtime_checkable(cls):
    if not getattr(cls, "_is_protocol", False):
        raise TypeError(f"@runtime_checkable can be only applied to protocol classes, got {cls!r}")
    cls._is_runtime_protocol = True
    return cls


class _ClassForm:
    # `List`, `Dict` …: a class under an older name.
    def __init__(self, origin, name):
        self.__origin__, self._name = origin, name

    def __getitem__(self, params):
        params = params if isinstance(params, tuple) else (params,)
        if self._name == "Callable" and params and isinstance(params[0], list):
            params = (*params[0], *params[1:])
            return _CallableAlias(self.__origin__, tuple(map(_plain, params)), self._name)
        return _Alias(self.__origin__, tuple(map(_plain, params)), self._name)

    def __call__(self, *args, **kwargs):
        return self.__origin__(*args, **kwargs)

    def __repr__(self):
        return f"typing.{self._name}"

    def __mro_entries__(self, bases):
        return (self.__origin__,)

    def __instancecheck__(self, obj):
        return isinstance(obj, self.__origin__)

    def __subclasscheck__(self, cls):
        return issubclass(cls, self.__origin__)

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    __parameters__ = ()


class _CallableAlias(_Alias):
    def __repr__(self):
        *args, result = self.__args__
        return f"typing.Callable[[{', '.join(map(_shown, args))}], {_shown(result)}]"


List = _ClassForm(list, "List")
Dict = _ClassForm(dict, "Dict")
Set = _ClassForm(set, "Set")
FrozenSet = _ClassForm(frozenset, "FrozenSet")
Tuple = _ClassForm(tuple, "Tuple")
Type = _ClassForm(type, "Type")
Deque = _ClassForm(collections.deque, "Deque")
DefaultDict = _ClassForm(collections.defaultdict, "DefaultDict")
OrderedDict = _ClassForm(collections.OrderedDict, "OrderedDict")
Counter = _ClassForm(collections.Counter, "Counter")
ChainMap = _ClassForm(collections.ChainMap, "ChainMap")
for _name in (
    "Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator", "AsyncGenerator", "Hashable",
    "Iterable", "Iterator", "Generator", "Reversible", "Sized", "Container", "Callable",
    "Collection", "MutableSet", "Mapping", "MutableMapping", "MappingView", "KeysView", "ItemsView",
    "ValuesView", "Sequence", "MutableSequence",
):
    globals()[_name] = _ClassForm(getattr(collections.abc, _name), _name)
AbstractSet = _ClassForm(collections.abc.Set, "AbstractSet")
ContextManager = _ClassForm(contextlib.AbstractContextManager, "ContextManager")
AsyncContextManager = _ClassForm(contextlib.AbstractAsyncContextManager, "AsyncContextManager")
Text = str
TYPE_CHECKING = False
T = TypeVar("T")
KT = TypeVar("KT")
VT = TypeVar("VT")
AnyStr = TypeVar("AnyStr", bytes, str)


@runtime_checkable
class SupportsInt(Protocol):
    @abstractmethod
    def __int__(self): ...


@runtime_checkable
class SupportsFloat(Protocol):
    @abstractmethod
    def __float__(self): ...


@runtime_checkable
class SupportsAbs(Protocol):
    @abstractmethod
    def __abs__(self): ...


@runtime_checkable
class SupportsIndex(Protocol):
    @abstractmethod
    def __index__(self): ...


def cast(typ, val):
    return val


def assert_type(val, typ, /):
    return val


def reveal_type(obj, /):
    import _internals

    _internals.write_err(f"Runtime type is {type(obj).__name__!r}\n")
    return obj


def assert_never(arg, /):
    raise AssertionError(f"Expected code to be unreachable, but got: {arg!r}")


def overload(func):
    return _overload_dummy


def _overload_dummy(*args, **kwds):
    raise NotImplementedError(
        "You should not call an overloaded function. A series of @overload-decorated functions "
        "outside a stub module should always be followed by an implementation that is not @overload-ed."
    )


def final(f):
    try:
        f.__final__ = True
    except (AttributeError, TypeError):
        pass
    return f


def override(method, /):
    try:
        method.__override__ = True
    except (AttributeError, TypeError):
        pass
    return method


def no_type_check(arg):
    return arg


def dataclass_transform(**kwargs):
    return lambda cls: cls


def get_origin(tp):
    if isinstance(tp, _AnnotatedAlias):
        return Annotated
    if isinstance(tp, types.UnionType):
        return types.UnionType
    return getattr(tp, "__origin__", None)


def get_args(tp):
    if isinstance(tp, _AnnotatedAlias):
        return (tp.__origin__, *tp.__metadata__)
    args = getattr(tp, "__args__", ())
    if getattr(tp, "__origin__", None) is collections.abc.Callable and args and args[0] is not ...:
        return (list(args[:-1]), args[-1])
    return args


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    hints = {}
    if isinstance(obj, type):
        import sys

        for base in reversed(obj.__mro__):
            module = sys.modules.get(base.__module__)
            scope = globalns if globalns is not None else getattr(module, "__dict__", {})
            for name, value in base.__dict__.get("__annotations__", {}).items():
                hints[name] = _evaluated(value, scope, localns)
    else:
        scope = globalns if globalns is not None else getattr(obj, "__globals__", {})
        for name, value in getattr(obj, "__annotations__", {}).items():
            hints[name] = _evaluated(value, scope, localns)
    if not include_extras:
        hints = {k: v.__origin__ if isinstance(v, _AnnotatedAlias) else v for k, v in hints.items()}
    return hints


def _evaluated(value, globalns, localns):
    if value is None:
        return type(None)
    if isinstance(value, ForwardRef):
        value = value.__forward_arg__
    if isinstance(value, str):
        return eval(value, globalns, localns)
    return value


def is_typeddict(tp):
    return isinstance(tp, _TypedDictMeta)


def NewType(name, tp):
    return _NewType(name, tp)


class _NewType:
    def __init__(self, name, tp):
        import sys

        self.__name__ = self.__qualname__ = name
        self.__supertype__ = tp
        self.__module__ = sys._getframe(2).f_globals.get("__name__", "__main__")

    def __call__(self, x, /):
        return x

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"

    def __or__(self, other):
        return Union[self, other]


class _NamedTupleMeta(type):
    def __new__(cls, typename, bases, ns):
        fields = ns.get("__annotations__", {})
        names = list(fields)
        defaults = []
        for name in names:
            if name in ns:
                defaults.append(ns[name])
            elif defaults:
                raise TypeError(f"Non-default namedtuple field {name} cannot follow default field")
        made = collections.namedtuple(typename, names, defaults=defaults, module=ns["__module__"])
        made.__annotations__ = dict(fields)
        for key, value in ns.items():
            if key in ("__new__", "__init__", "__slots__", "__getnewargs__", "_fields", "_field_defaults"):
                raise AttributeError(f"Cannot overwrite NamedTuple attribute {key}")
            if key not in names and key not in ("__annotations__", "__module__", "__qualname__", "__classcell__", "__orig_bases__"):
                setattr(made, key, value)
        made.__orig_bases__ = ns.get("__orig_bases__", (NamedTuple,))
        if "__qualname__" in ns:
            made.__qualname__ = ns["__qualname__"]
        return made


def NamedTuple(typename, fields=(), /):
    import sys

    made = collections.namedtuple(typename, [name for name, _ in fields], module=sys._getframe(1).f_globals.get("__name__"))
    made.__annotations__ = dict(fields)
    return made


_NamedTupleBase = type.__new__(_NamedTupleMeta, "NamedTuple", (), {})
NamedTuple.__mro_entries__ = lambda bases: (_NamedTupleBase,)


class _TypedDictMeta(type):
    def __new__(cls, name, bases, ns, total=True):
        made = type.__new__(_TypedDictMeta, name, (dict,), ns)
        annotations = {}
        required, optional = set(), set()
        for base in bases:
            annotations.update(getattr(base, "__annotations__", {}))
            required |= getattr(base, "__required_keys__", set())
            optional |= getattr(base, "__optional_keys__", set())
        for key, value in ns.get("__annotations__", {}).items():
            annotations[key] = value
            origin = getattr(value, "__origin__", None)
            needed = total if origin not in (Required, NotRequired) else origin is Required
            (required if needed else optional).add(key)
        made.__annotations__ = annotations
        made.__required_keys__ = frozenset(required)
        made.__optional_keys__ = frozenset(optional)
        made.__total__ = total
        return made

    def __call__(cls, /, *args, **kwargs):
        return dict(*args, **kwargs)

    def __instancecheck__(cls, instance):
        raise TypeError("TypedDict does not support instance and class checks")

    __subclasscheck__ = __instancecheck__


def TypedDict(typename, fields=None, /, *, total=True):
    return _TypedDictMeta(typename, (), {"__annotations__": dict(fields or {})}, total=total)


_TypedDictBase = type.__new__(_TypedDictMeta, "TypedDict", (), {})
TypedDict.__mro_entries__ = lambda bases: (_TypedDictBase,)
