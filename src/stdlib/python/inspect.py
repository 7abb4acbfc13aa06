# `inspect`: what objects say about themselves, their parameters and their source text.

import sys
import types
import _internals
import linecache
from abc import ABCMeta
from _internals import is_awaitable_function, is_awaitable_generator
from collections.abc import Awaitable
from collections import OrderedDict, namedtuple

__all__ = [
    "AGEN_CLOSED", "AGEN_CREATED", "AGEN_RUNNING", "AGEN_SUSPENDED", "ArgInfo", "Arguments",
    "Attribute", "BoundArguments", "CORO_CLOSED", "CORO_CREATED", "CORO_RUNNING", "CORO_SUSPENDED",
    "CO_ASYNC_GENERATOR", "CO_COROUTINE", "CO_GENERATOR", "CO_ITERABLE_COROUTINE", "CO_NESTED",
    "CO_NEWLOCALS", "CO_OPTIMIZED", "CO_VARARGS", "CO_VARKEYWORDS", "ClassFoundException",
    "ClosureVars", "EndOfBlock", "FrameInfo", "FullArgSpec", "GEN_CLOSED", "GEN_CREATED",
    "GEN_RUNNING", "GEN_SUSPENDED", "Parameter", "Signature", "Traceback", "classify_class_attrs",
    "cleandoc", "currentframe", "findsource", "formatannotation", "formatannotationrelativeto",
    "formatargvalues",
    "get_annotations", "getabsfile", "getargs", "getargvalues", "getasyncgenlocals",
    "getasyncgenstate", "getattr_static", "getblock", "getcallargs", "getclasstree",
    "getclosurevars", "getcomments", "getcoroutinelocals", "getcoroutinestate", "getdoc", "getfile",
    "getframeinfo", "getfullargspec", "getgeneratorlocals", "getgeneratorstate", "getinnerframes",
    "getlineno", "getmembers", "getmembers_static", "getmodule", "getmodulename", "getmro",
    "getouterframes", "getsource", "getsourcefile", "getsourcelines", "indentsize", "isabstract",
    "isasyncgen", "isasyncgenfunction", "isawaitable", "isbuiltin", "isclass", "iscode",
    "iscoroutine", "iscoroutinefunction", "isdatadescriptor", "isframe", "isfunction",
    "isgenerator", "isgeneratorfunction", "isgetsetdescriptor", "ismemberdescriptor", "ismethod",
    "ismethoddescriptor", "ismethodwrapper", "ismodule", "isroutine", "istraceback",
    "markcoroutinefunction", "signature", "stack", "trace", "unwrap", "walktree",
]


CO_OPTIMIZED = 1
CO_NEWLOCALS = 2
CO_VARARGS = 4
CO_VARKEYWORDS = 8
CO_NESTED = 16
CO_GENERATOR = 32
CO_COROUTINE = 128
CO_ITERABLE_COROUTINE = 256
CO_ASYNC_GENERATOR = 512

GEN_CREATED, GEN_RUNNING, GEN_SUSPENDED, GEN_CLOSED = (
    "GEN_CREATED", "GEN_RUNNING", "GEN_SUSPENDED", "GEN_CLOSED",
)
CORO_CREATED, CORO_RUNNING, CORO_SUSPENDED, CORO_CLOSED = (
    "CORO_CREATED", "CORO_RUNNING", "CORO_SUSPENDED", "CORO_CLOSED",
)
AGEN_CREATED, AGEN_RUNNING, AGEN_SUSPENDED, AGEN_CLOSED = (
    "AGEN_CREATED", "AGEN_RUNNING", "AGEN_SUSPENDED", "AGEN_CLOSED",
)


__builtins_object = object


def isclass(object):
    return isinstance(object, type)


def ismodule(object):
    return isinstance(object, types.ModuleType)


def ismethod(object):
    return isinstance(object, types.MethodType)


def isfunction(object):
    return isinstance(object, types.FunctionType)


def isbuiltin(object):
    return isinstance(object, types.BuiltinFunctionType)


def isroutine(object):
    return isbuiltin(object) or isfunction(object) or ismethod(object) or ismethoddescriptor(object)


def ismethoddescriptor(object):
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    kind = type(object)
    return hasattr(kind, "__get__") and not hasattr(kind, "__set__") and not hasattr(kind, "__delete__")


def isdatadescriptor(object):
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    return hasattr(type(object), "__set__") or hasattr(type(object), "__delete__")


def iscode(object):
    return isinstance(object, types.CodeType)


def isframe(object):
    return isinstance(object, types.FrameType)


def istraceback(object):
    return isinstance(object, types.TracebackType)


def isgenerator(object):
    return isinstance(object, types.GeneratorType)


def iscoroutine(object):
    return isinstance(object, types.CoroutineType)


def isasyncgen(object):
    return isinstance(object, types.AsyncGeneratorType)


def isawaitable(object):
    return (
        isinstance(object, types.CoroutineType)
        or is_awaitable_generator(object)
        or isinstance(object, Awaitable)
    )


def ismethodwrapper(object):
    return isinstance(object, types.MethodWrapperType)


def isgetsetdescriptor(object):
    return isinstance(object, types.GetSetDescriptorType)


def ismemberdescriptor(object):
    return isinstance(object, types.MemberDescriptorType)


def isabstract(object):
    if not isclass(object):
        return False
    counted = vars(object).get("__abstractmethods__")
    if counted is not None or not isinstance(object, ABCMeta):
        return bool(counted)
    # A class that is still being made: `__init_subclass__` asks before its metaclass has counted.
    if any(getattr(value, "__isabstractmethod__", False) for value in vars(object).values()):
        return True
    return any(
        getattr(getattr(object, name, None), "__isabstractmethod__", False)
        for base in object.__bases__
        for name in getattr(base, "__abstractmethods__", ())
    )


def _innermost(object):
    # The function behind methods and partial objects.
    from functools import partial

    while True:
        if ismethod(object):
            object = object.__func__
        elif isinstance(object, partial):
            object = object.func
        else:
            return object


def _has_flag(object, flag):
    object = _innermost(object)
    return isfunction(object) and bool(object.__code__.co_flags & flag)


def isgeneratorfunction(obj):
    return _has_flag(obj, CO_GENERATOR)


_coroutine_mark = object()


def markcoroutinefunction(func):
    target = func.__func__ if ismethod(func) else func
    target._is_coroutine_mark = _coroutine_mark
    return func


def iscoroutinefunction(obj):
    target = _innermost(obj)
    return _has_flag(obj, CO_COROUTINE) or getattr(target, "_is_coroutine_mark", None) is _coroutine_mark


def isasyncgenfunction(obj):
    return _has_flag(obj, CO_ASYNC_GENERATOR)


def _state(prefix, running, suspended, frame):
    if running:
        state = "RUNNING"
    elif suspended:
        state = "SUSPENDED"
    else:
        state = "CLOSED" if frame is None else "CREATED"
    return globals()[f"{prefix}_{state}"]


def getgeneratorstate(generator):
    return _state("GEN", generator.gi_running, generator.gi_suspended, generator.gi_frame)


def getcoroutinestate(coroutine):
    return _state("CORO", coroutine.cr_running, coroutine.cr_suspended, coroutine.cr_frame)


def getasyncgenstate(agen):
    return _state("AGEN", agen.ag_running, agen.ag_suspended, agen.ag_frame)


def getgeneratorlocals(generator):
    if not isgenerator(generator):
        raise TypeError(f"{generator!r} is not a Python generator")
    frame = generator.gi_frame
    return frame.f_locals if frame is not None else {}


def getcoroutinelocals(coroutine):
    frame = coroutine.cr_frame
    return frame.f_locals if frame is not None else {}


def getasyncgenlocals(agen):
    frame = agen.ag_frame
    return frame.f_locals if frame is not None else {}


def getmro(cls):
    return cls.__mro__


def getmodule(object, _filename=None):
    import sys

    if ismodule(object):
        return object
    return sys.modules.get(getattr(object, "__module__", None))


def getdoc(object):
    try:
        doc = object.__doc__
    except AttributeError:
        return None
    if doc is None:
        try:
            doc = _inherited_doc(object)
        except (AttributeError, TypeError):
            return None
    return cleandoc(doc) if isinstance(doc, str) else None


def _inherited_doc(object):
    if isclass(object):
        for base in object.__mro__:
            if base is not __builtins_object and base.__doc__ is not None:
                return base.__doc__
        return None
    if ismethod(object):
        owner = object.__self__ if isclass(object.__self__) else type(object.__self__)
        name = object.__func__.__name__
    elif isfunction(object):
        name = object.__name__
        owner = sys.modules.get(object.__module__)
        for part in object.__qualname__.split(".")[:-1]:
            owner = getattr(owner, part)
        if not isclass(owner):
            return None
    elif isinstance(object, property):
        name = object.fget.__name__
        owner = sys.modules.get(object.fget.__module__)
        for part in object.fget.__qualname__.split(".")[:-1]:
            owner = getattr(owner, part)
    else:
        return None
    for base in owner.__mro__:
        doc = getattr(getattr(base, name, None), "__doc__", None)
        if doc is not None:
            return doc
    return None


def cleandoc(doc):
    lines = doc.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    lines = [lines[0].lstrip(), *(line[margin:] for line in lines[1:])]
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines)


class _void:
    pass


def getmembers(object, predicate=None):
    return _members(object, predicate, getattr)


def getmembers_static(object, predicate=None):
    return _members(object, predicate, getattr_static)


def _members(object, predicate, getter):
    found = []
    seen = set()
    for name in dir(object):
        try:
            value = getter(object, name)
            if name in seen:
                # Listed twice: the second is the one in a namespace.
                raise AttributeError
        except AttributeError:
            # Listed, but not there: perhaps in the namespace of a base.
            for base in getattr(object, "__mro__", ()):
                if name in base.__dict__:
                    value = base.__dict__[name]
                    break
            else:
                continue
        if predicate is None or predicate(value):
            found.append((name, value))
        seen.add(name)
    found.sort(key=lambda pair: pair[0])
    return found


_mro_of = type.__dict__["__mro__"].__get__
_dict_of = type.__dict__["__dict__"].__get__


def _in_classes(classes, attr):
    for cls in classes:
        names = _dict_of(cls)
        if attr in names:
            return names[attr]
    return _void


def _own_names(obj):
    # The namespace of an object, unless its class says otherwise what `__dict__` is.
    kind = _in_classes(_mro_of(type(obj)), "__dict__")
    if kind is _void or not isinstance(kind, types.GetSetDescriptorType):
        return {}
    try:
        return object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return {}


def getattr_static(obj, attr, default=...):
    is_class = type in _mro_of(type(obj))
    cls = obj if is_class else type(obj)
    own = _void
    if not is_class:
        names = _own_names(obj)
        if isinstance(names, dict):
            own = dict.get(names, attr, _void)
    found = _in_classes(_mro_of(cls), attr)
    if own is not _void and found is not _void:
        kind = _mro_of(type(found))
        if _in_classes(kind, "__get__") is not _void and (
            _in_classes(kind, "__set__") is not _void or _in_classes(kind, "__delete__") is not _void
        ):
            return found
    for value in (own, found):
        if value is not _void:
            return value
    if is_class:
        found = _in_classes(_mro_of(type(cls)), attr)
        if found is not _void:
            return found
    if default is not ...:
        return default
    raise AttributeError(attr)


def unwrap(func, *, stop=None):
    # Each that was met, so that none of them goes away and lends its address to the next.
    seen = {id(func): func}
    start = func
    limit = sys.getrecursionlimit()
    while not isinstance(func, type) and hasattr(func, "__wrapped__"):
        if stop is not None and stop(func):
            break
        func = func.__wrapped__
        if id(func) in seen or len(seen) >= limit:
            raise ValueError(f"wrapper loop when unwrapping {start!r}")
        seen[id(func)] = func
    return func


def currentframe():
    return sys._getframe(1)


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    scope = names = None
    inner = obj
    if isinstance(obj, type):
        found = obj.__dict__.get("__annotations__")
        if isinstance(found, types.GetSetDescriptorType):
            found = None
        scope = getattr(sys.modules.get(obj.__module__), "__dict__", None)
        names = dict(vars(obj))
    elif ismodule(obj):
        found = getattr(obj, "__annotations__", None)
        scope = obj.__dict__
    elif callable(obj):
        from functools import partial

        found = getattr(obj, "__annotations__", None)
        while True:
            if hasattr(inner, "__wrapped__"):
                inner = inner.__wrapped__
            elif isinstance(inner, partial):
                inner = inner.func
            else:
                break
        scope = getattr(inner, "__globals__", None)
    else:
        raise TypeError(f"{obj!r} is not a module, class, or callable.")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    if not eval_str:
        return dict(found)
    scope = scope if globals is None else globals
    names = names if locals is None else locals
    params = getattr(obj, "__type_params__", ())
    if params:
        names = {**{param.__name__: param for param in params}, **(names or {})}
    return {
        name: eval(value, scope, names) if isinstance(value, str) else value for name, value in found.items()
    }


class _empty:
    pass


class _ParameterKind(int):
    def __new__(cls, value, name, description):
        kind = int.__new__(cls, value)
        kind.name, kind.description, kind.value = name, description, value
        return kind

    def __reduce__(self):
        return _KINDS.__getitem__, (int(self),)

    def __repr__(self):
        return f"<_ParameterKind.{self.name}: {self.value}>"

    def __str__(self):
        return self.name

    def __format__(self, spec):
        return format(self.name, spec)


def _without_typing(text):
    # The names of `typing` without their module.
    parts = []
    word = ""
    for letter in text + " ":
        if letter.isalnum() or letter in "_.":
            word += letter
        else:
            parts += [word.removeprefix("typing."), letter]
            word = ""
    return "".join(parts)[:-1]


def formatannotation(annotation, base_module=None):
    if getattr(annotation, "__module__", None) == "typing":
        return _without_typing(repr(annotation))
    if isinstance(annotation, types.GenericAlias):
        return str(annotation)
    if isinstance(annotation, type):
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


def formatannotationrelativeto(object):
    module = getattr(object, "__module__", None)
    return lambda annotation: formatannotation(annotation, module)


class Parameter:
    __slots__ = ("_name", "_kind", "_default", "_annotation")
    POSITIONAL_ONLY = _ParameterKind(0, "POSITIONAL_ONLY", "positional-only")
    POSITIONAL_OR_KEYWORD = _ParameterKind(1, "POSITIONAL_OR_KEYWORD", "positional or keyword")
    VAR_POSITIONAL = _ParameterKind(2, "VAR_POSITIONAL", "variadic positional")
    KEYWORD_ONLY = _ParameterKind(3, "KEYWORD_ONLY", "keyword-only")
    VAR_KEYWORD = _ParameterKind(4, "VAR_KEYWORD", "variadic keyword")
    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        if kind not in _KINDS:
            raise ValueError(f"value {kind!r} is not a valid Parameter.kind")
        # A copy of a kind means the kind.
        kind = _KINDS[kind]
        if default is not _empty and kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            raise ValueError(f"{kind.description} parameters cannot have default values")
        if name is _empty:
            raise ValueError("name is a required attribute for Parameter")
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if name[:1] == "." and name[1:].isdigit():
            # The hidden parameter of a comprehension.
            if kind is not Parameter.POSITIONAL_OR_KEYWORD:
                raise ValueError(
                    "implicit arguments must be passed as positional or keyword arguments, not "
                    + kind.description
                )
            kind = Parameter.POSITIONAL_ONLY
            name = f"implicit{name[1:]}"
        from keyword import iskeyword

        if iskeyword(name) and kind is not Parameter.POSITIONAL_ONLY or not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        self._name, self._kind, self._default, self._annotation = name, kind, default, annotation

    @property
    def name(self):
        return self._name

    @property
    def kind(self):
        return self._kind

    @property
    def default(self):
        return self._default

    @property
    def annotation(self):
        return self._annotation

    def replace(self, *, name=_void, kind=_void, annotation=_void, default=_void):
        return type(self)(
            self._name if name is _void else name,
            self._kind if kind is _void else kind,
            default=self._default if default is _void else default,
            annotation=self._annotation if annotation is _void else annotation,
        )

    __replace__ = replace

    def __reduce__(self):
        state = {"_default": self._default, "_annotation": self._annotation}
        return type(self), (self._name, self._kind), state

    def __setstate__(self, state):
        self._default = state["_default"]
        self._annotation = state["_annotation"]

    def __str__(self):
        text = self.name
        if self.annotation is not _empty:
            text += f": {formatannotation(self.annotation)}"
        if self.default is not _empty:
            text += f" = {self.default!r}" if self.annotation is not _empty else f"={self.default!r}"
        if self.kind is Parameter.VAR_POSITIONAL:
            return "*" + text
        if self.kind is Parameter.VAR_KEYWORD:
            return "**" + text
        return text

    def __repr__(self):
        return f'<{self.__class__.__name__} "{self}">'

    def __eq__(self, other):
        if not isinstance(other, Parameter):
            return NotImplemented
        return (self.name, self.kind, self.default, self.annotation) == (
            other.name, other.kind, other.default, other.annotation,
        )

    def __hash__(self):
        return hash((self.name, self.kind, self.annotation, self.default))


_KINDS = (
    Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL,
    Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD,
)


class BoundArguments:
    __slots__ = ("_signature", "arguments", "__weakref__")

    def __init__(self, signature, arguments):
        self._signature, self.arguments = signature, arguments

    @property
    def signature(self):
        return self._signature

    @property
    def args(self):
        found = []
        for name, param in self.signature.parameters.items():
            if param.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD) or name not in self.arguments:
                break
            if param.kind is Parameter.VAR_POSITIONAL:
                found.extend(self.arguments[name])
            else:
                found.append(self.arguments[name])
        return tuple(found)

    @property
    def kwargs(self):
        # From the first gap on, everything is passed by name.
        found = {}
        by_name = False
        for name, param in self.signature.parameters.items():
            if not by_name:
                if param.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
                    by_name = True
                elif name not in self.arguments:
                    by_name = True
                    continue
            if not by_name or name not in self.arguments:
                continue
            if param.kind is Parameter.VAR_KEYWORD:
                found.update(self.arguments[name])
            else:
                found[name] = self.arguments[name]
        return found

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self.signature == other.signature and self.arguments == other.arguments

    def apply_defaults(self):
        full = {}
        for name, param in self.signature.parameters.items():
            if name in self.arguments:
                full[name] = self.arguments[name]
            elif param.default is not _empty:
                full[name] = param.default
            elif param.kind is Parameter.VAR_POSITIONAL:
                full[name] = ()
            elif param.kind is Parameter.VAR_KEYWORD:
                full[name] = {}
        self.arguments = full

    def __repr__(self):
        inner = ", ".join(f"{k}={v!r}" for k, v in self.arguments.items())
        return f"<{self.__class__.__name__} ({inner})>"


def _unbound(found, message):
    # What was found when the arguments ended is the hidden context of the error.
    try:
        raise found
    except type(found):
        raise TypeError(message) from None


class Signature:
    __slots__ = ("_return_annotation", "_parameters")
    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        found = {}
        top = Parameter.POSITIONAL_ONLY
        defaults = False
        for param in parameters or ():
            kind = param.kind
            if kind < top:
                raise ValueError(
                    f"wrong parameter order: {top.description} parameter before {kind.description} parameter"
                )
            top = kind
            if kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
                if param.default is not _empty:
                    defaults = True
                elif defaults:
                    raise ValueError("non-default argument follows default argument")
            if param.name in found:
                raise ValueError(f"duplicate parameter name: {param.name!r}")
            found[param.name] = param
        self._parameters = types.MappingProxyType(OrderedDict(found))
        self._return_annotation = return_annotation

    @property
    def parameters(self):
        return self._parameters

    @property
    def return_annotation(self):
        return self._return_annotation

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        found = signature(
            obj, follow_wrapped=follow_wrapped, globals=globals, locals=locals, eval_str=eval_str
        )
        if type(found) is cls:
            return found
        return cls(found.parameters.values(), return_annotation=found.return_annotation)

    def replace(self, *, parameters=_void, return_annotation=_void):
        return type(self)(
            self._parameters.values() if parameters is _void else parameters,
            return_annotation=self.return_annotation if return_annotation is _void else return_annotation,
        )

    __replace__ = replace

    def __reduce__(self):
        state = {"_return_annotation": self._return_annotation}
        return type(self), (tuple(self._parameters.values()),), state

    def __setstate__(self, state):
        self._return_annotation = state["_return_annotation"]

    def _compared(self):
        # Keyword-only parameters are the same in any order.
        by_name, in_order = [], []
        for param in self._parameters.values():
            (by_name if param.kind is Parameter.KEYWORD_ONLY else in_order).append(param)
        return tuple(in_order), {param.name: param for param in by_name}, self.return_annotation

    def __eq__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        return self is other or self._compared() == other._compared()

    def __hash__(self):
        in_order, by_name, annotation = self._compared()
        return hash((in_order, frozenset(by_name.values()), annotation))

    def format(self, *, max_width=None, quote_annotation_strings=True):
        parts = []
        last = None
        for param in self._parameters.values():
            if last is Parameter.POSITIONAL_ONLY and param.kind is not Parameter.POSITIONAL_ONLY:
                parts.append("/")
            if param.kind is Parameter.KEYWORD_ONLY and last not in (
                Parameter.VAR_POSITIONAL, Parameter.KEYWORD_ONLY,
            ):
                parts.append("*")
            parts.append(str(param))
            last = param.kind
        if last is Parameter.POSITIONAL_ONLY:
            parts.append("/")
        text = f"({', '.join(parts)})"
        if max_width is not None and len(text) > max_width:
            text = "(\n    " + ",\n    ".join(parts) + "\n)"
        if self.return_annotation is not _empty:
            text += f" -> {formatannotation(self.return_annotation)}"
        return text

    def __str__(self):
        return self.format()

    def __repr__(self):
        return f"<{self.__class__.__name__} {self}>"

    def _bind(self, args, kwargs, partial):
        arguments = {}
        rest = list(args)
        kwargs = dict(kwargs)
        # Names that only stand for positions, and were given all the same.
        wrong = []
        collector = None
        by_position = True
        for name, param in self._parameters.items():
            kind = param.kind
            if rest:
                if kind is Parameter.VAR_KEYWORD or kind is Parameter.KEYWORD_ONLY:
                    raise TypeError("too many positional arguments") from None
                if kind is Parameter.VAR_POSITIONAL:
                    arguments[name] = tuple(rest)
                    rest = []
                    by_position = False
                elif name in kwargs and kind is not Parameter.POSITIONAL_ONLY:
                    raise TypeError(f"multiple values for argument {name!r}") from None
                else:
                    arguments[name] = rest.pop(0)
                continue
            starred = kind is Parameter.VAR_POSITIONAL or kind is Parameter.VAR_KEYWORD
            missing = not starred and name not in kwargs and param.default is _empty and not partial
            if by_position:
                if kind is Parameter.POSITIONAL_ONLY and name in kwargs:
                    wrong.append(name)
                    continue
                if missing:
                    what = " keyword-only" if kind is Parameter.KEYWORD_ONLY else ""
                    _unbound(StopIteration(), f"missing a required{what} argument: {name!r}")
                # From here on only names count.
                by_position = False
            if missing:
                _unbound(KeyError(name), f"missing a required argument: {name!r}")
            if kind is Parameter.VAR_KEYWORD:
                collector = name
            elif not starred and name in kwargs:
                arguments[name] = kwargs.pop(name)
        if rest:
            _unbound(StopIteration(), "too many positional arguments")
        if kwargs and collector is not None:
            arguments[collector] = kwargs
        elif kwargs and wrong:
            names = ", ".join(wrong)
            raise TypeError(f"got some positional-only arguments passed as keyword arguments: {names!r}")
        elif kwargs:
            raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
        return BoundArguments(self, arguments)

    def bind(self, /, *args, **kwargs):
        return self._bind(args, kwargs, False)

    def bind_partial(self, /, *args, **kwargs):
        return self._bind(args, kwargs, True)


def _of_function(func):
    code = func.__code__
    names = code.co_varnames
    positional = code.co_argcount
    defaults = func.__defaults__ or ()
    first_default = positional - len(defaults)
    annotations = func.__annotations__
    kwdefaults = func.__kwdefaults__ or {}
    params = []
    for i, name in enumerate(names[:positional]):
        kind = Parameter.POSITIONAL_ONLY if i < code.co_posonlyargcount else Parameter.POSITIONAL_OR_KEYWORD
        default = defaults[i - first_default] if i >= first_default else _empty
        params.append(Parameter(name, kind, default=default, annotation=annotations.get(name, _empty)))
    at = positional + code.co_kwonlyargcount
    keyword_only = [
        Parameter(
            name, Parameter.KEYWORD_ONLY,
            default=kwdefaults.get(name, _empty), annotation=annotations.get(name, _empty),
        )
        for name in names[positional:at]
    ]
    if code.co_flags & CO_VARARGS:
        params.append(
            Parameter(names[at], Parameter.VAR_POSITIONAL, annotation=annotations.get(names[at], _empty))
        )
        at += 1
    params += keyword_only
    if code.co_flags & CO_VARKEYWORDS:
        params.append(
            Parameter(names[at], Parameter.VAR_KEYWORD, annotation=annotations.get(names[at], _empty))
        )
    return Signature(params, return_annotation=annotations.get("return", _empty))


def _without_first(found):
    params = list(found.parameters.values())
    if not params or params[0].kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY):
        raise ValueError("invalid method signature")
    if params[0].kind is not Parameter.VAR_POSITIONAL:
        params = params[1:]
    return found.replace(parameters=params)


_OPAQUE = ("<unrepresentable>",)


class _Unrepresentable:
    def __repr__(self):
        return "<unrepresentable>"


def _of_native(obj):
    text = _internals.native_signature(obj)
    if text is None or "[" in text:
        raise ValueError(f"no signature found for builtin {obj!r}")
    name, _, rest = text.partition("(")
    params = []
    kind = Parameter.POSITIONAL_OR_KEYWORD
    for part in rest.removesuffix(")").split(", "):
        if not part:
            continue
        if part == "/":
            params = [p.replace(kind=Parameter.POSITIONAL_ONLY) for p in params]
        elif part == "*":
            kind = Parameter.KEYWORD_ONLY
        elif part.startswith("**"):
            params.append(Parameter(part[2:], Parameter.VAR_KEYWORD))
        elif part.startswith("*"):
            params.append(Parameter(part[1:], Parameter.VAR_POSITIONAL))
            kind = Parameter.KEYWORD_ONLY
        else:
            name, equals, default = part.partition("=")
            value = _empty
            if equals:
                if default in _OPAQUE:
                    value = _Unrepresentable()
                else:
                    value = eval(default, {"sys": sys})
            params.append(Parameter(name.lstrip("$"), kind, default=value))
    found = Signature(params)
    receiver = getattr(obj, "__self__", None)
    if params and params[0].name in ("self", "type", "cls") and receiver is not None and not ismodule(receiver):
        found = _without_first(found)
    return found


def _of_partial(obj, found, first=()):
    # What is left of a signature; `first`: what stands in front of the arguments of the partial.
    try:
        bound = found.bind_partial(*first, *obj.args, **obj.keywords)
    except TypeError as error:
        raise ValueError(f"partial object {obj!r} has incorrect arguments") from error
    params = []
    by_name = False
    for name, param in found.parameters.items():
        if name in bound.arguments and param.kind is Parameter.POSITIONAL_ONLY:
            continue
        if param.kind is Parameter.POSITIONAL_OR_KEYWORD:
            if name in obj.keywords:
                by_name = True
                params.append(param.replace(kind=Parameter.KEYWORD_ONLY, default=obj.keywords[name]))
            elif name not in bound.arguments:
                params.append(param.replace(kind=Parameter.KEYWORD_ONLY) if by_name else param)
        elif param.kind is Parameter.KEYWORD_ONLY:
            params.append(param.replace(default=obj.keywords[name]) if name in obj.keywords else param)
        elif param.kind is Parameter.VAR_KEYWORD:
            params.append(param)
        elif not by_name:
            params.append(param)
    params.sort(key=lambda p: p.kind)
    return found.replace(parameters=params)


def _evaluated(found, obj, globals, locals):
    scope = getattr(unwrap(_innermost(obj)), "__globals__", {}) if globals is None else globals

    def value(annotation):
        return eval(annotation, scope, locals) if isinstance(annotation, str) else annotation

    params = [p.replace(annotation=value(p.annotation)) for p in found.parameters.values()]
    return found.replace(parameters=params, return_annotation=value(found.return_annotation))


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    found = _signature(obj, follow_wrapped)
    return _evaluated(found, obj, globals, locals) if eval_str else found


def _signature(obj, follow_wrapped):
    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if ismethod(obj):
        return _without_first(_signature(obj.__func__, follow_wrapped))
    if follow_wrapped:
        obj = unwrap(obj, stop=lambda f: hasattr(f, "__signature__") or ismethod(f))
        if ismethod(obj):
            return _signature(obj, follow_wrapped)
    given = getattr(obj, "__signature__", None)
    if given is not None:
        if callable(given) and not isinstance(given, Signature):
            given = given()
        if isinstance(given, str):
            given = _from_text(given)
        if not isinstance(given, Signature):
            raise TypeError(f"unexpected object {given!r} in __signature__ attribute")
        return given
    method = getattr(obj, "__partialmethod__", None)
    from functools import partial, partialmethod

    if isinstance(method, partialmethod):
        whole = _signature(method.func, follow_wrapped)
        rest = _of_partial(method, whole, (None,))
        receiver = next(iter(whole.parameters.values()), None)
        if receiver is None or receiver.kind is Parameter.VAR_POSITIONAL:
            return rest
        return rest.replace(parameters=(receiver, *rest.parameters.values()))
    if isfunction(obj):
        return _of_function(obj)
    if isinstance(obj, partial):
        return _of_partial(obj, _signature(obj.func, follow_wrapped))
    if isinstance(obj, type):
        return _of_class(obj)
    if _internals.native_signature(obj) is not None:
        return _of_native(obj)
    call = _in_classes(_mro_of(type(obj)), "__call__")
    if call is not _void:
        found = _of_method(call, obj, type(obj))
        if found is not None:
            return found
    raise ValueError(f"no signature found for builtin {obj!r}")


def _of_method(method, receiver, owner):
    # The signature of what a class keeps under a name, called on a receiver; None when it is native.
    if isfunction(method):
        return _without_first(_signature(method, True))
    get = getattr(type(method), "__get__", None)
    if isinstance(method, (types.WrapperDescriptorType, types.MethodDescriptorType, types.BuiltinFunctionType)):
        return None
    bound = method if get is None else get(method, receiver, owner)
    return _signature(bound, True) if callable(bound) else None


def _from_text(text):
    names = {}
    exec(f"def f{text}: pass", names)
    return _of_function(names["f"])


def _of_class(obj):
    call = _in_classes(_mro_of(type(obj)), "__call__")
    found = None if call is _void else _of_method(call, obj, type(obj))
    if found is not None:
        return found
    text = _in_classes(_mro_of(obj), "__text_signature__")
    if isinstance(text, str):
        return _from_text(text)
    # Whichever of the two stands first in the order of the bases.
    for base in obj.__mro__:
        for name in ("__new__", "__init__"):
            method = base.__dict__.get(name)
            if isinstance(method, staticmethod):
                # `__new__` is given the class all the same.
                method = method.__func__
                if not isfunction(method) and name == "__new__" and callable(method):
                    return _without_first(_signature(method, True))
            if method is None or isinstance(base.__dict__[name], types.BuiltinFunctionType):
                continue
            found = _of_method(method, None if name == "__new__" else obj, obj)
            if found is not None:
                return found
        if "__init__" in base.__dict__ or "__new__" in base.__dict__:
            break
    if obj.__init__ is object.__init__ and obj.__new__ is object.__new__:
        return Signature()
    kind = "builtin" if obj is type else "builtin type"
    raise ValueError(f"no signature found for {kind} {obj!r}")


FullArgSpec = namedtuple(
    "FullArgSpec", "args, varargs, varkw, defaults, kwonlyargs, kwonlydefaults, annotations"
)
ArgInfo = namedtuple("ArgInfo", "args varargs keywords locals")
Arguments = namedtuple("Arguments", "args, varargs, varkw")
ClosureVars = namedtuple("ClosureVars", "nonlocals globals builtins unbound")
Attribute = namedtuple("Attribute", "name kind defining_class object")


def getfullargspec(func):
    try:
        func = func.__func__ if ismethod(func) else func
        found = _signature(func, False)
    except Exception as error:
        raise TypeError("unsupported callable") from error
    args, kwonly, annotations, kwdefaults = [], [], {}, {}
    defaults = ()
    varargs = varkw = None
    if found.return_annotation is not _empty:
        annotations["return"] = found.return_annotation
    for param in found.parameters.values():
        if param.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
            args.append(param.name)
            if param.default is not _empty:
                defaults += (param.default,)
        elif param.kind is Parameter.VAR_POSITIONAL:
            varargs = param.name
        elif param.kind is Parameter.KEYWORD_ONLY:
            kwonly.append(param.name)
            if param.default is not _empty:
                kwdefaults[param.name] = param.default
        else:
            varkw = param.name
        if param.annotation is not _empty:
            annotations[param.name] = param.annotation
    return FullArgSpec(args, varargs, varkw, defaults or None, kwonly, kwdefaults or None, annotations)


def getargs(co):
    if not iscode(co):
        raise TypeError(f"{co!r} is not a code object")
    names = co.co_varnames
    end = co.co_argcount + co.co_kwonlyargcount
    varargs = varkw = None
    args = list(names[:end])
    if co.co_flags & CO_VARARGS:
        varargs = names[end]
        end += 1
    if co.co_flags & CO_VARKEYWORDS:
        varkw = names[end]
    return Arguments(args, varargs, varkw)


def getargvalues(frame):
    return ArgInfo(*getargs(frame.f_code), frame.f_locals)


def formatargvalues(
    args, varargs, varkw, locals, formatarg=str, formatvarargs=lambda name: "*" + name,
    formatvarkw=lambda name: "**" + name, formatvalue=lambda value: "=" + repr(value),
):
    shown = [formatarg(name) + formatvalue(locals[name]) for name in args]
    if varargs:
        shown.append(formatvarargs(varargs) + formatvalue(locals[varargs]))
    if varkw:
        shown.append(formatvarkw(varkw) + formatvalue(locals[varkw]))
    return f"({', '.join(shown)})"


def getcallargs(func, /, *positional, **named):
    found = _signature(func.__func__ if ismethod(func) else func, False)
    if ismethod(func):
        positional = (func.__self__, *positional)
    # A call of a function with these parameters refuses what a call of `func` would refuse.
    defaults = {}
    shown = []
    for name, param in found.parameters.items():
        default = param.default
        if default is not _empty:
            defaults[f"default_{name}"] = default
            default = _Text(f"default_{name}")
        shown.append(param.replace(annotation=_empty, default=default))
    exec(f"def call{Signature(shown)}: return locals()", defaults)
    call = defaults["call"]
    call.__name__ = call.__qualname__ = func.__name__
    values = call(*positional, **named)
    # What was given comes first, then what stands in for it.
    given = found.bind(*positional, **named).arguments
    kinds = {name: param.kind for name, param in found.parameters.items()}
    starred = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    order = [
        *(name for name in given if kinds[name] not in (*starred, Parameter.KEYWORD_ONLY)),
        *(name for name in values if kinds[name] in starred),
        *(name for name in given if kinds[name] is Parameter.KEYWORD_ONLY),
        *values,
    ]
    return {name: values[name] for name in order}


class _Text(str):
    # A text that shows itself as it is.
    __repr__ = str.__str__


def getclosurevars(func):
    if ismethod(func):
        func = func.__func__
    if not isfunction(func):
        raise TypeError(f"{func!r} is not a Python function")
    code = func.__code__
    nonlocals = {}
    for name, cell in zip(code.co_freevars, func.__closure__ or ()):
        try:
            nonlocals[name] = cell.cell_contents
        except ValueError:
            # Not bound yet.
            pass
    import builtins

    global_names, builtin_names, unbound = {}, {}, set()
    for name in code.co_names:
        if name in func.__globals__:
            global_names[name] = func.__globals__[name]
        elif hasattr(builtins, name):
            builtin_names[name] = getattr(builtins, name)
        elif name not in ("None", "True", "False"):
            unbound.add(name)
    return ClosureVars(nonlocals, global_names, builtin_names, unbound)


def classify_class_attrs(cls):
    found = []
    for name in sorted(set(dir(cls))):
        home = next((base for base in cls.__mro__ if name in base.__dict__), None)
        value = home.__dict__[name] if home is not None else getattr(cls, name)
        if isinstance(value, (staticmethod, types.BuiltinMethodType)):
            kind = "static method"
        elif isinstance(value, (classmethod, types.ClassMethodDescriptorType)):
            kind = "class method"
        elif isinstance(value, property):
            kind = "property"
        elif isroutine(value):
            kind = "method"
        else:
            kind = "data"
        found.append(Attribute(name, kind, home, value))
    return found


def walktree(classes, children, parent):
    found = []
    classes.sort(key=lambda c: (c.__module__, c.__name__))
    for cls in classes:
        found.append((cls, cls.__bases__))
        if cls in children:
            found.append(walktree(children[cls], children, cls))
    return found


def getclasstree(classes, unique=False):
    children = {}
    roots = []
    for cls in classes:
        if cls.__bases__:
            for parent in cls.__bases__:
                below = children.setdefault(parent, [])
                if cls not in below:
                    below.append(cls)
                if unique and parent in classes:
                    break
        elif cls not in roots:
            roots.append(cls)
    for parent in children:
        if parent not in classes:
            roots.append(parent)
    return walktree(roots, children, None)


# ---- source text


class ClassFoundException(Exception):
    pass


class EndOfBlock(Exception):
    pass


def getfile(object):
    if ismodule(object):
        if getattr(object, "__file__", None):
            return object.__file__
        raise TypeError(f"{object!r} is a built-in module")
    if isclass(object):
        if hasattr(object, "__module__"):
            module = sys.modules.get(object.__module__)
            if getattr(module, "__file__", None):
                return module.__file__
            if object.__module__ == "__main__":
                raise OSError("source code not available")
        raise TypeError(f"{object!r} is a built-in class")
    if ismethod(object):
        object = object.__func__
    if isfunction(object):
        object = object.__code__
    if istraceback(object):
        object = object.tb_frame
    if isframe(object):
        object = object.f_code
    if iscode(object):
        return object.co_filename
    raise TypeError(
        "module, class, method, function, traceback, frame, or code object was expected, got "
        + type(object).__name__
    )


def getsourcefile(object):
    return getfile(object)


def getabsfile(object, _filename=None):
    return _filename or getsourcefile(object)


def getmodulename(path):
    last = path.rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    return stem if dot and ending in ("py", "co", "pyc", "so") else None


def findsource(object):
    file = getsourcefile(object)
    if ismethod(object):
        object = object.__func__
    if istraceback(object):
        object = object.tb_frame
    if isframe(object):
        object = object.f_code
    if isfunction(object):
        object = object.__code__
    if iscode(object) and not file.startswith("<"):
        lines = _internals.source_of_code(object).splitlines(keepends=True)
    else:
        lines = linecache.getlines(file)
    if not lines:
        raise OSError("could not get source code")
    if ismodule(object):
        return lines, 0
    if isclass(object):
        first = getattr(object, "__firstlineno__", None)
        if first is None:
            raise OSError("source code not available")
        if first - 1 >= len(lines):
            raise OSError("lineno is out of bounds")
        return lines, first - 1
    return lines, object.co_firstlineno - 1


def getblock(lines):
    # From a definition's first line (with decorators) to the last line that is indented deeper.
    def width(line):
        return len(line) - len(line.lstrip())

    margin = width(lines[0])
    body = None
    depth = 0
    quote = None
    header = True
    end = 1
    for i, line in enumerate(lines):
        at_start = depth == 0 and quote is None
        text = line.strip()
        if at_start and text and not text.startswith("#"):
            if not header and width(line) <= margin:
                break
            if not header and body is None:
                body = width(line)
            end = i + 1
        elif at_start and text and body is not None and width(line) >= body:
            # A comment as deep as the body belongs to it.
            end = i + 1
        elif not at_start:
            end = i + 1
        was_header = header and at_start and not text.startswith(("@", "#")) and text
        at = 0
        last = ""
        while at < len(line):
            c = line[at]
            if quote is not None:
                if c == "\\":
                    at += 2
                    continue
                if line.startswith(quote, at):
                    at += len(quote)
                    quote = None
                    continue
                at += 1
                if c == "\n" and len(quote or "") == 1:
                    quote = None
                continue
            if c == "#":
                break
            if c in "'\"":
                quote = c * 3 if line.startswith(c * 3, at) else c
                at += len(quote)
                last = c
                continue
            if c in "([{":
                depth += 1
            elif c in ")]}":
                depth -= 1
            if not c.isspace():
                last = c
            at += 1
        if header and depth == 0 and quote is None and (was_header or not at_start):
            if text.startswith("@") and at_start:
                continue
            # A definition ends its first line with a colon; a lambda or a one-line body is whole.
            if last == ":":
                header = False
            elif not line.rstrip().endswith("\\") and not _in_decorator(lines, i):
                return lines[: i + 1]
    return lines[:end]


def _in_decorator(lines, at):
    # Whether the brackets that closed on this line belong to a decorator.
    depth = 0
    for i in range(at, -1, -1):
        for c in reversed(lines[i]):
            if c in ")]}":
                depth += 1
            elif c in "([{":
                depth -= 1
        if depth <= 0:
            return lines[i].lstrip().startswith("@")
    return False


def getsourcelines(object):
    object = unwrap(object)
    lines, at = findsource(object)
    if istraceback(object):
        object = object.tb_frame
    if ismodule(object) or isframe(object) and object.f_code.co_name == "<module>":
        return lines, 0
    return getblock(lines[at:]), at + 1


def getsource(object):
    return "".join(getsourcelines(object)[0])


def getcomments(object):
    try:
        lines, at = findsource(object)
    except (OSError, TypeError):
        return None
    if ismodule(object):
        start = 0
        while start < len(lines) and lines[start].strip() in ("", "#") or lines[start].startswith("#!"):
            start += 1
        end = start
        while end < len(lines) and lines[end].startswith("#"):
            end += 1
        return "".join(lines[start:end]) or None
    margin = len(lines[at]) - len(lines[at].lstrip())
    first = at
    while first > 0:
        line = lines[first - 1]
        if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) != margin:
            break
        first -= 1
    return "".join(line.lstrip() for line in lines[first:at]) or None


def indentsize(line):
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


# ---- frames


_Traceback = namedtuple("_Traceback", "filename lineno function code_context index")
_FrameInfo = namedtuple("_FrameInfo", ("frame",) + _Traceback._fields)


class Traceback(_Traceback):
    def __new__(cls, filename, lineno, function, code_context, index, *, positions=None):
        made = super().__new__(cls, filename, lineno, function, code_context, index)
        made.positions = positions
        return made


class FrameInfo(_FrameInfo):
    def __new__(cls, frame, filename, lineno, function, code_context, index, *, positions=None):
        made = super().__new__(cls, frame, filename, lineno, function, code_context, index)
        made.positions = positions
        return made


def getframeinfo(frame, context=1):
    if istraceback(frame):
        lineno = frame.tb_lineno
        frame = frame.tb_frame
    else:
        lineno = frame.f_lineno
    if not isframe(frame):
        raise TypeError(f"{frame!r} is not a frame or traceback object")
    filename = getsourcefile(frame) or getfile(frame)
    lines = index = None
    if context > 0:
        start = lineno - 1 - context // 2
        try:
            lines, _ = findsource(frame)
            if filename.startswith("<"):
                lines = None
        except OSError:
            lines = None
        if lines is not None:
            start = max(0, min(start, len(lines) - context))
            lines = lines[start : start + context]
            index = lineno - 1 - start
    return Traceback(filename, lineno, frame.f_code.co_name, lines, index)


def getlineno(frame):
    return frame.f_lineno


def getouterframes(frame, context=1):
    found = []
    while frame:
        found.append(FrameInfo(frame, *getframeinfo(frame, context)))
        frame = frame.f_back
    return found


def getinnerframes(tb, context=1):
    found = []
    while tb:
        found.append(FrameInfo(tb.tb_frame, *getframeinfo(tb, context)))
        tb = tb.tb_next
    return found


def stack(context=1):
    return getouterframes(sys._getframe(1), context)


def trace(context=1):
    exc = sys.exception()
    return getinnerframes(exc.__traceback__ if exc is not None else None, context)
