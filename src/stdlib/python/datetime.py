# `datetime`: dates of the proleptic Gregorian calendar, times of day, durations, zones.

import math
import time as _time
from _internals import seal, utc_offset
from operator import index

__all__ = ("date", "datetime", "time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC")

MINYEAR = 1
MAXYEAR = 9999
_MAXORDINAL = 3652059
_EPOCH_ORDINAL = 719163
_MICROSECONDS_A_DAY = 86400 * 10**6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_MISSING = object()


# ---- the calendar


def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in_month(year, month):
    return 29 if month == 2 and _is_leap(year) else _LENGTHS[month - 1]


def _days_before_year(year):
    year -= 1
    return year * 365 + year // 4 - year // 100 + year // 400


def _ordinal(year, month, day):
    before = _BEFORE[month - 1] + (month > 2 and _is_leap(year))
    return _days_before_year(year) + before + day


def _from_ordinal(n):
    # Cycles of 400, 100, 4 and 1 years; the last day of a leap cycle belongs to its last year.
    n -= 1
    n400, n = divmod(n, 146097)
    n100, n = divmod(n, 36524)
    n4, n = divmod(n, 1461)
    n1, n = divmod(n, 365)
    year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1
    if n1 == 4 or n100 == 4:
        return year - 1, 12, 31
    month = 12
    leap = _is_leap(year)
    while True:
        before = _BEFORE[month - 1] + (month > 2 and leap)
        if before <= n:
            return year, month, n - before + 1
        month -= 1


def _iso_week_one(year):
    # The ordinal of the Monday of the week with the first Thursday.
    first = _ordinal(year, 1, 1)
    weekday = (first + 6) % 7
    return first - weekday + (7 if weekday > 3 else 0)


def _weeks_in(year):
    first = _ordinal(year, 1, 1) % 7
    return 53 if first == 4 or (first == 3 and _is_leap(year)) else 52


def _check_date(year, month, day):
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    if not 1 <= day <= _days_in_month(year, month):
        raise ValueError("day is out of range for month")


def _check_time(hour, minute, second, microsecond, fold):
    if not 0 <= hour <= 23:
        raise ValueError("hour must be in 0..23")
    if not 0 <= minute <= 59:
        raise ValueError("minute must be in 0..59")
    if not 0 <= second <= 59:
        raise ValueError("second must be in 0..59")
    if not 0 <= microsecond <= 999999:
        raise ValueError("microsecond must be in 0..999999")
    if fold not in (0, 1):
        raise ValueError("fold must be either 0 or 1")


def _check_tzinfo(zone):
    if zone is not None and not isinstance(zone, tzinfo):
        raise TypeError(
            f"tzinfo argument must be None or of a tzinfo subclass, not type '{type(zone).__name__}'"
        )


def _class_name(value):
    # Classes of a program stand without their module.
    kind = type(value)
    return f"datetime.{kind.__name__}" if kind.__module__ == "datetime" else kind.__name__


# ---- durations


def _divide_nearest(a, b):
    # a / b to the nearest integer, ties to even.
    quotient, rest = divmod(a, b)
    rest *= 2
    if (rest > b if b > 0 else rest < b) or (rest == b and quotient % 2 == 1):
        quotient += 1
    return quotient


class timedelta:
    __slots__ = ("_days", "_seconds", "_microseconds")

    def __new__(cls, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        total = 0
        leftover = 0.0
        for name, value, unit in (
            ("microseconds", microseconds, 1),
            ("milliseconds", milliseconds, 1000),
            ("seconds", seconds, 10**6),
            ("minutes", minutes, 60 * 10**6),
            ("hours", hours, 3600 * 10**6),
            ("days", days, _MICROSECONDS_A_DAY),
            ("weeks", weeks, 7 * _MICROSECONDS_A_DAY),
        ):
            if isinstance(value, int):
                total += value * unit
            elif isinstance(value, float):
                # Whole units are exact; fractions of microseconds add up until the end.
                fraction, whole = math.modf(value)
                total += int(whole) * unit
                if fraction:
                    fraction, whole = math.modf(fraction * unit)
                    total += int(whole)
                    leftover += fraction
            else:
                raise TypeError(
                    f"unsupported type for timedelta {name} component: {type(value).__name__}"
                )
        if leftover:
            whole = math.floor(leftover + 0.5) if leftover > 0 else math.ceil(leftover - 0.5)
            if abs(whole - leftover) == 0.5:
                # A tie: to even, counting what is there already.
                odd = total & 1
                half = (leftover + odd) * 0.5
                half = math.floor(half + 0.5) if half > 0 else math.ceil(half - 0.5)
                whole = 2 * half - odd
            total += int(whole)
        return cls._from_microseconds(total)

    @classmethod
    def _from_microseconds(cls, total):
        seconds, microseconds = divmod(total, 10**6)
        days, seconds = divmod(seconds, 86400)
        if not -999999999 <= days <= 999999999:
            if not -(2**31) <= days < 2**31:
                raise OverflowError("Python int too large to convert to C int")
            raise OverflowError(f"days={days}; must have magnitude <= 999999999")
        self = object.__new__(cls)
        self._days, self._seconds, self._microseconds = days, seconds, microseconds
        return self

    def _total(self):
        return (self._days * 86400 + self._seconds) * 10**6 + self._microseconds

    @property
    def days(self):
        return self._days

    @property
    def seconds(self):
        return self._seconds

    @property
    def microseconds(self):
        return self._microseconds

    def total_seconds(self):
        return self._total() / 10**6

    def __repr__(self):
        parts = []
        if self._days:
            parts.append(f"days={self._days}")
        if self._seconds:
            parts.append(f"seconds={self._seconds}")
        if self._microseconds:
            parts.append(f"microseconds={self._microseconds}")
        return f"{_class_name(self)}({', '.join(parts) or '0'})"

    def __str__(self):
        minutes, seconds = divmod(self._seconds, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02}:{seconds:02}"
        if self._days:
            plural = "" if abs(self._days) == 1 else "s"
            text = f"{self._days} day{plural}, {text}"
        if self._microseconds:
            text += f".{self._microseconds:06}"
        return text

    def __add__(self, other):
        if isinstance(other, timedelta):
            return timedelta._from_microseconds(self._total() + other._total())
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return timedelta._from_microseconds(self._total() - other._total())
        return NotImplemented

    def __rsub__(self, other):
        if isinstance(other, timedelta):
            return timedelta._from_microseconds(other._total() - self._total())
        return NotImplemented

    def __neg__(self):
        return timedelta._from_microseconds(-self._total())

    def __pos__(self):
        return timedelta._from_microseconds(self._total())

    def __abs__(self):
        return timedelta._from_microseconds(abs(self._total()))

    def __mul__(self, other):
        if isinstance(other, int):
            return timedelta._from_microseconds(self._total() * other)
        if isinstance(other, float):
            n, d = other.as_integer_ratio()
            return timedelta._from_microseconds(_divide_nearest(self._total() * n, d))
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other):
        if isinstance(other, timedelta):
            return self._total() // other._total()
        if isinstance(other, int):
            return timedelta._from_microseconds(self._total() // other)
        return NotImplemented

    def __truediv__(self, other):
        if isinstance(other, timedelta):
            return self._total() / other._total()
        if isinstance(other, int):
            return timedelta._from_microseconds(_divide_nearest(self._total(), other))
        if isinstance(other, float):
            n, d = other.as_integer_ratio()
            return timedelta._from_microseconds(_divide_nearest(d * self._total(), n))
        return NotImplemented

    def __mod__(self, other):
        if isinstance(other, timedelta):
            return timedelta._from_microseconds(self._total() % other._total())
        return NotImplemented

    def __divmod__(self, other):
        if isinstance(other, timedelta):
            quotient, rest = divmod(self._total(), other._total())
            return quotient, timedelta._from_microseconds(rest)
        return NotImplemented

    def __eq__(self, other):
        return self._total() == other._total() if isinstance(other, timedelta) else NotImplemented

    def __lt__(self, other):
        return self._total() < other._total() if isinstance(other, timedelta) else NotImplemented

    def __le__(self, other):
        return self._total() <= other._total() if isinstance(other, timedelta) else NotImplemented

    def __gt__(self, other):
        return self._total() > other._total() if isinstance(other, timedelta) else NotImplemented

    def __ge__(self, other):
        return self._total() >= other._total() if isinstance(other, timedelta) else NotImplemented

    def __hash__(self):
        return hash((self._days, self._seconds, self._microseconds))

    def __bool__(self):
        return bool(self._days or self._seconds or self._microseconds)

    def __reduce__(self):
        return self.__class__, (self._days, self._seconds, self._microseconds)


timedelta.min = timedelta(-999999999)
timedelta.max = timedelta(999999999, 86399, 999999)
timedelta.resolution = timedelta(microseconds=1)
_ZERO = timedelta(0)
_DAY = timedelta(1)


# ---- texts


def _format_offset(offset, separator=":"):
    if offset is None:
        return ""
    sign = "+"
    if offset < _ZERO:
        sign = "-"
        offset = -offset
    minutes, seconds = divmod(offset._days * 86400 + offset._seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{sign}{hours:02}{separator}{minutes:02}"
    if seconds or offset._microseconds:
        text += f"{separator}{seconds:02}"
        if offset._microseconds:
            text += f".{offset._microseconds:06}"
    return text


def _format_time(hour, minute, second, microsecond, timespec):
    if timespec == "auto":
        timespec = "microseconds" if microsecond else "seconds"
    if timespec == "hours":
        return f"{hour:02}"
    if timespec == "minutes":
        return f"{hour:02}:{minute:02}"
    text = f"{hour:02}:{minute:02}:{second:02}"
    if timespec == "seconds":
        return text
    if timespec == "milliseconds":
        return f"{text}.{microsecond // 1000:03}"
    if timespec == "microseconds":
        return f"{text}.{microsecond:06}"
    raise ValueError("Unknown timespec value")


def _strftime(value, format, timetuple):
    if not isinstance(format, str):
        raise TypeError(f"strftime() argument 1 must be str, not {type(format).__name__}")
    # What `time.strftime` does not know of this value is filled in first.
    pieces = []
    at = 0
    while True:
        mark = format.find("%", at)
        if mark < 0 or mark + 1 >= len(format):
            pieces.append(format[at:])
            break
        pieces.append(format[at:mark])
        kind = format[mark + 1]
        at = mark + 2
        if kind == "f":
            pieces.append(f"{getattr(value, 'microsecond', 0):06}")
        elif kind == "z":
            pieces.append(_format_offset(value.utcoffset(), "") if hasattr(value, "utcoffset") else "")
        elif kind == ":" and format[at:at + 1] == "z":
            at += 1
            pieces.append(_format_offset(value.utcoffset()) if hasattr(value, "utcoffset") else "")
        elif kind == "Z":
            name = value.tzname() if hasattr(value, "tzname") else None
            pieces.append("" if name is None else name.replace("%", "%%"))
        else:
            pieces.append("%" + kind)
    return _time.strftime("".join(pieces), timetuple)


def _format(value, spec):
    if not isinstance(spec, str):
        raise TypeError(f"__format__() argument 1 must be str, not {type(spec).__name__}")
    return value.strftime(spec) if spec else str(value)


def _digits(text, start, count):
    # A number of exactly so many digits, or None.
    part = text[start:start + count]
    if len(part) == count and part.isascii() and part.isdigit():
        return int(part)
    return None


def _parse_date(text):
    # (year, month, day) of `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]` or `YYYYWww[D]`; else None.
    year = _digits(text, 0, 4)
    if year is None:
        return None
    dash = text[4:5] == "-"
    at = 5 if dash else 4
    if text[at:at + 1] == "W":
        week = _digits(text, at + 1, 2)
        at += 3
        if week is None:
            return None
        day = 1
        if len(text) > at:
            if (text[at] == "-") != dash:
                return None
            at += dash
            day = _digits(text, at, 1)
            if day is None or len(text) != at + 1:
                return None
        if not 1 <= day <= 7 or not MINYEAR <= year <= MAXYEAR or not 1 <= week <= _weeks_in(year):
            return None
        return _from_ordinal(_iso_week_one(year) + (week - 1) * 7 + day - 1)
    month = _digits(text, at, 2)
    at += 2
    if month is None or (text[at:at + 1] == "-") != dash:
        return None
    at += dash
    day = _digits(text, at, 2)
    if day is None or len(text) != at + 2:
        return None
    return year, month, day


def _parse_clock(text):
    # [hour, minute, second, microsecond] of `HH[:MM[:SS[.ffffff]]]`; else None.
    parts = [0, 0, 0, 0]
    at = 0
    colon = False
    for i in range(3):
        part = _digits(text, at, 2)
        if part is None:
            return None
        parts[i] = part
        at += 2
        following = text[at:at + 1]
        if i == 0:
            colon = following == ":"
        if not following or i == 2 or following in ".,":
            break
        if colon:
            if following != ":":
                return None
            at += 1
    if at < len(text):
        if text[at] not in ".,":
            return None
        fraction = text[at + 1:]
        if not (fraction and fraction.isascii() and fraction.isdigit()) or i != 2:
            return None
        parts[3] = int(fraction[:6].ljust(6, "0"))
    return parts


def _parse_time(text):
    # The clock and the zone; else None.
    mark = next((at for at, c in enumerate(text) if c in "+-Z"), None)
    clock = _parse_clock(text if mark is None else text[:mark])
    if clock is None:
        return None
    if mark is None:
        return clock, None
    if text[mark] == "Z":
        return (clock, timezone.utc) if mark + 1 == len(text) else None
    parts = _parse_clock(text[mark + 1:])
    if parts is None:
        return None
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2], microseconds=parts[3])
    if not offset:
        return clock, timezone.utc
    return clock, timezone(-offset if text[mark] == "-" else offset)


def _separator(text):
    # Where the date ends in a date with a time.
    if len(text) == 7:
        return 7
    if text[4] == "-":
        if text[5] != "W":
            return 10
        if len(text) > 8 and text[8] == "-":
            if len(text) > 10 and text[10] in "0123456789":
                return 8
            return 10
        return 8
    if text[4] != "W":
        return 8
    end = 7
    while end < len(text) and text[end] in "0123456789":
        end += 1
    if end < 9:
        return end
    return 7 if end % 2 == 0 else 8


def _bad_iso(text):
    return ValueError(f"Invalid isoformat string: {text!r}")


def _expect_text(text):
    if not isinstance(text, str):
        raise TypeError("fromisoformat: argument must be str")


# ---- dates


class date:
    __slots__ = ("_year", "_month", "_day")

    def __new__(cls, year=_MISSING, month=_MISSING, day=_MISSING):
        if day is _MISSING:
            _missing(year=year, month=month, day=day)
        year, month, day = index(year), index(month), index(day)
        _check_date(year, month, day)
        self = object.__new__(cls)
        self._year, self._month, self._day = year, month, day
        return self

    @classmethod
    def fromtimestamp(cls, timestamp, /):
        # No timestamp is not now here.
        moment = _time.localtime(index(timestamp) if timestamp is None else timestamp)
        return cls(moment[0], moment[1], moment[2])

    @classmethod
    def today(cls):
        return cls.fromtimestamp(_time.time())

    @classmethod
    def fromordinal(cls, ordinal, /):
        ordinal = index(ordinal)
        if ordinal < 1:
            raise ValueError("ordinal must be >= 1")
        year, month, day = _from_ordinal(ordinal)
        return cls(year, month, day)

    @classmethod
    def fromisoformat(cls, string, /):
        _expect_text(string)
        parts = _parse_date(string) if len(string) in (7, 8, 10) else None
        if parts is None:
            raise _bad_iso(string)
        return cls(*parts)

    @classmethod
    def fromisocalendar(cls, year, week, day):
        if not MINYEAR <= year <= MAXYEAR:
            raise ValueError(f"Year is out of range: {year}")
        if not 1 <= week <= _weeks_in(year):
            raise ValueError(f"Invalid week: {week}")
        if not 1 <= day <= 7:
            raise ValueError(f"Invalid day: {day} (range is [1, 7])")
        return cls(*_from_ordinal(_iso_week_one(year) + (week - 1) * 7 + day - 1))

    @property
    def year(self):
        return self._year

    @property
    def month(self):
        return self._month

    @property
    def day(self):
        return self._day

    def __repr__(self):
        return f"{_class_name(self)}({self._year}, {self._month}, {self._day})"

    def isoformat(self):
        return f"{self._year:04}-{self._month:02}-{self._day:02}"

    def __str__(self):
        return self.isoformat()

    def ctime(self):
        return f"{_DAYS[date.weekday(self)]} {_MONTHS[self._month - 1]} {self._day:2} 00:00:00 {self._year:04}"

    def strftime(self, format):
        return _strftime(self, format, self.timetuple())

    def __format__(self, format, /):
        return _format(self, format)

    def _timetuple(self, hour, minute, second, dst):
        day = date.toordinal(self) - _days_before_year(self._year)
        return _time.struct_time(
            (self._year, self._month, self._day, hour, minute, second, date.weekday(self), day, dst)
        )

    def timetuple(self):
        return self._timetuple(0, 0, 0, -1)

    def toordinal(self):
        return _ordinal(self._year, self._month, self._day)

    def weekday(self):
        return (date.toordinal(self) + 6) % 7

    def isoweekday(self):
        return date.toordinal(self) % 7 or 7

    def isocalendar(self):
        year = self._year
        today = date.toordinal(self)
        first = _iso_week_one(year)
        if today < first:
            year -= 1
            first = _iso_week_one(year)
        elif today >= first + 7 * 52 and today >= _iso_week_one(year + 1):
            year += 1
            first = _iso_week_one(year)
        week, day = divmod(today - first, 7)
        return IsoCalendarDate(year, week + 1, day + 1)

    def replace(self, year=_MISSING, month=_MISSING, day=_MISSING):
        return type(self)(
            self._year if year is _MISSING else year,
            self._month if month is _MISSING else month,
            self._day if day is _MISSING else day,
        )

    __replace__ = replace

    def _fields(self):
        return self._year, self._month, self._day

    def __eq__(self, other):
        return self._fields() == other._fields() if _plain_date(other) else NotImplemented

    def __lt__(self, other):
        return self._fields() < other._fields() if _plain_date(other) else NotImplemented

    def __le__(self, other):
        return self._fields() <= other._fields() if _plain_date(other) else NotImplemented

    def __gt__(self, other):
        return self._fields() > other._fields() if _plain_date(other) else NotImplemented

    def __ge__(self, other):
        return self._fields() >= other._fields() if _plain_date(other) else NotImplemented

    def _state(self):
        return bytes((self._year >> 8, self._year & 255, self._month, self._day))

    def __hash__(self):
        return hash(self._state())

    def __add__(self, other):
        if isinstance(other, timedelta):
            ordinal = date.toordinal(self) + other._days
            if not 0 < ordinal <= _MAXORDINAL:
                raise OverflowError("date value out of range")
            return type(self).fromordinal(ordinal)
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return date.__add__(self, timedelta(-other._days))
        if _plain_date(other):
            return timedelta(date.toordinal(self) - date.toordinal(other))
        return NotImplemented

    def __reduce__(self):
        return self.__class__, (self._year, self._month, self._day)


def _missing(**fields):
    # What is there is looked at before it is missed what comes after.
    for place, (name, value) in enumerate(fields.items(), 1):
        if value is _MISSING:
            raise TypeError(f"function missing required argument '{name}' (pos {place})")
        index(value)


def _plain_date(value):
    return isinstance(value, date) and not isinstance(value, datetime)


class IsoCalendarDate(tuple):
    def __new__(cls, year, week, weekday, /):
        return super().__new__(cls, (year, week, weekday))

    @property
    def year(self):
        return self[0]

    @property
    def week(self):
        return self[1]

    @property
    def weekday(self):
        return self[2]

    def __reduce__(self):
        return tuple, (tuple(self),)

    def __repr__(self):
        return f"datetime.IsoCalendarDate(year={self[0]}, week={self[1]}, weekday={self[2]})"


# ---- zones


class tzinfo:
    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def tzname(self, dt, /):
        raise NotImplementedError("a tzinfo subclass must implement tzname()")

    def utcoffset(self, dt, /):
        raise NotImplementedError("a tzinfo subclass must implement utcoffset()")

    def dst(self, dt, /):
        raise NotImplementedError("a tzinfo subclass must implement dst()")

    def fromutc(self, dt, /):
        if not isinstance(dt, datetime):
            raise TypeError("fromutc: argument must be a datetime")
        if dt.tzinfo is not self:
            raise ValueError("fromutc: dt.tzinfo is not self")
        offset = dt.utcoffset()
        if offset is None:
            raise ValueError("fromutc: non-None utcoffset() result required")
        saving = dt.dst()
        if saving is None:
            raise ValueError("fromutc: non-None dst() result required")
        standard = offset - saving
        if standard:
            dt += standard
            saving = dt.dst()
            if saving is None:
                raise ValueError("fromutc: tz.dst() gave inconsistent results; cannot convert")
        return dt + saving

    def __reduce__(self):
        arguments = getattr(self, "__getinitargs__", None)
        return self.__class__, arguments() if arguments else ()


def _ask(zone, name, dt):
    # What a zone says of a time, checked.
    offset = getattr(zone, name)(dt)
    if offset is None:
        return None
    if not isinstance(offset, timedelta):
        raise TypeError(f"tzinfo.{name}() must return None or timedelta, not '{type(offset).__name__}'")
    if not -_DAY < offset < _DAY:
        raise ValueError(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)."
        )
    return offset


def _ask_name(zone, dt):
    name = zone.tzname(dt)
    if name is not None and not isinstance(name, str):
        raise TypeError(f"tzinfo.tzname() must return None or a string, not '{type(name).__name__}'")
    return name


class timezone(tzinfo):
    __slots__ = ("_offset", "_name")

    def __new__(cls, offset=_MISSING, name=_MISSING):
        if offset is _MISSING:
            raise TypeError("timezone() missing required argument 'offset' (pos 1)")
        if not isinstance(offset, timedelta):
            raise TypeError(
                f"timezone() argument 1 must be datetime.timedelta, not {type(offset).__name__}"
            )
        if name is _MISSING:
            if not offset:
                return cls.utc
            name = None
        elif not isinstance(name, str):
            raise TypeError(f"timezone() argument 2 must be str, not {type(name).__name__}")
        if not -_DAY < offset < _DAY:
            raise ValueError(
                "offset must be a timedelta strictly between -timedelta(hours=24) and "
                f"timedelta(hours=24), not {offset!r}."
            )
        return cls._make(offset, name)

    @classmethod
    def _make(cls, offset, name=None):
        self = object.__new__(cls)
        self._offset, self._name = offset, name
        return self

    def __init_subclass__(cls):
        raise TypeError("type 'datetime.timezone' is not an acceptable base type")

    def __getinitargs__(self):
        return (self._offset,) if self._name is None else (self._offset, self._name)

    def __eq__(self, other):
        return self._offset == other._offset if isinstance(other, timezone) else NotImplemented

    def __hash__(self):
        return hash(self._offset)

    def __repr__(self):
        if self is timezone.utc:
            return "datetime.timezone.utc"
        name = "" if self._name is None else f", {self._name!r}"
        return f"{_class_name(self)}({self._offset!r}{name})"

    def __str__(self):
        return self.tzname(None)

    def _check(self, dt, function):
        if dt is not None and not isinstance(dt, datetime):
            raise TypeError(
                f"{function}(dt) argument must be a datetime instance or None, not {type(dt).__name__}"
            )

    def utcoffset(self, dt, /):
        self._check(dt, "utcoffset")
        return self._offset

    def tzname(self, dt, /):
        self._check(dt, "tzname")
        if self._name is not None:
            return self._name
        return "UTC" + _format_offset(self._offset) if self._offset else "UTC"

    def dst(self, dt, /):
        self._check(dt, "dst")
        return None

    def fromutc(self, dt, /):
        if not isinstance(dt, datetime):
            raise TypeError("fromutc: argument must be a datetime instance")
        if dt.tzinfo is not self:
            raise ValueError("fromutc: dt.tzinfo is not self")
        return dt + self._offset


UTC = timezone.utc = timezone._make(_ZERO)
timezone.min = timezone._make(-timedelta(hours=23, minutes=59))
timezone.max = timezone._make(timedelta(hours=23, minutes=59))


# ---- times of day


def _compared_by_places(cls):
    # Gives a class the comparisons, by what its `_places` says of two instances.
    def __eq__(self, other):
        if not isinstance(other, cls):
            return NotImplemented
        places = self._places(other, True)
        return places is not None and places[0] == places[1]

    def __lt__(self, other):
        if not isinstance(other, cls):
            return NotImplemented
        mine, theirs = self._places(other, False)
        return mine < theirs

    def __le__(self, other):
        if not isinstance(other, cls):
            return NotImplemented
        mine, theirs = self._places(other, False)
        return mine <= theirs

    def __gt__(self, other):
        if not isinstance(other, cls):
            return NotImplemented
        mine, theirs = self._places(other, False)
        return mine > theirs

    def __ge__(self, other):
        if not isinstance(other, cls):
            return NotImplemented
        mine, theirs = self._places(other, False)
        return mine >= theirs

    for method in (__eq__, __lt__, __le__, __gt__, __ge__):
        method.__qualname__ = f"{cls.__name__}.{method.__name__}"
        setattr(cls, method.__name__, method)
    return cls


@_compared_by_places
class time:
    __slots__ = ("_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_fold")

    def __new__(cls, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        hour, minute, second = index(hour), index(minute), index(second)
        microsecond = index(microsecond)
        _check_time(hour, minute, second, microsecond, fold)
        _check_tzinfo(tzinfo)
        self = object.__new__(cls)
        self._hour, self._minute, self._second, self._microsecond = hour, minute, second, microsecond
        self._tzinfo, self._fold = tzinfo, fold
        return self

    @classmethod
    def fromisoformat(cls, string, /):
        _expect_text(string)
        found = _parse_time(string.removeprefix("T"))
        if found is None:
            raise _bad_iso(string)
        clock, zone = found
        return cls(*clock, zone)

    @property
    def hour(self):
        return self._hour

    @property
    def minute(self):
        return self._minute

    @property
    def second(self):
        return self._second

    @property
    def microsecond(self):
        return self._microsecond

    @property
    def tzinfo(self):
        return self._tzinfo

    @property
    def fold(self):
        return self._fold

    def _fields(self):
        return self._hour, self._minute, self._second, self._microsecond

    def _microseconds(self):
        return ((self._hour * 60 + self._minute) * 60 + self._second) * 10**6 + self._microsecond

    def _places(self, other, equality):
        # What to compare of two times; None for a pair that is only ever unequal.
        mine = theirs = None
        if self._tzinfo is not other._tzinfo:
            mine, theirs = self.utcoffset(), other.utcoffset()
        if mine == theirs:
            return self._fields(), other._fields()
        if mine is None or theirs is None:
            if equality:
                return None
            raise TypeError("can't compare offset-naive and offset-aware times")
        return self._microseconds() - mine._total(), other._microseconds() - theirs._total()

    def __hash__(self):
        offset = self.replace(fold=0).utcoffset()
        if offset is None:
            return hash(bytes((self._hour, self._minute, self._second)) + self._microsecond.to_bytes(3))
        return hash(timedelta._from_microseconds(self._microseconds()) - offset)

    def __repr__(self):
        fields = [self._hour, self._minute]
        if self._second or self._microsecond:
            fields.append(self._second)
        if self._microsecond:
            fields.append(self._microsecond)
        return _repr(self, fields)

    def isoformat(self, timespec="auto"):
        return _format_time(*self._fields(), timespec) + _format_offset(self.utcoffset())

    def __str__(self):
        return self.isoformat()

    def strftime(self, format):
        timetuple = _time.struct_time((1900, 1, 1, self._hour, self._minute, self._second, 0, 1, -1))
        return _strftime(self, format, timetuple)

    def __format__(self, format, /):
        return _format(self, format)

    def utcoffset(self):
        return None if self._tzinfo is None else _ask(self._tzinfo, "utcoffset", None)

    def tzname(self):
        return None if self._tzinfo is None else _ask_name(self._tzinfo, None)

    def dst(self):
        return None if self._tzinfo is None else _ask(self._tzinfo, "dst", None)

    def replace(
        self, hour=_MISSING, minute=_MISSING, second=_MISSING, microsecond=_MISSING,
        tzinfo=_MISSING, *, fold=_MISSING,
    ):
        return type(self)(
            self._hour if hour is _MISSING else hour,
            self._minute if minute is _MISSING else minute,
            self._second if second is _MISSING else second,
            self._microsecond if microsecond is _MISSING else microsecond,
            self._tzinfo if tzinfo is _MISSING else tzinfo,
            fold=self._fold if fold is _MISSING else fold,
        )

    __replace__ = replace

    def __reduce__(self):
        return self.__class__, (*self._fields(), self._tzinfo)


_time_class = time
_tzinfo_class = tzinfo


def _repr(value, fields):
    text = ", ".join(map(str, fields))
    if value._tzinfo is not None:
        text += f", tzinfo={value._tzinfo!r}"
    if value._fold:
        text += ", fold=1"
    return f"{_class_name(value)}({text})"


time.min = time(0, 0)
time.max = time(23, 59, 59, 999999)
time.resolution = timedelta(microseconds=1)


# ---- dates with times


def _local_zone(seconds):
    # The local zone at a number of seconds since the epoch.
    offset = utc_offset(seconds)
    return timezone._make(timedelta(seconds=offset), _time.strftime("%Z", _time.localtime(seconds)))


@_compared_by_places
class datetime(date):
    __slots__ = ("_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_fold")

    def __new__(
        cls, year=_MISSING, month=_MISSING, day=_MISSING, hour=0, minute=0, second=0, microsecond=0,
        tzinfo=None, *, fold=0,
    ):
        if day is _MISSING:
            _missing(year=year, month=month, day=day)
        year, month, day = index(year), index(month), index(day)
        hour, minute, second = index(hour), index(minute), index(second)
        microsecond = index(microsecond)
        _check_date(year, month, day)
        _check_time(hour, minute, second, microsecond, fold)
        _check_tzinfo(tzinfo)
        self = object.__new__(cls)
        self._year, self._month, self._day = year, month, day
        self._hour, self._minute, self._second, self._microsecond = hour, minute, second, microsecond
        self._tzinfo, self._fold = tzinfo, fold
        return self

    @classmethod
    def _at(cls, microseconds, zone=None, fold=0):
        # From microseconds since the epoch, as that zone's clocks show them.
        days, rest = divmod(microseconds, _MICROSECONDS_A_DAY)
        ordinal = days + _EPOCH_ORDINAL
        if not 0 < ordinal <= _MAXORDINAL:
            if not _FIRST_SECOND <= microseconds // 10**6 <= _LAST_SECOND:
                raise OSError(75, "Value too large for defined data type")
            raise ValueError(f"year {_from_ordinal(ordinal)[0]} is out of range")
        seconds, microsecond = divmod(rest, 10**6)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return cls(*_from_ordinal(ordinal), hour, minute, second, microsecond, zone, fold=fold)

    @classmethod
    def _from_timestamp(cls, microseconds, zone):
        if zone is None:
            seconds = microseconds // 10**6
            offset = utc_offset(seconds)
            # The second of two equal times is the one after the clocks went back.
            earlier = utc_offset(seconds - 86400)
            back = earlier - offset
            fold = int(back > 0 and utc_offset(seconds - back) == earlier)
            made = cls._at(microseconds + offset * 10**6, None, fold)
            if made.toordinal() == 1:
                # CPython looks at the day before, for the clocks.
                raise ValueError("year 0 is out of range")
            return made
        return zone.fromutc(cls._at(microseconds, zone))

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        _check_tzinfo(tz)
        return cls._from_timestamp(_microseconds_of(timestamp), tz)

    @classmethod
    def utcfromtimestamp(cls, timestamp, /):
        _deprecated("utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)", "timestamps in UTC")
        return cls._at(_microseconds_of(timestamp))

    @classmethod
    def now(cls, tz=None):
        _check_tzinfo(tz)
        return cls._from_timestamp(_time.time_ns() // 1000, tz)

    @classmethod
    def today(cls):
        return cls._from_timestamp(_time.time_ns() // 1000, None)

    @classmethod
    def utcnow(cls):
        _deprecated("utcnow", "now(datetime.UTC)", "times in UTC")
        return cls._at(_time.time_ns() // 1000)

    @classmethod
    def combine(cls, date, time, tzinfo=_MISSING):
        if not isinstance(date, _date_class):
            raise TypeError(f"combine() argument 1 must be datetime.date, not {type(date).__name__}")
        if not isinstance(time, _time_class):
            raise TypeError(f"combine() argument 2 must be datetime.time, not {type(time).__name__}")
        return cls(
            date._year, date._month, date._day, *time._fields(),
            time._tzinfo if tzinfo is _MISSING else tzinfo, fold=time._fold,
        )

    @classmethod
    def fromisoformat(cls, string, /):
        _expect_text(string)
        if len(string) < 7:
            raise _bad_iso(string)
        end = _separator(string)
        parts = _parse_date(string[:end])
        if parts is None:
            raise _bad_iso(string)
        rest = string[end + 1:]
        if not rest:
            if len(string) > end:
                raise _bad_iso(string)
            return cls(*parts)
        found = _parse_time(rest)
        if found is None:
            raise _bad_iso(string)
        clock, zone = found
        return cls(*parts, *clock, zone)

    @classmethod
    def strptime(cls, date_string, format, /):
        import _strptime

        return _strptime.parse_datetime(cls, date_string, format)

    @property
    def hour(self):
        return self._hour

    @property
    def minute(self):
        return self._minute

    @property
    def second(self):
        return self._second

    @property
    def microsecond(self):
        return self._microsecond

    @property
    def tzinfo(self):
        return self._tzinfo

    @property
    def fold(self):
        return self._fold

    def date(self):
        return _date_class(self._year, self._month, self._day)

    def time(self):
        return _time_class(*self._clock(), fold=self._fold)

    def timetz(self):
        return _time_class(*self._clock(), self._tzinfo, fold=self._fold)

    def _clock(self):
        return self._hour, self._minute, self._second, self._microsecond

    def _fields(self):
        return (
            self._year, self._month, self._day, self._hour, self._minute, self._second,
            self._microsecond,
        )

    def _microseconds(self):
        # Since the epoch, by this clock.
        seconds = (self._hour * 60 + self._minute) * 60 + self._second
        return ((date.toordinal(self) - _EPOCH_ORDINAL) * 86400 + seconds) * 10**6 + self._microsecond

    def replace(
        self, year=_MISSING, month=_MISSING, day=_MISSING, hour=_MISSING, minute=_MISSING,
        second=_MISSING, microsecond=_MISSING, tzinfo=_MISSING, *, fold=_MISSING,
    ):
        return type(self)(
            self._year if year is _MISSING else year,
            self._month if month is _MISSING else month,
            self._day if day is _MISSING else day,
            self._hour if hour is _MISSING else hour,
            self._minute if minute is _MISSING else minute,
            self._second if second is _MISSING else second,
            self._microsecond if microsecond is _MISSING else microsecond,
            self._tzinfo if tzinfo is _MISSING else tzinfo,
            fold=self._fold if fold is _MISSING else fold,
        )

    __replace__ = replace

    def timetuple(self):
        saving = self.dst()
        return self._timetuple(
            self._hour, self._minute, self._second, -1 if saving is None else int(bool(saving))
        )

    def utctimetuple(self):
        offset = self.utcoffset()
        moment = self if not offset else self.replace(tzinfo=None) - offset
        return moment._timetuple(moment._hour, moment._minute, moment._second, 0)

    def _local_seconds(self):
        # Seconds since the epoch of a local time: the offset that fits both ways, or in a gap
        # and a repeated hour the one that `fold` picks.
        wall = self._microseconds() // 10**6
        before, after = utc_offset(wall - 86400), utc_offset(wall + 86400)
        fitting = [wall - offset for offset in (before, after) if utc_offset(wall - offset) == offset]
        if not fitting:
            return wall - (after if self._fold else before)
        return max(fitting) if self._fold else min(fitting)

    def timestamp(self):
        if self._tzinfo is None:
            if self._year == 1:
                # A day on either side has to be a date as well.
                self - _DAY
            return self._local_seconds() + self._microsecond / 1e6
        return (self - _EPOCH).total_seconds()

    def astimezone(self, tz=None):
        _check_tzinfo(tz)
        offset = None if self._tzinfo is None else self.utcoffset()
        mine = self._tzinfo
        if offset is None:
            mine = _local_zone(self.replace(tzinfo=None)._local_seconds())
            offset = mine._offset
        if tz is None:
            seconds = (self._microseconds() - offset._total()) // 10**6
            tz = _local_zone(seconds)
        if tz is mine:
            return self.replace(tzinfo=tz) if self._tzinfo is None else self
        return tz.fromutc((self.replace(tzinfo=None) - offset).replace(tzinfo=tz))

    def ctime(self):
        clock = f"{self._hour:02}:{self._minute:02}:{self._second:02}"
        return f"{_DAYS[date.weekday(self)]} {_MONTHS[self._month - 1]} {self._day:2} {clock} {self._year:04}"

    def isoformat(self, sep="T", timespec="auto"):
        if not isinstance(sep, str) or len(sep) != 1:
            raise TypeError(f"isoformat() argument 1 must be a unicode character, not {type(sep).__name__}")
        day = f"{self._year:04}-{self._month:02}-{self._day:02}"
        clock = _format_time(*self._clock(), timespec)
        return f"{day}{sep}{clock}{_format_offset(self.utcoffset())}"

    def __repr__(self):
        fields = list(self._fields())
        if not fields[-1]:
            fields.pop()
            if not fields[-1]:
                fields.pop()
        return _repr(self, fields)

    def __str__(self):
        return self.isoformat(sep=" ")

    def utcoffset(self):
        return None if self._tzinfo is None else _ask(self._tzinfo, "utcoffset", self)

    def tzname(self):
        return None if self._tzinfo is None else _ask_name(self._tzinfo, self)

    def dst(self):
        return None if self._tzinfo is None else _ask(self._tzinfo, "dst", self)

    def _places(self, other, equality):
        mine = theirs = None
        if self._tzinfo is not other._tzinfo:
            mine, theirs = self.utcoffset(), other.utcoffset()
            if equality:
                # A time whose offset depends on `fold` equals nothing in another zone.
                for moment, offset in ((self, mine), (other, theirs)):
                    if moment.replace(fold=not moment._fold).utcoffset() != offset:
                        return None
        if mine == theirs:
            return self._fields(), other._fields()
        if mine is None or theirs is None:
            if equality:
                return None
            raise TypeError("can't compare offset-naive and offset-aware datetimes")
        return self._microseconds() - mine._total(), other._microseconds() - theirs._total()

    def __hash__(self):
        offset = self.replace(fold=0).utcoffset()
        if offset is None:
            clock = bytes((self._hour, self._minute, self._second)) + self._microsecond.to_bytes(3)
            return hash(self._state() + clock)
        seconds = (self._hour * 60 + self._minute) * 60 + self._second
        return hash(timedelta(date.toordinal(self), seconds, self._microsecond) - offset)

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        microseconds = self._microseconds() + other._total()
        ordinal = microseconds // _MICROSECONDS_A_DAY + _EPOCH_ORDINAL
        if not 0 < ordinal <= _MAXORDINAL:
            raise OverflowError("date value out of range")
        return type(self)._at(microseconds, self._tzinfo)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return self + timedelta._from_microseconds(-other._total())
        if not isinstance(other, datetime):
            return NotImplemented
        difference = self._microseconds() - other._microseconds()
        if self._tzinfo is not other._tzinfo:
            mine, theirs = self.utcoffset(), other.utcoffset()
            if mine != theirs:
                if mine is None or theirs is None:
                    raise TypeError("can't subtract offset-naive and offset-aware datetimes")
                difference += theirs._total() - mine._total()
        return timedelta._from_microseconds(difference)

    def __reduce__(self):
        return self.__class__, (*self._fields(), self._tzinfo)


_date_class = date


# What the system's calendar can count: its years are 32 bits wide.
_FIRST_SECOND, _LAST_SECOND = -67768040609740800, 67768036191676799


def _microseconds_of(timestamp):
    if isinstance(timestamp, float):
        if math.isnan(timestamp):
            raise ValueError("Invalid value NaN (not a number)")
        if math.isinf(timestamp) or abs(timestamp) >= 2**63:
            raise OverflowError("timestamp out of range for platform time_t")
        fraction, whole = math.modf(timestamp)
        return int(whole) * 10**6 + round(fraction * 1e6)
    seconds = index(timestamp)
    if not -(2**63) <= seconds < 2**63:
        raise OverflowError("timestamp out of range for platform time_t")
    return seconds * 10**6


def _deprecated(name, instead, what):
    import warnings

    warnings.warn(
        f"datetime.datetime.{name}() is deprecated and scheduled for removal in a future version. "
        f"Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.{instead}.",
        DeprecationWarning,
        stacklevel=1,
    )


date.min = date(1, 1, 1)
date.max = date(9999, 12, 31)
date.resolution = timedelta(days=1)
datetime.min = datetime(1, 1, 1)
datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.resolution = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _refuse(message):
    def refuse(self, *value):
        raise AttributeError(message)

    return refuse


def _close(cls):
    # Fields cannot be set, nor can attributes of the class.
    for name, field in list(vars(cls).items()):
        if isinstance(field, property):
            message = f"attribute '{name}' of 'datetime.{cls.__name__}' objects is not writable"
            refuse = _refuse("readonly attribute" if cls is timedelta else message)
            setattr(cls, name, property(field.fget, refuse, refuse))
    seal(cls)


timedelta.__new__.__qualname__ = "__new__"
timezone.__new__.__qualname__ = "timezone"
for _class in (timedelta, date, tzinfo, timezone, time, datetime):
    _close(_class)
del _class
