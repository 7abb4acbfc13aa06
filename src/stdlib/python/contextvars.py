# `contextvars`. The current context is a variable of this module; `Context.run` changes it for
# the time of a call, and the event loop runs each step of a task under the task's context.

import _internals
from types import GenericAlias


class Context:
    def __new__(cls, /, *args, **kwargs):
        if args or kwargs:
            raise TypeError("Context() does not accept any arguments")
        self = super().__new__(cls)
        self._values = {}
        self._outer = None
        self._entered = False
        return self

    def run(self, callable, /, *args, **kwargs):
        self._enter()
        try:
            return callable(*args, **kwargs)
        finally:
            self._leave()

    def _enter(self):
        global _current
        if self._entered:
            raise RuntimeError(f"cannot enter context: {self!r} is already entered")
        self._entered = True
        self._outer = _current
        _current = self

    def _leave(self):
        global _current
        _current = self._outer
        self._outer = None
        self._entered = False

    def copy(self):
        new = Context()
        new._values = dict(self._values)
        return new

    def __getitem__(self, var):
        _check_key(var)
        return self._values[var]

    def __contains__(self, var):
        _check_key(var)
        return var in self._values

    def get(self, var, default=None, /):
        _check_key(var)
        return self._values.get(var, default)

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()

    def __eq__(self, other):
        if not isinstance(other, Context):
            return NotImplemented
        return self._values == other._values

    __hash__ = None

    def __repr__(self):
        return f"<_contextvars.Context object at {_internals.address(self)}>"


def _check_key(var):
    if not isinstance(var, ContextVar):
        raise TypeError(f"a ContextVar key was expected, got {var!r}")


_current = Context()
_current._entered = True
_missing = object()


class ContextVar:
    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, name, /, *, default=_missing):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self._name = name
        self._default = default

    @property
    def name(self):
        return self._name

    def get(self, default=_missing, /):
        value = _current._values.get(self, _missing)
        if value is not _missing:
            return value
        if default is not _missing:
            return default
        if self._default is not _missing:
            return self._default
        raise LookupError(self)

    def set(self, value, /):
        values = _current._values
        token = Token._make(self, values.get(self, Token.MISSING), _current)
        values[self] = value
        return token

    def reset(self, token, /):
        if not isinstance(token, Token):
            raise TypeError(f"expected an instance of Token, got {token!r}")
        if token._used:
            raise RuntimeError(f"{token!r} has already been used once")
        if token._var is not self:
            raise ValueError(f"{token!r} was created by a different ContextVar")
        if token._context is not _current:
            raise ValueError(f"{token!r} was created in a different Context")
        token._used = True
        if token._old is Token.MISSING:
            _current._values.pop(self, None)
        else:
            _current._values[self] = token._old

    def __repr__(self):
        default = "" if self._default is _missing else f" default={self._default!r}"
        return f"<ContextVar name={self._name!r}{default} at {_internals.address(self)}>"


class _Missing:
    def __repr__(self):
        return "<Token.MISSING>"


class Token:
    __class_getitem__ = classmethod(GenericAlias)
    MISSING = _Missing()

    def __new__(cls, *args, **kwargs):
        raise RuntimeError("Tokens can only be created by ContextVars")

    @classmethod
    def _make(cls, var, old, context):
        self = object.__new__(cls)
        self._var, self._old, self._context, self._used = var, old, context, False
        return self

    @property
    def var(self):
        return self._var

    @property
    def old_value(self):
        return self._old

    __hash__ = None

    def __repr__(self):
        used = " used" if self._used else ""
        return f"<Token{used} var={self._var!r} at {_internals.address(self)}>"


def copy_context():
    return _current.copy()
