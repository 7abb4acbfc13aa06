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


def _shown(value):
    if value is ...:
        return "..."
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
        return value.__name__
    if isinstance(value, type) and not isinstance(value, GenericAlias):
        return value.__qualname__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def _plain(value, text="Parameters to generic types must be types."):
    # What stands in a subscript, as a type.
    if value is None:
        return type(None)
    if isinstance(value, str):
        return ForwardRef(value)
    if isinstance(value, _GenericAlias) and value.__origin__ in (Generic, Protocol):
        raise TypeError(f"{value} is not valid as type argument")
    if value in (Any, LiteralString, NoReturn, Never, Self, TypeAlias):
        return value
    if isinstance(value, _SpecialForm) and value in (ClassVar, Final, Union, Optional, Literal):
        raise TypeError(f"Plain {value} is not valid as type argument")
    if isinstance(value, type) and value in (Generic, Protocol):
        raise TypeError(f"Plain {value} is not valid as type argument")
    if type(value) is tuple:
        raise TypeError(f"{text} Got {value!r:.100}.")
    return value


def _variables(args):
    # The type variables in some arguments, each once.
    found = []

    def add(variable):
        if variable not in found:
            found.append(variable)

    for arg in args:
        if isinstance(arg, type):
            continue
        if isinstance(arg, (TypeVar, ParamSpec, TypeVarTuple)):
            add(arg)
        elif isinstance(arg, (tuple, list)):
            for variable in _variables(arg):
                add(variable)
        else:
            for variable in getattr(arg, "__parameters__", ()):
                add(variable)
    return tuple(found)


class _Operators:
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


class _SpecialForm(_Operators):
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


class _GenericAlias(_Operators):
    # A form or a generic class with its arguments.
    def __init__(self, origin, args, name=None, inst=True):
        self.__origin__ = origin
        self.__args__ = args if isinstance(args, tuple) else (args,)
        self.__parameters__ = _variables(self.__args__)
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
        chosen = _choose(self, variables, tuple(_plain_or_list(p) for p in params))
        return self._copy(_put(self.__args__, chosen))

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
            # `List[int]`: the class, and Generic if no later base brings it.
            result = [] if self.__origin__ in bases else [self.__origin__]
            at = bases.index(self)
            for base in bases[at + 1 :]:
                if isinstance(base, _GenericAlias) or isinstance(base, type) and issubclass(base, Generic):
                    break
            else:
                result.append(Generic)
            return tuple(result)
        if self.__origin__ is Generic:
            if Protocol in bases:
                return ()
            at = bases.index(self)
            for base in bases[at + 1 :]:
                if isinstance(base, _GenericAlias) and base is not self:
                    return ()
        return (self.__origin__,)

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name or getattr(self.__origin__, name)
        if "__origin__" in self.__dict__ and not (name.startswith("__") and name.endswith("__")):
            return getattr(self.__origin__, name)
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name in ("_name", "_inst", "__origin__", "__args__", "__parameters__", "__module__", "__metadata__"):
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

    def __instancecheck__(self, obj):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")


def _plain_or_list(param):
    if isinstance(param, (list, tuple)):
        return tuple(map(_plain, param))
    return ... if param is ... else _plain(param)


def _choose(what, variables, params):
    # Which argument goes to which variable.
    packs = [v for v in variables if isinstance(v, TypeVarTuple)]
    if len(variables) == 1 and isinstance(variables[0], ParamSpec):
        if not (len(params) == 1 and (isinstance(params[0], (tuple, ParamSpec)) or params[0] is ...
                                      or isinstance(params[0], _GenericAlias))):
            params = (params,)
    if packs:
        at = variables.index(packs[0])
        after = len(variables) - at - 1
        if len(params) < len(variables) - 1:
            raise TypeError(
                f"Too few arguments for {what}; actual {len(params)}, expected at least {len(variables) - 1}"
            )
        middle = params[at : len(params) - after]
        params = (*params[:at], _Pack(middle), *params[len(params) - after :])
    else:
        least = sum(1 for v in variables if not v.has_default())
        if len(params) > len(variables):
            raise TypeError(
                f"Too many arguments for {what}; actual {len(params)}, expected {len(variables)}"
            )
        if len(params) < least:
            expected = f"at least {least}" if least < len(variables) or isinstance(what, type) else least
            raise TypeError(f"Too few arguments for {what}; actual {len(params)}, expected {expected}")
        params += tuple(v.__default__ for v in variables[len(params) :])
    return dict(zip(variables, params))


class _Pack(tuple):
    # The arguments that a TypeVarTuple stands for.
    pass


def _put(args, chosen):
    result = []
    for arg in args:
        if isinstance(arg, type):
            result.append(arg)
        elif isinstance(arg, (TypeVar, ParamSpec)) and arg in chosen:
            result.append(chosen[arg])
        elif isinstance(arg, _GenericAlias) and arg.__origin__ is Unpack and arg.__args__[0] in chosen:
            result.extend(chosen[arg.__args__[0]])
        elif isinstance(arg, tuple):
            result.append(_put(arg, chosen))
        else:
            own = getattr(arg, "__parameters__", ())
            if own:
                values = []
                for variable in own:
                    value = chosen.get(variable, variable)
                    if isinstance(value, _Pack):
                        values.extend(value)
                    else:
                        values.append(value)
                arg = arg[tuple(values)]
            result.append(arg)
    return tuple(result)


class _UnionGenericAlias(_GenericAlias):
    def __repr__(self):
        args = self.__args__
        if len(args) == 2 and type(None) in args:
            other = args[0] if args[1] is type(None) else args[1]
            return f"typing.Optional[{_shown(other)}]"
        return super().__repr__()

    def _copy(self, args):
        return Union[args]

    def __eq__(self, other):
        if isinstance(other, (types.UnionType, _UnionGenericAlias)):
            return set(self.__args__) == set(other.__args__)
        return NotImplemented

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __call__(self, *args, **kwargs):
        raise TypeError("Cannot instantiate typing.Union")

    def __instancecheck__(self, obj):
        return any(isinstance(obj, arg) for arg in self.__args__)

    def __subclasscheck__(self, cls):
        return any(issubclass(cls, arg) for arg in self.__args__)


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
    return flat[0] if len(flat) == 1 else _UnionGenericAlias(Union, tuple(flat), "Union")


def _optional(form, param):
    if isinstance(param, tuple):
        raise TypeError(f"{form} requires a single type. Got {param!r:.100}.")
    return Union[param, type(None)]


class _FormAlias(_GenericAlias):
    def __call__(self, *args, **kwargs):
        raise TypeError(f"Cannot instantiate {self.__origin__!r}")


def _only(form, param):
    if isinstance(param, tuple):
        raise TypeError(f"{form} accepts only single type. Got {param!r:.100}.")
    return _FormAlias(form, (_plain(param),), form._name)


def _unpack(form, param):
    if isinstance(param, tuple):
        raise TypeError(f"{form} accepts only single type. Got {param!r:.100}.")
    return _UnpackGenericAlias(form, (_plain(param),), form._name)


class _UnpackGenericAlias(_FormAlias):
    def __repr__(self):
        return f"typing.Unpack[{_shown(self.__args__[0])}]"


def _literal(form, params):
    params = params if isinstance(params, tuple) else (params,)
    flat = []
    for param in params:
        parts = param.__args__ if isinstance(param, _LiteralGenericAlias) else (param,)
        for part in parts:
            if not any(part == seen and type(part) is type(seen) for seen in flat):
                flat.append(part)
    return _LiteralGenericAlias(form, tuple(flat), "Literal")


class _LiteralGenericAlias(_FormAlias):
    def __repr__(self):
        inner = ", ".join(map(repr, self.__args__)) if self.__args__ else "()"
        return f"typing.Literal[{inner}]"

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
    return _FormAlias(form, (*map(_plain, params[:-1]), params[-1]), "Concatenate")


def _annotated(form, params):
    if not isinstance(params, tuple) or len(params) < 2:
        raise TypeError(
            "Annotated[...] should be used with at least two arguments (a type and an annotation)."
        )
    return _AnnotatedAlias(_plain(params[0]), params[1:])


class _AnnotatedAlias(_GenericAlias):
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


class ForwardRef(_Operators):
    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        try:
            compile(arg, "<string>", "eval")
        except SyntaxError:
            raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}")
        self.__forward_arg__ = arg
        self.__forward_module__ = module
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class

    def __repr__(self):
        module = f", module={self.__forward_module__!r}" if self.__forward_module__ else ""
        return f"ForwardRef({self.__forward_arg__!r}{module})"

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (
            self.__forward_arg__ == other.__forward_arg__
            and self.__forward_module__ == other.__forward_module__
        )

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))


class NoDefaultType:
    def __new__(cls):
        return NoDefault

    def __repr__(self):
        return "typing.NoDefault"

    def __reduce__(self):
        return "NoDefault"


NoDefault = object.__new__(NoDefaultType)


class _Variable(_Operators):
    # Bound, constraints and default may be functions that are called when somebody asks.
    def _set(self, name, **values):
        self.__name__ = name
        self._lazy = {}
        self._values = values
        self.__module__ = _caller(2)

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

    def __typing_subst__(self, arg):
        return arg

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


class TypeVar(_Variable):
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
            bound=None if bound is None else _plain(bound),
            constraints=tuple(map(_plain, constraints)),
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


class ParamSpec(_Variable):
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


class TypeVarTuple(_Variable):
    def __init__(self, name, *, default=NoDefault):
        self._set(name, default=default)

    def __iter__(self):
        yield Unpack[self]

    def __repr__(self):
        return self.__name__


class TypeAliasType(_Operators):
    def __init__(self, name, value, *, type_params=()):
        self.__name__ = name
        self._compute = lambda: value
        self.__type_params__ = type_params
        self.__module__ = _caller()

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
        return _bar(self, other)

    def __ror__(self, other):
        return _bar(other, self)


def _bar(left, right):
    return _BarUnion(Union, Union[left, right].__args__, "Union")


class _BarUnion(_UnionGenericAlias):
    # What `|` of an alias shows.
    def __repr__(self):
        return " | ".join("None" if arg is type(None) else _shown(arg) for arg in self.__args__)


# ---- generic classes


class Generic:
    __slots__ = ()
    _is_protocol = False

    @_cached
    def __class_getitem__(cls, params):
        params = params if isinstance(params, tuple) else (params,)
        params = tuple(_plain_or_list(p) for p in params)
        if cls in (Generic, Protocol):
            if not params:
                raise TypeError(f"Parameter list to {cls.__qualname__}[...] cannot be empty")
            flat = [p.__args__[0] if isinstance(p, _UnpackGenericAlias) else p for p in params]
            if not all(isinstance(p, (TypeVar, ParamSpec, TypeVarTuple)) for p in flat):
                raise TypeError(
                    f"Parameters to {cls.__name__}[...] must all be type variables "
                    "or parameter specification variables."
                )
            if len(set(flat)) != len(flat):
                raise TypeError(f"Parameters to {cls.__name__}[...] must all be unique")
            return _GenericAlias(cls, params, cls.__name__)
        variables = getattr(cls, "__parameters__", ())
        if not variables:
            raise TypeError(f"{cls} is not a generic class")
        chosen = _choose(cls, variables, params)
        args = []
        for value in chosen.values():
            if isinstance(value, _Pack):
                args.extend(value)
            else:
                args.append(value)
        return _GenericAlias(cls, tuple(args))

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        own = cls.__dict__.get("__orig_bases__")
        if own is not None and Generic in own or own is None and Generic in cls.__bases__ and (
            cls.__name__ != "Protocol"
        ):
            raise TypeError("Cannot inherit from plain Generic")
        variables = ()
        if own is not None:
            variables = _variables(own)
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
    "__non_callable_proto_members__", "_MutableMapping__marker",
})


def _own_annotations(cls):
    own = cls.__dict__.get("__annotations__", {})
    # The namespace of `type` has the attribute itself under that name.
    return own if isinstance(own, dict) else {}


def _protocol_members(cls):
    found = set()
    for base in cls.__mro__[:-1]:
        if base in (Protocol, Generic):
            continue
        for name in [*base.__dict__, *_own_annotations(base)]:
            if name not in _PROTOCOL_OWN and not name.startswith("_abc_"):
                found.add(name)
    return found


def _is_own(base):
    return base in (object, Generic) or base.__module__ in (
        "collections.abc", "contextlib", "typing", "os", "io"
    ) or getattr(base, "_is_protocol", False)


class _ProtocolMeta(ABCMeta):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        if name != "Protocol" and Protocol in bases:
            for base in bases:
                if not _is_own(base):
                    raise TypeError(f"Protocols can only inherit from other protocols, got {base!r}")
        return super().__new__(mcls, name, bases, namespace, **kwargs)

    def __instancecheck__(cls, instance):
        if cls is Protocol or not getattr(cls, "_is_protocol", False):
            return super().__instancecheck__(instance)
        if not getattr(cls, "_is_runtime_protocol", False):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if ABCMeta.__subclasscheck__(cls, type(instance)):
            return True
        missing = object()
        for name in _protocol_members(cls):
            value = _static(instance, name, missing)
            if value is missing or value is None and name not in _data_members(cls):
                return False
        return True

    def __subclasscheck__(cls, other):
        if cls is Protocol or not getattr(cls, "_is_protocol", False):
            return super().__subclasscheck__(other)
        if not isinstance(other, type):
            raise TypeError("issubclass() arg 1 must be a class")
        if not getattr(cls, "_is_runtime_protocol", False):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        data = _data_members(cls)
        if data:
            names = str(sorted(data))[1:-1]
            raise TypeError(
                f"Protocols with non-method members don't support issubclass(). Non-method members: {names}."
            )
        return super().__subclasscheck__(other)


def _static(instance, name, missing):
    try:
        return getattr(instance, name)
    except AttributeError:
        return missing
    except Exception:
        # A property that fails is there all the same.
        return instance


def _data_members(cls):
    return {name for name in _protocol_members(cls) if not callable(getattr(cls, name, None))}


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
    for name in _protocol_members(cls):
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
    return cls


def is_protocol(tp, /):
    return isinstance(tp, type) and getattr(tp, "_is_protocol", False) and tp not in (Protocol, Generic)


def get_protocol_members(tp, /):
    if not is_protocol(tp):
        raise TypeError(f"{tp!r} is not a Protocol")
    return frozenset(_protocol_members(tp))


class _SpecialGenericAlias(_Operators):
    # `List`, `Dict` …: a class under an older name, with so many parameters (-1: any number).
    def __init__(self, origin, count, name=None, inst=True, defaults=()):
        self.__origin__ = origin
        self._name = name or origin.__name__
        self._count = count
        self._inst = inst
        self._defaults = defaults
        self._made = {}

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
        try:
            found = self._made.get(params)
        except TypeError:
            return _GenericAlias(self.__origin__, params, self._name, self._inst)
        if found is None:
            found = self._made[params] = _GenericAlias(self.__origin__, params, self._name, self._inst)
        return found

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(
                f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead"
            )
        return self.__origin__(*args, **kwargs)

    def __repr__(self):
        return f"typing.{self._name}"

    def __mro_entries__(self, bases):
        result = [] if self.__origin__ in bases else [self.__origin__]
        at = bases.index(self)
        for base in bases[at + 1 :]:
            if isinstance(base, _GenericAlias) or isinstance(base, type) and issubclass(base, Generic):
                break
        else:
            result.append(Generic)
        return tuple(result)

    def __instancecheck__(self, obj):
        return isinstance(obj, self.__origin__)

    def __subclasscheck__(self, cls):
        if isinstance(cls, _SpecialGenericAlias):
            return issubclass(cls.__origin__, self.__origin__)
        return issubclass(cls, self.__origin__)


class _TupleType(_SpecialGenericAlias):
    @_cached
    def __getitem__(self, params):
        params = params if isinstance(params, tuple) else (params,)
        if len(params) >= 2 and params[-1] is ...:
            return _GenericAlias(tuple, (*map(_plain, params[:-1]), ...), "Tuple", False)
        return _GenericAlias(tuple, tuple(map(_plain, params)), "Tuple", False)


class _CallableType(_SpecialGenericAlias):
    def __getitem__(self, params):
        if not isinstance(params, tuple) or len(params) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        args, result = params
        return self._of((tuple(args) if isinstance(args, list) else args, result))

    @_cached
    def _of(self, params):
        args, result = params
        result = _plain(result)
        if args is ...:
            return _CallableGenericAlias(self.__origin__, (..., result), "Callable")
        if isinstance(args, tuple):
            return _CallableGenericAlias(self.__origin__, (*map(_plain, args), result), "Callable")
        if isinstance(args, ParamSpec) or isinstance(args, _GenericAlias) and args.__origin__ is Concatenate:
            return _CallableGenericAlias(self.__origin__, (args, result), "Callable")
        return _CallableGenericAlias(self.__origin__, (_plain(args), result), "Callable")


def _opens(args):
    # `Callable[..., R]` and `Callable[P, R]` have no list of arguments.
    first = args[0]
    return len(args) == 2 and (
        first is ... or isinstance(first, ParamSpec) or isinstance(first, _GenericAlias) and first.__origin__ is Concatenate
    )


class _CallableGenericAlias(_GenericAlias):
    def __repr__(self):
        *args, result = self.__args__
        if _opens(self.__args__):
            return f"typing.Callable[{_shown(args[0])}, {_shown(result)}]"
        return f"typing.Callable[[{', '.join(map(_shown, args))}], {_shown(result)}]"

    def _copy(self, args):
        if len(args) == 2 and isinstance(args[0], tuple):
            args = (*args[0], args[1])
        return super()._copy(args)


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
        for value in list(arg.__dict__.values()):
            if isinstance(value, types.FunctionType) and value.__qualname__.startswith(arg.__qualname__ + "."):
                value.__no_type_check__ = True
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
                hints[name] = _evaluated(value, scope[0], scope[1], base.__type_params__)
    else:
        if isinstance(obj, types.ModuleType):
            names = obj.__dict__
        else:
            inner = obj
            while hasattr(inner, "__wrapped__"):
                inner = inner.__wrapped__
            names = getattr(inner, "__globals__", {})
        names = names if globalns is None else globalns
        local = names if localns is None else localns
        found = getattr(obj, "__annotations__", None)
        if found is None:
            if isinstance(
                obj,
                (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType,
                 types.WrapperDescriptorType, types.MethodDescriptorType),
            ):
                return {}
            raise TypeError(f"{obj!r} is not a module, class, method, or function.")
        params = getattr(obj, "__type_params__", ())
        for name, value in found.items():
            hints[name] = _evaluated(value, names, local, params)
    return hints if include_extras else {name: _strip_annotations(value) for name, value in hints.items()}


def _evaluated(value, globalns, localns, type_params=()):
    if value is None:
        return type(None)
    if isinstance(value, ForwardRef):
        value = value.__forward_arg__
    if isinstance(value, str):
        if type_params:
            localns = {**{p.__name__: p for p in type_params}, **localns}
        value = eval(value, globalns, localns)
        return _evaluated(value, globalns, localns, type_params)
    if isinstance(value, _AnnotatedAlias):
        return _AnnotatedAlias(_evaluated(value.__origin__, globalns, localns, type_params), value.__metadata__)
    if isinstance(value, _LiteralGenericAlias):
        return value
    if isinstance(value, (_GenericAlias, GenericAlias, types.UnionType)):
        args = tuple(
            _evaluated(arg, globalns, localns, type_params)
            if isinstance(arg, (str, ForwardRef, _GenericAlias, GenericAlias, types.UnionType))
            else arg
            for arg in value.__args__
        )
        if args == value.__args__ and not any(isinstance(arg, str) for arg in value.__args__):
            return value
        if isinstance(value, GenericAlias):
            return GenericAlias(value.__origin__, args)
        if isinstance(value, types.UnionType):
            result = args[0]
            for arg in args[1:]:
                result = result | arg
            return result
        return value._copy(args)
    return value


def _strip_annotations(value):
    if isinstance(value, _AnnotatedAlias):
        return _strip_annotations(value.__origin__)
    if isinstance(value, _GenericAlias) and value.__origin__ in (Required, NotRequired, ReadOnly):
        return _strip_annotations(value.__args__[0])
    if isinstance(value, (_GenericAlias, GenericAlias, types.UnionType)):
        args = tuple(_strip_annotations(arg) for arg in value.__args__)
        if args == value.__args__:
            return value
        if isinstance(value, GenericAlias):
            return GenericAlias(value.__origin__, args)
        if isinstance(value, types.UnionType):
            result = args[0]
            for arg in args[1:]:
                result = result | arg
            return result
        return value._copy(args)
    return value


class NewType(_Operators):
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

    def __mro_entries__(self, bases):
        name = self.__name__
        raise TypeError(
            f"Cannot subclass an instance of NewType. Perhaps you were looking for: "
            f"`Subclass = NewType('Subclass', {name})`"
        )


# ---- named tuples and typed dicts


def _make_named(name, fields, defaults, module):
    made = collections.namedtuple(name, [field for field, _ in fields], defaults=defaults, module=module)
    made.__annotations__ = made.__new__.__annotations__ = {field: _plain(tp) for field, tp in fields}
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
            made = type(typename, (made, Generic), {
                "__slots__": (), "__module__": ns["__module__"], "__orig_bases__": ns.get("__orig_bases__", ()),
            })
        for key, value in ns.items():
            if key in _NAMED_PROHIBITED:
                raise AttributeError("Cannot overwrite NamedTuple attribute " + key)
            if key not in ("__annotations__", "__module__", "__classcell__", "__orig_bases__", *fields):
                setattr(made, key, value)
                notify = getattr(type(value), "__set_name__", None)
                if notify is not None:
                    notify(value, made, key)
        made.__orig_bases__ = ns.get("__orig_bases__", (NamedTuple,))
        return made


_nothing = object()


def NamedTuple(typename, fields=_nothing, /, **kwargs):
    if fields is _nothing or fields is None:
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
        module = ns.get("__module__")
        own = {
            key: ForwardRef(value, module=module) if isinstance(value, str) else _plain(value)
            for key, value in ns.get("__annotations__", {}).items()
        }
        ns_types = {k: v for k, v in ns.items() if k != "__annotations__"}
        if "__orig_bases__" not in ns_types:
            ns_types["__orig_bases__"] = bases
        made = type.__new__(_TypedDictMeta, name, (*generic, dict), ns_types)
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
            (readonly if ReadOnly in marks else mutable).add(key)
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
        if cls is _TypedDictBase or type(other) is _TypedDictMeta and other is cls:
            return True
        raise TypeError("TypedDict does not support instance and class checks")


def TypedDict(typename, fields=_nothing, /, *, total=True):
    if fields is _nothing or fields is None:
        fields = {}
    ns = {"__annotations__": dict(fields), "__module__": _caller()}
    made = _TypedDictMeta(typename, (), ns, total=total)
    made.__orig_bases__ = (TypedDict,)
    return made


_TypedDictBase = type.__new__(_TypedDictMeta, "TypedDict", (), {})
TypedDict.__mro_entries__ = lambda bases: (_TypedDictBase,)


def is_typeddict(tp):
    return type(tp) is _TypedDictMeta and tp is not _TypedDictBase


# What CPython has in C: no frame of it is in a traceback, and messages name it with the module.
for _each in (ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple):
    _internals.native(_each)
    _internals.mark_class(_each, "qualified")
_internals.mark_class(Generic, "qualified")
del _each
