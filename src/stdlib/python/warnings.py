# `warnings`: filters decide whether a warning is shown, kept, or raised.

import sys
import _internals

__all__ = [
    "warn", "warn_explicit", "showwarning", "formatwarning", "filterwarnings", "simplefilter",
    "resetwarnings", "catch_warnings", "deprecated",
]

filters = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]
defaultaction = "default"
onceregistry = {}
# Grows when the filters change: what was shown before may be shown again.
_version = 0


class WarningMessage:
    _WARNING_DETAILS = ("message", "category", "filename", "lineno", "file", "line", "source")

    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message, self.category, self.filename, self.lineno = message, category, filename, lineno
        self.file, self.line, self.source = file, line, source
        self._category_name = category.__name__ if category else None

    def __str__(self):
        return (
            f"{{message : {self.message!r}, category : {self._category_name!r}, "
            f"filename : {self.filename!r}, lineno : {self.lineno}, line : {self.line!r}}}"
        )


def formatwarning(message, category, filename, lineno, line=None):
    return _formatwarnmsg_impl(WarningMessage(message, category, filename, lineno, None, line))


def _formatwarnmsg_impl(msg):
    text = f"{msg.filename}:{msg.lineno}: {msg.category.__name__}: {msg.message}\n"
    line = msg.line
    if line is None:
        from linecache import getline

        line = getline(msg.filename, msg.lineno)
    if line and line.strip():
        text += f"  {line.strip()}\n"
    # Without a place the program has ended, and with it what could say where an object was made.
    said = str(msg.message).partition("\n")[0]
    never_awaited = said.endswith("was never awaited") and msg.category is RuntimeWarning
    if never_awaited and msg.lineno > 0:
        text += "RuntimeWarning: Enable tracemalloc to get the object allocation traceback\n"
    return text


def showwarning(message, category, filename, lineno, file=None, line=None):
    _showwarnmsg_impl(WarningMessage(message, category, filename, lineno, file, line))


def _showwarnmsg_impl(msg):
    file = msg.file
    text = _formatwarnmsg(msg)
    if file is None:
        file = sys.stderr
        if file is None:
            return
    try:
        file.write(text)
    except OSError:
        # A standard error that nobody reads.
        pass


_showwarning_orig = showwarning
_formatwarning_orig = formatwarning


def _formatwarnmsg(msg):
    if formatwarning is not _formatwarning_orig:
        return formatwarning(msg.message, msg.category, msg.filename, msg.lineno, msg.line)
    return _formatwarnmsg_impl(msg)


def _showwarnmsg(msg):
    if showwarning is not _showwarning_orig:
        if not callable(showwarning):
            raise TypeError("warnings.showwarning() must be set to a function or method")
        showwarning(msg.message, msg.category, msg.filename, msg.lineno, msg.file, msg.line)
        return
    _showwarnmsg_impl(msg)


_ACTIONS = ("error", "ignore", "always", "all", "default", "module", "once")


def _check(action, category, lineno):
    if action not in _ACTIONS:
        raise ValueError(f"invalid action: {action!r}")
    if not isinstance(category, type) or not issubclass(category, Warning):
        raise TypeError("category must be a Warning subclass")
    if not isinstance(lineno, int):
        raise TypeError("lineno must be an int")
    if lineno < 0:
        raise ValueError("lineno must be an int >= 0")


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    if action not in _ACTIONS:
        raise ValueError(f"invalid action: {action!r}")
    if not isinstance(message, str):
        raise TypeError("message must be a string")
    if not isinstance(module, str):
        raise TypeError("module must be a string")
    _check(action, category, lineno)
    _add((action, _pattern(message, True), category, _pattern(module, False), lineno), append)


def simplefilter(action, category=Warning, lineno=0, append=False):
    _check(action, category, lineno)
    _add((action, None, category, None, lineno), append)


class _Start:
    # A pattern that is plain text, for which nobody needs the `re` module.
    def __init__(self, pattern, ignore_case):
        self.pattern = pattern
        self._ignore_case = ignore_case

    def match(self, text):
        if self._ignore_case:
            return text.lower().startswith(self.pattern.lower())
        return text.startswith(self.pattern)

    def __eq__(self, other):
        return isinstance(other, _Start) and self.pattern == other.pattern


class _Simple(_Start):
    # A pattern of characters and dots, each perhaps repeated by a star: most that programs write.
    def __init__(self, pattern, ignore_case, steps, whole):
        super().__init__(pattern, ignore_case)
        self._steps = steps
        self._whole = whole

    def match(self, text):
        if self._ignore_case:
            text = text.lower()
        places = {0}
        for wanted, repeated in self._steps:
            after = {
                place + 1 for place in places
                if place < len(text) and (text[place] == wanted if wanted else text[place] != "\n")
            }
            if repeated:
                new = after - places
                after |= places
                while new:
                    new = {
                        place + 1 for place in new
                        if place < len(text) and (text[place] == wanted if wanted else text[place] != "\n")
                    } - after
                    after |= new
            places = after
        if self._whole:
            ends = {len(text), len(text) - 1 if text.endswith("\n") else len(text)}
            places &= ends
        return bool(places)


def _steps(text):
    # (character or None for any, whether it is repeated); nothing when there is more to the pattern.
    steps = []
    at = 0
    while at < len(text):
        wanted = text[at]
        at += 1
        if wanted == "\\":
            if at == len(text) or text[at].isalnum():
                return None
            wanted = text[at]
            at += 1
        elif wanted == ".":
            wanted = None
        elif wanted in "^$*+?{}[]|()":
            return None
        repeated = text[at:at + 1] == "*"
        at += repeated
        if text[at:at + 1] in ("*", "+", "?", "{"):
            return None
        steps.append((wanted, repeated))
    return steps


def _pattern(text, ignore_case):
    if not text:
        return None
    if not any(sign in "\\.^$*+?{}[]|()" for sign in text):
        return _Start(text, ignore_case)
    inner = (text.lower() if ignore_case else text).removeprefix("^")
    whole = inner.endswith("$") and not inner.endswith("\\$")
    steps = _steps(inner.removesuffix("$") if whole else inner)
    if steps is not None:
        return _Simple(text, ignore_case, steps, whole)
    import re

    return re.compile(text, re.IGNORECASE if ignore_case else 0)


def _add(item, append):
    if append:
        if item not in filters:
            filters.append(item)
    else:
        if item in filters:
            filters.remove(item)
        filters.insert(0, item)
    _filters_mutated()


def _filters_mutated():
    global _version
    _version += 1


def resetwarnings():
    filters.clear()
    _filters_mutated()


def _action(text, category, module, lineno):
    for action, message, kind, where, line in filters:
        if (
            (message is None or message.match(text))
            and issubclass(category, kind)
            and (where is None or (where == module if isinstance(where, str) else where.match(module)))
            and (line == 0 or line == lineno)
        ):
            return action
    return defaultaction


def _caller(level, prefixes):
    # The frame that a warning is about: the library's own frames do not count as callers.
    # When a coroutine dies at exit there is no caller.
    frame = sys._getframe(1).f_back
    while level > 1 and frame is not None:
        frame = frame.f_back
        while frame is not None and (
            "importlib" in frame.f_code.co_filename and "_bootstrap" in frame.f_code.co_filename
            or prefixes and frame.f_code.co_filename.startswith(prefixes)
        ):
            frame = frame.f_back
        level -= 1
    return frame


def warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=()):
    if isinstance(message, Warning):
        category = type(message)
    elif category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    if not isinstance(skip_file_prefixes, tuple):
        raise TypeError("skip_file_prefixes must be a tuple of strs.")
    if skip_file_prefixes:
        stacklevel = max(2, stacklevel)
    frame = _caller(stacklevel, skip_file_prefixes)
    if frame is None:
        filename, lineno, names = "<sys>", 0, sys.__dict__
    else:
        filename, lineno, names = frame.f_code.co_filename, frame.f_lineno, frame.f_globals
    registry = names.setdefault("__warningregistry__", {})
    module = names.get("__name__", "<string>")
    _issue(message, category, filename, lineno, module, registry, source)


def warn_explicit(
    message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None
):
    lineno = int(lineno)
    if module is None:
        module = filename or "<unknown>"
        if module[-3:].lower() == ".py":
            module = module[:-3]
    _issue(message, category, filename, lineno, module, registry, source)


def _seen(registry, key, remember):
    # What was seen under other filters does not count.
    if registry.get("version") != _version:
        registry.clear()
        registry["version"] = _version
    elif registry.get(key):
        return True
    if remember:
        registry[key] = True
    return False


def _issue(message, category, filename, lineno, module, registry, source):
    if isinstance(message, Warning):
        text = str(message)
        category = type(message)
    else:
        text = message
        message = category(message)
    key = (text, category, lineno)
    if registry is not None and _seen(registry, key, False):
        return
    action = _action(str(text), category, module, lineno)
    if action == "ignore":
        return
    if action == "error":
        raise message
    if action not in ("always", "all"):
        if registry is not None:
            registry[key] = True
        if action == "once":
            if _seen(onceregistry if registry is None else registry, (text, category), True):
                return
        elif action == "module":
            if registry is not None and _seen(registry, (text, category), True):
                return
        elif action != "default":
            raise RuntimeError(f"Unrecognized action ({action!r}) in warnings.filters:\n {(action, category)}")
    _showwarnmsg(WarningMessage(message, category, filename, lineno, source=source))


class catch_warnings:
    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False):
        self._record = record
        self._module = sys.modules["warnings"] if module is None else module
        self._entered = False
        self._filter = None if action is None else (action, category, lineno, append)

    def __repr__(self):
        parts = []
        if self._record:
            parts.append("record=True")
        if self._module is not sys.modules["warnings"]:
            parts.append(f"module={self._module!r}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def __enter__(self):
        if self._entered:
            raise RuntimeError(f"Cannot enter {self!r} twice")
        self._entered = True
        module = self._module
        self._filters = module.filters
        module.filters = self._filters[:]
        module._filters_mutated()
        self._showwarning = module.showwarning
        self._showwarnmsg_impl = module._showwarnmsg_impl
        log = None
        if self._record:
            log = []
            module._showwarnmsg_impl = log.append
            module.showwarning = module._showwarning_orig
        if self._filter is not None:
            simplefilter(*self._filter)
        return log

    def __exit__(self, *exc_info):
        if not self._entered:
            raise RuntimeError(f"Cannot exit {self!r} without entering first")
        module = self._module
        module.filters = self._filters
        module._filters_mutated()
        module.showwarning = self._showwarning
        module._showwarnmsg_impl = self._showwarnmsg_impl


class deprecated:
    def __init__(self, message, /, *, category=DeprecationWarning, stacklevel=1):
        if not isinstance(message, str):
            raise TypeError(f"Expected an object of type str for 'message', not {type(message).__name__!r}")
        self.message, self.category, self.stacklevel = message, category, stacklevel

    def __call__(self, arg, /):
        import functools
        from types import MethodType

        message, category, level = self.message, self.category, self.stacklevel
        if category is None:
            arg.__deprecated__ = message
            return arg
        if isinstance(arg, type):
            original = arg.__new__

            @functools.wraps(original)
            def __new__(cls, /, *args, **kwargs):
                if cls is arg:
                    warn(message, category=category, stacklevel=level + 1)
                if original is not object.__new__:
                    return original(cls, *args, **kwargs)
                if cls.__init__ is object.__init__ and (args or kwargs):
                    raise TypeError(f"{cls.__name__}() takes no arguments")
                return original(cls)

            arg.__new__ = staticmethod(__new__)
            inherited = arg.__init_subclass__
            if isinstance(inherited, MethodType):
                function = inherited.__func__

                @functools.wraps(function)
                def __init_subclass__(*args, **kwargs):
                    warn(message, category=category, stacklevel=level + 1)
                    return function(*args, **kwargs)

                arg.__init_subclass__ = classmethod(__init_subclass__)
            else:

                @functools.wraps(inherited)
                def __init_subclass__(*args, **kwargs):
                    warn(message, category=category, stacklevel=level + 1)
                    return inherited(*args, **kwargs)

                arg.__init_subclass__ = __init_subclass__
            arg.__deprecated__ = __new__.__deprecated__ = message
            __init_subclass__.__deprecated__ = message
            return arg
        if not callable(arg):
            raise TypeError(
                "@deprecated decorator with non-None category must be applied to "
                f"a class or callable, not {arg!r}"
            )
        from inspect import iscoroutinefunction, markcoroutinefunction

        @functools.wraps(arg)
        def wrapper(*args, **kwargs):
            warn(message, category=category, stacklevel=level + 1)
            return arg(*args, **kwargs)

        if iscoroutinefunction(arg):
            wrapper = markcoroutinefunction(wrapper)
        arg.__deprecated__ = wrapper.__deprecated__ = message
        return wrapper
