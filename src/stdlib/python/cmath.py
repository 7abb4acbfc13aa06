# `cmath`: functions of complex numbers. Where a formula would overflow, lose digits or miss a cut, a second one
# takes its place; for infinities and NaNs the answers are in a table.

from math import asinh as _asinh, atan2 as _atan2, copysign as _copysign, cos as _cos, cosh as _cosh, exp as _exp
from math import fabs as _fabs, isfinite as _isfinite, ldexp as _ldexp, log as _log, log1p as _log1p, sin as _sin
from math import sinh as _sinh, sqrt as _sqrt, tan as _tan, tanh as _tanh
from math import e, inf, nan, pi, tau

infj = complex(0.0, inf)
nanj = complex(0.0, nan)

# From here on squares overflow; from here on exponentials do; below this one numbers lose digits.
_LARGE = 1.7976931348623157e308 / 4
_LOG_LARGE = _log(_LARGE)
_SQRT_LARGE = _sqrt(_LARGE)
_TINY = 2.2250738585072014e-308
_LN2 = 0.6931471805599453
_LN10 = 2.302585092994046

# A word for each kind of real part: minus infinity, negative, -0, 0, positive, infinity, NaN; in it two letters for
# each kind of imaginary part with which the number isn't finite. E is a domain error.
_SPECIAL = {
    "acos": "tipipipjpjtjni hihjnn hihjhn hihjhn hihjnn di0i0i0j0jdjni ninnnnnnnnnjnn",
    "acosh": "iuiqiqipipitin ikihnn ikihnn ikihnn ikihnn ieizizi0i0idin innnnnnnnninnn",
    "asinh": "jejzjzj0j0jdjn jkjhnn jkjhnn ikihnn ikihnn ieizizi0i0idin innnnzn0nninnn",
    "atanh": "zkzkzkzhzhzhzn zkzhnn zkzhzn 0k0h0n 0k0hnn 0k0k0k0h0h0h0n 0knnnnnnnn0hnn",
    "cosh": "EEjii0izjjEEin EEEEnn EEEEn0 EEEEn0 EEEEnn EEjjizi0jiEEin nnnnn0n0nnnnnn",
    "exp": "00zz0z00z00000 EEEEnn EEEEnn EEEEnn EEEEnn EEjjizi0jiEEin nnnnnzn0nnnnnn",
    "log": "iuiqiqipipitin ikihnn ikihnn ikihnn ikihnn ieizizi0i0idin innnnnnnnninnn",
    "sinh": "EEijjzj0iiEEin EEEEnn EEEE0n EEEE0n EEEEnn EEjjizi0jiEEin nnnnnzn0nnnnnn",
    "sqrt": "ij0j0j0i0iiini ijiinn ijiinn ijiinn ijiinn ijizizi0i0iiin ijnnnnnnnniinn",
    "tanh": "m0m0mzm0mzm0m0 EEEEnn EEEEnn EEEEnn EEEEnn 10101z101z1010 nnnnnzn0nnnnnn",
    "rect": "EEiij0jzijEEin EEEEnn 000000 000000 EEEEnn EEjjizi0jiEEin nnnnn0n0nnnnnn",
}
_LETTERS = {
    "0": 0.0, "z": -0.0, "1": 1.0, "m": -1.0, "i": inf, "j": -inf, "n": nan, "p": pi, "q": -pi, "h": pi / 2,
    "k": -pi / 2, "d": pi / 4, "e": -pi / 4, "t": 3 * pi / 4, "u": -3 * pi / 4,
}


def _kind(x):
    if x != x:
        return 6
    if x in (inf, -inf):
        return 5 if x > 0 else 0
    if x == 0:
        return 2 if _copysign(1.0, x) < 0 else 3
    return 1 if x < 0 else 4


def _special(name, x, y):
    row, column = _kind(x), _kind(y)
    if 0 < row < 5:
        # There are columns for infinities and NaN only.
        column = {0: 0, 5: 1, 6: 2}[column]
    real, imag = _SPECIAL[name].split()[row][2 * column:2 * column + 2]
    if real == "E":
        raise ValueError("math domain error")
    return complex(_LETTERS[real], _LETTERS[imag])


def _parts(z):
    if isinstance(z, (str, bytes, bytearray)):
        raise TypeError(f"must be real number, not {type(z).__name__}")
    try:
        z = complex(z)
    except TypeError:
        kind = type(z)
        if hasattr(kind, "__complex__") or hasattr(kind, "__float__") or hasattr(kind, "__index__"):
            raise
        raise TypeError(f"must be real number, not {kind.__name__}") from None
    return z.real, z.imag


def _ordinary(x, y):
    return _isfinite(x) and _isfinite(y)


def _hypot(x, y):
    # The length by the library of C: that of `math` rounds otherwise.
    return abs(complex(x, y))


def _in_range(x, y):
    if not _ordinary(x, y):
        raise OverflowError("math range error")
    return complex(x, y)


def _far(x, y):
    # The logarithm of twice the size of a number whose size overflows.
    return _log(_hypot(x / 2.0, y / 2.0)) + _LN2 * 2.0


def sqrt(z, /):
    x, y = _parts(z)
    if not _ordinary(x, y):
        return _special("sqrt", x, y)
    return _root(x, y)


def _root(x, y):
    if x == 0.0 and y == 0.0:
        return complex(0.0, y)
    ax, ay = abs(x), abs(y)
    if ax < _TINY and ay < _TINY:
        # Too small to be halved without loss.
        ax = _ldexp(ax, 53)
        size = _ldexp(_sqrt(ax + _hypot(ax, _ldexp(ay, 53))), -27)
    else:
        ax /= 8.0
        size = 2.0 * _sqrt(ax + _hypot(ax, ay / 8.0))
    other = ay / (2.0 * size)
    if x >= 0.0:
        return complex(size, _copysign(other, y))
    return complex(other, _copysign(size, y))


def exp(z, /):
    x, y = _parts(z)
    if not _ordinary(x, y):
        if x in (inf, -inf) and _isfinite(y) and y:
            size = inf if x > 0 else 0.0
            return complex(_copysign(size, _cos(y)), _copysign(size, _sin(y)))
        return _special("exp", x, y)
    if x > _LOG_LARGE:
        size = _exp(x - 1.0)
        return _in_range(size * _cos(y) * e, size * _sin(y) * e)
    size = _exp(x)
    return _in_range(size * _cos(y), size * _sin(y))


def _logarithm(x, y, zero_too=False):
    if not _ordinary(x, y):
        return _special("log", x, y)
    ax, ay = abs(x), abs(y)
    if ax > _LARGE or ay > _LARGE:
        real = _log(_hypot(ax / 2.0, ay / 2.0)) + _LN2
    elif ax < _TINY and ay < _TINY:
        if not ax and not ay:
            if not zero_too:
                raise ValueError("math domain error")
            return complex(-inf, _atan2(y, x))
        real = _log(_hypot(_ldexp(ax, 53), _ldexp(ay, 53))) - 53 * _LN2
    else:
        size = _hypot(ax, ay)
        if 0.71 <= size <= 1.73:
            most, least = max(ax, ay), min(ax, ay)
            real = _log1p((most - 1) * (most + 1) + least * least) / 2.0
        else:
            real = _log(size)
    return complex(real, _atan2(y, x))


def log(z, base=None, /):
    if base is None:
        return _logarithm(*_parts(z))
    # With a base it is the base that may not be zero.
    found = _logarithm(*_parts(z), zero_too=True)
    try:
        return found / _logarithm(*_parts(base))
    except ZeroDivisionError:
        raise ValueError("math domain error") from None


def log10(z, /):
    found = _logarithm(*_parts(z))
    return complex(found.real / _LN10, found.imag / _LN10)


def _hyperbolic(name, x, y):
    # The cosine or sine of x + yj.
    if not _ordinary(x, y):
        if x in (inf, -inf) and _isfinite(y) and y:
            real, imag = _copysign(inf, _cos(y)), _copysign(inf, _sin(y))
            if x < 0:
                real, imag = (real, -imag) if name == "cosh" else (-real, imag)
            return complex(real, imag)
        return _special(name, x, y)
    first, second = (_cosh, _sinh) if name == "cosh" else (_sinh, _cosh)
    if abs(x) > _LOG_LARGE:
        less = x - _copysign(1.0, x)
        return _in_range(_cos(y) * first(less) * e, _sin(y) * second(less) * e)
    return _in_range(_cos(y) * first(x), _sin(y) * second(x))


def cosh(z, /):
    return _hyperbolic("cosh", *_parts(z))


def sinh(z, /):
    return _hyperbolic("sinh", *_parts(z))


def cos(z, /):
    x, y = _parts(z)
    return _hyperbolic("cosh", -y, x)


def sin(z, /):
    x, y = _parts(z)
    turned = _hyperbolic("sinh", -y, x)
    return complex(turned.imag, -turned.real)


def _tangent(x, y):
    if not _ordinary(x, y):
        if x in (inf, -inf) and _isfinite(y) and y:
            imag = _copysign(0.0, 2.0 * _sin(y) * _cos(y))
            return complex(1.0, imag) if x > 0 else complex(-1.0, imag)
        return _special("tanh", x, y)
    if abs(x) > _LOG_LARGE:
        return complex(_copysign(1.0, x), 4.0 * _sin(y) * _cos(y) * _exp(-2.0 * abs(x)))
    tx, ty, cx = _tanh(x), _tan(y), 1.0 / _cosh(x)
    both = tx * ty
    below = 1.0 + both * both
    return complex(tx * (1.0 + ty * ty) / below, ((ty / below) * cx) * cx)


def tanh(z, /):
    return _tangent(*_parts(z))


def tan(z, /):
    x, y = _parts(z)
    turned = _tangent(-y, x)
    return complex(turned.imag, -turned.real)


def acos(z, /):
    x, y = _parts(z)
    if not _ordinary(x, y):
        return _special("acos", x, y)
    if abs(x) > _LARGE or abs(y) > _LARGE:
        imag = -_copysign(_far(x, y), y) if x < 0.0 else _copysign(_far(x, y), -y)
        return complex(_atan2(abs(y), x), imag)
    a, b = _root(1.0 - x, -y), _root(1.0 + x, y)
    return complex(2.0 * _atan2(a.real, b.real), _asinh(b.real * a.imag - b.imag * a.real))


def acosh(z, /):
    x, y = _parts(z)
    if not _ordinary(x, y):
        return _special("acosh", x, y)
    if abs(x) > _LARGE or abs(y) > _LARGE:
        return complex(_far(x, y), _atan2(y, x))
    a, b = _root(x - 1.0, y), _root(x + 1.0, y)
    return complex(_asinh(a.real * b.real + a.imag * b.imag), 2.0 * _atan2(a.imag, b.real))


def _area_sine(x, y):
    if not _ordinary(x, y):
        return _special("asinh", x, y)
    if abs(x) > _LARGE or abs(y) > _LARGE:
        real = _copysign(_far(x, y), x) if y >= 0.0 else -_copysign(_far(x, y), -x)
        return complex(real, _atan2(y, abs(x)))
    a, b = _root(1.0 + y, -x), _root(1.0 - y, x)
    return complex(_asinh(a.real * b.imag - b.real * a.imag), _atan2(y, a.real * b.real - a.imag * b.imag))


def asinh(z, /):
    return _area_sine(*_parts(z))


def asin(z, /):
    x, y = _parts(z)
    turned = _area_sine(-y, x)
    return complex(turned.imag, -turned.real)


def _area_tangent(x, y):
    if not _ordinary(x, y):
        return _special("atanh", x, y)
    if x < 0.0 or x == 0.0 and _copysign(1.0, x) < 0.0:
        return -_area_tangent(-x, -y)
    ay = abs(y)
    if x > _SQRT_LARGE or ay > _SQRT_LARGE:
        size = _hypot(x / 2.0, y / 2.0)
        return complex(x / 4.0 / size / size, -_copysign(pi / 2.0, -y))
    if x == 1.0 and ay < _sqrt(_TINY):
        if not ay:
            raise ValueError("math domain error")
        return complex(-_log(_sqrt(ay) / _sqrt(_hypot(ay, 2.0))), _copysign(_atan2(2.0, -ay) / 2, y))
    real = _log1p(4.0 * x / ((1 - x) * (1 - x) + ay * ay)) / 4.0
    return complex(real, -_atan2(-2.0 * y, (1 - x) * (1 + x) - ay * ay) / 2.0)


def atanh(z, /):
    return _area_tangent(*_parts(z))


def atan(z, /):
    x, y = _parts(z)
    turned = _area_tangent(-y, x)
    return complex(turned.imag, -turned.real)


def phase(z, /):
    x, y = _parts(z)
    return _atan2(y, x)


def polar(z, /):
    x, y = _parts(z)
    try:
        size = _hypot(x, y)
    except OverflowError:
        raise OverflowError("math range error") from None
    return size, _atan2(y, x)


def _real(x):
    # A number as a float, with `math`'s words for what is none.
    return _copysign(_fabs(x), x)


def rect(r, phi, /):
    r, phi = _real(r), _real(phi)
    if not _ordinary(r, phi):
        if r in (inf, -inf) and _isfinite(phi) and phi:
            real, imag = _copysign(inf, _cos(phi)), _copysign(inf, _sin(phi))
            return complex(real, imag) if r > 0 else complex(-real, -imag)
        return _special("rect", r, phi)
    if phi == 0.0:
        return complex(r, r * phi)
    return complex(r * _cos(phi), r * _sin(phi))


def isfinite(z, /):
    return _ordinary(*_parts(z))


def isnan(z, /):
    x, y = _parts(z)
    return x != x or y != y


def isinf(z, /):
    x, y = _parts(z)
    return x in (inf, -inf) or y in (inf, -inf)


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    a, b = complex(*_parts(a)), complex(*_parts(b))
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if isinf(a) or isinf(b):
        return False
    apart = abs(a - b)
    return apart <= rel_tol * abs(b) or apart <= rel_tol * abs(a) or apart <= abs_tol
