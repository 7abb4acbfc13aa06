# `fractions`: exact rational numbers.

import functools
import math
import numbers
import operator
import sys

__all__ = ["Fraction"]

_MODULUS = sys.hash_info.modulus


@functools.lru_cache(maxsize=1 << 14)
def _hash(numerator, denominator):
    # Equal numbers of any type have equal hashes: arithmetic modulo a prime.
    try:
        inverse = pow(denominator, -1, _MODULUS)
    except ValueError:
        result = sys.hash_info.inf
    else:
        result = hash(hash(abs(numerator)) * inverse)
    if numerator < 0:
        result = -result
    return -2 if result == -1 else result


def _digits(text, at):
    # The end of digits with single underscores between them; `at` when there are none.
    end = at
    while end < len(text) and text[end].isdecimal():
        end += 1
        if end + 1 < len(text) and text[end] == "_" and text[end + 1].isdecimal():
            end += 1
    return end


def _parse(text):
    # Numerator and denominator of `-3/4`, `1_000`, `.5e-3`; None for anything else.
    body = text.strip()
    at = 0
    negative = body[:1] == "-"
    if body[:1] in ("-", "+"):
        at = 1
    end = _digits(body, at)
    whole = body[at:end]
    numerator = int(whole) if whole else 0
    denominator = 1
    at = end
    rest = body[at:].lstrip()
    if whole and rest[:1] == "/":
        rest = rest[1:].lstrip()
        end = _digits(rest, 0)
        if not end or end != len(rest):
            return None
        denominator = int(rest)
    else:
        fraction = ""
        if body[at:at + 1] == ".":
            end = _digits(body, at + 1)
            fraction = body[at + 1:end].replace("_", "")
            at = end
        if not whole and not fraction:
            return None
        if fraction:
            denominator = 10 ** len(fraction)
            numerator = numerator * denominator + int(fraction)
        if body[at:at + 1] in ("e", "E"):
            start = at + 1
            if body[start:start + 1] in ("-", "+"):
                start += 1
            end = _digits(body, start)
            if end == start:
                return None
            exponent = int(body[at + 1:end])
            if exponent >= 0:
                numerator *= 10 ** exponent
            else:
                denominator *= 10 ** -exponent
            at = end
        if at != len(body):
            return None
    return (-numerator if negative else numerator), denominator


def _round_to_exponent(n, d, exponent, no_negative_zero=False):
    # |n/d| as a multiple of 10**exponent, ties to even; and whether it is negative.
    if exponent >= 0:
        d *= 10 ** exponent
    else:
        n *= 10 ** -exponent
    quotient, rest = divmod(n + (d >> 1), d)
    if rest == 0 and d & 1 == 0:
        quotient &= -2
    return (quotient if no_negative_zero else n) < 0, abs(quotient)


def _round_to_figures(n, d, figures):
    if n == 0:
        return False, 0, 1 - figures
    top, bottom = str(abs(n)), str(d)
    exponent = len(top) - len(bottom) + (bottom <= top) - figures
    negative, significand = _round_to_exponent(n, d, exponent)
    if len(str(significand)) == figures + 1:
        significand //= 10
        exponent += 1
    return negative, significand, exponent


class _Spec:
    # A parsed format specification.
    fill = align = None
    sign = ""
    no_negative_zero = alternate = zero = False
    width = 0
    separator = ""
    precision = None
    kind = ""


def _parse_spec(text):
    spec = _Spec()
    at = 0
    if len(text) > 1 and text[1] in "<>=^":
        spec.fill, spec.align = text[0], text[1]
        at = 2
    elif text[:1] in ("<", ">", "=", "^"):
        spec.align = text[0]
        at = 1

    def take(options):
        nonlocal at
        if at < len(text) and text[at] in options:
            at += 1
            return text[at - 1]
        return ""

    def number():
        nonlocal at
        start = at
        while at < len(text) and "0" <= text[at] <= "9":
            at += 1
        return text[start:at]

    spec.sign = take("-+ ")
    spec.no_negative_zero = bool(take("z"))
    spec.alternate = bool(take("#"))
    if text[at:at + 1] == "0" and text[at + 1:at + 2].isdigit():
        spec.zero = True
        at += 1
    if text[at:at + 1] == "0":
        at += 1
    else:
        spec.width = int(number() or "0")
    spec.separator = take(",_")
    if text[at:at + 1] == ".":
        at += 1
        digits = number()
        if not digits or digits[0] == "0" and digits != "0":
            return None
        spec.precision = int(digits)
    spec.kind = take("eEfFgG%")
    return spec if at == len(text) else None


def _pad(sign, body, spec):
    padding = (spec.fill or " ") * (spec.width - len(sign) - len(body))
    align = spec.align or ">"
    if align == ">":
        return padding + sign + body
    if align == "<":
        return sign + body + padding
    if align == "^":
        half = len(padding) // 2
        return padding[:half] + sign + body + padding[half:]
    return sign + padding + body



class Fraction(numbers.Rational):
    __slots__ = ("_numerator", "_denominator")

    def __new__(cls, numerator=0, denominator=None):
        self = super().__new__(cls)
        if denominator is None:
            if type(numerator) is int:
                self._numerator, self._denominator = numerator, 1
                return self
            if isinstance(numerator, numbers.Rational):
                self._numerator, self._denominator = numerator.numerator, numerator.denominator
                return self
            if isinstance(numerator, float) or _is_decimal(numerator):
                self._numerator, self._denominator = numerator.as_integer_ratio()
                return self
            if not isinstance(numerator, str):
                raise TypeError("argument should be a string or a Rational instance")
            parsed = _parse(numerator)
            if parsed is None:
                raise ValueError(f"Invalid literal for Fraction: {numerator!r}")
            numerator, denominator = parsed
        elif type(numerator) is int is type(denominator):
            pass
        elif isinstance(numerator, numbers.Rational) and isinstance(denominator, numbers.Rational):
            numerator, denominator = (
                numerator.numerator * denominator.denominator,
                denominator.numerator * numerator.denominator,
            )
        else:
            raise TypeError("both arguments should be Rational instances")
        if denominator == 0:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        common = math.gcd(numerator, denominator)
        if denominator < 0:
            common = -common
        self._numerator, self._denominator = numerator // common, denominator // common
        return self

    @classmethod
    def from_float(cls, f):
        if isinstance(f, numbers.Integral):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError(f"{cls.__name__}.from_float() only takes floats, not {f!r} ({type(f).__name__})")
        return cls._from_coprime_ints(*f.as_integer_ratio())

    @classmethod
    def from_decimal(cls, dec):
        if isinstance(dec, numbers.Integral):
            return cls(int(dec))
        if not _is_decimal(dec):
            raise TypeError(
                f"{cls.__name__}.from_decimal() only takes Decimals, not {dec!r} ({type(dec).__name__})"
            )
        return cls._from_coprime_ints(*dec.as_integer_ratio())

    @classmethod
    def _from_coprime_ints(cls, numerator, denominator, /):
        self = super().__new__(cls)
        self._numerator, self._denominator = numerator, denominator
        return self

    def is_integer(self):
        return self._denominator == 1

    def as_integer_ratio(self):
        return self._numerator, self._denominator

    def limit_denominator(self, max_denominator=1000000):
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        # Convergents of the continued fraction, then the best of the two bounds.
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._numerator, self._denominator
        while True:
            a = n // d
            q2 = q0 + a * q1
            if q2 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        if 2 * d * (q0 + k * q1) <= self._denominator:
            return Fraction._from_coprime_ints(p1, q1)
        return Fraction._from_coprime_ints(p0 + k * p1, q0 + k * q1)

    @property
    def numerator(a):
        return a._numerator

    @property
    def denominator(a):
        return a._denominator

    def __repr__(self):
        return f"{self.__class__.__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    def __format__(self, format_spec, /):
        spec = _parse_spec(format_spec)
        if spec is not None:
            if not spec.kind and spec.precision is None and not spec.zero and not spec.no_negative_zero:
                return self._format_ratio(spec)
            if spec.kind and (spec.align is None or not spec.zero):
                return self._format_float(spec)
        raise ValueError(
            f"Invalid format specifier {format_spec!r} for object of type {type(self).__name__!r}"
        )

    def _format_ratio(self, spec):
        body = f"{abs(self._numerator):{spec.separator}}"
        if self._denominator > 1 or spec.alternate:
            body += f"/{self._denominator:{spec.separator}}"
        sign = "-" if self._numerator < 0 else "" if spec.sign == "-" else spec.sign
        return _pad(sign, body, spec)

    def _format_float(self, spec):
        n, d = self._numerator, self._denominator
        precision = 6 if spec.precision is None else spec.precision
        scientific = False
        if spec.kind in "fF%":
            exponent = -precision - (2 if spec.kind == "%" else 0)
            negative, significand = _round_to_exponent(n, d, exponent, spec.no_negative_zero)
            point = precision
        else:
            general = spec.kind in "gG"
            figures = max(precision, 1) if general else precision + 1
            negative, significand, exponent = _round_to_figures(n, d, figures)
            scientific = not general or exponent > 0 or exponent + figures <= -4
            point = figures - 1 if scientific else -exponent
        digits = f"{significand:0{point + 1}d}"
        leading, rest = digits[:len(digits) - point], digits[len(digits) - point:]
        if spec.kind in "gG" and not spec.alternate:
            rest = rest.rstrip("0")
        if rest or spec.alternate:
            rest = "." + rest
        if spec.kind == "%":
            rest += "%"
        elif scientific:
            rest += f"{'E' if spec.kind in 'EG' else 'e'}{exponent + point:+03d}"
        sign = "-" if negative else "" if spec.sign == "-" else spec.sign
        if spec.zero:
            room = spec.width - len(sign) - len(rest)
            leading = leading.zfill(3 * room // 4 + 1 if spec.separator else room)
        if spec.separator:
            first = 1 + (len(leading) - 1) % 3
            groups = [leading[:first]]
            groups.extend(leading[i:i + 3] for i in range(first, len(leading), 3))
            leading = spec.separator.join(groups)
        return _pad(sign, leading + rest, spec)

    # ---- arithmetic: exact among rational numbers, else in the other's type

    def _operators(exact, inexact, with_complex=True):
        def forward(a, b):
            if isinstance(b, Fraction):
                return exact(a, b)
            if isinstance(b, int):
                return exact(a, Fraction(b))
            if isinstance(b, float):
                return inexact(float(a), b)
            if with_complex and isinstance(b, complex):
                return inexact(complex(a), b)
            return NotImplemented

        def reverse(b, a):
            if isinstance(a, numbers.Rational):
                return exact(Fraction(a), b)
            if isinstance(a, numbers.Real):
                return inexact(float(a), float(b))
            if with_complex and isinstance(a, numbers.Complex):
                return inexact(complex(a), complex(b))
            return NotImplemented

        forward.__name__ = f"__{inexact.__name__}__"
        reverse.__name__ = f"__r{inexact.__name__}__"
        return forward, reverse

    def _sum(a, nb, db):
        na, da = a._numerator, a._denominator
        common = math.gcd(da, db)
        if common == 1:
            return Fraction._from_coprime_ints(na * db + da * nb, da * db)
        scale = da // common
        top = na * (db // common) + nb * scale
        common = math.gcd(top, common)
        return Fraction._from_coprime_ints(top // common, scale * (db // common))

    def _add(a, b):
        return a._sum(b._numerator, b._denominator)

    def _sub(a, b):
        return a._sum(-b._numerator, b._denominator)

    def _product(a, nb, db):
        na, da = a._numerator, a._denominator
        first, second = math.gcd(na, db), math.gcd(nb, da)
        return Fraction._from_coprime_ints(
            (na // first) * (nb // second), (db // first) * (da // second)
        )

    def _mul(a, b):
        return a._product(b._numerator, b._denominator)

    def _div(a, b):
        nb, db = b._numerator, b._denominator
        if nb == 0:
            raise ZeroDivisionError(f"Fraction({db}, 0)")
        return a._product(-db, -nb) if nb < 0 else a._product(db, nb)

    def _floordiv(a, b):
        return (a.numerator * b.denominator) // (a.denominator * b.numerator)

    def _divmod(a, b):
        da, db = a.denominator, b.denominator
        quotient, rest = divmod(a.numerator * db, da * b.numerator)
        return quotient, Fraction(rest, da * db)

    def _mod(a, b):
        da, db = a.denominator, b.denominator
        return Fraction((a.numerator * db) % (b.numerator * da), da * db)

    __add__, __radd__ = _operators(_add, operator.add)
    __sub__, __rsub__ = _operators(_sub, operator.sub)
    __mul__, __rmul__ = _operators(_mul, operator.mul)
    __truediv__, __rtruediv__ = _operators(_div, operator.truediv)
    __floordiv__, __rfloordiv__ = _operators(_floordiv, operator.floordiv, False)
    __divmod__, __rdivmod__ = _operators(_divmod, divmod, False)
    __mod__, __rmod__ = _operators(_mod, operator.mod, False)

    def __pow__(a, b):
        if isinstance(b, numbers.Rational):
            if b.denominator != 1:
                return float(a) ** float(b)
            power = b.numerator
            n, d = a._numerator, a._denominator
            if power >= 0:
                return Fraction._from_coprime_ints(n ** power, d ** power)
            if n == 0:
                raise ZeroDivisionError(f"Fraction({d ** -power}, 0)")
            if n < 0:
                n, d = -n, -d
            return Fraction._from_coprime_ints(d ** -power, n ** -power)
        if isinstance(b, (float, complex)):
            return float(a) ** b
        return NotImplemented

    def __rpow__(b, a):
        if b._denominator == 1 and b._numerator >= 0:
            return a ** b._numerator
        if isinstance(a, numbers.Rational):
            return Fraction(a.numerator, a.denominator) ** b
        if b._denominator == 1:
            return a ** b._numerator
        return a ** float(b)

    def __pos__(a):
        return Fraction._from_coprime_ints(a._numerator, a._denominator)

    def __neg__(a):
        return Fraction._from_coprime_ints(-a._numerator, a._denominator)

    def __abs__(a):
        return Fraction._from_coprime_ints(abs(a._numerator), a._denominator)

    def __int__(a):
        return operator.index(Fraction.__trunc__(a))

    def __trunc__(a):
        if a._numerator < 0:
            return -(-a._numerator // a._denominator)
        return a._numerator // a._denominator

    def __floor__(a):
        return a._numerator // a._denominator

    def __ceil__(a):
        return -(-a._numerator // a._denominator)

    def __round__(self, ndigits=None):
        if ndigits is None:
            below, rest = divmod(self._numerator, self._denominator)
            twice = rest * 2
            if twice < self._denominator or (twice == self._denominator and below % 2 == 0):
                return below
            return below + 1
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * shift), shift)
        return Fraction(round(self / shift) * shift)

    def __hash__(self):
        return _hash(self._numerator, self._denominator)

    def __eq__(a, b):
        if type(b) is int:
            return a._numerator == b and a._denominator == 1
        if isinstance(b, numbers.Rational):
            return a._numerator == b.numerator and a._denominator == b.denominator
        if isinstance(b, numbers.Complex) and b.imag == 0:
            b = b.real
        if isinstance(b, float):
            return a == a.from_float(b) if math.isfinite(b) else False
        return NotImplemented

    def _compare(self, other, operation):
        if isinstance(other, numbers.Rational):
            return operation(self._numerator * other.denominator, self._denominator * other.numerator)
        if isinstance(other, float):
            if math.isfinite(other):
                return operation(self, self.from_float(other))
            return operation(0.0, other)
        return NotImplemented

    def __lt__(a, b):
        return a._compare(b, operator.lt)

    def __gt__(a, b):
        return a._compare(b, operator.gt)

    def __le__(a, b):
        return a._compare(b, operator.le)

    def __ge__(a, b):
        return a._compare(b, operator.ge)

    def __bool__(a):
        return bool(a._numerator)

    def __reduce__(self):
        return self.__class__, (self._numerator, self._denominator)

    def __copy__(self):
        if type(self) is Fraction:
            return self
        return self.__class__(self._numerator, self._denominator)

    def __deepcopy__(self, memo):
        return self.__copy__()


def _is_decimal(value):
    decimal = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)
