# `_strptime`: times from texts, for `datetime.strptime` and `time.strptime`.

import time
from datetime import date, timedelta, timezone

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# The formats that a directive stands for.
_GROUPS = {"c": "%a %b %d %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S"}

# Numbers: the least and the most that a directive takes, and its digits.
_NUMBERS = {
    "d": (1, 31, 2), "H": (0, 23, 2), "I": (1, 12, 2), "j": (1, 366, 3), "m": (1, 12, 2),
    "M": (0, 59, 2), "S": (0, 61, 2), "U": (0, 53, 2), "W": (0, 53, 2), "w": (0, 6, 1),
    "u": (1, 7, 1), "V": (1, 53, 2),
}
# Numbers of exactly so many digits.
_EXACT = {"y": 2, "Y": 4, "G": 4}
_NO_YEAR = """\
Parsing dates involving a day of month without a year specified is ambiguious
and fails to parse leap day. The default behavior will change in Python 3.15
to either always raise an exception or to use a different default year (TBD).
To avoid trouble, add a specific year to the input & format.
See https://github.com/python/cpython/issues/70647."""


def _directives(format):
    # The format as a list of characters, spaces (None) and directives (in tuples).
    parts = []
    at = 0
    while at < len(format):
        c = format[at]
        at += 1
        if c.isspace():
            if not parts or parts[-1] is not None:
                parts.append(None)
        elif c != "%":
            parts.append(c)
        elif at == len(format):
            raise ValueError("stray %")
        else:
            kind = format[at]
            at += 1
            if kind in _GROUPS:
                parts.extend(_directives(_GROUPS[kind]))
            elif kind == "%":
                parts.append("%")
            elif kind in _NUMBERS or kind in _EXACT or kind in "fzAaBbpZ":
                parts.append((kind,))
            else:
                raise KeyError("%" if kind.isspace() else kind)
    return parts


def _digit_run(text, at, most):
    end = at
    while end < len(text) and end - at < most and text[end].isdecimal():
        end += 1
    return end


def _offset_end(text, at):
    # All ends of an offset from UTC that starts here, the longest first.
    if text[at:at + 1] == "Z":
        return [at + 1]
    if text[at:at + 1] not in ("+", "-") or not text[at + 1:at + 3].isdecimal():
        return []
    if _digit_run(text, at + 1, 2) != at + 3:
        return []

    def sixty(start):
        start += text[start:start + 1] == ":"
        part = text[start:start + 2]
        return start + 2 if len(part) == 2 and part.isdecimal() and part[0] in "012345" else None

    minutes = sixty(at + 3)
    if minutes is None:
        return []
    ends = [minutes]
    seconds = sixty(minutes)
    if seconds is not None:
        ends.insert(0, seconds)
        if text[seconds:seconds + 1] == ".":
            end = _digit_run(text, seconds + 1, 6)
            if end > seconds + 1:
                ends.insert(0, end)
    return ends


def _candidates(kind, text, at):
    # The ends that a directive may have, in the order in which they are tried.
    if kind in _NUMBERS:
        least, most, digits = _NUMBERS[kind]
        longest = _digit_run(text, at, digits)
        ends = [end for end in range(longest, at, -1) if least <= int(text[at:end]) <= most]
        if kind == "d" and text[at:at + 1] == " " and _digit_run(text, at + 1, 1) > at + 1:
            if text[at + 1] != "0":
                ends.append(at + 2)
        return ends
    if kind in _EXACT:
        end = _digit_run(text, at, _EXACT[kind])
        return [end] if end - at == _EXACT[kind] else []
    if kind == "f":
        return list(range(_digit_run(text, at, 6), at, -1))
    if kind == "z":
        return _offset_end(text, at)
    if kind in "Aa":
        names = _DAYS if kind == "A" else [name[:3] for name in _DAYS]
    elif kind in "Bb":
        names = _MONTHS if kind == "B" else [name[:3] for name in _MONTHS]
    elif kind == "p":
        names = ("am", "pm")
    else:
        names = {"utc", "gmt", *(name.lower() for name in time.tzname)}
    found = [name for name in names if text[at:at + len(name)].lower() == name]
    return [at + len(name) for name in sorted(found, key=len, reverse=True)]


def _match(parts, text):
    # The directives with their texts and the end of the match; None when there is none. Each
    # directive tries its longest text first and gives way when the rest does not fit.
    trail = []
    place, at, options = 0, 0, None
    while place < len(parts):
        part = parts[place]
        if options is None:
            if part is None:
                end = at
                while end < len(text) and text[end].isspace():
                    end += 1
                options = list(range(end, at, -1))
            elif isinstance(part, tuple):
                options = _candidates(part[0], text, at)
            else:
                options = [at + 1] if text[at:at + 1].lower() == part.lower() else []
        if options:
            trail.append((place, at, options[0], options[1:]))
            place, at, options = place + 1, options[0], None
            continue
        if not trail:
            return None
        place, at, _, options = trail.pop()
    found = {}
    for place, start, end, _ in trail:
        if isinstance(parts[place], tuple):
            found[parts[place][0]] = text[start:end]
    return found, at


def _julian(year, week, weekday, monday_first):
    # The day of the year from a week and its day.
    first = date(year, 1, 1).weekday()
    if not monday_first:
        first = (first + 1) % 7
        weekday = (weekday + 1) % 7
    if week == 0:
        return 1 + weekday - first
    return 1 + (7 - first) % 7 + 7 * (week - 1) + weekday


def _offset(text):
    # Seconds and microseconds of an offset from UTC.
    if text == "Z":
        return 0, 0
    digits = text
    if digits[3] == ":":
        digits = digits[:3] + digits[4:]
        if len(digits) > 5:
            if digits[5] != ":":
                raise ValueError(f"Inconsistent use of : in {text}")
            digits = digits[:5] + digits[6:]
    seconds = int(digits[1:3]) * 3600 + int(digits[3:5]) * 60 + int(digits[5:7] or 0)
    microseconds = int(digits[8:].ljust(6, "0"))
    return (-seconds, -microseconds) if text[0] == "-" else (seconds, microseconds)


def _parse(text, format):
    try:
        parts = _directives(format)
    except KeyError as error:
        raise ValueError(f"'{error.args[0]}' is a bad directive in format '{format}'") from None
    except ValueError:
        raise ValueError(f"stray % in format '{format}'") from None
    kinds = [part[0] for part in parts if isinstance(part, tuple)]
    if "d" in kinds and not {"y", "Y", "G"} & set(kinds):
        from warnings import warn

        warn(_NO_YEAR, DeprecationWarning, skip_file_prefixes=("<frozen ",))
    if "d" in kinds and not {"Y", "y", "G"} & set(kinds):
        import warnings

        warnings.warn(
            "Parsing dates involving a day of month without a year specified is ambiguious\n"
            "and fails to parse leap day. The default behavior will change in Python 3.15\n"
            "to either always raise an exception or to use a different default year (TBD).\n"
            "To avoid trouble, add a specific year to the input & format.\n"
            "See https://github.com/python/cpython/issues/70647.",
            DeprecationWarning,
            skip_file_prefixes=("<frozen ", "<native "),
        )
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise ValueError(f"redefinition of group name {kind!r}")
    match = _match(parts, text)
    if match is None:
        raise ValueError(f"time data {text!r} does not match format {format!r}")
    found, end = match
    if end != len(text):
        raise ValueError(f"unconverted data remains: {text[end:]}")
    return found


def _number(found, kind, default=None):
    return int(found[kind]) if kind in found else default


def _weekday(found):
    weekday = None
    for kind, value in found.items():
        if kind == "A":
            weekday = _DAYS.index(value.lower())
        elif kind == "a":
            weekday = [name[:3] for name in _DAYS].index(value.lower())
        elif kind == "w":
            weekday = (int(value) - 1) % 7
        elif kind == "u":
            weekday = int(value) - 1
    return weekday


def _fields(text, format):
    found = _parse(text, format)
    year = _number(found, "Y")
    if "y" in found:
        year = int(found["y"])
        year += 2000 if year <= 68 else 1900
    iso_year, iso_week = _number(found, "G"), _number(found, "V")
    month = _number(found, "m", 1)
    if "B" in found:
        month = _MONTHS.index(found["B"].lower()) + 1
    if "b" in found:
        month = [name[:3] for name in _MONTHS].index(found["b"].lower()) + 1
    day = _number(found, "d", 1)
    hour = _number(found, "H", 0)
    if "I" in found:
        hour = int(found["I"]) % 12
        if found.get("p", "").lower() == "pm":
            hour += 12
    fraction = int(found["f"].ljust(6, "0")) if "f" in found else 0
    offset = _offset(found["z"]) if "z" in found else None
    weekday = _weekday(found)
    julian = _number(found, "j")
    if iso_year is not None:
        if julian is not None:
            raise ValueError(
                "Day of the year directive '%j' is not compatible with ISO year directive '%G'. "
                "Use '%Y' instead."
            )
        if iso_week is None or weekday is None:
            raise ValueError(
                "ISO year directive '%G' must be used with the ISO week directive '%V' and a "
                "weekday directive ('%A', '%a', '%w', or '%u')."
            )
    elif iso_week is not None:
        if year is None or weekday is None:
            raise ValueError(
                "ISO week directive '%V' must be used with the ISO year directive '%G' and a "
                "weekday directive ('%A', '%a', '%w', or '%u')."
            )
        raise ValueError(
            "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO "
            "year '%G' instead."
        )
    # Without a year it is 1900; the 29th of February borrows a leap year for the calendar.
    borrowed = year is None and month == 2 and day == 29
    if year is None:
        year = 1904 if borrowed else 1900
    if julian is None and weekday is not None:
        if "U" in found or "W" in found:
            week = _number(found, "W", _number(found, "U"))
            julian = _julian(year, week, weekday, "W" in found)
        elif iso_year is not None:
            moment = date.fromisocalendar(iso_year, iso_week, weekday + 1)
            year, month, day = moment.year, moment.month, moment.day
        if julian is not None and julian <= 0:
            year -= 1
            julian += (date(year + 1, 1, 1) - date(year, 1, 1)).days
    if julian is None:
        julian = (date(year, month, day) - date(year, 1, 1)).days + 1
    else:
        moment = date(year, 1, 1) + timedelta(julian - 1)
        year, month, day = moment.year, moment.month, moment.day
    if weekday is None:
        weekday = date(year, month, day).weekday()
    if borrowed:
        year = 1900
    clock = hour, _number(found, "M", 0), _number(found, "S", 0)
    zone = found.get("Z")
    return (year, month, day, *clock, weekday, julian), fraction, zone, offset


def _check(values):
    for place, value in enumerate(values):
        if not isinstance(value, str):
            raise TypeError(f"strptime() argument {place + 1} must be str, not {type(value).__name__}")


def parse_datetime(cls, text, format):
    _check((text, format))
    fields, fraction, name, offset = _fields(text, format)
    arguments = (*fields[:6], fraction)
    if offset is not None:
        seconds, microseconds = offset
        delta = timedelta(seconds=seconds, microseconds=microseconds)
        arguments += (timezone(delta, name) if name else timezone(delta),)
    return cls(*arguments)


def parse_time(text, format="%a %b %d %H:%M:%S %Y"):
    for place, value in enumerate((text, format)):
        if not isinstance(value, str):
            raise TypeError(f"strptime() argument {place} must be str, not {type(value)}")
    fields, _, name, _ = _fields(text, format)
    daylight = -1
    if name is not None:
        daylight = 0
    return time.struct_time((*fields, daylight))
