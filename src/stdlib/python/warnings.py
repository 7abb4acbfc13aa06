# `warnings`.

import sys
import _internals

filters = []
_defaults = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]
filters.extend(_defaults)
defaultaction = "default"
onceregistry = {}
_shown = set()


class WarningMessage:
    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message, self.category, self.filename, self.lineno = message, category, filename, lineno
        self.file, self.line, self.source = file, line, source
        self._category_name = category.__name__ if category else None

    def __str__(self):
        return (
            f"{{message : {self.message!r}, category : {self._category_name!r}, "
            f"filename : {self.filename!r}, lineno : {self.lineno!r}, line : {self.line!r}}}"
        )


def formatwarning(message, category, filename, lineno, line=None):
    text = f"{filename}:{lineno}: {category.__name__}: {message}\n"
    if line:
        text += f"  {line.strip()}\n"
    return text


def showwarning(message, category, filename, lineno, file=None, line=None):
    text = formatwarning(message, category, filename, lineno, line)
    if str(message).endswith("was never awaited"):
        text += "RuntimeWarning: Enable tracemalloc to get the object allocation traceback\n"
    if file is not None:
        file.write(text)
    else:
        _internals.write_err(text)


_original_show = showwarning


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    _add((action, message or None, category, module or None, lineno), append)


def simplefilter(action, category=Warning, lineno=0, append=False):
    _add((action, None, category, None, lineno), append)


def _add(item, append):
    if item[0] not in ("error", "ignore", "always", "all", "default", "module", "once"):
        raise ValueError(f"invalid action: {item[0]!r}")
    if append:
        if item not in filters:
            filters.append(item)
        return
    if item in filters:
        filters.remove(item)
    filters.insert(0, item)
    _shown.clear()


def resetwarnings():
    filters.clear()


def _action(text, category, module, lineno):
    for action, message, kind, where, line in filters:
        if message is not None and not text.lower().startswith(message.lower()):
            continue
        if not issubclass(category, kind):
            continue
        if where is not None and where != module:
            continue
        if line and line != lineno:
            continue
        return action
    return defaultaction


def warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=()):
    if isinstance(message, Warning):
        category = type(message)
    if category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    filename, lineno, line = _internals.caller(stacklevel)
    try:
        module = sys._getframe(stacklevel).f_globals.get("__name__", "<unknown>")
    except ValueError:
        module = "sys"
    _issue(message, category, filename, lineno, line, module, source)


def warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None):
    _issue(message, category, filename, lineno, None, module or filename, source)


def _issue(message, category, filename, lineno, line, module, source):
    if isinstance(message, Warning):
        text = str(message)
        category = type(message)
    else:
        text = str(message)
        message = category(message)
    action = _action(text, category, module, lineno)
    if action == "ignore":
        return
    if action == "error":
        raise message
    if action == "once":
        key = (text, category)
    elif action == "module":
        key = (text, category, module)
    elif action == "default":
        key = (text, category, filename, lineno)
    else:
        key = None
    if key is not None:
        if key in _shown:
            return
        _shown.add(key)
    if _records:
        _records[-1].append(WarningMessage(message, category, filename, lineno, source=source))
        return
    showwarning(message, category, filename, lineno, None, line)


_records = []


class catch_warnings:
    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False):
        self._record = record
        self._filter = (action, category, lineno, append)
        self._entered = False

    def __enter__(self):
        if self._entered:
            raise RuntimeError(f"Cannot enter {self!r} twice")
        self._entered = True
        self._saved = filters[:], showwarning, set(_shown)
        _shown.clear()
        action, category, lineno, append = self._filter
        if action is not None:
            simplefilter(action, category, lineno, append)
        if self._record:
            _records.append([])
            return _records[-1]
        return None

    def __exit__(self, *exc_info):
        global showwarning
        if not self._entered:
            raise RuntimeError(f"Cannot exit {self!r} without entering first")
        filters[:], showwarning, shown = self._saved
        _shown.clear()
        _shown.update(shown)
        if self._record:
            _records.pop()


class deprecated:
    def __init__(self, message, /, *, category=DeprecationWarning, stacklevel=1):
        if not isinstance(message, str):
            raise TypeError(f"Expected an object of type str for 'message', not {type(message).__name__!r}")
        self.message, self.category, self.stacklevel = message, category, stacklevel

    def __call__(self, arg, /):
        from functools import wraps

        message, category, level = self.message, self.category, self.stacklevel
        arg.__deprecated__ = message
        if category is None:
            return arg
        if isinstance(arg, type):
            original = arg.__new__

            def __new__(cls, /, *args, **kwargs):
                if cls is arg:
                    warn(message, category=category, stacklevel=level + 1)
                if original is not object.__new__:
                    return original(cls, *args, **kwargs)
                return object.__new__(cls)

            arg.__new__ = staticmethod(__new__)
            return arg

        @wraps(arg)
        def wrapper(*args, **kwargs):
            warn(message, category=category, stacklevel=level + 1)
            return arg(*args, **kwargs)

        wrapper.__deprecated__ = message
        return wrapper
