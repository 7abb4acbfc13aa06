# `statistics`: sums are exact fractions, rounded once at the end.

import math
import numbers
import random as _random
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, namedtuple
from fractions import Fraction
from functools import reduce
from itertools import count, groupby, repeat
from math import acos, asin, atan, cos, cosh, erf, exp, fabs, fsum, hypot, isfinite, isinf, log, pi
from math import sin, sqrt, sumprod, tan, tau
from operator import itemgetter

__all__ = [
    "NormalDist", "StatisticsError", "correlation", "covariance", "fmean", "geometric_mean",
    "harmonic_mean", "kde", "kde_random", "linear_regression", "mean", "median", "median_grouped",
    "median_high", "median_low", "mode", "multimode", "pstdev", "pvariance", "quantiles", "stdev",
    "variance",
]


class StatisticsError(ValueError):
    pass


# ---- exact sums


def _exact_ratio(x):
    try:
        return x.as_integer_ratio()
    except AttributeError:
        pass
    except (OverflowError, ValueError):
        # An infinity or NaN: the sum will be one as well.
        return x, None
    try:
        return x.numerator, x.denominator
    except AttributeError:
        raise TypeError(f"can't convert type '{type(x).__name__}' to numerator/denominator")


def _coerce(T, S):
    # The type of results for data of two types.
    if T is S or S is int or S is bool:
        return T
    if T is int or issubclass(S, T):
        return S
    if issubclass(T, S) or issubclass(S, int):
        return T
    if issubclass(T, int):
        return S
    if issubclass(T, Fraction) and issubclass(S, float):
        return S
    if issubclass(T, float) and issubclass(S, Fraction):
        return T
    raise TypeError(f"don't know how to coerce {T.__name__} and {S.__name__}")


def _total(partials):
    # The sum of numerators kept by denominator; what stands under None is not finite.
    if None in partials:
        return partials[None]
    return sum(Fraction(n, d) for d, n in partials.items())


def _sum(data):
    types = set()
    partials = {}
    size = 0
    for kind, values in groupby(data, type):
        types.add(kind)
        for n, d in map(_exact_ratio, values):
            size += 1
            partials[d] = partials.get(d, 0) + n
    total = _total(partials)
    return reduce(_coerce, types, int), total, size


def _ss(data, c=None):
    # Type, sum of squared deviations, centre, size.
    if c is not None:
        kind, total, size = _sum((d := x - c) * d for x in data)
        return kind, total, c, size
    types = set()
    plain, squares = {}, {}
    size = 0
    for kind, values in groupby(data, type):
        types.add(kind)
        for n, d in map(_exact_ratio, values):
            size += 1
            plain[d] = plain.get(d, 0) + n
            squares[d] = squares.get(d, 0) + n * n
    if not size:
        total = c = Fraction(0)
    elif None in plain:
        total = c = plain[None]
    else:
        sx = _total(plain)
        sxx = sum(Fraction(n, d * d) for d, n in squares.items())
        total = (size * sxx - sx * sx) / size
        c = sx / size
    return reduce(_coerce, types, int), total, c, size


def _convert(value, T):
    if type(value) is T:
        return value
    if issubclass(T, int) and value.denominator != 1:
        T = float
    try:
        return T(value)
    except TypeError:
        decimal = sys.modules.get("decimal")
        if decimal is not None and issubclass(T, decimal.Decimal):
            return T(value.numerator) / T(value.denominator)
        raise


def _non_negative(values, message):
    for x in values:
        if x < 0:
            raise StatisticsError(message)
        yield x


_ROOT_BITS = 2 * sys.float_info.mant_dig + 3


def _odd_root(n, m):
    # The root of n/m, with a last bit that says whether it is inexact.
    root = math.isqrt(n // m)
    return root | (root * root * m != n)


def _float_sqrt_of_frac(n, m):
    # Correctly rounded: twice the bits of a float, then one division.
    shift = (n.bit_length() - m.bit_length() - _ROOT_BITS) // 2
    if shift >= 0:
        return (_odd_root(n, m << 2 * shift) << shift) / 1
    return _odd_root(n << -2 * shift, m) / (1 << -shift)


def _root(value, T):
    decimal = sys.modules.get("decimal")
    if decimal is not None and issubclass(T, decimal.Decimal):
        return (T(value.numerator) / T(value.denominator)).sqrt()
    return _float_sqrt_of_frac(value.numerator, value.denominator)


# ---- averages


def mean(data):
    T, total, n = _sum(data)
    if n < 1:
        raise StatisticsError("mean requires at least one data point")
    return _convert(total / n, T)


def fmean(data, weights=None):
    if weights is None:
        if not hasattr(data, "__len__"):
            data = list(data)
        n = len(data)
        total = fsum(data)
        if not n:
            raise StatisticsError("fmean requires at least one data point")
        return total / n
    if not isinstance(weights, (list, tuple)):
        weights = list(weights)
    try:
        top = sumprod(data, weights)
    except ValueError:
        raise StatisticsError("data and weights must be the same length")
    bottom = fsum(weights)
    if not bottom:
        raise StatisticsError("sum of weights must be non-zero")
    return top / bottom


def geometric_mean(data):
    n = 0
    zero = False

    def positive():
        nonlocal n, zero
        for n, x in enumerate(data, start=1):
            if x > 0.0 or math.isnan(x):
                yield x
            elif x == 0.0:
                zero = True
            else:
                raise StatisticsError("No negative inputs allowed", x)

    total = fsum(map(log, positive()))
    if not n:
        raise StatisticsError("Must have a non-empty dataset")
    if math.isnan(total):
        return math.nan
    if zero:
        return math.nan if total == math.inf else 0.0
    return exp(total / n)


def harmonic_mean(data, weights=None):
    if iter(data) is data:
        data = list(data)
    message = "harmonic mean does not support negative values"
    n = len(data)
    if n < 1:
        raise StatisticsError("harmonic_mean requires at least one data point")
    if n == 1 and weights is None:
        x = data[0]
        if not isinstance(x, (numbers.Real, *_decimal_types())):
            raise TypeError("unsupported type")
        if x < 0:
            raise StatisticsError(message)
        return x
    if weights is None:
        weights = repeat(1, n)
        weight = n
    else:
        if iter(weights) is weights:
            weights = list(weights)
        if len(weights) != n:
            raise StatisticsError("Number of weights does not match data size")
        _, weight, _ = _sum(w for w in _non_negative(weights, message))
    try:
        data = _non_negative(data, message)
        T, total, _ = _sum(w / x if w else 0 for w, x in zip(weights, data))
    except ZeroDivisionError:
        return 0
    if total <= 0:
        raise StatisticsError("Weighted sum must be positive")
    return _convert(weight / total, T)


def _decimal_types():
    decimal = sys.modules.get("decimal")
    return () if decimal is None else (decimal.Decimal,)


def _sorted(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data, len(data)


def median(data):
    data, n = _sorted(data)
    middle = n // 2
    if n % 2:
        return data[middle]
    return (data[middle - 1] + data[middle]) / 2


def median_low(data):
    data, n = _sorted(data)
    return data[(n - 1) // 2]


def median_high(data):
    data, n = _sorted(data)
    return data[n // 2]


def median_grouped(data, interval=1.0):
    data, n = _sorted(data)
    x = data[n // 2]
    below = bisect_left(data, x)
    size = bisect_right(data, x, lo=below) - below
    try:
        interval = float(interval)
        x = float(x)
    except ValueError:
        raise TypeError("Value cannot be converted to a float")
    lower = x - interval / 2.0
    return lower + interval * (n / 2 - below) / size


def mode(data):
    pairs = Counter(iter(data)).most_common(1)
    try:
        return pairs[0][0]
    except IndexError:
        raise StatisticsError("no mode for empty data") from None


def multimode(data):
    counts = Counter(iter(data))
    most = max(counts.values(), default=0)
    return [value for value, times in counts.items() if times == most]


def quantiles(data, *, n=4, method="exclusive"):
    if n < 1:
        raise StatisticsError("n must be at least 1")
    data = sorted(data)
    size = len(data)
    if size < 2:
        if size == 1:
            return data * (n - 1)
        raise StatisticsError("must have at least one data point")
    if method == "inclusive":
        places = [divmod(i * (size - 1), n) for i in range(1, n)]
        return [(data[j] * (n - part) + data[j + 1] * part) / n for j, part in places]
    if method == "exclusive":
        result = []
        for i in range(1, n):
            place = i * (size + 1)
            j = min(max(place // n, 1), size - 1)
            part = place - j * n
            result.append((data[j - 1] * (n - part) + data[j] * part) / n)
        return result
    raise ValueError(f"Unknown method: {method!r}")


# ---- spread


def _squares(data, centre, least, name):
    T, total, c, n = _ss(data, centre)
    if n < least:
        points = "two data points" if least == 2 else "one data point"
        raise StatisticsError(f"{name} requires at least {points}")
    return T, total / (n - least + 1)


def variance(data, xbar=None):
    T, square = _squares(data, xbar, 2, "variance")
    return _convert(square, T)


def pvariance(data, mu=None):
    T, square = _squares(data, mu, 1, "pvariance")
    return _convert(square, T)


def stdev(data, xbar=None):
    T, square = _squares(data, xbar, 2, "stdev")
    return _root(square, T)


def pstdev(data, mu=None):
    T, square = _squares(data, mu, 1, "pstdev")
    return _root(square, T)


def _mean_stdev(data):
    T, total, centre, n = _ss(data)
    if n < 2:
        raise StatisticsError("stdev requires at least two data points")
    square = total / (n - 1)
    try:
        return float(centre), _float_sqrt_of_frac(square.numerator, square.denominator)
    except AttributeError:
        # Not finite.
        return float(centre), float(centre) / float(total)


# ---- two variables


def _sqrtprod(x, y):
    # sqrt(x * y), scaled when the product leaves the range of floats.
    root = sqrt(x * y)
    if not isfinite(root):
        if isinf(root) and not isinf(x) and not isinf(y):
            scale = 2.0 ** -512
            return _sqrtprod(scale * x, scale * y) / scale
        return root
    if not root:
        if x and y:
            scale = 2.0 ** 537
            return _sqrtprod(scale * x, scale * y) / scale
        return root
    return root + sumprod((x, root), (y, -root)) / (2.0 * root)


def _pairs(x, y, name):
    n = len(x)
    if len(y) != n:
        raise StatisticsError(f"{name} requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError(f"{name} requires at least two data points")
    return n


def _centred(x, n):
    centre = fsum(x) / n
    return centre, [value - centre for value in x]


def _rank(data, start):
    # Ranks from `start + 1`; equal values share the average of theirs.
    places = sorted(zip(data, count()))
    result = [0] * len(places)
    before = start - 1
    for _, group in groupby(places, key=itemgetter(0)):
        group = list(group)
        rank = before + (len(group) + 1) / 2
        for _, place in group:
            result[place] = rank
        before += len(group)
    return result


def covariance(x, y, /):
    n = _pairs(x, y, "covariance")
    _, x = _centred(x, n)
    _, y = _centred(y, n)
    return sumprod(x, y) / (n - 1)


def correlation(x, y, /, *, method="linear"):
    n = _pairs(x, y, "correlation")
    if method not in {"linear", "ranked"}:
        raise ValueError(f"Unknown method: {method!r}")
    if method == "ranked":
        start = (n - 1) / -2
        x, y = _rank(x, start), _rank(y, start)
    else:
        x, y = _centred(x, n)[1], _centred(y, n)[1]
    xy, xx, yy = sumprod(x, y), sumprod(x, x), sumprod(y, y)
    try:
        return xy / _sqrtprod(xx, yy)
    except ZeroDivisionError:
        raise StatisticsError("at least one of the inputs is constant")


LinearRegression = namedtuple("LinearRegression", ("slope", "intercept"))


def linear_regression(x, y, /, *, proportional=False):
    n = _pairs(x, y, "linear regression")
    if not proportional:
        xbar, x = _centred(x, n)
        ybar, y = _centred(y, n)
    xy = sumprod(x, y) + 0.0
    xx = sumprod(x, x)
    try:
        slope = xy / xx
    except ZeroDivisionError:
        raise StatisticsError("x is constant")
    intercept = 0.0 if proportional else ybar - slope * xbar
    return LinearRegression(slope=slope, intercept=intercept)


# ---- the normal distribution

# Wichura's algorithm AS241: coefficients of the three pairs of polynomials, highest power first.
_CENTRAL = (
    (2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
     4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
     1.3314166789178437745e+2, 3.3871328727963666080e+0),
    (5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
     2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
     4.2313330701600911252e+1, 1.0),
)
_MIDDLE = (
    (7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
     4.63033784615654529590e+0, 1.42343711074968357734e+0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
     2.05319162663775882187e+0, 1.0),
)
_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
     5.46378491116411436990e+0, 6.65790464350110377720e+0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)


def _polynomial(coefficients, r):
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * r + coefficient
    return result


def _normal_dist_inv_cdf(p, mu, sigma):
    q = p - 0.5
    if fabs(q) <= 0.425:
        r = 0.180625 - q * q
        top, bottom = _CENTRAL
        return mu + _polynomial(top, r) * q / _polynomial(bottom, r) * sigma
    r = sqrt(-log(p if q <= 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top, bottom = _MIDDLE
    else:
        r -= 5.0
        top, bottom = _TAIL
    x = _polynomial(top, r) / _polynomial(bottom, r)
    return mu + (-x if q < 0.0 else x) * sigma


_ROOT_OF_TWO = sqrt(2.0)


class NormalDist:
    __slots__ = {
        "_mu": "Arithmetic mean of a normal distribution",
        "_sigma": "Standard deviation of a normal distribution",
    }

    def __init__(self, mu=0.0, sigma=1.0):
        if sigma < 0.0:
            raise StatisticsError("sigma must be non-negative")
        self._mu = float(mu)
        self._sigma = float(sigma)

    @classmethod
    def from_samples(cls, data):
        return cls(*_mean_stdev(data))

    def samples(self, n, *, seed=None):
        draw = _random.random if seed is None else _random.Random(seed).random
        return [_normal_dist_inv_cdf(draw(), self._mu, self._sigma) for _ in range(n)]

    def _check(self, name):
        if not self._sigma:
            raise StatisticsError(f"{name}() not defined when sigma is zero")

    def pdf(self, x):
        variance = self._sigma * self._sigma
        if not variance:
            self._check("pdf")
        diff = x - self._mu
        return exp(diff * diff / (-2.0 * variance)) / sqrt(tau * variance)

    def cdf(self, x):
        self._check("cdf")
        return 0.5 * (1.0 + erf((x - self._mu) / (self._sigma * _ROOT_OF_TWO)))

    def inv_cdf(self, p):
        if p <= 0.0 or p >= 1.0:
            raise StatisticsError("p must be in the range 0.0 < p < 1.0")
        return _normal_dist_inv_cdf(p, self._mu, self._sigma)

    def quantiles(self, n=4):
        return [self.inv_cdf(i / n) for i in range(1, n)]

    def overlap(self, other):
        if not isinstance(other, NormalDist):
            raise TypeError("Expected another NormalDist instance")
        # The narrower one first, so that the order of arguments does not matter.
        one, two = sorted((self, other), key=lambda n: (n._sigma, n._mu))
        first, second = one.variance, two.variance
        if not first or not second:
            raise StatisticsError("overlap() not defined when sigma is zero")
        dv = second - first
        dm = fabs(two._mu - one._mu)
        if not dv:
            return 1.0 - erf(dm / (2.0 * one._sigma * _ROOT_OF_TWO))
        a = one._mu * second - two._mu * first
        b = one._sigma * two._sigma * sqrt(dm * dm + dv * log(second / first))
        x1, x2 = (a + b) / dv, (a - b) / dv
        return 1.0 - (fabs(two.cdf(x1) - one.cdf(x1)) + fabs(two.cdf(x2) - one.cdf(x2)))

    def zscore(self, x):
        self._check("zscore")
        return (x - self._mu) / self._sigma

    @property
    def mean(self):
        return self._mu

    @property
    def median(self):
        return self._mu

    @property
    def mode(self):
        return self._mu

    @property
    def stdev(self):
        return self._sigma

    @property
    def variance(self):
        return self._sigma * self._sigma

    def __add__(x1, x2):
        if isinstance(x2, NormalDist):
            return NormalDist(x1._mu + x2._mu, hypot(x1._sigma, x2._sigma))
        return NormalDist(x1._mu + x2, x1._sigma)

    def __sub__(x1, x2):
        if isinstance(x2, NormalDist):
            return NormalDist(x1._mu - x2._mu, hypot(x1._sigma, x2._sigma))
        return NormalDist(x1._mu - x2, x1._sigma)

    def __mul__(x1, x2):
        return NormalDist(x1._mu * x2, x1._sigma * fabs(x2))

    def __truediv__(x1, x2):
        return NormalDist(x1._mu / x2, x1._sigma / fabs(x2))

    def __pos__(x1):
        return NormalDist(x1._mu, x1._sigma)

    def __neg__(x1):
        return NormalDist(-x1._mu, x1._sigma)

    __radd__ = __add__

    def __rsub__(x1, x2):
        return -(x1 - x2)

    __rmul__ = __mul__

    def __eq__(x1, x2):
        if not isinstance(x2, NormalDist):
            return NotImplemented
        return x1._mu == x2._mu and x1._sigma == x2._sigma

    def __hash__(self):
        return hash((self._mu, self._sigma))

    def __repr__(self):
        return f"{type(self).__name__}(mu={self._mu!r}, sigma={self._sigma!r})"

    def __getstate__(self):
        return self._mu, self._sigma

    def __setstate__(self, state):
        self._mu, self._sigma = state


# ---- kernel density

# Each kernel with its cumulative form, and the width outside of which it is zero.
_ROOT_OF_CIRCLE = sqrt(2 * pi)
_KERNELS = {
    "normal": (
        lambda t: exp(-1 / 2 * t * t) / _ROOT_OF_CIRCLE, lambda t: 1 / 2 * (1.0 + erf(t / _ROOT_OF_TWO)), None,
    ),
    "logistic": (lambda t: 1 / 2 / (1.0 + cosh(t)), lambda t: 1.0 - 1.0 / (exp(t) + 1.0), None),
    "sigmoid": (lambda t: 1 / pi / cosh(t), lambda t: 2 / pi * atan(exp(t)), None),
    "rectangular": (lambda t: 1 / 2, lambda t: 1 / 2 * t + 1 / 2, 1.0),
    "triangular": (
        lambda t: 1.0 - abs(t), lambda t: t * t * (1 / 2 if t < 0.0 else -1 / 2) + t + 1 / 2, 1.0,
    ),
    "parabolic": (lambda t: 3 / 4 * (1.0 - t * t), lambda t: -1 / 4 * t**3 + 3 / 4 * t + 1 / 2, 1.0),
    "quartic": (
        lambda t: 15 / 16 * (1.0 - t * t) ** 2,
        lambda t: 3 / 16 * t**5 - 5 / 8 * t**3 + 15 / 16 * t + 1 / 2, 1.0,
    ),
    "triweight": (
        lambda t: 35 / 32 * (1.0 - t * t) ** 3,
        lambda t: 35 / 32 * (-1 / 7 * t**7 + 3 / 5 * t**5 - t**3 + t) + 1 / 2, 1.0,
    ),
    "cosine": (lambda t: pi / 4 * cos(pi / 2 * t), lambda t: 1 / 2 * sin(pi / 2 * t) + 1 / 2, 1.0),
}
_SAME = {"gauss": "normal", "uniform": "rectangular", "epanechnikov": "parabolic", "biweight": "quartic"}


def _check_kernel(data, h, kernel):
    if not len(data):
        raise StatisticsError("Empty data sequence")
    if not isinstance(data[0], (int, float)):
        raise TypeError("Data sequence must contain ints or floats")
    if h <= 0.0:
        raise StatisticsError(f"Bandwidth h must be positive, not {h=!r}")
    name = _SAME.get(kernel, kernel)
    if name not in _KERNELS:
        raise StatisticsError(f"Unknown kernel name: {kernel!r}")
    return name


def kde(data, h, kernel="normal", *, cumulative=False):
    density, cumulated, support = _KERNELS[_check_kernel(data, h, kernel)]
    sample, size = sorted(data), len(data)

    def near(x):
        # The sorted data whose kernels reach x, and how many lie below; data may have grown.
        nonlocal sample, size
        if len(data) != size:
            sample, size = sorted(data), len(data)
        below = bisect_left(sample, x - h * support)
        return sample[below:bisect_right(sample, x + h * support)], below

    def pdf(x):
        points = data if support is None else near(x)[0]
        return sum(density((x - point) / h) for point in points) / (len(data) * h)

    def cdf(x):
        points, below = (data, 0) if support is None else near(x)
        return sum((cumulated((x - point) / h) for point in points), below) / len(data)

    return cdf if cumulative else pdf


def _newton(estimate, f, derivative):
    def inverse(y):
        x = estimate(y)
        while abs(difference := f(x) - y) > 1e-12:
            x -= difference / derivative(x)
        return x

    return inverse


def _folded(p):
    return (1.0, p) if p <= 1 / 2 else (-1.0, 1.0 - p)


def _quartic_estimate(p):
    sign, p = _folded(p)
    x = (2.0 * p) ** 0.4258865685331 - 1.0
    if p >= 0.004 < 0.499:
        x += 0.026818732 * sin(7.101753784 * p + 2.73230839482953)
    return x * sign


def _triweight_estimate(p):
    sign, p = _folded(p)
    return ((2.0 * p) ** 0.3400218741872791 - 1.0) * sign


_INVERSES = {
    "normal": NormalDist().inv_cdf,
    "logistic": lambda p: log(p / (1 - p)),
    "sigmoid": lambda p: log(tan(p * pi / 2)),
    "rectangular": lambda p: 2 * p - 1,
    "parabolic": lambda p: 2 * cos((acos(2 * p - 1) + pi) / 3),
    "quartic": _newton(_quartic_estimate, _KERNELS["quartic"][1], _KERNELS["quartic"][0]),
    "triweight": _newton(_triweight_estimate, _KERNELS["triweight"][1], _KERNELS["triweight"][0]),
    "triangular": lambda p: sqrt(2 * p) - 1 if p < 1 / 2 else 1 - sqrt(2 - 2 * p),
    "cosine": lambda p: 2 * asin(2 * p - 1) / pi,
}


def kde_random(data, h, kernel="normal", *, seed=None):
    inverse = _INVERSES[_check_kernel(data, h, kernel)]
    source = _random.Random(seed)

    def rand():
        return source.choice(data) + h * inverse(source.random())

    return rand
