# `inspect`: the questions that need no source text.

import types
from _internals import is_awaitable_function, is_awaitable_generator
from collections.abc import Awaitable

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


def isabstract(object):
    return isclass(object) and bool(getattr(object, "__abstractmethods__", None))


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
        return f"{prefix}_RUNNING"
    if suspended:
        return f"{prefix}_SUSPENDED"
    return f"{prefix}_CLOSED" if frame is None else f"{prefix}_CREATED"


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
    doc = getattr(object, "__doc__", None)
    return cleandoc(doc) if isinstance(doc, str) else None


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


def getmembers(object, predicate=None):
    found = []
    for name in sorted(dir(object)):
        try:
            value = getattr(object, name)
        except AttributeError:
            continue
        if predicate is None or predicate(value):
            found.append((name, value))
    return found


def getattr_static(obj, attr, default=...):
    places = []
    if not isinstance(obj, type):
        places.append(getattr(obj, "__dict__", {}))
        places += [cls.__dict__ for cls in type(obj).__mro__]
    else:
        places += [cls.__dict__ for cls in obj.__mro__]
        places += [cls.__dict__ for cls in type(obj).__mro__]
    for place in places:
        if attr in place:
            return place[attr]
    if default is not ...:
        return default
    raise AttributeError(attr)


def unwrap(func, *, stop=None):
    seen = {id(func)}
    start = func
    while hasattr(func, "__wrapped__") and not (stop is not None and stop(func)):
        func = func.__wrapped__
        if id(func) in seen:
            raise ValueError(f"wrapper loop when unwrapping {start!r}")
        seen.add(id(func))
    return func


def currentframe():
    import sys

    return sys._getframe(1)


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    if isinstance(obj, type):
        found = obj.__dict__.get("__annotations__", {})
    else:
        found = getattr(obj, "__annotations__", None) or {}
    found = dict(found)
    if eval_str:
        scope = globals if globals is not None else getattr(obj, "__globals__", {})
        found = {k: eval(v, scope, locals) if isinstance(v, str) else v for k, v in found.items()}
    return found


class _empty:
    pass


class _ParameterKind:
    def __init__(self, value, name, description):
        self.value, self.name, self.description = value, name, description

    def __repr__(self):
        return f"<_ParameterKind.{self.name}: {self.value}>"

    def __str__(self):
        return self.name

    def __lt__(self, other):
        return self.value < other.value

    def __gt__(self, other):
        return self.value > other.value

    def __eq__(self, other):
        return isinstance(other, _ParameterKind) and self.value == other.value

    def __hash__(self):
        return self.value


def formatannotation(annotation, base_module=None):
    if isinstance(annotation, type) and type(annotation) is type:
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


class Parameter:
    POSITIONAL_ONLY = _ParameterKind(0, "POSITIONAL_ONLY", "positional-only")
    POSITIONAL_OR_KEYWORD = _ParameterKind(1, "POSITIONAL_OR_KEYWORD", "positional or keyword")
    VAR_POSITIONAL = _ParameterKind(2, "VAR_POSITIONAL", "variadic positional")
    KEYWORD_ONLY = _ParameterKind(3, "KEYWORD_ONLY", "keyword-only")
    VAR_KEYWORD = _ParameterKind(4, "VAR_KEYWORD", "variadic keyword")
    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        self.name, self.kind, self.default, self.annotation = name, kind, default, annotation

    def replace(self, **changes):
        parts = {"name": self.name, "kind": self.kind, "default": self.default, "annotation": self.annotation}
        parts.update(changes)
        return Parameter(parts["name"], parts["kind"], default=parts["default"], annotation=parts["annotation"])

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
        return f'<Parameter "{self}">'

    def __eq__(self, other):
        if not isinstance(other, Parameter):
            return NotImplemented
        return (self.name, self.kind, self.default, self.annotation) == (
            other.name, other.kind, other.default, other.annotation,
        )

    def __hash__(self):
        return hash((self.name, self.kind))


class BoundArguments:
    def __init__(self, signature, arguments):
        self.signature, self.arguments = signature, arguments

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
        found = {}
        for name, param in self.signature.parameters.items():
            if name not in self.arguments:
                continue
            if param.kind is Parameter.VAR_KEYWORD:
                found.update(self.arguments[name])
            elif param.kind is Parameter.KEYWORD_ONLY:
                found[name] = self.arguments[name]
        return found

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
        return f"<BoundArguments ({inner})>"


class Signature:
    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        self._parameters = {param.name: param for param in parameters or ()}
        self.return_annotation = return_annotation

    @property
    def parameters(self):
        return types.MappingProxyType(self._parameters)

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        return signature(obj, follow_wrapped=follow_wrapped)

    def replace(self, *, parameters=None, return_annotation=...):
        return Signature(
            self._parameters.values() if parameters is None else parameters,
            return_annotation=self.return_annotation if return_annotation is ... else return_annotation,
        )

    def __eq__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        return (
            list(self._parameters.values()) == list(other._parameters.values())
            and self.return_annotation == other.return_annotation
        )

    def __hash__(self):
        return hash(tuple(self._parameters))

    def __str__(self):
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
        if self.return_annotation is not _empty:
            text += f" -> {formatannotation(self.return_annotation)}"
        return text

    def __repr__(self):
        return f"<Signature {self}>"

    def _bind(self, args, kwargs, partial):
        arguments = {}
        rest = list(args)
        kwargs = dict(kwargs)
        for name, param in self._parameters.items():
            kind = param.kind
            if kind is Parameter.VAR_POSITIONAL:
                if rest:
                    arguments[name] = tuple(rest)
                    rest = []
            elif kind is Parameter.VAR_KEYWORD:
                if kwargs:
                    arguments[name] = kwargs
                    kwargs = {}
            elif kind is not Parameter.KEYWORD_ONLY and rest:
                if name in kwargs and kind is not Parameter.POSITIONAL_ONLY:
                    raise TypeError(f"multiple values for argument {name!r}")
                arguments[name] = rest.pop(0)
            elif kind is not Parameter.POSITIONAL_ONLY and name in kwargs:
                arguments[name] = kwargs.pop(name)
            elif param.default is _empty and not partial:
                if kind is Parameter.KEYWORD_ONLY:
                    raise TypeError(f"missing a required keyword-only argument: {name!r}")
                raise TypeError(f"missing a required argument: {name!r}")
        if rest:
            raise TypeError("too many positional arguments")
        if kwargs:
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
    if params and params[0].kind is not Parameter.VAR_POSITIONAL:
        params = params[1:]
    return found.replace(parameters=params)


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if ismethod(obj):
        return _without_first(signature(obj.__func__))
    if follow_wrapped:
        obj = unwrap(obj)
    if isfunction(obj):
        return _of_function(obj)
    from functools import partial

    if isinstance(obj, partial):
        found = signature(obj.func)
        bound = found.bind_partial(*obj.args, **obj.keywords)
        params = []
        for name, param in found.parameters.items():
            if name in obj.keywords:
                params.append(param.replace(kind=Parameter.KEYWORD_ONLY, default=obj.keywords[name]))
            elif name not in bound.arguments or param.kind is Parameter.VAR_POSITIONAL:
                params.append(param)
        return found.replace(parameters=params)
    if isinstance(obj, type):
        for name in ("__new__", "__init__"):
            method = getattr(obj, name, None)
            if isfunction(method):
                return _without_first(_of_function(method))
        if obj.__init__ is object.__init__:
            return Signature()
        raise ValueError(f"no signature found for builtin type {obj!r}")
    call = getattr(type(obj), "__call__", None)
    if isfunction(call):
        return _without_first(_of_function(call))
    raise ValueError(f"no signature found for builtin {obj!r}")
