# `string`: constants, templates and the formatter that can be subclassed.

from collections import ChainMap

__all__ = [
    "ascii_letters", "ascii_lowercase", "ascii_uppercase", "capwords", "digits", "hexdigits",
    "octdigits", "printable", "punctuation", "whitespace", "Formatter", "Template",
]

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = ascii_lowercase.upper()
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or " ").join(word.capitalize() for word in s.split(sep))


_NOTHING = {}
_FIRST = ascii_letters + "_"
_REST = _FIRST + digits


class _Place:
    # One placeholder of a template: where it stands, and which of the four kinds it is.
    def __init__(self, start, end, escaped=None, named=None, braced=None, invalid=None):
        self.bounds = start, end
        self.escaped, self.named, self.braced, self.invalid = escaped, named, braced, invalid

    def unknown(self):
        return self.escaped is None and self.named is None and self.braced is None and self.invalid is None


def _name_at(text, at):
    # The end of the identifier that starts here, or the start when there is none.
    if at >= len(text) or text[at] not in _FIRST:
        return at
    end = at + 1
    while end < len(text) and text[end] in _REST:
        end += 1
    return end


def _plain_places(template, delimiter):
    # What the default pattern finds, without regular expressions.
    at = 0
    while True:
        at = template.find(delimiter, at)
        if at < 0:
            return
        after = at + len(delimiter)
        if template.startswith(delimiter, after):
            yield _Place(at, after + len(delimiter), escaped=delimiter)
            at = after + len(delimiter)
            continue
        end = _name_at(template, after)
        if end > after:
            yield _Place(at, end, named=template[after:end])
            at = end
            continue
        if template.startswith("{", after):
            end = _name_at(template, after + 1)
            if end > after + 1 and template.startswith("}", end):
                yield _Place(at, end + 1, braced=template[after + 1:end])
                at = end + 1
                continue
        yield _Place(at, after, invalid="")
        at = after


def _pattern_places(template, pattern):
    for found in pattern.finditer(template):
        groups = found.groupdict()
        names = {name: groups.get(name) for name in ("escaped", "named", "braced", "invalid")}
        yield _Place(*found.span(), **names)


class _LazyPattern:
    # `Template.pattern` is compiled when somebody reads it.
    def __get__(self, instance, owner):
        import re

        delimiter = re.escape(owner.delimiter)
        name = owner.idpattern
        braced = owner.braceidpattern or name
        text = (
            f"{delimiter}(?:(?P<escaped>{delimiter})|(?P<named>{name})|"
            f"{{(?P<braced>{braced})}}|(?P<invalid>))"
        )
        return re.compile(text, owner.flags | re.VERBOSE)


class Template:
    delimiter = "$"
    idpattern = r"(?a:[_a-z][_a-z0-9]*)"
    braceidpattern = None
    flags = 2
    pattern = _LazyPattern()
    _plain = True

    def __init_subclass__(cls):
        super().__init_subclass__()
        names = cls.__dict__
        if "pattern" in names:
            import re

            cls._plain = False
            cls.pattern = re.compile(cls.pattern, cls.flags | re.VERBOSE)
        elif "idpattern" in names or "braceidpattern" in names or "flags" in names:
            cls._plain = False
            cls.pattern = _LazyPattern().__get__(None, cls)
        elif "delimiter" in names and not cls._plain:
            cls.pattern = _LazyPattern().__get__(None, cls)

    def __init__(self, template):
        self.template = template

    def _places(self):
        if self._plain:
            return _plain_places(self.template, self.delimiter)
        return _pattern_places(self.template, self.pattern)

    def _convert(self, each):
        pieces = []
        last = 0
        for place in self._places():
            start, end = place.bounds
            pieces.append(self.template[last:start])
            pieces.append(each(place))
            last = end
        pieces.append(self.template[last:])
        return "".join(pieces)

    def _invalid(self, start):
        lines = self.template[:start].splitlines(keepends=True)
        if lines:
            column = start - len("".join(lines[:-1]))
            line = len(lines)
        else:
            column = line = 1
        raise ValueError(f"Invalid placeholder in string: line {line}, col {column}")

    def substitute(self, mapping=_NOTHING, /, **kws):
        if mapping is _NOTHING:
            mapping = kws
        elif kws:
            mapping = ChainMap(kws, mapping)

        def convert(place):
            name = place.named or place.braced
            if name is not None:
                return str(mapping[name])
            if place.escaped is not None:
                return self.delimiter
            if place.invalid is not None:
                self._invalid(place.bounds[1])
            raise ValueError("Unrecognized named group in pattern", self.pattern)

        return self._convert(convert)

    def safe_substitute(self, mapping=_NOTHING, /, **kws):
        if mapping is _NOTHING:
            mapping = kws
        elif kws:
            mapping = ChainMap(kws, mapping)

        def convert(place):
            start, end = place.bounds
            name = place.named or place.braced
            if name is not None:
                try:
                    return str(mapping[name])
                except KeyError:
                    return self.template[start:end]
            if place.escaped is not None:
                return self.delimiter
            if place.invalid is not None:
                return self.template[start:end]
            raise ValueError("Unrecognized named group in pattern", self.pattern)

        return self._convert(convert)

    def is_valid(self):
        for place in self._places():
            if place.invalid is not None:
                return False
            if place.unknown():
                raise ValueError("Unrecognized named group in pattern", self.pattern)
        return True

    def get_identifiers(self):
        names = []
        for place in self._places():
            name = place.named or place.braced
            if name is not None:
                if name not in names:
                    names.append(name)
            elif place.unknown():
                raise ValueError("Unrecognized named group in pattern", self.pattern)
        return names


def _parse_format(text):
    # Yields `(literal, field name, spec, conversion)`; a doubled brace ends its literal.
    if not isinstance(text, str):
        raise TypeError(f"expected str, got {type(text).__name__}")
    return _format_parts(text)


def _format_parts(text):
    at = 0
    size = len(text)
    while at < size:
        start = at
        while at < size and text[at] not in "{}":
            at += 1
        literal = text[start:at]
        if at == size:
            yield literal, None, None, None
            return
        brace = text[at]
        at += 1
        if text.startswith(brace, at):
            at += 1
            yield literal + brace, None, None, None
            continue
        if brace == "}" or at == size:
            raise ValueError(f"Single '{brace}' encountered in format string")
        name, spec, conversion, at = _parse_replacement(text, at)
        yield literal, name, spec, conversion


def _parse_replacement(text, start):
    size = len(text)
    at = start
    while at < size and text[at] not in "}:!":
        if text[at] == "{":
            raise ValueError("unexpected '{' in field name")
        if text[at] == "[":
            closing = text.find("]", at)
            at = size if closing < 0 else closing
        else:
            at += 1
    if at >= size:
        raise ValueError("expected '}' before end of string")
    name = text[start:at]
    end = text[at]
    at += 1
    if end == "}":
        return name, "", None, at
    conversion = None
    if end == "!":
        if at >= size:
            raise ValueError("end of string while looking for conversion specifier")
        conversion = text[at]
        at += 1
        if at >= size:
            raise ValueError("unmatched '{' in format spec")
        if text[at] == "}":
            return name, "", conversion, at + 1
        if text[at] != ":":
            raise ValueError("expected ':' after conversion specifier")
        at += 1
    start = at
    depth = 1
    while at < size:
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return name, text[start:at], conversion, at + 1
        at += 1
    raise ValueError("unmatched '{' in format spec")


def _number_or_text(text):
    return int(text) if text.isdecimal() and text.isascii() else text


def _split_field(name):
    end = 0
    while end < len(name) and name[end] not in ".[":
        end += 1
    return _number_or_text(name[:end]), _field_steps(name, end)


def _field_steps(name, at):
    # The attributes (True) and items (False) behind the first part of a field name.
    while at < len(name):
        mark = name[at]
        at += 1
        if mark == ".":
            end = at
            while end < len(name) and name[end] not in ".[":
                end += 1
            key = name[at:end]
            at = end
        elif mark == "[":
            end = name.find("]", at)
            if end < 0:
                raise ValueError("Missing ']' in format string")
            key = name[at:end]
            at = end + 1
        else:
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
        if not key:
            raise ValueError("Empty attribute in format string")
        yield mark == ".", key if mark == "." else _number_or_text(key)


class Formatter:
    def format(self, format_string, /, *args, **kwargs):
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        used = set()
        result, _ = self._vformat(format_string, args, kwargs, used, 2)
        self.check_unused_args(used, args, kwargs)
        return result

    def _vformat(self, format_string, args, kwargs, used_args, recursion_depth, auto_arg_index=0):
        if recursion_depth < 0:
            raise ValueError("Max string recursion exceeded")
        mixed = "cannot switch from manual field specification to automatic field numbering"
        pieces = []
        for literal, name, spec, conversion in self.parse(format_string):
            if literal:
                pieces.append(literal)
            if name is None:
                continue
            # The index is False once a field was numbered by hand.
            if name == "":
                if auto_arg_index is False:
                    raise ValueError(mixed)
                name = str(auto_arg_index)
                auto_arg_index += 1
            elif name.isdigit():
                if auto_arg_index:
                    raise ValueError(mixed)
                auto_arg_index = False
            value, used = self.get_field(name, args, kwargs)
            used_args.add(used)
            value = self.convert_field(value, conversion)
            spec, auto_arg_index = self._vformat(
                spec, args, kwargs, used_args, recursion_depth - 1, auto_arg_index=auto_arg_index
            )
            pieces.append(self.format_field(value, spec))
        return "".join(pieces), auto_arg_index

    def get_value(self, key, args, kwargs):
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        pass

    def format_field(self, value, format_spec):
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        if conversion is None:
            return value
        if conversion == "s":
            return str(value)
        if conversion == "r":
            return repr(value)
        if conversion == "a":
            return ascii(value)
        raise ValueError(f"Unknown conversion specifier {conversion!s}")

    def parse(self, format_string):
        return _parse_format(format_string)

    def get_field(self, field_name, args, kwargs):
        first, rest = _split_field(field_name)
        value = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            value = getattr(value, key) if is_attribute else value[key]
        return value, first
