# `traceback`: tracebacks as data, and as the text that the machine prints.

import sys
import _internals
import linecache

__all__ = [
    "extract_stack", "extract_tb", "format_exception", "format_exception_only", "format_list",
    "format_stack", "format_tb", "print_exc", "format_exc", "print_exception", "print_last", "print_stack",
    "print_tb", "clear_frames", "FrameSummary", "StackSummary", "TracebackException", "walk_stack", "walk_tb",
    "print_list",
]

_REPEATS = 3
_missing = object()
_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"


class FrameSummary:
    def __init__(
        self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, end_lineno=None,
        colno=None, end_colno=None, **kwargs,
    ):
        self.filename = filename
        self.lineno = lineno
        self.end_lineno = lineno if end_lineno is None else end_lineno
        self.colno = colno
        self.end_colno = end_colno
        self.name = name
        self._line = line
        # The lines below the place, when the machine made them.
        self._shown = None
        self.locals = {k: _safe_repr(v) for k, v in locals.items()} if locals else None
        if lookup_line:
            self.line

    @property
    def line(self):
        if self._line is None:
            if self.lineno is None:
                return None
            self._line = linecache.getline(self.filename, self.lineno)
        return self._line.strip()

    @property
    def _original_line(self):
        return self._line

    def _tuple(self):
        return self.filename, self.lineno, self.name, self.line

    def __iter__(self):
        return iter(self._tuple())

    def __len__(self):
        return 4

    def __getitem__(self, at):
        return self._tuple()[at]

    def __eq__(self, other):
        if isinstance(other, FrameSummary):
            return (
                self.filename == other.filename and self.lineno == other.lineno and self.name == other.name
                and self.locals == other.locals
            )
        if isinstance(other, tuple):
            return self._tuple() == other
        return NotImplemented

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


def _safe_repr(value):
    try:
        return repr(value)
    except Exception:
        return "<local repr() failed>"


def _cut(entries, limit):
    # The first `limit` entries, or the last ones when it is negative.
    if limit is None:
        limit = getattr(sys, "tracebacklimit", None)
        if limit is not None and limit < 0:
            limit = 0
    if limit is None:
        return entries
    return entries[:limit] if limit >= 0 else entries[limit:]


class StackSummary(list):
    @classmethod
    def extract(klass, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        result = klass()
        for frame, lineno in _cut(list(frame_gen), limit):
            code = frame.f_code
            values = frame.f_locals if capture_locals else None
            summary = FrameSummary(
                code.co_filename, lineno, code.co_name, lookup_line=lookup_lines, locals=values,
            )
            result.append(summary)
        return result

    @classmethod
    def from_list(klass, a_list):
        result = klass()
        for entry in a_list:
            if not isinstance(entry, FrameSummary):
                filename, lineno, name, line = entry
                entry = FrameSummary(filename, lineno, name, line=line)
            result.append(entry)
        return result

    def format_frame_summary(self, frame_summary, **kwargs):
        text = f'  File "{frame_summary.filename}", line {frame_summary.lineno}, in {frame_summary.name}\n'
        if frame_summary._shown is not None:
            text += frame_summary._shown
        elif frame_summary.line:
            text += f"    {frame_summary.line}\n"
        if frame_summary.locals:
            for name, value in sorted(frame_summary.locals.items()):
                text += f"    {name} = {value}\n"
        return text

    def format(self, **kwargs):
        lines = []
        last = None
        count = 0

        def more():
            if count > _REPEATS:
                n = count - _REPEATS
                lines.append(f"  [Previous line repeated {n} more time{'s' if n > 1 else ''}]\n")

        for summary in self:
            text = self.format_frame_summary(summary)
            if text is None:
                continue
            place = summary.filename, summary.lineno, summary.name
            if place != last:
                more()
                last = place
                count = 0
            count += 1
            if count <= _REPEATS:
                lines.append(text)
        more()
        return lines


def _of_traceback(tb, limit=None, lookup_lines=True, capture_locals=False):
    entries = []
    while tb is not None:
        entries.append(tb)
        tb = tb.tb_next
    result = StackSummary()
    for entry in _cut(entries, limit):
        frame = entry.tb_frame
        code = frame.f_code
        text, line, end_line, column, end_column = _internals.format_entry(entry)
        summary = FrameSummary(
            code.co_filename, entry.tb_lineno, code.co_name, lookup_line=lookup_lines,
            locals=frame.f_locals if capture_locals else None,
            end_lineno=end_line, colno=column, end_colno=end_column,
        )
        summary._shown = text.partition("\n")[2]
        result.append(summary)
    return result


def extract_tb(tb, limit=None):
    return _of_traceback(tb, limit)


def extract_stack(f=None, limit=None):
    entries = []
    frame = sys._getframe(1) if f is None else f
    while frame is not None:
        entries.append((frame, frame.f_lineno))
        frame = frame.f_back
    if limit is not None:
        entries = entries[:limit] if limit >= 0 else entries[limit:]
    entries.reverse()
    return StackSummary.extract(entries)


def format_tb(tb, limit=None):
    return _of_traceback(tb, limit).format()


def format_list(extracted_list):
    return StackSummary.from_list(extracted_list).format()


def print_list(extracted_list, file=None):
    _write("".join(format_list(extracted_list)), file)


def format_stack(f=None, limit=None):
    return extract_stack(sys._getframe(1) if f is None else f, limit).format()


def walk_tb(tb):
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def walk_stack(f):
    frame = f
    if frame is None:
        # The caller, not who runs this generator for it.
        frame = sys._getframe()
        while frame.f_back is not None and frame.f_code.co_filename == walk_tb.__code__.co_filename:
            frame = frame.f_back
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def clear_frames(tb):
    while tb is not None:
        try:
            tb.tb_frame.clear()
        except RuntimeError:
            # It is still running.
            pass
        tb = tb.tb_next


def _last_lines(exc, traceback):
    # Without a traceback there are no names that a wrong one could have meant.
    if traceback is not None or not isinstance(exc, NameError):
        return _internals.format_exception_only(exc)
    kept, exc.__traceback__ = exc.__traceback__, None
    try:
        return _internals.format_exception_only(exc)
    finally:
        exc.__traceback__ = kept


class TracebackException:
    max_group_width = 15
    max_group_depth = 10

    def __init__(
        self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True, capture_locals=False,
        compact=False, max_group_width=15, max_group_depth=10, save_exc_type=True, _seen=None,
    ):
        seen = set() if _seen is None else _seen
        seen.add(id(exc_value))
        self.max_group_width = max_group_width
        self.max_group_depth = max_group_depth
        self.stack = _of_traceback(exc_traceback, limit, lookup_lines, capture_locals)
        self._exc_type = exc_type if save_exc_type else None
        self._has_exc_type = exc_type is not None
        self._exc_name = exc_type
        if exc_type is not None:
            module, name = exc_type.__module__, exc_type.__qualname__
            self.exc_type_str = name if module in ("__main__", "builtins") else f"{module}.{name}"
        else:
            self.exc_type_str = None
        try:
            self._str = str(exc_value)
        except Exception:
            self._str = "<exception str() failed>"
        self.__notes__ = getattr(exc_value, "__notes__", None)
        # The machine knows suggestions, syntax errors and notes.
        self._only = None if exc_value is None else _last_lines(exc_value, exc_traceback)
        if isinstance(exc_value, SyntaxError):
            for field in ("filename", "text", "offset", "end_offset", "msg"):
                setattr(self, field, getattr(exc_value, field))
            for field in ("lineno", "end_lineno"):
                value = getattr(exc_value, field)
                setattr(self, field, None if value is None else str(value))
        self.__suppress_context__ = exc_value.__suppress_context__ if exc_value is not None else False

        def made(exc, again=False):
            if exc is None or not again and id(exc) in seen:
                return None
            return TracebackException(
                type(exc), exc, exc.__traceback__, limit=limit, lookup_lines=lookup_lines,
                capture_locals=capture_locals, max_group_width=max_group_width,
                max_group_depth=max_group_depth, _seen=seen,
            )

        cause = exc_value.__cause__ if exc_value is not None else None
        context = exc_value.__context__ if exc_value is not None else None
        self.__cause__ = made(cause)
        wanted = cause is None and not self.__suppress_context__ if compact else True
        self.__context__ = made(context) if wanted else None
        self.exceptions = None
        if isinstance(exc_value, BaseExceptionGroup):
            self.exceptions = [made(member, True) for member in exc_value.exceptions]

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    @property
    def exc_type(self):
        import warnings

        warnings.warn("Deprecated in 3.13. Use exc_type_str instead.", DeprecationWarning, stacklevel=2)
        return self._exc_type

    def __eq__(self, other):
        if isinstance(other, TracebackException):
            return self.__dict__ == other.__dict__
        return NotImplemented

    def __str__(self):
        return self._str

    def format_exception_only(self, *, show_group=False, _depth=0):
        indent = 3 * _depth * " "
        if self._only is None:
            yield f"{indent}NoneType: None\n"
            return
        for line in self._only.splitlines(keepends=True):
            yield indent + line
        if self.exceptions and show_group:
            for member in self.exceptions:
                if member is not None:
                    yield from member.format_exception_only(show_group=True, _depth=_depth + 1)

    def format(self, *, chain=True, _depth=0, _open=None):
        # `_depth` counts the groups around; `_open` says that the last box stays open.
        links = []
        exc = self
        while exc is not None:
            if not chain:
                links.append((None, exc))
                break
            if exc.__cause__ is not None:
                links.append((_CAUSE, exc))
                exc = exc.__cause__
            elif exc.__context__ is not None and not exc.__suppress_context__:
                links.append((_CONTEXT, exc))
                exc = exc.__context__
            else:
                links.append((None, exc))
                exc = None
        state = [False] if _open is None else _open
        for message, exc in reversed(links):
            if message is not None:
                yield from _margin(_depth, message)
            if exc.exceptions is not None:
                yield from exc._format_group(_depth, state)
                continue
            if exc.stack:
                yield from _margin(_depth, "Traceback (most recent call last):\n")
                for text in exc.stack.format():
                    yield from _margin(_depth, text)
            for text in exc.format_exception_only():
                yield from _margin(_depth, text)

    def _format_group(self, depth, state):
        if depth > self.max_group_depth:
            yield from _margin(depth, f"... (max_group_depth is {self.max_group_depth})\n")
            return
        sign = "|"
        if depth == 0:
            depth = 1
            sign = "+"
        if self.stack:
            yield from _margin(depth, "Exception Group Traceback (most recent call last):\n", sign)
            for text in self.stack.format():
                yield from _margin(depth, text)
        for text in self.format_exception_only():
            yield from _margin(depth, text)
        shown = len(self.exceptions)
        if shown > self.max_group_width:
            shown = self.max_group_width + 1
        state[0] = False
        for i in range(shown):
            last = i == shown - 1
            if last:
                state[0] = True
            cut = i >= self.max_group_width
            title = "..." if cut else str(i + 1)
            yield f"{'  ' * depth}{'+-' if i == 0 else '  '}+---------------- {title} ----------------\n"
            if cut:
                left = len(self.exceptions) - self.max_group_width
                yield from _margin(depth + 1, f"and {left} more exception{'s' if left > 1 else ''}\n")
            else:
                yield from self.exceptions[i].format(_depth=depth + 1, _open=state)
            if last and state[0]:
                yield f"{'  ' * (depth + 1)}+------------------------------------\n"
                state[0] = False

    def print(self, *, file=None, chain=True):
        _write("".join(self.format(chain=chain)), file)


def _margin(depth, text, sign="|"):
    if not depth:
        yield text
        return
    outer = "  " * depth
    yield "".join(f"{outer}{sign} {line}" for line in text.splitlines(keepends=True))


def _value(exc, value, tb):
    # Both ways to call: with an exception, or with class, exception and traceback.
    if value is _missing and tb is not _missing or value is not _missing and tb is _missing:
        raise ValueError("Both or neither of value and tb must be given")
    if value is _missing:
        if exc is not None and not isinstance(exc, BaseException):
            raise TypeError(f"Exception expected for value, {type(exc).__name__} found")
        return exc, getattr(exc, "__traceback__", None)
    return value, tb


def format_exception_only(exc, /, value=_missing, *, show_group=False):
    if value is _missing:
        value = exc
    return list(TracebackException(type(value), value, None).format_exception_only(show_group=show_group))


def format_exception(exc, /, value=_missing, tb=_missing, limit=None, chain=True):
    value, tb = _value(exc, value, tb)
    return list(TracebackException(type(value), value, tb, limit=limit, compact=True).format(chain=chain))


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def _write(text, file):
    if file is None:
        file = sys.stderr
    file.write(text)


def print_exception(exc, /, value=_missing, tb=_missing, limit=None, file=None, chain=True):
    _write("".join(format_exception(exc, value, tb, limit, chain)), file)


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def print_tb(tb, limit=None, file=None):
    print_list(extract_tb(tb, limit), file)


def print_stack(f=None, limit=None, file=None):
    print_list(extract_stack(sys._getframe(1) if f is None else f, limit), file)


def print_last(limit=None, file=None, chain=True):
    if not hasattr(sys, "last_exc") and not hasattr(sys, "last_type"):
        raise ValueError("no last exception")
    print_exception(sys.last_exc, limit=limit, file=file, chain=chain)
