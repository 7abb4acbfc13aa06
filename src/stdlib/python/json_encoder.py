# `json.encoder`.

import _json

INFINITY = float("inf")


def encode_basestring(s):
    return _json.quote(s, False)


def encode_basestring_ascii(s):
    return _json.quote(s, True)


class JSONEncoder:
    item_separator = ", "
    key_separator = ": "

    def __init__(
        self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True,
        sort_keys=False, indent=None, separators=None, default=None,
    ):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ","
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def encode(self, o):
        if isinstance(o, str):
            return _json.quote(o, self.ensure_ascii)
        return "".join(self.iterencode(o, _one_shot=True))

    def iterencode(self, o, _one_shot=False):
        if not _one_shot:
            return self._chunks(o)
        indent = self.indent
        if indent is not None and not isinstance(indent, str):
            indent = " " * indent
        text = _json.encode(
            o, self.default, self.ensure_ascii, self.check_circular, self.allow_nan, self.sort_keys,
            self.skipkeys, self.item_separator, self.key_separator, indent,
        )
        return (text,)

    def _chunks(self, o):
        # The text in the pieces that CPython's generators hand out.
        indent = self.indent
        if indent is not None and not isinstance(indent, str):
            indent = " " * indent
        open_ones = {} if self.check_circular else None

        def plain(value):
            # What is no container, or None.
            if value is None or value is True or value is False or isinstance(value, (str, int, float)):
                return _json.encode(
                    value, self.default, self.ensure_ascii, False, self.allow_nan, False, False, "", "",
                    None,
                )
            return None

        def chunks(value, level):
            text = plain(value)
            if text is not None:
                yield text
                return
            if open_ones is not None:
                if id(value) in open_ones:
                    raise ValueError("Circular reference detected")
                open_ones[id(value)] = value
            if isinstance(value, (list, tuple)):
                yield from items(value, level)
            elif isinstance(value, dict):
                yield from pairs(value, level)
            else:
                yield from chunks(self.default(value), level)
            if open_ones is not None:
                del open_ones[id(value)]

        def breaks(level):
            # What stands before the first item, between items, and after the last.
            if indent is None:
                return "", self.item_separator, ""
            start = "\n" + indent * (level + 1)
            return start, self.item_separator + start, "\n" + indent * level

        def items(values, level):
            if not values:
                yield "[]"
                return
            start, between, end = breaks(level)
            front = "[" + start
            for item in values:
                text = plain(item)
                if text is not None:
                    yield front + text
                else:
                    yield front
                    yield from chunks(item, level + 1)
                front = between
            if end:
                yield end
            yield "]"

        def pairs(mapping, level):
            if not mapping:
                yield "{}"
                return
            yield "{"
            start, between, end = breaks(level)
            first = True
            for key, value in sorted(mapping.items()) if self.sort_keys else mapping.items():
                if not isinstance(key, str):
                    if key is not None and not isinstance(key, (int, float)):
                        if self.skipkeys:
                            continue
                        raise TypeError(
                            f"keys must be str, int, float, bool or None, not {key.__class__.__name__}"
                        )
                    key = plain(key)
                if not first:
                    yield between
                elif start:
                    yield start
                first = False
                yield _json.quote(key, self.ensure_ascii)
                yield self.key_separator
                yield from chunks(value, level + 1)
            if end:
                yield end
            yield "}"

        return chunks(o, 0)
