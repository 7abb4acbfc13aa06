//! The library and the corners of the language, as texts with holes: `$i` becomes an expression for an integer,
//! `$s` for a string, and so on ([`hole`]); `$v` and `$w` are names that are new in each use, `$n` is a digit,
//! `$<a|b>` one of these.

use super::{Grower, Kind};

/// What stands for a hole.
fn hole(sign: char) -> Option<Kind> {
    Some(match sign {
        'i' => Kind::Int,
        'f' => Kind::Float,
        's' => Kind::Str,
        'B' => Kind::Bool,
        'l' => Kind::List,
        'd' => Kind::Dict,
        't' => Kind::Tuple,
        'e' => Kind::Set,
        'b' => Kind::Bytes,
        _ => return None,
    })
}

/// Statements that stand anywhere.
const PLAIN: &[&str] = &[
    // random
    "$v = random.Random($n)\nprint($v.random(), $v.randint(-$n, 99), $v.choice('abc'), $v.getrandbits(7$n))",
    "$v = random.Random($s)\nprint($v.sample(range(50), $n), $v.choices([1, 2, 3], k=$n), $v.uniform(-1, $f))",
    "random.seed($n); $v = list($t); random.shuffle($v); print($v, random.gauss(0, 1), random.randrange(0, 99, 7))",
    "$v = random.Random($i); $w = $v.getstate(); print($v.random()); $v.setstate($w); print($v.random(), $v.triangular())",
    // json
    "print(json.dumps({'k': $l, 's': $s, 'd': $d, 'f': $f, 'none': None, 'b': $B}, sort_keys=$B))",
    "print(json.dumps([$any, $any, {'x': $t}], indent=$n, ensure_ascii=$B))",
    "print(json.loads(json.dumps([$s, $l, $d, $f])))",
    "print(json.loads('[1, 2.5, \"a\\\\u00e9\", null, true, {\"k\": [-$n, 1e3]}]'))\ntry: print(json.loads($s))\nexcept ValueError as $w: print($w, $w.pos, $w.lineno, chain($w))",
    "print(json.dumps({$i: $s, $B: 1, None: $f}, separators=(',', ':')), json.dumps($e, default=sorted))",
    "print(json.loads('{\"a\": 1, \"b\": [$n]}', object_pairs_hook=list, parse_int=lambda text: text * 2))",
    // datetime
    "$v = datetime.datetime(2024, 2, 2$n, $n, 5$n, 7)\nprint($v + datetime.timedelta(days=$i % 1000, hours=$n), $v.isoformat('_'))",
    "$v = datetime.date(20$n$n, 1 + $n, 1$n)\nprint($v, $v.weekday(), $v.isocalendar(), $v.replace(day=$n), $v.toordinal())",
    "$v = datetime.timedelta(days=$n, seconds=$i % 10**6, microseconds=$n)\nprint($v, repr($v), $v * 3, $v / 7, -$v, abs(-$v), $v.total_seconds(), $v // datetime.timedelta(hours=1))",
    "print(datetime.datetime(1999, 12, 31, 2$n, 59).strftime('%Y/%m/%d %H:%M:%S %j %a %B %p %I %y %%'))",
    "print(datetime.datetime.strptime('0$n/11/2023 1$n:30', '%d/%m/%Y %H:%M'), datetime.date.fromisoformat('2024-02-2$n'))",
    "$v = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=$n - 4, minutes=30)))\nprint($v, $v.utcoffset(), $v.astimezone(datetime.timezone.utc), $v.timestamp())",
    "print(datetime.time($n, 30, 0, $n), datetime.time(1$n) < datetime.time(15), datetime.date(2024, 3, 1) - datetime.date(2023, $n, 2))",
    // textwrap and string
    "print(textwrap.wrap($s * 3 + ' lorem ipsum dolor sit amet', 5 + $n), textwrap.shorten($s + ' and so on it goes', 1$n))",
    "print(textwrap.fill('the quick brown fox ' + $s, width=8 + $n, initial_indent='* ', subsequent_indent='  '))",
    "print(repr(textwrap.dedent('    a\\n      b\\n    ' + $s)), repr(textwrap.indent('x\\n\\n' + $s, '> ')))",
    "print(string.Template('$$who has $${n}x $$$$').safe_substitute(who=$s, n=$i), string.capwords($s + ' two  three'))",
    "print(string.ascii_letters[$n:1$n], string.Formatter().format('{0!r:>9}|{x:{w}}', $s, x=$i, w=$n), string.digits)",
    // statistics, math, itertools, functools, collections
    "print(statistics.mean($l), statistics.median($l), statistics.mode($l))",
    "print(statistics.stdev($l), statistics.pvariance($t), statistics.quantiles($l, n=4), statistics.multimode($s))",
    "print(statistics.fmean([$f, 1.5, $n]), statistics.harmonic_mean([1, 2, $n]), statistics.median_low($t), statistics.linear_regression([1, 2, 3], [$n, 4, 6]))",
    "print(math.gcd($i, $i), math.lcm($n, 1$n), math.isqrt(abs($i)), math.comb(1$n, $n), math.perm(1$n, $n), math.factorial(1$n))",
    "print(math.floor($f), math.ceil($f), math.trunc($f), math.frexp($f), math.modf($f), math.ldexp($f, $n))",
    "print(math.fsum($l), math.prod($l), math.dist((1, 2), ($n, $f)), math.hypot($n, $n), math.isclose($f, $f), math.copysign($n, $f), math.copysign(1, -$f))",
    "print(list(itertools.batched($l, 2)), list(itertools.pairwise($l)), list(itertools.groupby($l, key=lambda n: n % 2))[-1:] != [])",
    "print([(k, list(g)) for k, g in itertools.groupby($l, lambda n: n > $n)], list(itertools.zip_longest($t, $s, fillvalue=$n)))",
    "print(list(itertools.combinations($t, 2))[:9], list(itertools.product($s, repeat=2))[:5], list(itertools.permutations($t, 2))[-3:])",
    "print(list(itertools.takewhile(lambda n: n < 20, $l)), list(itertools.dropwhile(bool, $t)), list(itertools.compress($s, $l)), list(itertools.starmap(pow, [(2, $n), ($n, 2)])))",
    "$v = itertools.tee(iter($l), 2); print(next($v[0], None), list($v[1]), list($v[0]), list(itertools.islice(itertools.cycle($t), $n)))",
    "$v = collections.deque($l, maxlen=$n)\n$v.appendleft($n); $v.extend($t); $v.rotate(-2)\nprint($v, $v.count(1), len($v), $v[0], $v.pop(), 3 in $v)",
    "$v = collections.Counter($s); $v.update($s); print($v.most_common($n), $v.total(), $v - collections.Counter('aab'), sorted($v.elements()))",
    "$v = collections.defaultdict(list)\nfor $w in $l: $v[$w % 3].append($w)\nprint(dict($v), $v, $v[99])",
    "$v = collections.OrderedDict($d); $v.move_to_end('a', last=$B); print($v, $v.popitem(last=False), list(reversed($v)))",
    "$v = collections.ChainMap($d, $d); $v['new'] = $n; print(sorted($v), $v['a'], $v.maps[0], $v.new_child({'q': 1}), len($v))",
    "$v = collections.namedtuple('$v', 'x y z', defaults=[$n])\nprint($v($i, 2), $v(1, 2)._replace(y=$s), $v._fields, $v(*$t)._asdict())",
    "@functools.lru_cache(maxsize=$n)\ndef $v(n, k=1): return n if n < 2 else $v(n - 1) + $v(n - 2, k=1)\nprint($v(1$n), $v.cache_info())",
    "@functools.singledispatch\ndef $v(x): return 'any', x\n@$v.register\ndef _(x: int): return 'int', x\n@$v.register(list)\ndef _(x): return 'list', len(x)\nprint($v($any), $v($any), $v($any))",
    "$v = functools.partial(sorted, key=lambda n: -n, reverse=$B); print($v($l), $v.keywords['reverse'], functools.partial(pow, $n)($n))",
    "print(bisect.bisect(sorted($l), $n), bisect.bisect_left(sorted($t), $n, lo=1)); $v = sorted($l); bisect.insort($v, $n); print($v)",
    "$v = list($l); heapq.heapify($v); heapq.heappush($v, $n); print($v, heapq.heappop($v), heapq.nsmallest(3, $v), heapq.nlargest(2, $l, key=abs), list(heapq.merge(sorted($l), sorted($t))))",
    "print(operator.itemgetter(0, -1)($l), operator.attrgetter('real', 'imag')($i), operator.methodcaller('upper')($s), operator.add($l, $l))",
    "print(fractions.Fraction($i, 1$n) + fractions.Fraction('3/$n'), fractions.Fraction(0.$n) * 3, fractions.Fraction($f).limit_denominator(99))",
    "print(copy.deepcopy([$l, $d, $t]), copy.copy($d), copy.copy($l) == $l); $v = [$l]; $v.append($v); print(copy.deepcopy($v))",
    "print(pprint.pformat({'list': list(range(3$n)), 'd': $d, 's': $s}, width=4$n)); pprint.pprint([$l, $t, $s] * 2, width=30)",
    "$v = io.StringIO($s); $v.seek(0, 2); $v.write('line\\n'); $v.seek(0); print($v.readlines(), $v.tell(), repr($v.getvalue()))",
    // formats
    "print(f'{$i:>{$n + 5}}|{$f:+.{$n}e}|{$s!r:^1$n}|{$B:>5}', f\"{f'{$s:{$n}}' + f'{f\"{$i}\"!r}'}\")",
    "print(f'{$i:x} {$i:,d} {$i:+_b} {$i:#o} {$i & 127:c} {$i:08} {$i:^+1$n}', f'{$i:.2f} {$i:%} {$i:g} {$i:E}')",
    "print(f'{$f:,.3f}|{$f:0>12.4}|{$f:<+1$n.2g}|{$f:#.0f}|{$f:%}|{$f: }|{$f:z.1f}|{$f:012}')",
    "print(f'{$s:*^1$n.3}|{$s!a:<8}|{$i = !r:>9}|{{{$n}}}', f'{$l!s:>20}', f'{(lambda x: x * 2)($s)}')",
    "print(f'{$s=}|{$s = }|{$any=!s:.30}|{$b = }', rf'{$s=}')",
    "print('{:{fill}{align}{width}}'.format($s, fill='*', align='^', width=$n), '{0[0]} {1[a]} {2.real}'.format($l, $d, $i))",
    "print('%05d|%-8s|%+.3f|%x|%%|%c|%r|%10.4s|%e' % ($i, $s, $f, $i, 6$n, $b, $s, $f), '%(a)s %(b)03d' % {'a': $t, 'b': $n})",
    "print(format($any, ''), format($i, '>8'), format($f, '.3'), format($any, '>3'))",
    // strings and bytes
    "print($s.splitlines(), $s.rsplit(None, 1), $s.rpartition('l'), $s.expandtabs($n), $s.translate({97: 'A', 32: None}), $s.count('a'))",
    "print($s.isdigit(), $s.isalpha(), $s.istitle(), $s.isspace(), $s.isidentifier(), $s.isprintable(), $s.removeprefix('s'), $s.removesuffix('m'), $s.encode('utf-8', 'replace'))",
    "print($s.index($s), $s.rfind('a', -$n), $s.endswith(('a', 'd'), $n), $s.maketrans('ab', 'cd'), $s.encode('ascii', 'backslashreplace'), $s.encode('latin-1'))",
    "print($b.hex(' '), $b.decode('latin-1'), $b.find(b'b'), $b.replace(b'a', b'zz'), $b.split(b' '), $b.upper(), $b.center(9, b'*'), list($b), $b[$n])",
    "print($b.decode(errors='replace'), $b.isalnum(), $b.strip(b'a'), $b.partition(b' '), b'%d-%s' % ($n, $b), bytes.fromhex('0$n ff'), $b.join([b'x', b'y']), $b.startswith((b'a', b'')))",
    "$v = bytearray($b); $v.extend(b'12'); $v[0] = $i; $v += $b\nprint($v, $v.pop(), $v[::2], $v.find($n)); del $v[1:3]; $v.insert(1, 6$n); $v.reverse(); print(bytes($v))",
    "$v = memoryview(bytearray(b'abcdef'))\n$v[1:3] = b'XY'; print($v[$n], bytes($v[::-2]), $v.tolist(), len($v), $v.nbytes, $v.readonly, $v[2:4] == b'Yd', $v.hex())",
    "$v = bytearray(b'abc'); $w = memoryview($v)\ntry: $v.append(1)\nexcept BufferError as e: print(e)\n$w.release(); $v.append($n); print($v)",
    "print(memoryview(b'12345678').cast('H').tolist(), memoryview($b).tobytes(), memoryview(b'abcd').cast('B', [2, 2]).tolist(), int.from_bytes($b, 'big', signed=$B), struct.pack('<hB', $n, 7))",
    "print($i.bit_length(), $i.bit_count(), $i.to_bytes(9, 'little', signed=True), $i.as_integer_ratio(), $i.conjugate(), int('1$n', 1$n), bin($i), hex($i), $f.hex(), $f.is_integer(), $f.as_integer_ratio())",
    "print(complex($f, $n) * (1+$nj), abs(3+$nj), (2-1j) ** $n, complex('$n+2j').conjugate(), $nj == $i, repr(complex($f, $f)))",
    // lists, dicts, sets, slices
    "$v = list($l); $v[::2] = $t; print($v)",
    "$v = list($l); $v *= $n & 3; $v += $t; del $v[::3]; print($v, $v.index($n), $v.copy() == $v)",
    "$v = dict($d); $v |= {'a': $s}; print($v, $v.popitem(), list(reversed($v)), $v.keys() - {'b'}, $v.items() & {('a', 1)}, $d | $v == $v)",
    "print($e.issubset($e), $e <= $e, $e.isdisjoint($l), $e.symmetric_difference($t), frozenset($e) == $e, {frozenset($e): 1}); $v = set($e); $v -= {1, 2}; $v ^= $e; $v.update($l); print(sorted($v), $v.pop() in $e)",
    "$v = slice($n, None, -1); print($v.indices(1$n), 'abcdefgh'[$v], $v, range(20)[$v], range(0, $i % 99, 7)[::-1], len(range(-$n, 99, 3)), $n in range(0, 9, 2))",
    "print(*map(lambda a, b=1, *c: (a, b, c), $l, $t), sep='/'); print(list(zip($l, $s, strict=$B)), dict(enumerate($s, $n)), max($d, key=$d.get), min($l, default=$n), sum($t, $n))",
    "print(sorted($s, key=lambda c: (c.isupper(), c)), any($t), all($l), list(filter(lambda n: n & 1, $l)), [*reversed($s)], divmod($f, $n), round($f, -$n), pow($n, $n, 7), chr($i), ord($s))",
    "print(eval('$n + len(x)', {'x': $l}), isinstance($any, (int, str | list)), callable($any), type($any), hash($i) == hash($f), getattr($any, 'real', None), vars(Point($n)), ascii($s))",
    "$v = {}; exec('y = $n\\ndef g(): return y * 2\\nz = g()', $v); print($v['z'], sorted(k for k in $v if k[0] != '_'))",
    // control
    "def $v(*a, key=$n, **k): return a, key, sorted(k.items())\nprint($v(*$t, **$d), $v(1, key=$s))",
    "def $v(a, /, b, *, c=$i): return a, b, c\nprint($v(1, b=2), $v($any, $any, c=3)); $v(a=1, b=2)",
    "def $v(n):\n    try: return 'try', 1 // n\n    except ZeroDivisionError as e: return 'except', str(e)\n    else: return 'else'\n    finally: print('finally', n)\nprint($v($n), $v(0), $v($i))",
    "$v = [lambda x, k=k: x * k + $n for k in range(3)]; print([f(2) for f in $v], (lambda *a, **k: (a, k))(1, *$t, z=2))",
    "for $v in range(3):\n    try:\n        if $v == 1: continue\n        if $v == 2: break\n        print('body', $v)\n    finally: print('out', $v)\nelse: print('never')",
    "with contextlib.ExitStack() as $v:\n    $v.callback(print, 'last', $n)\n    $v.enter_context(Guard('$v', $B))\n    $v.push(lambda *what: print('pushed', what[1]))\n    print(1 // ($n - $n % 5))",
    "with contextlib.redirect_stdout(io.StringIO()) as $v: print($any, end='')\nprint(repr($v.getvalue()))",
    "global_$v = $n\nassert global_$v > 3, f'only {global_$v}'",
    "(($v := $n), print($v, [$w := $v + 1, $w * 2]))",
    "del $v",
    "print($v)",
    "type $v = list[int] | None\nprint($v, $v.__value__, list[$n], dict[str, int] == dict[str, int], (int | None).__args__)",
    "def $v[T](x: T, *y: T) -> list[T]: return [x, *y]\nprint($v($n, *$t), $v.__type_params__, $v.__annotations__)",
    "match $any:\n    case bool(x) | int(x) if x: print('number', x)\n    case [x, [y, *_], *z] | [x, y, *z]: print('sequence', x, y, z)\n    case {'a': x, **rest}: print('mapping', x, rest)\n    case Point(x=0) | str(): print('class')\n    case None | float(): print('none')\n    case other: print('other', other)",
    "match ($n, $s):\n    case (0 | 1 as small, _): print('small', small)\n    case (int() as n, str() as s) if n < len(s): print('shorter', n)\n    case (n, '' | 'spam' as s): print(n, s)\n    case _: print('rest')",
    // exceptions
    "try:\n    raise ExceptionGroup('group', [ValueError($n), KeyError($s), ExceptionGroup('in', [TypeError(1), Wrong($n)])])\nexcept* (ValueError, TypeError) as $v: print('values', $v, $v.exceptions)\nexcept* LookupError as $v: print('lookups', repr($v))",
    "try:\n    try: raise ExceptionGroup('$v', [OSError($n, $s), ValueError(1)])\n    except* OSError as $w: raise RuntimeError('new') from $w.exceptions[0]\nexcept ExceptionGroup as $v: print(repr($v), [repr(e.__cause__) for e in $v.exceptions])",
    "$v = ExceptionGroup('g', [ValueError(i) for i in range(3)] + [Wrong('w')]); print($v.split(Wrong), $v.subgroup(lambda e: e.args != (1,)), $v.derive([KeyError(1)]))",
    "try:\n    try: {}[$s]\n    except KeyError as e: e.add_note('note $n'); raise\nexcept LookupError as $v: print($v.args, $v.__notes__, $v.__traceback__.tb_lineno > 0)",
    "try: int($s)\nexcept ValueError as $v: print($v, repr($v), $v.__context__)\nelse: print('fine')\nfinally: print('done')",
    "try:\n    try: 1 // 0\n    finally: [][$n]\nexcept IndexError as $v: print($v, repr($v.__context__), $v.__suppress_context__)",
    "try: raise Wrong('w', $n) from None\nexcept Wrong as $v: print($v, $v.args, $v.__cause__); traceback.print_exc(file=sys.stdout)",
    "def $v(n): return $v(n - 1) if n else {}['$v']\ntry: $v($n)\nexcept KeyError: print(traceback.format_exc())",
    // decorators
    "def $v(tag):\n    def around(f):\n        @functools.wraps(f)\n        def inner(*a, **k):\n            print(tag, f.__name__, a, k)\n            return f(*a, **k)\n        return inner\n    return around\n@$v($s)\n@$v($n)\ndef $w(x, y=$n): 'doc'; return [x, y]\nprint($w(1), $w(x=$s, y=2), $w.__doc__, $w.__name__)",
    "class $v:\n    def __init__(self, f): self.f, self.count = f, 0\n    def __call__(self, *a): self.count += 1; return self.f(*a)\n    def __get__(self, obj, cls=None): return self if obj is None else functools.partial(self, obj)\nclass $w:\n    @$v\n    def m(self, x): return x, $n\nprint($w().m($any), $w.m.count, $w().m(2), $w.m.count)",
    // dataclasses, enum, abc, typing
    "@dataclasses.dataclass(order=True, frozen=$B)\nclass $v:\n    a: int\n    b: str = $s\n    c: list = dataclasses.field(default_factory=list, compare=False)\n$w = $v($i); print($w, $w == $v($i), $w < $v($n, 'z'), dataclasses.asdict($w), dataclasses.replace($w, b='q'))\n$w.a = 5; print($w)",
    "@dataclasses.dataclass(slots=$B, kw_only=True)\nclass $v:\n    x: float = $f\n    y: int = dataclasses.field(default=$n, repr=False)\n    def __post_init__(self): self.x = (self.x, self.y)\nprint($v(), $v(y=2).y, [f.name for f in dataclasses.fields($v)]); print($v(1))",
    "$v = enum.Enum('$v', 'RED GREEN BLUE'); print(list($v), $v.RED, repr($v['BLUE']), $v($n), $v.RED is $v(1))",
    "class $v(enum.IntEnum):\n    ONE = 1\n    TWO = 2\n    DEUX = 2\n    def twice(self): return self * 2\nprint($v.TWO.twice(), $v.DEUX, $v.ONE < $n, [m.name for m in $v], $v.__members__, f'{$v.ONE} {$v.TWO!r}', $v($n))",
    "class $v(enum.Flag):\n    R = enum.auto(); W = enum.auto(); X = enum.auto()\nprint($v.R | $v.X, ~$v.R, $v.R & $v.W, bool($v(0)), $v.R in ($v.R | $v.W), list($v.R | $v.W), $v($n).value)",
    "class $v(abc.ABC):\n    @abc.abstractmethod\n    def go(self): ...\n    @property\n    @abc.abstractmethod\n    def p(self): ...\nclass $w($v):\n    def go(self): return super().go(), $n\n    p = $n\nprint($w().go(), $w.__abstractmethods__, sorted($v.__abstractmethods__)); $v()",
    "class $v(typing.NamedTuple):\n    x: int\n    y: str = $s\nprint($v(1), $v(*$t), $v(1, 2) == (1, 2), $v._field_defaults, typing.get_type_hints($v))",
    // operators of own classes
    "class $v:\n    def __init__(self, *a): self.a = a\n    def __getitem__(self, k): return k\n    def __contains__(self, x): return x in self.a\n    def __call__(self, *a, **k): return a, k\n    def __format__(self, spec): return f'<{spec}>'\n    def __matmul__(self, o): return 'mat', o\n    __rmul__ = __mul__ = lambda self, o: ('mul', o)\n    def __neg__(self): return 'neg'\n    def __index__(self): return $n\n    def __missing__(self): return 1\n$w = $v($n, $s); print($w[1:2, ..., ::3], 3 in $w, $w(*$t, **$d), f'{$w:>5}', $w @ 2, $w * 3, $n * $w, -$w, 'abcdefghijk'[$w], hex($w)); $w + 1",
    "class $v(list):\n    def __missing__(self, k): return k\n    def append(self, x): super().append(x); print('append', x)\nclass $w(dict):\n    def __missing__(self, k): return k * 2\n    def __setitem__(self, k, v): super().__setitem__(k, (v,))\n$v = $v($t); $v.append(1); $w = $w($d); $w['q'] = $n; print($v, $w, $w['zz'], $w.get('zz'), $v[:1], type($v[:1]), $v + [1])",
    "class $v(int):\n    def __new__(cls, x=0): return super().__new__(cls, x * 2)\n    def __add__(self, o): return type(self)(int(self) + o)\n    def __str__(self): return 'N' + super().__repr__()\n    def __eq__(self, o): return NotImplemented\n    __hash__ = int.__hash__\nprint($v($n), repr($v($n)), $v(3) + 1, 1 + $v(3), $v(2) == 4, $v(1) != 2, f'{$v(5)}', {$v(1): 1})",
    "class $v:\n    def __iter__(self): return self\n    n = $n\n    def __next__(self):\n        self.n -= 1\n        if self.n < 0: raise StopIteration\n        return self.n\nprint(list($v()), sum($v()), max($v(), default=None), 3 in $v(), [*zip($v(), $v())], dict.fromkeys($v()))",
    // generators
    "def $v():\n    total = 0\n    while True:\n        x = yield total\n        if x is None: return total\n        total += x\n$w = $v(); next($w)\nprint([$w.send(i) for i in $t])\ntry: $w.send(None)\nexcept StopIteration as stop: print(stop.value)",
    "def $v(n):\n    try:\n        for i in range(n): yield i\n    finally: print('closed', n)\n$w = $v(5); print(next($w), next($w)); del $w; print(*itertools.chain($v($n), $v(1)))",
    "$v = (x * y for x in $l for y in $t if x != y); print(next($v, 'none'), list($v)[:5], sum(x for x in $t), {k: v for k, v in $d.items() if v}, {x % 3 for x in $l})",
    // dataclasses, enum, abc, typing once more, as programs use them
    "@dataclasses.dataclass\nclass $v:\n    name: str\n    size: int = $n\n    tags: set = dataclasses.field(default_factory=set, hash=False)\n    _: dataclasses.KW_ONLY\n    note: str | None = None\n    total: int = dataclasses.field(init=False, default=$n)\n@dataclasses.dataclass\nclass $w($v):\n    size: float = $f\n    extra: typing.ClassVar[int] = 3\n    more: list = dataclasses.field(default_factory=list, repr=$B)\nprint($w($s), $w($s, 1, {2}, note=$any) == $w($s, 1, {2}), dataclasses.astuple($w('a')), $w.__match_args__)\nprint([(f.name, f.init, f.kw_only) for f in dataclasses.fields($w)]); print($w())",
    "@dataclasses.dataclass(frozen=True, order=True)\nclass $v:\n    x: int\n    y: tuple = $t\n    seed: dataclasses.InitVar[int] = $n\n    def __post_init__(self, seed): object.__setattr__(self, 'x', self.x + seed)\n$w = [$v($i % 9), $v($n, seed=0), $v(3)]; print(sorted($w), max($w), len(set($w)), hash($w[0]) == hash($w[0])); print($w[0] < 3)",
    "$v = dataclasses.make_dataclass('$v', ['a', ('b', int), ('c', str, dataclasses.field(default=$s))], namespace={'both': lambda self: (self.a, self.b)}, eq=$B)\nprint($v($any, $n), $v(1, 2).both(), $v(1, 2) == $v(1, 2), dataclasses.is_dataclass($v), dataclasses.replace($v(1, 2), c=$any)); print(dataclasses.replace($v(1, 2), d=1))",
    "@dataclasses.dataclass\nclass $v:\n    a: int = $n\n    b: list = []\nprint($v())",
    "@dataclasses.dataclass(slots=True, match_args=$B)\nclass $v:\n    x: int = $i\n    y: int = $n\nmatch $v():\n    case $v(x=0): print('zero')\n    case $v(x, y) if y > 4: print(x, y)\n    case $v(): print('other')\n$v().z = 1",
    "class $v(enum.StrEnum):\n    RED = enum.auto()\n    GREEN = $s\n    @classmethod\n    def _missing_(cls, value): return cls.RED if value == 'r' else None\nprint($v.RED, repr($v('r')), $v.RED + '!', f'{$v.GREEN:>8}', 'red' in $v, [*$v], $v.RED.upper(), {$v.RED: 1}['red']); print($v('x'))",
    "class $v(enum.Enum):\n    A = 1, $s\n    B = $n, 'b'\n    C = 1, $s\n    def __init__(self, number, word): self.number, self.word = number, word\n    @property\n    def both(self): return f'{self.number}{self.word}'\n    def __str__(self): return self.name.lower()\nprint($v.C, $v.C is $v.A, repr($v.B), $v.A.both, list($v.__members__), $v((1, $s)), [m.value for m in $v], $v['Z'])",
    "class $v(enum.IntFlag, boundary=enum.$<STRICT|CONFORM|EJECT|KEEP>):\n    R = 4\n    W = 2\n    X = 1\n    RW = R | W\nprint($v.R | 1, $v.RW & ~$v.R, $v(5), [*$v.RW], $v.R in $v.RW, $v.X ^ 3, -$v.R, $v(0), repr($v.RW), f'{$v.W:#b}', len($v.RW)); print($v($n + 8))",
    "@enum.unique\nclass $v(enum.Enum):\n    A = $n\n    B = $n\nprint($v.A < $v.B)",
    "class $v(enum.Enum):\n    def _generate_next_value_(name, start, count, last): return name * (count + $n % 3)\n    ONE = enum.auto(); TWO = enum.auto()\n    @enum.member\n    def three(): return 3\n    four = enum.nonmember(4)\nprint([*$v], $v.four, $v.ONE.value, $v.three.value(), $v.TWO.name, dir($v)[:2]); $v.ONE = 2",
    "@typing.runtime_checkable\nclass $v(typing.Protocol):\n    def go(self): ...\nclass $w:\n    def go(self): return $n\nprint(isinstance($w(), $v), isinstance($any, $v), issubclass($w, $v)); print($v())",
    // Such a class is not subscripted: a cache of `typing` would keep it, and the program's globals, beyond the end.
    "class $v[T]:\n    items: list[T]\n    def __init__(self, *items: T): self.items = [*items]\n    def push(self, item: T) -> typing.Self: self.items.append(item); return self\nprint($v(1).push($any).items, $v.__parameters__, $v.__orig_bases__, $v.__type_params__)",
    "class $v(typing.TypedDict, total=$B):\n    name: str\n    size: typing.NotRequired[int]\nprint($v(name=$s), $v.__required_keys__, $v.__optional_keys__, typing.Optional[int], typing.Union[int, str, int], typing.Literal[1, $s], typing.Annotated[int, $n], typing.Callable[[int], str], typing.get_args(dict[str, list[$n]]))",
    "class $v(abc.ABC):\n    @classmethod\n    def __subclasshook__(cls, other): return hasattr(other, 'walk') or NotImplemented\nclass $w:\n    def walk(self): pass\n$v.register(int); print(issubclass($w, $v), isinstance($i, $v), isinstance($s, $v), issubclass(bool, $v), isinstance([], collections.abc.Sequence), isinstance($d, collections.abc.Mapping), isinstance(print, collections.abc.Callable))",
    // tools around functions
    "@functools.cache\ndef $v(n): print('computing', n); return n * 2\nprint($v($n), $v($n), $v.cache_info(), $v.__wrapped__($n)); $v.cache_clear(); print($v.cache_parameters()); $v([])",
    "print(sorted($l, key=functools.cmp_to_key(lambda a, b: (a % 5) - (b % 5) or b - a)), functools.reduce(lambda a, b: a + b, $t, $n), functools.reduce(max, $l))",
    "class $v:\n    def area(self, a, b=$n, *, c=0): return a, b, c\n    square = functools.partialmethod(area, 2, c=$n)\n    @functools.singledispatchmethod\n    @classmethod\n    def of(cls, x): return cls.__name__, 'any'\n    @of.register(int | float)\n    @classmethod\n    def _(cls, x): return cls.__name__, 'number', x\nprint($v().square(), $v().square(7), $v.of($any), $v.of($i)); print($v().square(1, 2))",
    "$v = functools.partial(print, $any, sep='-', end='.\\n'); $v($n); $v($n, sep='+'); print($v.func is print, $v.args, $v.keywords, functools.partial($v, 1).args)",
    "import inspect\ndef $v(a, /, b: int = $n, *c, d='x', **e) -> str: 'Text.'\nprint(inspect.signature($v), [(p.name, p.kind.name, p.default is p.empty) for p in inspect.signature($v).parameters.values()], inspect.getdoc($v), inspect.signature($v).bind(1, d=$n).arguments, inspect.isfunction($v)); inspect.signature($v).bind(z=1)",
    "class $v(contextlib.ContextDecorator):\n    def __enter__(self): print('in'); return self\n    def __exit__(self, *what): print('out', what[1]); return $B\n@$v()\ndef $w(n): return 1 // (n % 2)\nprint($w($n), $w(2))",
    "with contextlib.ExitStack() as $v, contextlib.nullcontext($n) as n, contextlib.closing(io.StringIO($s)) as f:\n    for i in range(3): $v.callback(print, 'pop', i)\n    $w = $v.pop_all() if $B else $v\n    print(n, f.read()); $w.close(); print(f.read(1)); raise Wrong($n)",
    "$v = [*itertools.islice(itertools.count($n, 3), 2, 1$n, 2)]; print($v, [*itertools.accumulate($l, max, initial=$n)], [*itertools.chain.from_iterable([$t, $s])], [*itertools.repeat($s, 2)], next(itertools.filterfalse(None, [1, 0]), 9), [*itertools.combinations_with_replacement('ab', 2)])",
    // data
    "$v = collections.deque(maxlen=$n)\n$v.extendleft($t); $v += $l; print($v, $v.maxlen, $v.index($n), $v == collections.deque($l)); $v.remove(99)",
    "class $v(collections.UserDict):\n    def __setitem__(self, k, x): super().__setitem__(str(k), x)\n$w = $v($d); $w[$n] = 1; print($w, sorted($w), $w | {'q': 2}, $w.get('zz', $n), '$n' in $w, $w.data); $w[None]",
    "$v = collections.Counter($l); $v.subtract($t); print($v, +$v, $v & collections.Counter($l), $v | {1: 2}, $v[$n], $v.total(), $v == collections.Counter($l)); $v += collections.Counter($s); print(len($v))",
    "$v = collections.ChainMap({}, $d, {'a': $n}); $v['k'] = 1; del $v['k']; print($v.get('a'), len($v), list($v.parents)); del $v['a']",
    "$v = io.BytesIO($b); print($v.read(2), $v.tell(), $v.seek(-1, 2), $v.read(), $v.getvalue(), $v.truncate($n)); $v.write($s)",
    "print(struct.pack('>hiq', $n, $i & 0xffff, -$n), struct.unpack('<3sB', b'abc\\x0$n'), struct.calcsize('<bhi'), [*struct.iter_unpack('>H', b'\\0\\1\\0\\2')]); struct.pack('B', $i)",
    "import base64, hashlib\nprint(base64.b64encode($b), base64.urlsafe_b64decode(base64.urlsafe_b64encode($b)) == $b, base64.b16encode($b), base64.b32encode($b), hashlib.sha256($b).hexdigest()[:12], hashlib.md5($b).hexdigest()); base64.b64decode($s, validate=$B)",
    "import logging\n$v = io.StringIO(); $w = logging.getLogger('$v'); $w.propagate = False; h = logging.StreamHandler($v); h.setFormatter(logging.Formatter('%(levelname)-8s|%(name)s|%(message)s')); $w.addHandler(h); $w.setLevel($n * 10)\n$w.debug('low %d', $n); $w.warning('%s and %r', $any, $s); $w.error('bad')\ntry: 1 // 0\nexcept ZeroDivisionError: $w.exception('caught')\nprint($v.getvalue(), $w.isEnabledFor(30), logging.getLevelName($n * 10))",
    "import warnings\nwith warnings.catch_warnings(record=True) as $v:\n    warnings.simplefilter('$<always|error|ignore|once>'); warnings.warn('note $n', UserWarning); warnings.warn($s, DeprecationWarning)\nprint([(str(w.message), w.category.__name__) for w in $v])",
    "class $v:\n    def __copy__(self): print('copy'); return $v()\n    def __deepcopy__(self, memo): print('deep', len(memo) >= 0); return self\n    def __repr__(self): return 'v'\n$w = [$v(), {'k': $v()}]; print(copy.copy($w), copy.deepcopy($w), copy.copy($w[0]), copy.replace(Point, x=1))",
    "$v = {weakref.ref(Point(1)): 1}; print([k() for k in $v]); $w = weakref.WeakValueDictionary(); p = Point($n); $w['p'] = p; print(len($w), $w['p']); del p; print(len($w), $w.get('p'))",
    "$v = Point(1); $w = weakref.finalize($v, print, 'finalized', $any); print($w.alive); del $v; print($w.alive, $w())",
    "print(textwrap.wrap('aaa bbbbbbbbbbbb ccc-ddd ' + $s, width=1$n - 5, break_long_words=$B), string.Template('$$a $${b}').substitute(a=$any, b=$n), '$$'.join($s)); string.Template('$$q').substitute()",
    "import shlex, uuid\nprint(shlex.split('a \"b c\" d\\\\ e $n'), shlex.quote($s), shlex.join([$s, 'x y']), uuid.uuid5(uuid.NAMESPACE_DNS, $s), uuid.UUID(int=$i & 0xffffffff)); shlex.split($s + '\"')",
    "print(*(f'{x:{w}.{p}f}|{x!r:>{w}}|{x:<{w}}|' for x, w, p in [($f, $n, $n), (1.5, 1$n, 2)]), f'{$i:_}{$n:03}{$any!s:.5}{\"q\":-^7}', f'{datetime.date(2024, 1, 1 + $n):%d.%m.%y}', f'{$l[:2]}' f'{{}}' '{}', sep='\\n')",
    "def $v(level, *rows):\n    for row in rows:\n        match row:\n            case str(name): print('  ' * level + name)\n            case [str(name), *rest]: print('  ' * level + name + ':'); $v(level + 1, *rest)\n            case {'value': value} | {'v': value}: print('  ' * level, value)\n            case _: raise TypeError(f'no row: {row!r}')\n$v(0, 'a', ['b', 'c', ['d', {'value': $any}]], {'v': $n}, $any)",
    "class $v:\n    def __init__(self, *pairs): self.pairs = dict(pairs)\n    def __getattr__(self, name):\n        try: return self.__dict__['pairs'][name]\n        except KeyError: raise AttributeError(f'no {name}', name=name, obj=self) from None\n    def __contains__(self, name): return name in self.pairs\n    def __iter__(self): return iter(sorted(self.pairs.items()))\n$w = $v(('x', $any), ('y', $n)); print($w.x, $w.y, 'x' in $w, [*$w], hasattr($w, 'z'), getattr($w, 'z', 0)); print($w.pears)",
    "class $v:\n    def __set_name__(self, owner, name): self.name = '_' + name\n    def __get__(self, obj, owner=None): return self if obj is None else getattr(obj, self.name, $n)\n    def __set__(self, obj, value):\n        if not isinstance(value, int): raise TypeError(f'{self.name[1:]} wants an int, not {type(value).__name__}')\n        setattr(obj, self.name, value)\nclass $w:\n    size = $v(); weight = $v()\no = $w(); print(o.size); o.size = $i; print(o.size, vars(o), $w.size.name); o.weight = $any; print(o.weight)",
    "try:\n    try: raise KeyError($any)\n    except KeyError as $v: raise Wrong($n) from $v\nexcept Wrong as $w:\n    print(traceback.format_exception_only($w), repr($w.__cause__), sys.exc_info()[0], len(traceback.extract_tb($w.__traceback__)), ''.join(traceback.format_exception($w)))",
    "def $v(n):\n    with contextlib.suppress(IndexError):\n        while True:\n            try:\n                n -= 1\n                if n < 0: return 'ended'\n                if n % 3 == 0: continue\n                [][n] if n % 2 else int('x')\n            except ValueError as e: print(n, e)\n            finally: print('turn', n)\n    return 'left'\nprint($v($n), $v($n))",
];

/// What a class of its own may consist of; `C` is its name.
const PARTS: &[&str] = &[
    "__slots__ = ('a', 'b', '_p')",
    "limit = $n",
    "def __init__(self, a=$n, b=$s): self.a, self.b, self._p = a, b, a",
    "@property\ndef p(self): 'a property'; return self._p\n@p.setter\ndef p(self, value):\n    if value == $n: raise ValueError(value)\n    self._p = value",
    "@p.deleter\ndef p(self): print('deleted'); self._p = None",
    "@classmethod\ndef make(cls, *a): return cls.__name__, a, getattr(cls, 'limit', None)",
    "@staticmethod\ndef tool(x, y=$n): return [x, y]",
    "def __getattr__(self, name):\n    if name.startswith('__') or name in ('a', 'b', '_p'): raise AttributeError(name)\n    return 'attr ' + name",
    "def __setattr__(self, name, value): print('set', name, value); object.__setattr__(self, name, value)",
    "def __delattr__(self, name): print('del', name); super().__delattr__(name)",
    "def __getattribute__(self, name):\n    if name == 'secret': return $s\n    return super().__getattribute__(name)",
    "def __repr__(self): return f'C({getattr(self, \"a\", None)!r})'",
    "def __eq__(self, other): return isinstance(other, C) and self.a == other.a",
    "def __hash__(self): return hash(self.a)",
    "def __init_subclass__(cls, **k): print('subclass', cls.__name__, k); super().__init_subclass__()",
    "def __class_getitem__(cls, key): return cls.__name__, key",
    "def method(self, x=$n): return self.limit, x",
    "@functools.cached_property\ndef cached(self): print('computed'); return $i",
    "@functools.singledispatchmethod\ndef kind(self, x): return 'other'\n@kind.register\ndef _(self, x: int): return 'int'",
    "def __set_name__(self, owner, name): print('named', name)",
    "def __dir__(self): return ['z', 'a']",
    "def __bool__(self): return $B",
    "def __lt__(self, other): return self.a < other.a",
    "def __contains__(self, x): return x == self.a",
    "def __enter__(self): print('in'); return self\ndef __exit__(self, *what): print('out', what[0]); return $B",
    "def __call__(self, *a, **k): return a, k",
    "def __del__(self): print('gone')",
    "def __radd__(self, other): return 'radd', other",
    "def __iadd__(self, other): self.a = other; return self",
    "def __len__(self): return $n",
    "def __iter__(self): return iter((self.a, self.b))",
    "def __getitem__(self, at):\n    if at == 1$n: raise IndexError(at)\n    return at",
];

/// What is done with an instance `O` of a class `C` and a subclass `D`.
const USES: &[&str] = &[
    "print(O.p); O.p = $any; print(O.p)",
    "del O.p; print(O._p)",
    "print(C.make($n), O.make($any), D.make())",
    "print(C.tool(1), O.tool($any, 2))",
    "print(O.unknown, O.secret)",
    "O.extra = $any; print(O.extra)",
    "O.a = $i; print(O.a, O.b)",
    "del O.a; print(O.a)",
    "print(repr(O), str(O) == repr(O), bool(O))",
    "print(O == C(), O != C($n), C() in [O], hash(O) == hash(O))",
    "print(O.method(), C.method(O, 3), O.method.__name__, O.method.__self__ is O)",
    "print(O.cached, O.cached)",
    "print(O.kind(1), O.kind($s), O.kind($any))",
    "print(sorted([C(3), C(1)]), min(C(2), C(1)))",
    "print($n in O, O[$n:2], len(O), list(O))",
    "with O as $v: print('with', 1 // ($n % 3))",
    "print(O(1, k=2), 3 + O)",
    "O += 5; print(O.a)",
    "print(sorted(vars(O).items()))",
    "print(C.__mro__ == (C, object), D.__mro__, D.__bases__, issubclass(D, C), isinstance(D(), C))",
    "print(C[$n], D[int, str])",
    "print(C.p, C.limit, type(C.__dict__.get('make')), 'tool' in vars(C))",
    "print(getattr(O, 'zip', $n), hasattr(O, 'p'), setattr(O, 'b', $n), O.b)",
    "C.limit = $n; print(D.limit, O.limit); D.limit = $s; print(C.limit, D.limit)",
    "C.later = lambda self: ('later', self.a); print(O.later(), D().later())",
    "print(D($n), D(b=$s).b, super(D, D()).method())",
    "O.__class__ = D; print(type(O).__name__, O.a)",
    "print(type('E', (C,), {'a1': $n, '__slots__': ()})().a1)",
    "print(dir(O)[:0], sorted(n for n in dir(C) if not n.startswith('__')))",
    "$v = weakref.ref(O); print($v() is O); print(C.__name__, C.__qualname__, C.__module__)",
    "match O:\n    case D(): print('D')\n    case C(a=x, b=str()): print('C', x)\n    case C(): print('plain C')",
];

/// Statements of a coroutine.
const ASYNC: &[&str] = &[
    "$v = asyncio.Queue(maxsize=$n)\nasync def $w():\n    while (x := await $v.get()) is not None: print('got', x, $v.qsize(), now()); $v.task_done()\n    $v.task_done()\nworker = asyncio.create_task($w())\nfor x in [*$t, None]: await $v.put(x)\nawait $v.join(); await worker; print($v.empty(), $v.full())",
    "$v = asyncio.PriorityQueue()\nfor x in $l: $v.put_nowait((x % 5, x))\nprint([$v.get_nowait() for _ in range($v.qsize())]); $v.get_nowait()",
    "$v = asyncio.LifoQueue(3)\n$v.put_nowait(0)\nfor x in $t: $v.put_nowait(x)\nprint(await $v.get(), $v)",
    "$v = asyncio.Queue()\n$v.put_nowait($n); $v.shutdown(immediate=$B)\nprint(await $v.get()); await $v.get()",
    "$v = asyncio.Lock()\nasync def $w(n):\n    async with $v:\n        print('locked', n, now()); await asyncio.sleep($n / 64)\n    return n\nprint(await asyncio.gather(*map($w, range(3))), $v.locked())",
    "$v = asyncio.Semaphore($n)\nasync def $w(n):\n    async with $v: await asyncio.sleep(n / 64); print('through', n, now())\nawait asyncio.wait_for(asyncio.gather(*($w(n) for n in range(4))), 1)",
    "$v = asyncio.BoundedSemaphore(1); await $v.acquire(); $v.release(); print($v.locked()); $v.release()",
    "$v = asyncio.Event()\nasync def $w(n): await asyncio.sleep(n / 64); print(n, await $v.wait(), now())\ntasks = [asyncio.create_task($w(n)) for n in range(3)]; kept.append(tasks)\nawait asyncio.sleep($n / 64); print($v.is_set()); $v.set(); await asyncio.gather(*tasks)",
    "$v = asyncio.Condition()\nready = []\nasync def $w(n):\n    async with $v: await $v.wait_for(lambda: len(ready) > n); print('ready', n, ready)\ntasks = [asyncio.create_task($w(n)) for n in range(3)]; kept.append(tasks)\nfor x in range(4):\n    await asyncio.sleep(0.015625)\n    async with $v: ready.append(x); $v.notify($n) if $B else $v.notify_all()\nprint([t.cancel() for t in tasks], await asyncio.gather(*tasks, return_exceptions=True))",
    "$v = asyncio.Barrier(2)\nasync def $w(n):\n    async with $v as place: print('barrier', n, place)\nawait asyncio.gather($w(1), $w(2)); print($v.n_waiting, $v.broken)",
    "$v = asyncio.get_running_loop().create_future()\n$v.add_done_callback(lambda f: print('callback', f.result() if not f.cancelled() else None))\nasyncio.get_running_loop().call_later($n / 64, $v.set_result, $any)\nprint(await $v, $v.done(), now()); $v.set_result(1)",
    "async def $v(n): await asyncio.sleep(n / 64); print('ran', n); return [n][n // 3]\ntasks = [asyncio.create_task($v(n), name=str(n)) for n in (1, 2, 4, $n)]; kept.append(tasks)\nfor t in tasks: t.add_done_callback(lambda t: t.cancelled() or t.exception())\ndone, pending = await asyncio.wait(tasks, timeout=$n / 32, return_when=asyncio.$<FIRST_COMPLETED|FIRST_EXCEPTION|ALL_COMPLETED>)\nprint(sorted(t.get_name() for t in done), sorted(t.get_name() for t in pending), [repr(t.exception()) for t in sorted(done, key=lambda t: t.get_name())])\nfor t in pending: t.cancel()",
    "async def $v(n): await asyncio.sleep(n / 64); return n\nfor task in asyncio.as_completed([$v(3), $v(1), $v($n)]): print('completed', await task)",
    "async def $v():\n    try: await asyncio.sleep(9)\n    except asyncio.CancelledError as e: print('cancelled', e.args); $<raise|return 1|raise Wrong(1)|pass>\n    finally: print('cleanup', asyncio.current_task().cancelling())\n$w = asyncio.create_task($v()); await asyncio.sleep(0); $w.cancel($s)\nprint(await asyncio.gather($w, return_exceptions=True), $w.cancelled())",
    "async def $v(): await asyncio.sleep(0.0625); print('shielded'); return $n\n$w = asyncio.create_task($v())\ntry: print(await asyncio.wait_for(asyncio.shield($w), $n / 64))\nexcept TimeoutError: print('timeout', $w.done())\nprint(await $w)",
    "async def $v(n):\n    await asyncio.sleep(n / 64)\n    raise [ValueError, KeyError, Wrong][n % 3](n)\ntry:\n    async with asyncio.TaskGroup() as group:\n        for n in range($n % 4): group.create_task($v(n % 2))\n        await asyncio.sleep($n / 64)\n        print('body ends')\nexcept* ValueError as e: print('values', e.exceptions)\nexcept* LookupError as e: print('lookups', e.exceptions)",
    "async def $v(n):\n    try:\n        for i in range(n): yield i; await asyncio.sleep(0)\n    finally: print('closing', n)\nasync with contextlib.aclosing($v(5)) as $w:\n    async for x in $w:\n        print(x)\n        if x == $n: break\nprint([x * 2 async for x in $v($n % 5)], {x: x async for x in $v(2)}, await anext($v(3)))",
    "@contextlib.asynccontextmanager\nasync def $v(x):\n    print('enter', x); await asyncio.sleep(0)\n    try: yield x\n    except ZeroDivisionError as e: print('swallow', e)\n    finally: print('leave', x)\nasync with $v(1) as a, $v($n) as b: print(a + b, 1 // (b - $n)); await asyncio.sleep(0.015625)",
    "try:\n    async with asyncio.timeout($n / 32) as $v: await asyncio.sleep(0.125); print('slept')\nexcept TimeoutError: print('late', $v.expired(), now())",
    "$v = contextvars.ContextVar('$v', default=$n)\nasync def $w(x): $v.set(x); await asyncio.sleep(0); return $v.get()\nprint(await asyncio.gather($w(1), $w(2)), $v.get(), await $w(3), $v.get())",
    "class $v:\n    def __init__(self, n): self.n = n\n    def __aiter__(self): return self\n    async def __anext__(self):\n        if not self.n: raise StopAsyncIteration\n        self.n -= 1; await asyncio.sleep(0); return self.n\n    def __await__(self): yield from asyncio.sleep(0.015625).__await__(); return self.n\nprint([x async for x in $v($n)], await $v(2), await anext($v(0), 'none'))",
    "$v = asyncio.get_running_loop(); $w = $v.call_later(0.015625, print, 'later'); $v.call_soon(print, 'soon', $n); $v.call_at($v.time() + 0.03125, print, 'at')\nif $B: $w.cancel()\nawait asyncio.sleep(0.0625); print($w.cancelled())",
    "async def $v(): return $any\n$w = $v(); print(await $w); await $w",
    "async def $v(): raise Wrong($n)\ntry: await asyncio.gather($v(), asyncio.sleep(0.015625), $v())\nexcept Wrong as e: print('gathered', e)",
];

impl Grower {
    /// A text of the tables with its holes filled.
    pub(super) fn filled(&mut self, text: &str) -> String {
        let names = [self.fresh("t"), self.fresh("u")];
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let sign = rest.chars().next().unwrap_or('$');
            if let Some(after) = rest.strip_prefix("any") {
                let kind = self.kind();
                out += &self.filling(kind, after);
                rest = after;
                continue;
            }
            if let Some((choices, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
                let choices: Vec<&str> = choices.split('|').collect();
                out += self.pick(&choices);
                rest = after;
                continue;
            }
            rest = &rest[sign.len_utf8()..];
            match (sign, hole(sign)) {
                ('$', _) => out.push('$'),
                ('n', _) => out += &self.random.u8(0..10).to_string(),
                ('v', _) => out += &names[0],
                ('w', _) => out += &names[1],
                (_, Some(kind)) => out += &self.filling(kind, rest),
                (other, None) => panic!("no such hole: ${other} in {text}"),
            }
        }
        out + rest
    }

    /// An expression for a hole before `rest`.
    fn filling(&mut self, kind: Kind, rest: &str) -> String {
        let mut value = self.bounded(kind, 1);
        // CPython 3.13 garbles the text that `{…=}` shows when there is an f-string in it.
        while rest.trim_start().starts_with('=') && value.contains("f\"\"\"") {
            value = self.bounded(kind, 1);
        }
        format!("({value})")
    }

    fn row(&mut self, rows: &'static [&'static str]) -> String {
        let text = rows[self.random.usize(0..rows.len())];
        self.filled(text)
    }

    /// A few lines that use the library; what fails there is said.
    pub(super) fn library(&mut self) {
        let text = self.row(PLAIN);
        self.block("try:", |grower| grower.lines(&text));
        self.caught();
    }

    /// The same, in a coroutine.
    pub(super) fn async_library(&mut self) {
        let text = self.row(ASYNC);
        self.block("try:", |grower| grower.lines(&text));
        self.caught();
    }

    /// A class of random parts, a subclass, and what is done with them.
    pub(super) fn featured_class(&mut self) {
        let (class, derived, object) = (self.fresh("Class"), self.fresh("Sub"), self.fresh("obj"));
        let head = match self.random.u8(0..5) {
            0 => {
                let meta = self.fresh("Meta");
                self.block(&format!("class {meta}(type):"), |grower| {
                    grower.line("def __new__(meta, name, bases, space, **k): print('new', name, sorted(k)); return super().__new__(meta, name, bases, space)");
                    grower.line("def __init__(cls, name, bases, space, **k): super().__init__(name, bases, space)");
                    if grower.chance(40) {
                        grower.line("def __call__(cls, *a, **k): print('call', cls.__name__, a, k); return super().__call__(*a, **k)");
                    }
                    if grower.chance(40) {
                        grower.line("def __getattr__(cls, name): return 'meta ' + name if not name.startswith('_') else type.__getattribute__(cls, name)");
                    }
                    if grower.chance(30) {
                        grower.line("def __len__(cls): return 7");
                    }
                });
                format!("class {class}(metaclass={meta}):")
            }
            _ => format!("class {class}:"),
        };
        let mut parts = Vec::new();
        for (at, part) in PARTS.iter().enumerate() {
            // The initialiser and the property are what most uses look at.
            let chance = if (2..4).contains(&at) { 85 } else { 25 };
            if self.chance(chance) {
                parts.push(
                    self.filled(part)
                        .replace("C(", &format!("{class}("))
                        .replace(", C)", &format!(", {class})")),
                );
            }
        }
        self.block("try:", |grower| {
            grower.block(&head, |grower| {
                grower.line("'made of parts'");
                for part in &parts {
                    grower.lines(part);
                }
            });
            let option = if head.contains("metaclass") { ", tag=1" } else { "" };
            grower.block(&format!("class {derived}({class}{option}):"), |grower| {
                let body = grower.pick(&[
                    "pass",
                    "__slots__ = ()",
                    "def method(self, x=0): return 'sub', super().method(x)",
                    "def __init__(self, *a, **k): super().__init__(*a, **k); self.sub = 1",
                ]);
                grower.line(body);
            });
            grower.line(&format!("{object} = {class}()"));
        });
        self.caught();
        for _ in 0..self.random.usize(3..9) {
            let text = self.row(USES);
            let mut named = String::new();
            // The three names stand alone in the rows: letters around them make another word.
            let letters: Vec<char> = text.chars().collect();
            let part = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric() || *c == '_' || *c == '\'');
            for (at, letter) in letters.iter().enumerate() {
                let alone =
                    !part(at.checked_sub(1).and_then(|at| letters.get(at))) && !part(letters.get(at + 1));
                match letter {
                    'C' if alone => named += &class,
                    'D' if alone => named += &derived,
                    'O' if alone => named += &object,
                    _ => named.push(*letter),
                }
            }
            self.block("try:", |grower| grower.lines(&named));
            self.caught();
        }
    }
}
