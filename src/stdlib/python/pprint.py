# `pprint`: data on several lines when one is too short.

import collections
import dataclasses
import sys
import types
from io import StringIO

__all__ = ["pprint", "pformat", "isreadable", "isrecursive", "saferepr", "PrettyPrinter", "pp"]


def pprint(
    object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
    underscore_numbers=False,
):
    PrettyPrinter(
        stream=stream, indent=indent, width=width, depth=depth, compact=compact,
        sort_dicts=sort_dicts, underscore_numbers=underscore_numbers,
    ).pprint(object)


def pformat(
    object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
    underscore_numbers=False,
):
    return PrettyPrinter(
        indent=indent, width=width, depth=depth, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers,
    ).pformat(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def saferepr(object):
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[0]


def isreadable(object):
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[1]


def isrecursive(object):
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[2]


class _Key:
    # Orders what has no order by type and identity.
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        try:
            return self.value < other.value
        except TypeError:
            mine, theirs = self.value, other.value
            return (str(type(mine)), id(mine)) < (str(type(theirs)), id(theirs))


def _pair_key(pair):
    return _Key(pair[0]), _Key(pair[1])


_SCALARS = frozenset({str, bytes, bytearray, float, complex, bool, type(None)})


def _recursion(object):
    return f"<Recursion on {type(object).__name__} with id={id(object)}>"


class PrettyPrinter:
    def __init__(
        self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
        underscore_numbers=False,
    ):
        indent, width = int(indent), int(width)
        if indent < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not width:
            raise ValueError("width must be != 0")
        self._depth = depth
        self._indent_per_level = indent
        self._width = width
        self._stream = sys.stdout if stream is None else stream
        self._compact = bool(compact)
        self._sort_dicts = sort_dicts
        self._underscore_numbers = underscore_numbers

    def pprint(self, object):
        self._format(object, self._stream, 0, 0, {}, 0)
        self._stream.write("\n")

    def pformat(self, object):
        stream = StringIO()
        self._format(object, stream, 0, 0, {}, 0)
        return stream.getvalue()

    def isrecursive(self, object):
        return self.format(object, {}, 0, 0)[2]

    def isreadable(self, object):
        _, readable, recursive = self.format(object, {}, 0, 0)
        return readable and not recursive

    def format(self, object, context, maxlevels, level):
        return self._safe_repr(object, context, maxlevels, level)

    def _repr(self, object, context, level):
        return self.format(object, context.copy(), self._depth, level)[0]

    def _format(self, object, stream, indent, allowance, context, level):
        key = id(object)
        if key in context:
            stream.write(_recursion(object))
            return
        text = self._repr(object, context, level)
        if len(text) > self._width - indent - allowance:
            printer = self._dispatch.get(type(object).__repr__)
            if printer is None and _has_generated_repr(object):
                printer = PrettyPrinter._pprint_dataclass
            if printer is not None:
                context[key] = 1
                printer(self, object, stream, indent, allowance, context, level + 1)
                del context[key]
                return
        stream.write(text)

    # ---- each item on its own line

    def _items(self, items, stream, indent, allowance, context, level):
        indent += self._indent_per_level
        if self._indent_per_level > 1:
            stream.write(" " * (self._indent_per_level - 1))
        break_line = ",\n" + " " * indent
        between = ""
        room = whole = self._width - indent + 1
        items = list(items)
        for place, item in enumerate(items):
            last = place == len(items) - 1
            if last:
                whole -= allowance
                room -= allowance
            if self._compact:
                text = self._repr(item, context, level)
                size = len(text) + 2
                if room < size:
                    room = whole
                    if between:
                        between = break_line
                if room >= size:
                    room -= size
                    stream.write(between + text)
                    between = ", "
                    continue
            stream.write(between)
            between = break_line
            self._format(item, stream, indent, allowance if last else 1, context, level)

    def _pairs(self, items, stream, indent, allowance, context, level):
        indent += self._indent_per_level
        last = len(items) - 1
        for place, (key, value) in enumerate(items):
            text = self._repr(key, context, level)
            stream.write(text + ": ")
            rest = allowance if place == last else 1
            self._format(value, stream, indent + len(text) + 2, rest, context, level)
            if place != last:
                stream.write(",\n" + " " * indent)

    def _fields(self, items, stream, indent, allowance, context, level):
        last = len(items) - 1
        for place, (name, value) in enumerate(items):
            stream.write(name + "=")
            if id(value) in context:
                stream.write("...")
            else:
                rest = allowance if place == last else 1
                self._format(value, stream, indent + len(name) + 1, rest, context, level)
            if place != last:
                stream.write(",\n" + " " * indent)

    def _open(self, text, stream):
        # The bracket, and as many blanks as make its items stand one level deeper.
        stream.write(text)
        if self._indent_per_level > 1:
            stream.write(" " * (self._indent_per_level - 1))

    # ---- one method a type

    def _pprint_dataclass(self, object, stream, indent, allowance, context, level):
        name = object.__class__.__name__
        items = [(f.name, getattr(object, f.name)) for f in dataclasses.fields(object) if f.repr]
        stream.write(name + "(")
        self._fields(items, stream, indent + len(name) + 1, allowance, context, level)
        stream.write(")")

    def _pprint_dict(self, object, stream, indent, allowance, context, level):
        self._open("{", stream)
        if object:
            items = sorted(object.items(), key=_pair_key) if self._sort_dicts else list(object.items())
            self._pairs(items, stream, indent, allowance + 1, context, level)
        stream.write("}")

    def _pprint_ordered_dict(self, object, stream, indent, allowance, context, level):
        if not object:
            stream.write(repr(object))
            return
        name = object.__class__.__name__
        stream.write(name + "(")
        self._format(
            list(object.items()), stream, indent + len(name) + 1, allowance + 1, context, level
        )
        stream.write(")")

    def _pprint_list(self, object, stream, indent, allowance, context, level):
        stream.write("[")
        self._items(object, stream, indent, allowance + 1, context, level)
        stream.write("]")

    def _pprint_tuple(self, object, stream, indent, allowance, context, level):
        end = ",)" if len(object) == 1 else ")"
        stream.write("(")
        self._items(object, stream, indent, allowance + len(end), context, level)
        stream.write(end)

    def _pprint_set(self, object, stream, indent, allowance, context, level):
        if not object:
            stream.write(repr(object))
            return
        kind = object.__class__
        if kind is set:
            start, end = "{", "}"
        else:
            start, end = kind.__name__ + "({", "})"
            indent += len(kind.__name__) + 1
        stream.write(start)
        self._items(sorted(object, key=_Key), stream, indent, allowance + len(end), context, level)
        stream.write(end)

    def _pprint_str(self, object, stream, indent, allowance, context, level):
        if not object:
            stream.write(repr(object))
            return
        chunks = []
        lines = object.splitlines(True)
        if level == 1:
            indent += 1
            allowance += 1
        width = room = self._width - indent
        for number, line in enumerate(lines):
            text = repr(line)
            last_line = number == len(lines) - 1
            if last_line:
                room -= allowance
            if len(text) <= room:
                chunks.append(text)
                continue
            parts = _words(line)
            least = width
            current = ""
            for place, part in enumerate(parts):
                if last_line and place == len(parts) - 1:
                    least -= allowance
                if len(repr(current + part)) > least:
                    if current:
                        chunks.append(repr(current))
                    current = part
                else:
                    current += part
            if current:
                chunks.append(repr(current))
        if len(chunks) == 1:
            stream.write(text)
            return
        joined = ("\n" + " " * indent).join(chunks)
        stream.write(f"({joined})" if level == 1 else joined)

    def _pprint_bytes(self, object, stream, indent, allowance, context, level):
        if len(object) <= 4:
            stream.write(repr(object))
            return
        if level == 1:
            indent += 1
            allowance += 1
        lines = _byte_lines(object, self._width - indent, allowance)
        joined = ("\n" + " " * indent).join(lines)
        stream.write(f"({joined})" if level == 1 else joined)

    def _pprint_bytearray(self, object, stream, indent, allowance, context, level):
        stream.write("bytearray(")
        self._pprint_bytes(bytes(object), stream, indent + 10, allowance + 1, context, level + 1)
        stream.write(")")

    def _pprint_mappingproxy(self, object, stream, indent, allowance, context, level):
        stream.write("mappingproxy(")
        self._format(object.copy(), stream, indent + 13, allowance + 1, context, level)
        stream.write(")")

    def _pprint_simplenamespace(self, object, stream, indent, allowance, context, level):
        kind = type(object)
        name = "namespace" if kind is types.SimpleNamespace else kind.__name__
        stream.write(name + "(")
        items = list(object.__dict__.items())
        self._fields(items, stream, indent + len(name) + 1, allowance, context, level)
        stream.write(")")

    def _pprint_default_dict(self, object, stream, indent, allowance, context, level):
        if not object:
            stream.write(repr(object))
            return
        factory = self._repr(object.default_factory, context, level)
        name = object.__class__.__name__
        indent += len(name) + 1
        stream.write(f"{name}({factory},\n{' ' * indent}")
        self._pprint_dict(object, stream, indent, allowance + 1, context, level)
        stream.write(")")

    def _pprint_counter(self, object, stream, indent, allowance, context, level):
        if not object:
            stream.write(repr(object))
            return
        name = object.__class__.__name__
        self._open(name + "({", stream)
        items = object.most_common()
        self._pairs(items, stream, indent + len(name) + 1, allowance + 2, context, level)
        stream.write("})")

    def _pprint_chain_map(self, object, stream, indent, allowance, context, level):
        if not object.maps:
            stream.write(repr(object))
            return
        name = object.__class__.__name__
        stream.write(name + "(")
        indent += len(name) + 1
        last = len(object.maps) - 1
        for place, mapping in enumerate(object.maps):
            rest = allowance + 1 if place == last else 1
            self._format(mapping, stream, indent, rest, context, level)
            stream.write(")" if place == last else ",\n" + " " * indent)

    def _pprint_deque(self, object, stream, indent, allowance, context, level):
        if not object:
            stream.write(repr(object))
            return
        name = object.__class__.__name__
        stream.write(name + "([")
        indent += len(name) + 1
        if object.maxlen is None:
            self._items(object, stream, indent, allowance + 2, context, level)
            stream.write("])")
        else:
            self._items(object, stream, indent, 2, context, level)
            most = self._repr(object.maxlen, context, level)
            stream.write(f"],\n{' ' * indent}maxlen={most})")

    def _pprint_wrapper(self, object, stream, indent, allowance, context, level):
        self._format(object.data, stream, indent, allowance, context, level - 1)

    _dispatch = {
        dict.__repr__: _pprint_dict,
        list.__repr__: _pprint_list,
        tuple.__repr__: _pprint_tuple,
        set.__repr__: _pprint_set,
        frozenset.__repr__: _pprint_set,
        str.__repr__: _pprint_str,
        bytes.__repr__: _pprint_bytes,
        bytearray.__repr__: _pprint_bytearray,
        types.MappingProxyType.__repr__: _pprint_mappingproxy,
        types.SimpleNamespace.__repr__: _pprint_simplenamespace,
        collections.OrderedDict.__repr__: _pprint_ordered_dict,
        collections.defaultdict.__repr__: _pprint_default_dict,
        collections.Counter.__repr__: _pprint_counter,
        collections.ChainMap.__repr__: _pprint_chain_map,
        collections.deque.__repr__: _pprint_deque,
        collections.UserDict.__repr__: _pprint_wrapper,
        collections.UserList.__repr__: _pprint_wrapper,
        collections.UserString.__repr__: _pprint_wrapper,
    }

    # ---- one line: the text, whether it can be read back, whether it holds itself

    def _safe_repr(self, object, context, maxlevels, level):
        kind = type(object)
        if kind in _SCALARS:
            return repr(object), True, False
        own = kind.__repr__
        if issubclass(kind, int) and own is int.__repr__:
            return (f"{object:_d}" if self._underscore_numbers else repr(object)), True, False
        if issubclass(kind, dict) and own is dict.__repr__:
            start, end = "{", "}"
        elif issubclass(kind, list) and own is list.__repr__:
            start, end = "[", "]"
        elif issubclass(kind, tuple) and own is tuple.__repr__:
            start, end = "(", ",)" if len(object) == 1 else ")"
        else:
            text = repr(object)
            return text, bool(text) and not text.startswith("<"), False
        if not object:
            return start + end, True, False
        key = id(object)
        if maxlevels and level >= maxlevels:
            return f"{start}...{end}", False, key in context
        if key in context:
            return _recursion(object), False, True
        context[key] = 1
        level += 1
        readable, recursive = True, False
        texts = []

        def add(item):
            nonlocal readable, recursive
            text, item_readable, item_recursive = self.format(item, context, maxlevels, level)
            readable = readable and item_readable
            recursive = recursive or item_recursive
            return text

        if start == "{":
            items = sorted(object.items(), key=_pair_key) if self._sort_dicts else object.items()
            for name, value in items:
                texts.append(f"{add(name)}: {add(value)}")
        else:
            for item in object:
                texts.append(add(item))
        del context[key]
        return start + ", ".join(texts) + end, readable, recursive


def _has_generated_repr(object):
    if not dataclasses.is_dataclass(object) or isinstance(object, type):
        return False
    own = getattr(type(object).__repr__, "__code__", None)
    return object.__dataclass_params__.repr and own is dataclasses._repr(()).__code__


def _words(line):
    # Words with the space behind them.
    words = []
    start = at = 0
    while at < len(line):
        while at < len(line) and not line[at].isspace():
            at += 1
        while at < len(line) and line[at].isspace():
            at += 1
        words.append(line[start:at])
        start = at
    return words


def _byte_lines(object, width, allowance):
    current = b""
    last = len(object) // 4 * 4
    for at in range(0, len(object), 4):
        part = object[at:at + 4]
        if at == last:
            width -= allowance
        if len(repr(current + part)) > width:
            if current:
                yield repr(current)
            current = part
        else:
            current += part
    if current:
        yield repr(current)
