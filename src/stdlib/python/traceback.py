# `traceback`: the machine formats; here are the shapes that programs ask for.

import sys
import _internals


class FrameSummary:
    def __init__(self, filename, lineno, name, *, line=None, **_):
        self.filename, self.lineno, self.name, self.line = filename, lineno, name, line or ""
        self.locals = None

    def __iter__(self):
        return iter((self.filename, self.lineno, self.name, self.line))

    def __len__(self):
        return 4

    def __getitem__(self, at):
        return (self.filename, self.lineno, self.name, self.line)[at]

    def __eq__(self, other):
        return tuple(self) == tuple(other)

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


def _entries(tb):
    while tb is not None:
        yield tb
        tb = tb.tb_next


class StackSummary(list):
    def format(self):
        return [_frame_text(entry) for entry in self]


def _frame_text(entry):
    text = f'  File "{entry.filename}", line {entry.lineno}, in {entry.name}\n'
    if entry.line:
        text += f"    {entry.line.strip()}\n"
    return text


def _summary(frame, lineno):
    code = frame.f_code
    return FrameSummary(code.co_filename, lineno, code.co_name)


def _chunks(text):
    # The formatted lines, each entry of a traceback in one string.
    chunks = []
    for line in text.splitlines(keepends=True):
        if chunks and line.startswith("    ") and chunks[-1].startswith("  File"):
            chunks[-1] += line
        else:
            chunks.append(line)
    return chunks


def extract_tb(tb, limit=None):
    entries = StackSummary()
    for entry in _entries(tb):
        summary = _summary(entry.tb_frame, entry.tb_lineno)
        entry_text = _chunks(_internals.format_traceback(entry))
        if entry_text and "\n" in entry_text[0].rstrip("\n"):
            summary.line = entry_text[0].split("\n")[1].strip()
        entries.append(summary)
    if limit is not None:
        entries = StackSummary(entries[:limit] if limit >= 0 else entries[limit:])
    return entries


def extract_stack(f=None, limit=None):
    frame = f if f is not None else sys._getframe(1)
    entries = StackSummary()
    while frame is not None:
        entries.append(_summary(frame, frame.f_lineno))
        frame = frame.f_back
    entries.reverse()
    if limit is not None:
        entries = StackSummary(entries[-limit:] if limit > 0 else entries[:-limit])
    return entries


def format_tb(tb, limit=None):
    if tb is None:
        return []
    chunks = _chunks(_internals.format_traceback(tb))
    return chunks if limit is None else chunks[:limit]


def format_list(extracted_list):
    return [_frame_text(FrameSummary(e[0], e[1], e[2], line=e[3])) for e in extracted_list]


def format_stack(f=None, limit=None):
    return extract_stack(f if f is not None else sys._getframe(1), limit).format()


def _exception(exc, value):
    if value is None or isinstance(exc, BaseException):
        return exc
    return value


_missing = object()


def format_exception_only(exc, /, value=_missing, *, show_group=False):
    exc = exc if value is _missing else value
    if exc is None:
        return ["NoneType: None\n"]
    return _internals.format_exception_only(exc).splitlines(keepends=True)


def format_exception(exc, /, value=_missing, tb=_missing, limit=None, chain=True):
    exc = exc if value is _missing else value
    if exc is None:
        return ["NoneType: None\n"]
    if not chain:
        lines = []
        trace = exc.__traceback__ if tb is _missing else tb
        if trace is not None:
            lines.append("Traceback (most recent call last):\n")
            lines += format_tb(trace, limit)
        return lines + format_exception_only(exc)
    return _chunks(_internals.format_exception(exc))


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def _write(text, file):
    if file is None:
        _internals.write_err(text)
    else:
        file.write(text)


def print_exception(exc, /, value=_missing, tb=_missing, limit=None, file=None, chain=True):
    _write("".join(format_exception(exc, value, tb, limit, chain)), file)


def print_exc(limit=None, file=None, chain=True):
    _write(format_exc(limit, chain), file)


def print_tb(tb, limit=None, file=None):
    _write("".join(format_tb(tb, limit)), file)


def print_stack(f=None, limit=None, file=None):
    _write("".join(format_stack(f if f is not None else sys._getframe(1), limit)), file)


def print_last(limit=None, file=None, chain=True):
    print_exception(sys.last_exc, limit=limit, file=file, chain=chain)


def walk_tb(tb):
    for entry in _entries(tb):
        yield entry.tb_frame, entry.tb_lineno


def walk_stack(f):
    frame = f if f is not None else sys._getframe(1)
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def clear_frames(tb):
    pass


class TracebackException:
    def __init__(self, exc_type, exc_value, exc_traceback, **_):
        self._exc = exc_value
        self.exc_type = exc_type
        self.stack = extract_tb(exc_traceback)
        self.__cause__ = exc_value.__cause__
        self.__context__ = exc_value.__context__
        self.__suppress_context__ = exc_value.__suppress_context__

    @classmethod
    def from_exception(cls, exc, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, **kwargs)

    @property
    def exc_type_str(self):
        return self.exc_type.__qualname__

    def format(self, *, chain=True):
        yield from format_exception(self._exc, chain=chain)

    def format_exception_only(self, *, show_group=False):
        yield from format_exception_only(self._exc)

    def print(self, *, file=None, chain=True):
        _write("".join(self.format(chain=chain)), file)

    def __str__(self):
        return str(self._exc)
