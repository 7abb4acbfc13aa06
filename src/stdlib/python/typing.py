# `typing`: annotations are written, kept, shown and taken apart; nothing is checked by them.

import _internals
import collections
import collections.abc
import sys
import types
from abc import ABCMeta, abstractmethod
from types import GenericAlias

__all__ = [
    "Annotated", "Any", "Callable", "ClassVar", "Concatenate", "Final", "ForwardRef", "Generic", "Literal",
    "Optional", "ParamSpec", "Protocol", "Tuple", "Type", "TypeVar", "TypeVarTuple", "Union", "AbstractSet",
    "ByteString", "Container", "ContextManager", "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView",
    "Mapping", "MappingView", "MutableMapping", "MutableSequence", "MutableSet", "Sequence", "Sized",
    "ValuesView", "Awaitable", "AsyncIterator", "AsyncIterable", "Coroutine", "Collection", "AsyncGenerator",
    "AsyncContextManager", "Reversible", "SupportsAbs", "SupportsBytes", "SupportsComplex", "SupportsFloat",
    "SupportsIndex", "SupportsInt", "SupportsRound", "ChainMap", "Counter", "Deque", "Dict", "DefaultDict",
    "List", "OrderedDict", "Set", "FrozenSet", "NamedTuple", "TypedDict", "Generator", "BinaryIO", "IO",
    "TextIO", "AnyStr", "assert_type", "assert_never", "cast", "clear_overloads", "dataclass_transform",
    "final", "get_args", "get_origin", "get_overloads", "get_protocol_members", "get_type_hints",
    "is_protocol", "is_typeddict", "LiteralString", "Never", "NewType", "no_type_check",
    "no_type_check_decorator", "NoDefault", "NoReturn", "NotRequired", "overload", "override", "ParamSpecArgs",
    "ParamSpecKwargs", "ReadOnly", "Required", "reveal_type", "runtime_checkable", "Self", "Text",
    "TYPE_CHECKING", "TypeAlias", "TypeGuard", "TypeIs", "TypeAliasType", "Unpack",
]


def _caller(depth=1):
    # The module whose code called the function that asks.
    try:
        return sys._getframe(depth + 1).f_globals.get("__name__", "__main__")
    except ValueError:
        return None


def _defining():
    # The same for the classes that are native in CPython, whose own frames nobody sees; code
    # without a module has None.
    try:
        return sys._getframe(1).f_globals.get("__name__")
    except ValueError:
        return None


def _shown(value):
    if value is ...:
        return "..."
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, types.FunctionType):
        return value.__name__
    if isinstance(value, type) and not isinstance(value, GenericAlias):
        return value.__qualname__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def _converted(value, module=None, special=False):
    # None and text, as types.
    if value is None:
        return type(None)
    return ForwardRef(value, module=module, is_class=special) if isinstance(value, str) else value


def _plain(
    value, text="Parameters to generic types must be types.", is_argument=True, special=False, module=None
):
    # What stands in a subscript, as a type. `special`: ClassVar and Final may stand there.
    value = _converted(value, module, special)
    refused = (Generic, Protocol)
    if not special:
        refused += (ClassVar, Final) if is_argument else (ClassVar,)
    if isinstance(value, _GenericAlias) and value.__origin__ in refused:
        raise TypeError(f"{value} is not valid as type argument")
    if value in (Any, LiteralString, NoReturn, Never, Self, TypeAlias):
        return value
    if special and value in (ClassVar, Final):
        return value
    if isinstance(value, _SpecialForm) or value in (Generic, Protocol):
        raise TypeError(f"Plain {value} is not valid as type argument")
    if type(value) is tuple:
        raise TypeError(f"{text} Got {value!r:.100}.")
    return value


def _is_starred(value):
    # `*Ts`
    return not isinstance(value, type) and getattr(value, "__typing_is_unpacked_typevartuple__", False)


def _variables(args, ordered=False):
    # The type variables in some arguments, each once. `ordered`: those with a default come last.
    found = []
    pack = default = False
    for arg in args:
        if isinstance(arg, type):
            continue
        if isinstance(arg, tuple):
            inner = _variables(arg)
        elif hasattr(arg, "__typing_subst__"):
            inner = (arg,)
            if ordered and arg not in found:
                if pack and arg.has_default():
                    raise TypeError("Type parameter with a default follows TypeVarTuple")
                if default and not arg.has_default():
                    raise TypeError(
                        f"Type parameter {arg!r} without a default follows type parameter with a default"
                    )
                default = arg.has_default()
        else:
            pack = pack or _is_starred(arg)
            inner = getattr(arg, "__parameters__", ())
        found.extend(variable for variable in inner if variable not in found)
    return tuple(found)


def _unpacked(args):
    # `*tuple[int, str]` stands for its members, unless there may be any number of them.
    flat = []
    for arg in args:
        inside = None if isinstance(arg, type) else getattr(arg, "__typing_unpacked_tuple_args__", None)
        if inside is None or inside and inside[-1] is ...:
            flat.append(arg)
        else:
            flat.extend(inside)
    return tuple(flat)


def _prepared(what, args):
    # The arguments of a subscription as its variables want them, one each.
    for variable in what.__parameters__:
        prepare = getattr(variable, "__typing_prepare_subst__", None)
        if prepare is not None:
            args = prepare(what, args)
    return args


class _Root:
    # What no class may have as a base.
    def __init_subclass__(cls, /, _root=False):
        if not _root:
            raise TypeError("Cannot subclass special typing classes")


class _Operators(_Root, _root=True):
    # `X | Y` for what is no class.
    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


def _cached(method):
    # The same subscription gives the same object, as long as it is among the last that were made.
    recent = {}

    def __getitem__(self, params):
        kinds = tuple(map(type, params)) if isinstance(params, tuple) else type(params)
        key = self, params, kinds
        try:
            if key in recent:
                return recent[key]
        except TypeError:
            # Something that has no hash is among the parameters.
            return method(self, params)
        made = method(self, params)
        if len(recent) >= 128:
            del recent[next(iter(recent))]
        recent[key] = made
        return made

    return __getitem__


class _SpecialForm(_Operators, _root=True):
    # A special form: Union, Optional, ClassVar …
    def __init__(self, name, getitem=None):
        self._name = name
        self._getitem = getitem

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name
        raise AttributeError(f"'_SpecialForm' object has no attribute {name!r}")

    def __repr__(self):
        return f"typing.{self._name}"

    __iter__ = None

    def __reduce__(self):
        return self._name

    @_cached
    def __getitem__(self, params):
        if self._getitem is None:
            raise TypeError(f"{self!r} is not subscriptable")
        return self._getitem(self, params)

    def __call__(self, *args, **kwds):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __instancecheck__(self, obj):
        raise TypeError(f"{self!r} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self!r} cannot be used with issubclass()")

    def __hash__(self):
        return hash(self._name)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")


class _GenericAlias(_Operators, _root=True):
    # A form or a generic class with its arguments.
    def __init__(self, origin, args, name=None, inst=True):
        self.__origin__ = origin
        self.__args__ = args if isinstance(args, tuple) else (args,)
        self.__parameters__ = _variables(self.__args__, origin is Generic or origin is Protocol)
        self._name = name
        self._inst = inst
        if not name:
            self.__module__ = origin.__module__

    def _copy(self, args):
        return type(self)(self.__origin__, args, self._name, self._inst)

    @_cached
    def __getitem__(self, params):
        if self.__origin__ in (Generic, Protocol):
            raise TypeError(f"Cannot subscript already-subscripted {self}")
        variables = self.__parameters__
        if not variables:
            raise TypeError(f"{self} is not a generic class")
        params = params if isinstance(params, tuple) else (params,)
        params = _prepared(self, _unpacked(map(_converted, params)))
        if len(params) != len(variables):
            many = "many" if len(params) > len(variables) else "few"
            raise TypeError(
                f"Too {many} arguments for {self}; actual {len(params)}, expected {len(variables)}"
            )
        return self._copy(tuple(self._substituted(self.__args__, dict(zip(variables, params)))))

    def _substituted(self, args, chosen):
        for arg in args:
            if isinstance(arg, type):
                yield arg
                continue
            substitute = getattr(arg, "__typing_subst__", None)
            own = getattr(arg, "__parameters__", ())
            if substitute is not None:
                new = substitute(chosen[arg])
            elif own:
                values = []
                for variable in own:
                    if isinstance(variable, TypeVarTuple):
                        values.extend(chosen[variable])
                    else:
                        values.append(chosen[variable])
                new = arg[tuple(values)]
            else:
                new = arg
            if _is_starred(arg) or self.__origin__ is collections.abc.Callable and isinstance(new, tuple):
                yield from new
            elif isinstance(arg, tuple):
                yield tuple(self._substituted(arg, chosen))
            else:
                yield new

    def __repr__(self):
        name = f"typing.{self._name}" if self._name else _shown(self.__origin__)
        inner = ", ".join(map(_shown, self.__args__)) if self.__args__ else "()"
        return f"{name}[{inner}]"

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(
                f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead"
            )
        result = self.__origin__(*args, **kwargs)
        try:
            result.__orig_class__ = self
        except Exception:
            # Not every object has room for it.
            pass
        return result

    def __mro_entries__(self, bases):
        if isinstance(self.__origin__, _SpecialForm):
            raise TypeError(f"Cannot subclass {self!r}")
        if self._name and self.__origin__ not in (Generic, Protocol):
            return _bases_of(self, bases)
        if self.__origin__ is Generic:
            if Protocol in bases:
                return ()
            at = bases.index(self)
            for base in bases[at + 1 :]:
                if isinstance(base, (_GenericAlias, _SpecialGenericAlias)) and base is not self:
                    return ()
        return (self.__origin__,)

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name or self.__origin__.__name__
        if "__origin__" in self.__dict__ and not (name.startswith("__") and name.endswith("__")):
            return getattr(self.__origin__, name)
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name in ("_name", "_inst") or name.startswith("__") and name.endswith("__"):
            object.__setattr__(self, name, value)
        else:
            setattr(self.__origin__, name, value)

    def __eq__(self, other):
        if not isinstance(other, _GenericAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def __iter__(self):
        yield Unpack[self]

    def __dir__(self):
        of_origin = (name for name in dir(self.__origin__) if not (name.startswith("__") and name.endswith("__")))
        return list({*object.__dir__(self), *of_origin})

    def __reduce__(self):
        import operator

        origin = globals()[self._name] if self._name else self.__origin__
        args = self.__args__
        if len(args) == 1 and not isinstance(args[0], tuple):
            (args,) = args
        return operator.getitem, (origin, args)

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")


def _bases_of(alias, bases):
    # What `List[int]` is as a base: the class, and Generic if no later base brings it.
    result = () if alias.__origin__ in bases else (alias.__origin__,)
    for base in bases[bases.index(alias) + 1 :]:
        if isinstance(base, type):
            brought = issubclass(base, Generic)
        elif isinstance(base, (_GenericAlias, _SpecialGenericAlias)):
            brought = True
        else:
            entries = getattr(base, "__mro_entries__", None)
            entries = entries(bases) if entries is not None else ()
            brought = any(isinstance(each, type) and issubclass(each, Generic) for each in entries)
        if brought:
            return result
    return (*result, Generic)


def _check_count(cls, args):
    # Whether a generic class may have so many arguments.
    expected = len(cls.__parameters__)
    if not expected:
        raise TypeError(f"{cls} is not a generic class")
    given = len(args)
    if given == expected or given < expected and cls.__parameters__[given].has_default():
        return
    if given < expected:
        expected -= sum(variable.has_default() for variable in cls.__parameters__)
        raise TypeError(f"Too few arguments for {cls}; actual {given}, expected at least {expected}")
    raise TypeError(f"Too many arguments for {cls}; actual {given}, expected {expected}")


class _UnionGenericAlias(_GenericAlias, _root=True):
    __iter__ = None

    def __repr__(self):
        args = self.__args__
        if len(args) == 2 and type(None) in args:
            other = args[0] if args[1] is type(None) else args[1]
            return f"typing.Optional[{_shown(other)}]"
        return f"typing.Union[{', '.join(map(_shown, args))}]"

    def _copy(self, args):
        return Union[args]

    def __eq__(self, other):
        if not isinstance(other, (types.UnionType, _UnionGenericAlias)):
            return NotImplemented
        try:
            return set(self.__args__) == set(other.__args__)
        except TypeError:
            # Something in them has no hash.
            left = list(other.__args__)
            for arg in self.__args__:
                if arg not in left:
                    return False
                left.remove(arg)
            return not left

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __reduce__(self):
        import operator

        return operator.getitem, (Union, self.__args__)

    def __call__(self, *args, **kwargs):
        raise TypeError("Cannot instantiate typing.Union")

    def __subclasscheck__(self, cls):
        for arg in self.__args__:
            if issubclass(cls, arg):
                return True


def _union(form, params):
    if params == ():
        raise TypeError("Cannot take a Union of no types.")
    params = params if isinstance(params, tuple) else (params,)
    flat = []
    for param in params:
        param = _plain(param, "Union[arg, ...]: each arg must be a type.")
        parts = param.__args__ if isinstance(param, (_UnionGenericAlias, types.UnionType)) else (param,)
        for part in parts:
            if part not in flat:
                flat.append(part)
    if len(flat) == 1:
        return flat[0]
    name = "Optional" if len(flat) == 2 and type(None) in flat else "Union"
    return _UnionGenericAlias(Union, tuple(flat), name)


def _optional(form, param):
    if isinstance(param, tuple):
        raise TypeError(f"{form} requires a single type. Got {param!r:.100}.")
    return Union[param, type(None)]


class _FormAlias(_GenericAlias, _root=True):
    def __call__(self, *args, **kwargs):
        raise TypeError(f"Cannot instantiate {self.__origin__!r}")


def _only(form, param):
    # CPython words the refusal of three forms in another way, and lets ClassVar into two others.
    field = form._name in ("Required", "NotRequired", "ReadOnly")
    accepts = f"{form._name} accepts only a single type." if field else f"{form} accepts only single type."
    if isinstance(param, tuple):
        raise TypeError(f"{accepts} Got {param!r:.100}.")
    param = _plain(param, accepts, special=field or form._name in ("ClassVar", "Final"))
    return _FormAlias(form, (param,), form._name)


def _unpack(form, param):
    if isinstance(param, tuple):
        raise TypeError(f"{form} accepts only single type. Got {param!r:.100}.")
    return _UnpackGenericAlias(form, (_plain(param),), form._name)


class _UnpackGenericAlias(_FormAlias, _root=True):
    def __repr__(self):
        return f"typing.Unpack[{_shown(self.__args__[0])}]"

    def __getitem__(self, params):
        if self.__typing_is_unpacked_typevartuple__:
            return params
        return super().__getitem__(params)

    @property
    def __typing_unpacked_tuple_args__(self):
        (inside,) = self.__args__
        if not isinstance(inside, (_GenericAlias, GenericAlias)):
            return None
        if inside.__origin__ is not tuple:
            raise TypeError("Unpack[...] must be used with a tuple type")
        return inside.__args__

    @property
    def __typing_is_unpacked_typevartuple__(self):
        return isinstance(self.__args__[0], TypeVarTuple)


def _literal(form, params):
    params = params if isinstance(params, tuple) else (params,)
    flat = []
    for param in params:
        flat.extend(param.__args__ if isinstance(param, _LiteralGenericAlias) else (param,))
    try:
        flat = list(dict.fromkeys((value, type(value)) for value in flat))
    except TypeError:
        # Something in them has no hash: then nothing is left out.
        return _LiteralGenericAlias(form, tuple(flat), "Literal")
    return _LiteralGenericAlias(form, tuple(value for value, _ in flat), "Literal")


class _LiteralGenericAlias(_FormAlias, _root=True):
    def __eq__(self, other):
        if not isinstance(other, _LiteralGenericAlias):
            return NotImplemented
        return {(type(a), a) for a in self.__args__} == {(type(a), a) for a in other.__args__}

    def __hash__(self):
        return hash(frozenset((type(a), a) for a in self.__args__))


def _concatenate(form, params):
    if params == ():
        raise TypeError("Cannot take a Concatenate of no types.")
    params = params if isinstance(params, tuple) else (params,)
    if not (params[-1] is ... or isinstance(params[-1], ParamSpec)):
        raise TypeError("The last parameter to Concatenate should be a ParamSpec variable or ellipsis.")
    text = "Concatenate[arg, ...]: each arg must be a type."
    return _ConcatenateGenericAlias(form, (*(_plain(p, text) for p in params[:-1]), params[-1]), "Concatenate")


class _ConcatenateGenericAlias(_FormAlias, _root=True):
    def _copy(self, args):
        if isinstance(args[-1], (list, tuple)):
            return (*args[:-1], *args[-1])
        if isinstance(args[-1], _ConcatenateGenericAlias):
            args = (*args[:-1], *args[-1].__args__)
        return super()._copy(args)


def _annotated(form, params):
    if not isinstance(params, tuple) or len(params) < 2:
        raise TypeError(
            "Annotated[...] should be used with at least two arguments (a type and an annotation)."
        )
    if _is_starred(params[0]):
        raise TypeError("Annotated[...] should not be used with an unpacked TypeVarTuple")
    text = "Annotated[t, ...]: t must be a type."
    return _AnnotatedAlias(_plain(params[0], text, special=True), params[1:])


class _AnnotatedAlias(_GenericAlias, _root=True):
    __iter__ = None

    def __init__(self, origin, metadata):
        if isinstance(origin, _AnnotatedAlias):
            metadata = origin.__metadata__ + metadata
            origin = origin.__origin__
        super().__init__(origin, (origin,), "Annotated")
        self.__metadata__ = metadata

    def _copy(self, args):
        return _AnnotatedAlias(args[0], self.__metadata__)

    def __repr__(self):
        inner = ", ".join(map(repr, self.__metadata__))
        return f"typing.Annotated[{_shown(self.__origin__)}, {inner}]"

    def __eq__(self, other):
        if not isinstance(other, _AnnotatedAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__metadata__ == other.__metadata__

    def __hash__(self):
        return hash((self.__origin__, self.__metadata__))

    def __getattr__(self, name):
        return "Annotated" if name in ("__name__", "__qualname__") else super().__getattr__(name)

    def __reduce__(self):
        import operator

        return operator.getitem, (Annotated, (self.__origin__, *self.__metadata__))

    def __mro_entries__(self, bases):
        return (self.__origin__,)


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


Union = _SpecialForm("Union", _union)
Optional = _SpecialForm("Optional", _optional)
ClassVar = _SpecialForm("ClassVar", _only)
Final = _SpecialForm("Final", _only)
Literal = _SpecialForm("Literal", _literal)
Annotated = _SpecialForm("Annotated", _annotated)
NoReturn = _SpecialForm("NoReturn")
Never = _SpecialForm("Never")
Self = _SpecialForm("Self")
LiteralString = _SpecialForm("LiteralString")
TypeAlias = _SpecialForm("TypeAlias")
Required = _SpecialForm("Required", _only)
NotRequired = _SpecialForm("NotRequired", _only)
ReadOnly = _SpecialForm("ReadOnly", _only)
TypeGuard = _SpecialForm("TypeGuard", _only)
TypeIs = _SpecialForm("TypeIs", _only)
Unpack = _SpecialForm("Unpack", _unpack)
Concatenate = _SpecialForm("Concatenate", _concatenate)


# ---- what the machine asks for


def _make_type_param(name, bound, default, kind):
    # A parameter of `def f[T]`, `class C[T]` or `type A[T]`; bound and default are functions.
    if kind == 1:
        made = TypeVarTuple(name)
    elif kind == 2:
        made = ParamSpec(name, infer_variance=True)
    else:
        made = TypeVar(name, infer_variance=True)
        if kind == 3:
            made._lazy["constraints"] = bound
        elif bound is not None:
            made._lazy["bound"] = bound
    if default is not None:
        made._lazy["default"] = default
    made.__module__ = _caller()
    return made


def _make_type_alias(name, params, compute, kind):
    alias = TypeAliasType.__new__(TypeAliasType)
    alias.__name__, alias.__type_params__, alias._compute = name, params, compute
    alias.__module__ = _caller()
    return alias


def _make_generic(params, kind):
    return Generic[tuple(Unpack[p] if isinstance(p, TypeVarTuple) else p for p in params)]


class ForwardRef(_Operators, _root=True):
    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        # `*tuple[int, str]` is what `*args` may have.
        text = f"({arg},)[0]" if arg.startswith("*") else arg
        try:
            self.__forward_code__ = compile(text, "<string>", "eval")
        except SyntaxError:
            raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}")
        self.__forward_arg__ = arg
        self.__forward_evaluated__ = False
        self.__forward_value__ = None
        self.__forward_module__ = module
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class

    def __repr__(self):
        module = f", module={self.__forward_module__!r}" if self.__forward_module__ else ""
        return f"ForwardRef({self.__forward_arg__!r}{module})"

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        if self.__forward_evaluated__ and other.__forward_evaluated__:
            same = self.__forward_value__ == other.__forward_value__
        else:
            same = self.__forward_module__ == other.__forward_module__
        return self.__forward_arg__ == other.__forward_arg__ and same

    def _evaluate(self, globalns, localns, type_params=(), *, recursive_guard):
        # What the text means: with two namespaces, or with one or none that both stand for.
        if self.__forward_arg__ in recursive_guard:
            return self
        if self.__forward_evaluated__ and localns is globalns:
            return self.__forward_value__
        if globalns is None:
            globalns = {} if localns is None else localns
        if localns is None:
            localns = globalns
        if self.__forward_module__ is not None:
            globalns = getattr(sys.modules.get(self.__forward_module__), "__dict__", globalns)
        if type_params:
            # The parameters stand between the names of the module and those of the class, which
            # come as `globalns` there.
            globalns, localns = dict(globalns), dict(localns)
            for param in type_params:
                if not self.__forward_is_class__ or param.__name__ not in globalns:
                    globalns[param.__name__] = param
                    localns.pop(param.__name__, None)
        value = _plain(
            eval(self.__forward_code__, globalns, localns),
            "Forward references must evaluate to types.",
            is_argument=self.__forward_is_argument__,
            special=self.__forward_is_class__,
        )
        guard = recursive_guard | {self.__forward_arg__}
        self.__forward_value__ = _evaluated(value, globalns, localns, type_params, guard)
        self.__forward_evaluated__ = True
        return self.__forward_value__

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))


class NoDefaultType:
    """The type of the NoDefault singleton."""

    __slots__ = ()

    def __new__(cls):
        return NoDefault

    def __repr__(self):
        return "typing.NoDefault"

    def __reduce__(self):
        return "NoDefault"


NoDefault = object.__new__(NoDefaultType)


class _Variable(_Operators, _root=True):
    # Bound, constraints and default may be functions that are called when somebody asks.
    def _set(self, name, **values):
        self.__name__ = name
        self._lazy = {}
        self._values = values
        self.__module__ = _defining()

    def _value(self, key):
        compute = self._lazy.get(key)
        if compute is not None:
            self._values[key] = compute()
            del self._lazy[key]
        return self._values[key]

    @property
    def __default__(self):
        return self._value("default")

    def has_default(self):
        return "default" in self._lazy or self._values["default"] is not NoDefault

    def __typing_prepare_subst__(self, alias, args):
        at = alias.__parameters__.index(self)
        if at < len(args):
            return args
        if at > len(args) or not self.has_default():
            detail = "" if isinstance(self, ParamSpec) else f"; actual {len(args)}, expected at least {at + 1}"
            raise TypeError(f"Too few arguments for {alias}{detail}")
        return (*args, self.__default__)

    def __reduce__(self):
        return self.__name__

    def _sign(self):
        if self.__infer_variance__:
            return ""
        return "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"

    def __repr__(self):
        return self._sign() + self.__name__

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")


class TypeVar(_Variable, _root=True):
    def __init__(
        self, name, *constraints, bound=None, default=NoDefault, covariant=False, contravariant=False,
        infer_variance=False,
    ):
        if not isinstance(name, str):
            raise TypeError(f"typevar() argument 'name' must be str, not {type(name).__name__}")
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        if infer_variance and (covariant or contravariant):
            raise ValueError("Variance cannot be specified with infer_variance.")
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        self._set(
            name,
            bound=None if bound is None else _plain(bound, "Bound must be a type."),
            constraints=tuple(_plain(c, "TypeVar(name, constraint, ...): constraints must be types.") for c in constraints),
            default=default,
        )
        self.__covariant__ = bool(covariant)
        self.__contravariant__ = bool(contravariant)
        self.__infer_variance__ = bool(infer_variance)

    @property
    def __bound__(self):
        return self._value("bound")

    @property
    def __constraints__(self):
        return self._value("constraints")

    def __typing_subst__(self, arg):
        arg = _plain(arg)
        starred = arg.__unpacked__ if isinstance(arg, GenericAlias) else False
        if starred or isinstance(arg, _UnpackGenericAlias):
            raise TypeError(f"{arg} is not valid as type argument")
        return arg


class ParamSpecArgs:
    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.args"

    def __eq__(self, other):
        return isinstance(other, ParamSpecArgs) and self.__origin__ is other.__origin__

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass an instance of ParamSpecArgs")


class ParamSpecKwargs:
    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.kwargs"

    def __eq__(self, other):
        return isinstance(other, ParamSpecKwargs) and self.__origin__ is other.__origin__

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass an instance of ParamSpecKwargs")


class ParamSpec(_Variable, _root=True):
    def __init__(
        self, name, *, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False,
    ):
        self._set(name, default=default)
        self.__bound__ = bound
        self.__covariant__ = bool(covariant)
        self.__contravariant__ = bool(contravariant)
        self.__infer_variance__ = bool(infer_variance)

    @property
    def args(self):
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        return ParamSpecKwargs(self)

    def __typing_subst__(self, arg):
        if isinstance(arg, (list, tuple)):
            return tuple(_plain(each, "Expected a type.") for each in arg)
        if not _is_list_of_types(arg):
            raise TypeError(
                f"Expected a list of types, an ellipsis, ParamSpec, or Concatenate. Got {arg}"
            )
        return arg

    def __typing_prepare_subst__(self, alias, args):
        at = alias.__parameters__.index(self)
        args = super().__typing_prepare_subst__(alias, args)
        if len(alias.__parameters__) == 1 and not _is_list_of_types(args[0]):
            # `Z[int, str]` is `Z[[int, str]]`.
            return (args,)
        if isinstance(args[at], list):
            return (*args[:at], tuple(args[at]), *args[at + 1 :])
        return args


def _is_list_of_types(arg):
    # What a ParamSpec may stand for.
    return arg is ... or isinstance(arg, (tuple, list, ParamSpec, _ConcatenateGenericAlias))


class TypeVarTuple(_Variable, _root=True):
    def __init__(self, name, *, default=NoDefault):
        self._set(name, default=default)

    def __iter__(self):
        yield Unpack[self]

    def __repr__(self):
        return self.__name__

    def __typing_subst__(self, arg):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")

    def __typing_prepare_subst__(self, alias, args):
        # The arguments in the middle, as one tuple.
        variables = alias.__parameters__
        at = variables.index(self)
        if any(isinstance(variable, TypeVarTuple) for variable in variables[at + 1 :]):
            raise TypeError(f"More than one TypeVarTuple parameter in {alias}")
        left, right = at, len(variables) - at - 1
        endless = None
        for index, arg in enumerate(args):
            inside = None if isinstance(arg, type) else getattr(arg, "__typing_unpacked_tuple_args__", None)
            if inside and len(inside) == 2 and inside[-1] is ...:
                if endless is not None:
                    raise TypeError("More than one unpacked arbitrary-length tuple argument")
                endless, filling = index, inside[0]
        before = after = ()
        if endless is not None:
            # `*tuple[int, ...]` also gives to the variables beside.
            before = (filling,) * max(left - endless, 0)
            left = min(left, endless)
            after = (filling,) * max(right - (len(args) - endless - 1), 0)
            right = min(right, len(args) - endless - 1)
        elif left + right > len(args):
            raise TypeError(
                f"Too few arguments for {alias}; actual {len(args)}, expected at least {len(variables) - 1}"
            )
        end = len(args) - right
        middle = args[left:end]
        if not middle and self.has_default():
            middle = _unpacked([self.__default__])
        return (*args[:left], *before, tuple(middle), *after, *args[end:])


class TypeAliasType(_Operators, _root=True):
    def __init__(self, name, value, *, type_params=()):
        if not isinstance(name, str):
            raise TypeError(f"typealias() argument 'name' must be str, not {type(name).__name__}")
        if not isinstance(type_params, tuple):
            raise TypeError("type_params must be a tuple")
        self.__name__ = name
        self._compute = lambda: value
        self.__type_params__ = type_params
        self.__module__ = _defining()

    @property
    def __value__(self):
        # Computed when it is asked for, once.
        if "_value" not in self.__dict__:
            self._value = self._compute()
        return self._value

    @property
    def __parameters__(self):
        return tuple(Unpack[p] if isinstance(p, TypeVarTuple) else p for p in self.__type_params__)

    def __repr__(self):
        return self.__name__

    def __getitem__(self, params):
        if not self.__type_params__:
            raise TypeError("Only generic type aliases are subscriptable")
        return GenericAlias(self, params)

    def __or__(self, other):
        return _internals.union(self, other)

    def __ror__(self, other):
        return _internals.union(other, self)


# ---- generic classes


class Generic:
    __slots__ = ()
    _is_protocol = False

    @_cached
    def __class_getitem__(cls, params):
        params = params if isinstance(params, tuple) else (params,)
        params = tuple(map(_converted, params))
        if cls in (Generic, Protocol):
            if not params:
                raise TypeError(f"Parameter list to {cls.__qualname__}[...] cannot be empty")
            if not all(isinstance(p, (TypeVar, ParamSpec)) or _is_starred(p) for p in params):
                raise TypeError(
                    f"Parameters to {cls.__name__}[...] must all be type variables "
                    "or parameter specification variables."
                )
            if len(set(params)) != len(params):
                raise TypeError(f"Parameters to {cls.__name__}[...] must all be unique")
            return _GenericAlias(cls, params, cls.__name__)
        params = _prepared(cls, params)
        _check_count(cls, params)
        args = []
        for variable, arg in zip(cls.__parameters__, params):
            if isinstance(variable, TypeVarTuple):
                args.extend(arg)
            else:
                args.append(arg)
        return _GenericAlias(cls, tuple(args))

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        own = cls.__dict__.get("__orig_bases__")
        if own is not None and Generic in own or own is None and Generic in cls.__bases__ and (
            cls.__name__ != "Protocol" and type(cls) is not _TypedDictMeta
        ):
            raise TypeError("Cannot inherit from plain Generic")
        variables = ()
        if own is not None:
            variables = _variables(own, True)
            named = None
            for base in own:
                if isinstance(base, _GenericAlias) and base.__origin__ in (Generic, Protocol):
                    if named is not None and base.__origin__ is Generic:
                        raise TypeError("Cannot inherit from Generic[...] multiple times.")
                    named = base.__parameters__
            if named is not None:
                missing = [v for v in variables if v not in named]
                if missing:
                    raise TypeError(
                        f"Some type variables ({', '.join(map(str, missing))}) are not listed in "
                        f"Generic[{', '.join(map(str, named))}]"
                    )
                variables = named
        cls.__parameters__ = tuple(variables)


_PROTOCOL_OWN = frozenset({
    "__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__init__", "__module__", "__new__",
    "__slots__", "__subclasshook__", "__weakref__", "__parameters__", "__orig_bases__", "__orig_class__",
    "_is_protocol", "_is_runtime_protocol", "__class_getitem__", "__init_subclass__", "__match_args__",
    "__static_attributes__", "__firstlineno__", "__qualname__", "__type_params__", "__protocol_attrs__",
    "__non_callable_proto_members__", "_MutableMapping__marker", "_recognised_by",
})
_PROTOCOL_BASES = {
    "collections.abc": (
        "Callable", "Awaitable", "Iterable", "Iterator", "AsyncIterable", "Hashable", "Sized", "Container",
        "Collection", "Reversible", "Buffer",
    ),
    "contextlib": ("AbstractContextManager", "AbstractAsyncContextManager"),
}


def _own_annotations(cls):
    own = cls.__dict__.get("__annotations__", {})
    # The namespace of `type` has the attribute itself under that name.
    return own if isinstance(own, dict) else {}


def _protocol_members(cls):
    found = set()
    for base in cls.__mro__[:-1]:
        if base.__name__ in ("Protocol", "Generic"):
            continue
        for name in [*base.__dict__, *_own_annotations(base)]:
            if name not in _PROTOCOL_OWN and not name.startswith("_abc_"):
                found.add(name)
    return found


def _is_own(base):
    # Whether a protocol may have that base.
    return (
        base in (object, Generic)
        or base.__name__ in _PROTOCOL_BASES.get(base.__module__, ())
        or issubclass(base, Generic) and getattr(base, "_is_protocol", False)
    )


def _asked_by_library():
    # `abc` and `functools` ask every class of an MRO, protocols among them.
    return _caller(2) in ("abc", "functools", None)


class _ProtocolMeta(ABCMeta):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        if name != "Protocol" and Protocol in bases:
            for base in bases:
                if not _is_own(base):
                    raise TypeError(f"Protocols can only inherit from other protocols, got {base!r}")
        return super().__new__(mcls, name, bases, namespace, **kwargs)

    def __init__(cls, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if getattr(cls, "_is_protocol", False):
            cls.__protocol_attrs__ = _protocol_members(cls)

    def __instancecheck__(cls, instance):
        if cls is Protocol:
            return type.__instancecheck__(cls, instance)
        if not getattr(cls, "_is_protocol", False):
            return super().__instancecheck__(instance)
        if not getattr(cls, "_is_runtime_protocol", False) and not _asked_by_library():
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if super().__instancecheck__(instance):
            return True
        from inspect import getattr_static

        for name in cls.__protocol_attrs__:
            try:
                value = getattr_static(instance, name)
            except AttributeError:
                return False
            if value is None and name not in cls.__non_callable_proto_members__:
                return False
        return True

    def __subclasscheck__(cls, other):
        if cls is Protocol:
            return type.__subclasscheck__(cls, other)
        if not getattr(cls, "_is_protocol", False) or _asked_by_library():
            return super().__subclasscheck__(other)
        refusal = None
        if not getattr(cls, "_is_runtime_protocol", False):
            refusal = "Instance and class checks can only be used with @runtime_checkable protocols"
        elif cls.__non_callable_proto_members__ and cls.__dict__.get("__subclasshook__") is _proto_hook:
            names = str(sorted(cls.__non_callable_proto_members__))[1:-1]
            refusal = f"Protocols with non-method members don't support issubclass(). Non-method members: {names}."
        if refusal is not None:
            if not isinstance(other, type):
                raise TypeError("issubclass() arg 1 must be a class")
            raise TypeError(refusal)
        return super().__subclasscheck__(other)


class Protocol(Generic, metaclass=_ProtocolMeta):
    __slots__ = ()
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if not cls.__dict__.get("_is_protocol", False):
            cls._is_protocol = any(base is Protocol for base in cls.__bases__)
        if "__subclasshook__" not in cls.__dict__:
            cls.__subclasshook__ = _proto_hook
        if cls._is_protocol and cls.__init__ is Protocol.__init__:
            cls.__init__ = _no_init_or_replace_init


@classmethod
def _proto_hook(cls, other):
    if not cls.__dict__.get("_is_protocol", False):
        return NotImplemented
    for name in cls.__protocol_attrs__:
        for base in other.__mro__:
            if name in base.__dict__:
                if base.__dict__[name] is None:
                    return NotImplemented
                break
            if name in _own_annotations(base) and issubclass(other, Generic) and getattr(other, "_is_protocol", False):
                break
        else:
            return NotImplemented
    return True


def _no_init_or_replace_init(self, *args, **kwargs):
    cls = type(self)
    if cls._is_protocol:
        raise TypeError("Protocols cannot be instantiated")
    if cls.__init__ is not _no_init_or_replace_init:
        # Called by `super().__init__()`: the class has its own.
        return
    for base in cls.__mro__:
        init = base.__dict__.get("__init__", _no_init_or_replace_init)
        if init is not _no_init_or_replace_init:
            cls.__init__ = init
            break
    else:
        cls.__init__ = object.__init__
    cls.__init__(self, *args, **kwargs)


def runtime_checkable(cls):
    if not (isinstance(cls, type) and issubclass(cls, Generic) and getattr(cls, "_is_protocol", False)):
        raise TypeError(f"@runtime_checkable can be only applied to protocol classes, got {cls!r}")
    cls._is_runtime_protocol = True
    data = set()
    for name in cls.__protocol_attrs__:
        try:
            is_data = not callable(getattr(cls, name, None))
        except Exception as e:
            raise TypeError(
                f"Failed to determine whether protocol member {name!r} is a method member"
            ) from e
        if is_data:
            data.add(name)
    cls.__non_callable_proto_members__ = data
    return cls


def is_protocol(tp, /):
    return isinstance(tp, type) and getattr(tp, "_is_protocol", False) and tp not in (Protocol, Generic)


def get_protocol_members(tp, /):
    if not is_protocol(tp):
        raise TypeError(f"{tp!r} is not a Protocol")
    return frozenset(tp.__protocol_attrs__)


class _SpecialGenericAlias(_Operators, _root=True):
    # `List`, `Dict` …: a class under an older name, with so many parameters (-1: any number).
    def __init__(self, origin, count, name=None, inst=True, defaults=()):
        self.__origin__ = origin
        self._name = name or origin.__name__
        self._count = count
        self._inst = inst
        self._defaults = defaults
        place = "" if origin.__module__ == "builtins" else f"{origin.__module__}."
        self.__doc__ = f"A generic version of {place}{origin.__qualname__}."

    __iter__ = None

    def __reduce__(self):
        return self._name

    def __dir__(self):
        of_origin = (name for name in dir(self.__origin__) if not (name.startswith("__") and name.endswith("__")))
        return list({*object.__dir__(self), *of_origin})

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name
        if "__origin__" in self.__dict__ and not (name.startswith("__") and name.endswith("__")):
            return getattr(self.__origin__, name)
        raise AttributeError(name)

    @_cached
    def __getitem__(self, params):
        params = params if isinstance(params, tuple) else (params,)
        params = tuple(_plain(p, "Parameters to generic types must be types.") for p in params)
        count = self._count
        if count == 0:
            raise TypeError(f"{self} is not a generic class")
        if count > 0:
            params += self._defaults[len(self._defaults) - (count - len(params)) :] if (
                count - len(self._defaults) <= len(params) < count
            ) else ()
            if len(params) != count:
                many = "many" if len(params) > count else "few"
                least = f"at least {count - len(self._defaults)}" if self._defaults else count
                raise TypeError(f"Too {many} arguments for {self}; actual {len(params)}, expected {least}")
        return _GenericAlias(self.__origin__, params, self._name, self._inst)

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(
                f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead"
            )
        return self.__origin__(*args, **kwargs)

    def __repr__(self):
        return f"typing.{self._name}"

    def __mro_entries__(self, bases):
        return _bases_of(self, bases)

    def __instancecheck__(self, obj):
        return isinstance(obj, self.__origin__)

    def __subclasscheck__(self, cls):
        if isinstance(cls, _SpecialGenericAlias):
            return issubclass(cls.__origin__, self.__origin__)
        return issubclass(cls, self.__origin__)


class _TupleType(_SpecialGenericAlias, _root=True):
    @_cached
    def __getitem__(self, params):
        params = params if isinstance(params, tuple) else (params,)
        if len(params) >= 2 and params[-1] is ...:
            members = (_plain(p, "Tuple[t, ...]: t must be a type.") for p in params[:-1])
            return _GenericAlias(tuple, (*members, ...), "Tuple", False)
        members = (_plain(p, "Tuple[t0, t1, ...]: each t must be a type.") for p in params)
        return _GenericAlias(tuple, tuple(members), "Tuple", False)


class _CallableType(_SpecialGenericAlias, _root=True):
    def __getitem__(self, params):
        if not isinstance(params, tuple) or len(params) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        args, result = params
        return self._of((tuple(args) if isinstance(args, list) else args, result))

    @_cached
    def _of(self, params):
        args, result = params
        result = _plain(result, "Callable[args, result]: result must be a type.")
        args = map(_converted, args) if isinstance(args, tuple) else (_converted(args),)
        return _CallableGenericAlias(self.__origin__, (*args, result), "Callable")


def _opens(args):
    # `Callable[..., R]` and `Callable[P, R]` have no list of arguments.
    return len(args) == 2 and _is_list_of_types(args[0])


class _CallableGenericAlias(_GenericAlias, _root=True):
    __iter__ = None

    def __repr__(self):
        *args, result = self.__args__
        if _opens(self.__args__):
            return f"typing.Callable[{_shown(args[0])}, {_shown(result)}]"
        return f"typing.Callable[[{', '.join(map(_shown, args))}], {_shown(result)}]"

    def __reduce__(self):
        import operator

        args = self.__args__
        if not _opens(args):
            args = [*args[:-1]], args[-1]
        return operator.getitem, (Callable, args)


_alias = _SpecialGenericAlias
List = _alias(list, 1, "List", inst=False)
Dict = _alias(dict, 2, "Dict", inst=False)
Set = _alias(set, 1, "Set", inst=False)
FrozenSet = _alias(frozenset, 1, "FrozenSet", inst=False)
Tuple = _TupleType(tuple, -1, "Tuple", inst=False)
Type = _alias(type, 1, "Type", inst=False)
Deque = _alias(collections.deque, 1, "Deque")
DefaultDict = _alias(collections.defaultdict, 2, "DefaultDict")
OrderedDict = _alias(collections.OrderedDict, 2)
Counter = _alias(collections.Counter, 1)
ChainMap = _alias(collections.ChainMap, 2)
Hashable = _alias(collections.abc.Hashable, 0)
Awaitable = _alias(collections.abc.Awaitable, 1)
Coroutine = _alias(collections.abc.Coroutine, 3)
AsyncIterable = _alias(collections.abc.AsyncIterable, 1)
AsyncIterator = _alias(collections.abc.AsyncIterator, 1)
AsyncGenerator = _alias(collections.abc.AsyncGenerator, 2, defaults=(type(None),))
Iterable = _alias(collections.abc.Iterable, 1)
Iterator = _alias(collections.abc.Iterator, 1)
Generator = _alias(collections.abc.Generator, 3, defaults=(type(None), type(None)))
Reversible = _alias(collections.abc.Reversible, 1)
Sized = _alias(collections.abc.Sized, 0)
Container = _alias(collections.abc.Container, 1)
Collection = _alias(collections.abc.Collection, 1)
Callable = _CallableType(collections.abc.Callable, 2)
AbstractSet = _alias(collections.abc.Set, 1, name="AbstractSet")
MutableSet = _alias(collections.abc.MutableSet, 1)
Mapping = _alias(collections.abc.Mapping, 2)
MutableMapping = _alias(collections.abc.MutableMapping, 2)
MappingView = _alias(collections.abc.MappingView, 1)
KeysView = _alias(collections.abc.KeysView, 1)
ItemsView = _alias(collections.abc.ItemsView, 2)
ValuesView = _alias(collections.abc.ValuesView, 1)
Sequence = _alias(collections.abc.Sequence, 1)
MutableSequence = _alias(collections.abc.MutableSequence, 1)
ByteString = _alias(getattr(collections.abc, "ByteString", collections.abc.Sequence), 0, name="ByteString")
Text = str
TYPE_CHECKING = False
T = TypeVar("T")
KT = TypeVar("KT")
VT = TypeVar("VT")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
AnyStr = TypeVar("AnyStr", bytes, str)


def __getattr__(name):
    # What needs a module that few programs load.
    if name in ("ContextManager", "AsyncContextManager"):
        import contextlib

        value = _alias(getattr(contextlib, "Abstract" + name), 2, name=name, defaults=(bool | None,))
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


@runtime_checkable
class SupportsInt(Protocol):
    __slots__ = ()

    @abstractmethod
    def __int__(self) -> int: ...


@runtime_checkable
class SupportsFloat(Protocol):
    __slots__ = ()

    @abstractmethod
    def __float__(self) -> float: ...


@runtime_checkable
class SupportsComplex(Protocol):
    __slots__ = ()

    @abstractmethod
    def __complex__(self) -> complex: ...


@runtime_checkable
class SupportsBytes(Protocol):
    __slots__ = ()

    @abstractmethod
    def __bytes__(self) -> bytes: ...


@runtime_checkable
class SupportsIndex(Protocol):
    __slots__ = ()

    @abstractmethod
    def __index__(self) -> int: ...


@runtime_checkable
class SupportsAbs(Protocol[T_co]):
    __slots__ = ()

    @abstractmethod
    def __abs__(self) -> T_co: ...


@runtime_checkable
class SupportsRound(Protocol[T_co]):
    __slots__ = ()

    @abstractmethod
    def __round__(self, ndigits: int = 0) -> T_co: ...


class IO(Generic[AnyStr]):
    __slots__ = ()


class BinaryIO(IO[bytes]):
    __slots__ = ()


class TextIO(IO[str]):
    __slots__ = ()


def cast(typ, val):
    return val


def assert_type(val, typ, /):
    return val


def reveal_type(obj, /):
    print(f"Runtime type is {type(obj).__name__!r}", file=sys.stderr)
    return obj


def assert_never(arg, /):
    value = repr(arg)
    if len(value) > 100:
        value = value[:100] + "..."
    raise AssertionError(f"Expected code to be unreachable, but got: {value}")


_overloads = {}


def overload(func):
    inner = getattr(func, "__func__", func)
    try:
        found = _overloads.setdefault(inner.__module__, {}).setdefault(inner.__qualname__, {})
        found[inner.__code__.co_firstlineno] = func
    except AttributeError:
        # Not a function that could be asked for.
        pass
    return _overload_dummy


def _overload_dummy(*args, **kwds):
    raise NotImplementedError(
        "You should not call an overloaded function. A series of @overload-decorated functions "
        "outside a stub module should always be followed by an implementation that is not @overload-ed."
    )


def get_overloads(func):
    inner = getattr(func, "__func__", func)
    return list(_overloads.get(inner.__module__, {}).get(inner.__qualname__, {}).values())


def clear_overloads():
    _overloads.clear()


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
    if isinstance(arg, type):
        for key in dir(arg):
            value = getattr(arg, key)
            place = getattr(value, "__qualname__", None)
            if place != f"{arg.__qualname__}.{value.__name__ if place else key}" or getattr(
                value, "__module__", None
            ) != arg.__module__:
                # Inherited, or from elsewhere.
                continue
            if isinstance(value, types.MethodType):
                value.__func__.__no_type_check__ = True
            elif isinstance(value, types.FunctionType):
                value.__no_type_check__ = True
            elif isinstance(value, type):
                no_type_check(value)
    try:
        arg.__no_type_check__ = True
    except TypeError:
        # A builtin class.
        pass
    return arg


def no_type_check_decorator(decorator):
    import functools
    import warnings

    warnings.warn(
        "'typing.no_type_check_decorator' is deprecated and slated for removal in Python 3.15",
        DeprecationWarning,
        stacklevel=2,
    )

    @functools.wraps(decorator)
    def wrapped_decorator(*args, **kwds):
        return no_type_check(decorator(*args, **kwds))

    return wrapped_decorator


def dataclass_transform(
    *, eq_default=True, order_default=False, kw_only_default=False, frozen_default=False, field_specifiers=(),
    **kwargs,
):
    def decorator(cls_or_fn):
        cls_or_fn.__dataclass_transform__ = {
            "eq_default": eq_default,
            "order_default": order_default,
            "kw_only_default": kw_only_default,
            "frozen_default": frozen_default,
            "field_specifiers": field_specifiers,
            "kwargs": kwargs,
        }
        return cls_or_fn

    return decorator


def get_origin(tp):
    if isinstance(tp, _AnnotatedAlias):
        return Annotated
    if isinstance(tp, (_GenericAlias, _SpecialGenericAlias, GenericAlias, ParamSpecArgs, ParamSpecKwargs)):
        return tp.__origin__
    if tp is Generic:
        return Generic
    if isinstance(tp, types.UnionType):
        return types.UnionType
    return None


def get_args(tp):
    if isinstance(tp, _AnnotatedAlias):
        return (tp.__origin__, *tp.__metadata__)
    if isinstance(tp, (_GenericAlias, GenericAlias)):
        args = tp.__args__
        if tp.__origin__ is collections.abc.Callable and args and not _opens(args):
            return (list(args[:-1]), args[-1])
        return args
    if isinstance(tp, types.UnionType):
        return tp.__args__
    return ()


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    if getattr(obj, "__no_type_check__", None):
        return {}
    hints = {}
    if isinstance(obj, type):
        for base in reversed(obj.__mro__):
            names = globalns
            if names is None:
                names = getattr(sys.modules.get(base.__module__), "__dict__", {})
            local = dict(vars(base)) if localns is None else localns
            # Names of the module come before those of the class.
            scope = (local, names) if localns is None and globalns is None else (names, local)
            for name, value in _own_annotations(base).items():
                if isinstance(value, str):
                    value = ForwardRef(value, is_argument=False, is_class=True)
                hints[name] = _evaluated(value, scope[0], scope[1], base.__type_params__)
    else:
        is_module = isinstance(obj, types.ModuleType)
        if globalns is None:
            inner = obj
            while not is_module and hasattr(inner, "__wrapped__"):
                inner = inner.__wrapped__
            globalns = obj.__dict__ if is_module else getattr(inner, "__globals__", {})
        if localns is None:
            localns = globalns
        found = getattr(obj, "__annotations__", None)
        if found is None:
            if isinstance(
                obj,
                (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType,
                 types.WrapperDescriptorType, types.MethodWrapperType, types.MethodDescriptorType),
            ):
                return {}
            raise TypeError(f"{obj!r} is not a module, class, method, or function.")
        params = getattr(obj, "__type_params__", ())
        for name, value in found.items():
            if isinstance(value, str):
                value = ForwardRef(value, is_argument=not is_module)
            hints[name] = _evaluated(value, globalns, localns, params)
    return hints if include_extras else {name: _strip_annotations(value) for name, value in hints.items()}


def _evaluated(value, globalns, localns, type_params=(), guard=frozenset()):
    # A type with the texts in it evaluated; `guard`: the texts that are being evaluated.
    if value is None:
        return type(None)
    if isinstance(value, ForwardRef):
        return value._evaluate(globalns, localns, type_params, recursive_guard=guard)
    if not isinstance(value, (_GenericAlias, GenericAlias, types.UnionType)):
        return value
    if isinstance(value, GenericAlias):
        args = tuple(ForwardRef(arg) if isinstance(arg, str) else arg for arg in value.__args__)
        starred = value.__unpacked__
        if value.__origin__ is collections.abc.Callable and not _opens(args):
            args = args[:-1], args[-1]
        value = value.__origin__[args]
        if starred:
            value = Unpack[value]
    args = tuple(_evaluated(arg, globalns, localns, type_params, guard) for arg in value.__args__ if arg is not None)
    if args == value.__args__:
        return value
    return _remade(value, args)


def _remade(value, args):
    # The same form with other arguments.
    if isinstance(value, GenericAlias):
        return GenericAlias(value.__origin__, args)
    if isinstance(value, types.UnionType):
        result = args[0]
        for arg in args[1:]:
            result = result | arg
        return result
    return value._copy(args)


def _strip_annotations(value):
    if isinstance(value, _AnnotatedAlias):
        return _strip_annotations(value.__origin__)
    if getattr(value, "__origin__", None) in (Required, NotRequired, ReadOnly):
        return _strip_annotations(value.__args__[0])
    if isinstance(value, (_GenericAlias, GenericAlias, types.UnionType)):
        args = tuple(_strip_annotations(arg) for arg in value.__args__)
        return value if args == value.__args__ else _remade(value, args)
    return value


class NewType:
    def __init__(self, name, tp):
        self.__qualname__ = name
        if "." in name:
            name = name.rpartition(".")[-1]
        self.__name__ = name
        self.__supertype__ = tp
        self.__module__ = _caller()

    def __call__(self, x, /):
        return x

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __reduce__(self):
        return self.__qualname__

    def __mro_entries__(self, bases):
        parent = self.__name__

        class Dummy:
            # Its subclass knows the name that the refusal wants.
            def __init_subclass__(cls):
                name = cls.__name__
                raise TypeError(
                    "Cannot subclass an instance of NewType. Perhaps you were looking for: "
                    f"`{name} = NewType({name!r}, {parent})`"
                )

        return (Dummy,)


# ---- named tuples and typed dicts


def _make_named(name, fields, defaults, module):
    made = collections.namedtuple(name, [field for field, _ in fields], defaults=defaults, module=module)
    made.__annotations__ = made.__new__.__annotations__ = {
        field: _plain(tp, f"field {field} annotation must be a type") for field, tp in fields
    }
    return made


_NAMED_PROHIBITED = (
    "__new__", "__init__", "__slots__", "__getnewargs__", "_fields", "_field_defaults", "_field_types",
    "_make", "_replace", "_asdict", "_source",
)


class NamedTupleMeta(type):
    def __new__(cls, typename, bases, ns):
        for base in bases:
            if base is not _NamedTupleBase and base is not Generic:
                raise TypeError("can only inherit from a NamedTuple type and Generic")
        bases = tuple(tuple if base is _NamedTupleBase else base for base in bases)
        fields = ns.get("__annotations__", {})
        defaults = []
        for name in fields:
            if name in ns:
                defaults.append(name)
            elif defaults:
                raise TypeError(
                    f"Non-default namedtuple field {name} cannot follow default "
                    f"field{'s' if len(defaults) > 1 else ''} {', '.join(defaults)}"
                )
        made = _make_named(typename, fields.items(), [ns[name] for name in defaults], ns["__module__"])
        if Generic in bases:
            made.__bases__ = bases
            made.__class_getitem__ = classmethod(Generic.__class_getitem__.__func__)
        for key, value in ns.items():
            if key in _NAMED_PROHIBITED:
                raise AttributeError("Cannot overwrite NamedTuple attribute " + key)
            if key in ("__module__", "__name__", "__annotations__"):
                continue
            if key not in fields:
                setattr(made, key, value)
            notify = getattr(type(value), "__set_name__", None)
            if notify is not None:
                try:
                    notify(value, made, key)
                except BaseException as e:
                    e.add_note(
                        f"Error calling __set_name__ on {type(value).__name__!r} instance {key!r} in {typename!r}"
                    )
                    raise
        if Generic in bases:
            made.__init_subclass__()
        return made


_nothing = object()


def _no_fields(form, typename, fields, kwargs):
    # The warning of a call without fields.
    import warnings

    if fields is _nothing and kwargs:
        what = f"Creating {form} classes using keyword arguments"
        advice = "Use the class-based or functional syntax instead."
    else:
        empty = "[]" if form == "NamedTuple" else "{}"
        kind = "list" if form == "NamedTuple" else "dictionary"
        what = "Passing `None` as" if fields is None else "Failing to pass a value for"
        what = f"{what} the 'fields' parameter"
        advice = (
            f"To create a {form} class with 0 fields using the functional syntax, pass an empty {kind}, "
            f"e.g. `{typename} = {form}({typename!r}, {empty})`."
        )
    message = f"{what} is deprecated and will be disallowed in Python 3.15. {advice}"
    warnings.warn(message, DeprecationWarning, stacklevel=3)


def NamedTuple(typename, fields=_nothing, /, **kwargs):
    if kwargs and fields is None:
        raise TypeError(
            "Cannot pass `None` as the 'fields' parameter and also specify fields using keyword arguments"
        )
    if fields is _nothing or fields is None:
        _no_fields("NamedTuple", typename, fields, kwargs)
        fields = kwargs.items()
    elif kwargs:
        raise TypeError("Either list of fields or keywords can be provided to NamedTuple, not both")
    made = _make_named(typename, list(fields), (), _caller())
    made.__orig_bases__ = (NamedTuple,)
    return made


_NamedTupleBase = type.__new__(NamedTupleMeta, "NamedTuple", (), {})
NamedTuple.__mro_entries__ = lambda bases: (_NamedTupleBase,)


def _qualifiers(tp):
    # The outer Required, NotRequired and ReadOnly of an annotation.
    found = set()
    while True:
        if isinstance(tp, _AnnotatedAlias):
            tp = tp.__origin__
        elif isinstance(tp, _GenericAlias) and tp.__origin__ in (Required, NotRequired, ReadOnly):
            found.add(tp.__origin__)
            tp = tp.__args__[0]
        else:
            return found


class _TypedDictMeta(type):
    def __new__(cls, name, bases, ns, total=True):
        for base in bases:
            if type(base) is not _TypedDictMeta and base is not Generic:
                raise TypeError("cannot inherit from both a TypedDict type and a non-TypedDict base class")
        generic = (Generic,) if any(issubclass(b, Generic) for b in bases) else ()
        made = type.__new__(_TypedDictMeta, name, (*generic, dict), ns)
        if not hasattr(made, "__orig_bases__"):
            made.__orig_bases__ = bases
        text = "TypedDict('Name', {f0: t0, f1: t1, ...}); each t must be a type"
        own = {
            key: _plain(value, text, module=made.__module__)
            for key, value in ns.get("__annotations__", {}).items()
        }
        annotations = {}
        required, optional, readonly, mutable = set(), set(), set(), set()
        for base in bases:
            annotations.update(base.__dict__.get("__annotations__", {}))
            more = base.__dict__.get("__required_keys__", set())
            required |= more
            optional -= more
            more = base.__dict__.get("__optional_keys__", set())
            required -= more
            optional |= more
            readonly |= base.__dict__.get("__readonly_keys__", set())
            mutable |= base.__dict__.get("__mutable_keys__", set())
        annotations.update(own)
        for key, value in own.items():
            marks = _qualifiers(value)
            needed = Required in marks or NotRequired not in marks and total
            (required if needed else optional).add(key)
            (optional if needed else required).discard(key)
            if ReadOnly not in marks:
                mutable.add(key)
                readonly.discard(key)
            elif key in mutable:
                raise TypeError(f"Cannot override mutable key {key!r} with read-only key")
            else:
                readonly.add(key)
        made.__annotations__ = annotations
        made.__required_keys__ = frozenset(required)
        made.__optional_keys__ = frozenset(optional)
        made.__readonly_keys__ = frozenset(readonly)
        made.__mutable_keys__ = frozenset(mutable)
        made.__total__ = total
        return made

    def __call__(cls, /, *args, **kwargs):
        return dict(*args, **kwargs)

    def __instancecheck__(cls, instance):
        raise TypeError("TypedDict does not support instance and class checks")

    def __subclasscheck__(cls, other):
        raise TypeError("TypedDict does not support instance and class checks")


def TypedDict(typename, fields=_nothing, /, *, total=True):
    if fields is _nothing or fields is None:
        _no_fields("TypedDict", typename, fields, None)
        fields = {}
    ns = {"__annotations__": dict(fields)}
    module = _caller()
    if module is not None:
        ns["__module__"] = module
    made = _TypedDictMeta(typename, (), ns, total=total)
    made.__orig_bases__ = (TypedDict,)
    return made


_TypedDictBase = type.__new__(_TypedDictMeta, "TypedDict", (), {})
TypedDict.__mro_entries__ = lambda bases: (_TypedDictBase,)


def is_typeddict(tp):
    return type(tp) is _TypedDictMeta and tp is not _TypedDictBase


# What CPython has in C: no frame of it is in a traceback, messages name it with the module, and
# most of it is no base for others.
for _each in (_Variable, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple):
    _internals.native(_each)
    _internals.mark_class(_each, "qualified")
    if _each is not _Variable:
        _internals.mark_class(_each, "final")
_internals.mark_class(NoDefaultType, "final")
_internals.mark_class(Generic, "qualified")
del _each
