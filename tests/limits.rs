//! Depth, size and hostility: nothing that a program does may overflow the native stack or stop with a panic.
//!
//! These programs go deeper than CPython likes, so their answers are written here and not asked of an oracle.

mod common;

use common::{Case, Run};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn run(name: &str, program: &str) -> Run {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("limits");
    std::fs::create_dir_all(&folder).expect("a writable folder");
    let path = folder.join(name).with_extension("co");
    std::fs::write(&path, program).expect("a writable program");
    Case::load(&path).run_co(&[], Duration::from_secs(120))
}

/// The program ends by itself and prints `expected`.
fn prints(name: &str, program: &str, expected: &str) {
    let run = run(name, program);
    assert_eq!((run.stdout.as_str(), run.exit), (expected, 0), "{name}: {}", run.stderr);
}

#[test]
fn a_million_generators_deep() {
    let program = "
import sys
sys.setrecursionlimit(10_000_000)
def leaf():
    total = 0
    while True:
        total += yield total
def wrap(inner):
    return (yield from inner)
g = leaf()
for _ in range(1_000_000):
    g = wrap(g)
print(next(g))
for i in range(1_000):
    g.send(i)
print(g.send(0))
try:
    g.throw(ValueError('from the top'))
except ValueError as error:
    print(error)
print(next(g, 'over'))
";
    prints("generators", program, "0\n499500\nfrom the top\nover\n");
}

#[test]
fn a_million_coroutines_deep() {
    let program = "
import sys, types
sys.setrecursionlimit(10_000_000)
@types.coroutine
def suspend(value):
    return (yield value)
async def deep(n):
    if n == 0:
        total = 0
        for _ in range(1_000):
            total += await suspend(total)
        return total
    return await deep(n - 1)
c = deep(1_000_000)
c.send(None)
try:
    while True:
        c.send(1)
except StopIteration as stop:
    print(stop.value)
c = deep(1_000_000)
c.send(None)
c.close()
print(c.cr_frame)
c = deep(1_000_000)
c.send(None)
del c
print('dropped')
";
    prints("coroutines", program, "1000\nNone\ndropped\n");
}

#[test]
fn a_deep_await_in_a_task() {
    let program = "
import asyncio, sys
sys.setrecursionlimit(10_000_000)
async def deep(n):
    if n == 0:
        for _ in range(100):
            await asyncio.sleep(0)
        return 'bottom'
    return await deep(n - 1)
async def main():
    print(await deep(200_000))
    task = asyncio.create_task(deep(200_000))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('cancelled')
asyncio.run(main())
";
    prints("task", program, "bottom\ncancelled\n");
}

#[test]
fn recursion_ends_in_recursion_error_at_any_limit() {
    let program = "
import sys
def down(n):
    return 0 if n == 0 else 1 + down(n - 1)
sys.setrecursionlimit(1_100_000)
print(down(1_000_000))
sys.setrecursionlimit(10_000_000)
def forever(n):
    return forever(n + 1)
sys.setrecursionlimit(2_000_000)
try:
    forever(0)
except RecursionError as error:
    print(error)
";
    prints("recursion", program, "1000000\nmaximum recursion depth exceeded\n");
}

#[test]
fn natives_that_call_back_do_not_overflow() {
    for (name, body) in [
        ("sort_key", "def f(x): return sorted([x, x], key=f)\nf(1)"),
        ("map", "def f(x): return list(map(f, [x]))\nf(1)"),
        ("repr", "class A:\n    def __repr__(self): return repr(self)\nrepr(A())"),
        ("str_format", "class A:\n    def __format__(self, spec): return f'{self}'\nf'{A()}'"),
        ("eq", "class A:\n    def __eq__(self, o): return [self] == [o]\nA() == A()"),
        ("hash", "class A:\n    def __hash__(self): return hash((self,))\nhash(A())"),
        ("getattr", "class A:\n    def __getattr__(self, name): return getattr(self, name)\nA().x"),
        ("property", "class A:\n    @property\n    def p(self): return self.p\nA().p"),
        ("call", "class A: pass\nA.__call__ = A()\nA()()"),
        ("init", "class A:\n    def __init__(self): A()\nA()"),
        ("new", "class A:\n    def __new__(cls): return cls()\nA()"),
        ("bool", "class A:\n    def __bool__(self): return not self\nbool(A())"),
        ("iter", "class A:\n    def __iter__(self): return iter(self)\nlist(A())"),
        ("contains", "class A:\n    def __contains__(self, x): return x in self\n1 in A()"),
        ("add", "class A:\n    def __add__(self, o): return self + o\nA() + 1"),
        ("index", "class A:\n    def __index__(self): return [1][self]\n[1][A()]"),
        ("sum_generator", "def g(n): yield sum(g(n))\nsum(g(1))"),
        ("comprehension", "def f(n): return [f(x) for x in [n]]\nf(1)"),
        ("decorator", "class A:\n    def __get__(self, i, o): return self.x\n    x = None\nA.x = A()\nA().x"),
        (
            "instancecheck",
            "class M(type):\n    def __instancecheck__(c, o): return isinstance(o, c)\nclass A(metaclass=M): pass\nisinstance(1, A)",
        ),
        ("async", "async def f(): await f()\nf().send(None)"),
        ("yield_from", "def f(): yield from f()\nnext(f())"),
        ("lambda", "f = lambda: f()\nf()"),
        ("max_key", "def f(x): return max([x, x], key=f)\nf(1)"),
        ("join", "def f(): return ''.join(f() for _ in range(1))\nf()"),
        ("print", "class A:\n    def __str__(self): return '%s' % self\nstr(A())"),
        (
            "with",
            "class A:\n    def __enter__(self):\n        with self: pass\n    def __exit__(self, *a): pass\nwith A(): pass",
        ),
        ("import_getattr", "class A:\n    def __getattribute__(self, n): return self.x\nA().y"),
    ] {
        let indented = body.replace('\n', "\n    ");
        let program =
            format!("try:\n    {indented}\nexcept RecursionError as error:\n    print('RecursionError')\n");
        prints(&format!("callback_{name}"), &program, "RecursionError\n");
    }
}

#[test]
fn deep_data_is_freed_shown_and_compared() {
    let program = "
deep = []
for _ in range(200_000):
    deep = [deep]
try:
    repr(deep)
except RecursionError:
    print('repr')
other = []
for _ in range(200_000):
    other = [other]
try:
    print(deep == other)
except RecursionError:
    print('eq')
del deep, other
nested = ()
for _ in range(200_000):
    nested = (nested,)
try:
    hash(nested)
except RecursionError:
    print('hash')
del nested
chain = {}
for _ in range(200_000):
    chain = {'next': chain}
del chain
class Node:
    def __del__(self): pass
head = None
for _ in range(100_000):
    node = Node()
    node.next = head
    head = node
del node, head
f = lambda: 0
for _ in range(100_000):
    f = (lambda f: lambda: f)(f)
del f
error = None
for _ in range(100_000):
    fresh = ValueError()
    fresh.__context__ = error
    error = fresh
del error, fresh
gens = iter(())
for _ in range(100_000):
    gens = (x for x in gens)
del gens
print('freed')
";
    prints("deep_data", program, "repr\neq\nhash\nfreed\n");
}

#[test]
fn hostile_sources_end_in_a_clean_error() {
    let deep = |open: &str, close: &str, n: usize| format!("x = {}1{}\n", open.repeat(n), close.repeat(n));
    for (name, source) in [
        ("parentheses", deep("(", ")", 100_000)),
        ("brackets", deep("[", "]", 100_000)),
        ("calls", format!("{}{}\n", "f(".repeat(100_000), ")".repeat(100_000))),
        ("unclosed", "(".repeat(100_000)),
        ("closed", ")".repeat(100_000)),
        ("lambdas", format!("x = {}1\n", "lambda: ".repeat(100_000))),
        ("conditionals", format!("x = {}1\n", "1 if 1 else ".repeat(100_000))),
        ("nots", format!("x = {}1\n", "not ".repeat(100_000))),
        ("minuses", format!("x = {}1\n", "-".repeat(100_000))),
        ("powers", format!("x = {}1\n", "1 ** ".repeat(100_000))),
        ("attributes", format!("x = a{}\n", ".b".repeat(100_000))),
        ("indents", (0..2_000).map(|n| format!("{}if 1:\n", " ".repeat(n))).collect()),
        ("nuls", "x = 1\0\0\0\n".to_string()),
        ("fstrings", format!("x = {}", "f'{".repeat(1_000))),
        ("backslashes", "\\\n".repeat(10_000)),
        ("decorators", format!("{}def f(): pass\n", "@a\n".repeat(10_000))),
        ("many_decorators", format!("{}def f(): pass\n", "@a\n".repeat(100_000))),
        ("managers", format!("with {}: pass\n", ["a"; 100_000].join(", "))),
        ("fields", format!("x = f'{}'\n", "{a}".repeat(100_000))),
        ("joined_fields", format!("x = {}\n", "f'{a}' ".repeat(100_000))),
        ("targets", format!("{} = b\n", ["a"; 100_000].join(" = "))),
        ("items", format!("match x:\n case {}: pass\n", ["a"; 70_000].join(", "))),
        ("alternatives", format!("match x:\n case {}: pass\n", ["1"; 100_000].join(" | "))),
        (
            "parameters",
            format!("def f({}): pass\n", (0..70_000).map(|n| format!("a{n}=1, ")).collect::<String>()),
        ),
        ("elifs", format!("if 0: pass\n{}", "elif 0: pass\n".repeat(20_000))),
        ("stars", format!("{}a = b\n", "*".repeat(10_000))),
        ("patterns", format!("match x:\n case {}{}: pass\n", "[".repeat(50_000), "]".repeat(50_000))),
    ] {
        let run = run(&format!("hostile_{name}"), &source);
        assert!(
            matches!(run.exit, 0 | 1),
            "{name}: exit {}\n{}",
            run.exit,
            run.stderr.chars().take(2000).collect::<String>()
        );
        assert!(
            !run.stderr.contains("panicked"),
            "{name}: {}",
            run.stderr.chars().take(2000).collect::<String>()
        );
    }
}

#[test]
fn two_hundred_nested_brackets_parse() {
    let program = format!("x = {}1{}\nprint(len(x))\n", "[".repeat(200), "]".repeat(200));
    prints("two_hundred", &program, "1\n");
    let program = format!("x = {}1{}\nprint(x)\n", "(".repeat(200), ")".repeat(200));
    prints("two_hundred_round", &program, "1\n");
}

#[test]
fn a_long_line_and_a_long_file_take_time_in_proportion() {
    let time = |name: &str, source: String| {
        let start = Instant::now();
        let run = run(name, &source);
        assert_eq!(run.exit, 0, "{name}: {}", run.stderr.chars().take(500).collect::<String>());
        start.elapsed()
    };
    let line = |n: usize| format!("x = [{}]\nprint(len(x))\n", "1234, ".repeat(n));
    let lines = |n: usize| "value = value + 1 if False else 2\n".repeat(n).replacen("value + 1", "1", 1);
    let (short, long) = (time("line_short", line(20_000)), time("line_long", line(160_000)));
    assert!(long < short * 30 + Duration::from_secs(1), "a line eight times as long: {short:?} and {long:?}");
    let (short, long) = (time("file_short", lines(10_000)), time("file_long", lines(80_000)));
    assert!(long < short * 30 + Duration::from_secs(1), "a file eight times as long: {short:?} and {long:?}");
}

/// A run with options of `co`.
fn limited(name: &str, options: &str, program: &str) -> Run {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("limits");
    std::fs::create_dir_all(&folder).expect("a writable folder");
    let path = folder.join(name).with_extension("co");
    std::fs::write(&path, program).expect("a writable program");
    std::fs::write(path.with_extension("args"), options).expect("writable options");
    Case::load(&path).run_co(&[], Duration::from_secs(60))
}

/// The run ends by itself with an error whose last line is `message`.
fn ends(name: &str, options: &str, program: &str, message: &str) {
    let run = limited(name, options, program);
    let last = run.stderr.trim_end().lines().last().unwrap_or_default();
    assert_eq!((last, run.exit, &run.trouble), (message, 1, &None), "{name}: {}", run.stderr);
}

#[test]
fn the_step_limit_ends_every_loop() {
    for (name, program) in [
        ("while", "while True: pass"),
        ("generator", "def g():\n    while True: yield 1\nfor x in g(): pass"),
        ("sum", "sum(iter(int, 1))"),
        ("list", "import itertools\nlist(itertools.repeat(1))"),
        ("any", "def g():\n    while True: yield 0\nany(g())"),
        ("any_native", "import itertools\nany(itertools.repeat(0))"),
        ("deque", "import itertools, collections\ncollections.deque(itertools.count(), maxlen=0)"),
        ("contains", "import itertools\n-1 in itertools.count()"),
        ("set", "import itertools\nset(itertools.repeat(1))"),
        ("join", "import itertools\n''.join(itertools.repeat('a'))"),
        ("unpack", "import itertools\na, *b = itertools.repeat(0)"),
        ("arguments", "import itertools\nprint(*itertools.repeat(0))"),
        ("sum_of_range", "sum(range(10 ** 12))"),
        ("search_of_range", "range(10 ** 12).count(-1.5)"),
        ("recursion", "def f(n): return f(n - 1) + f(n - 1) if n else 1\nf(100)"),
        ("comparison", "class A:\n    def __eq__(self, other):\n        while True: pass\nA() == A()"),
        (
            "tasks",
            "import asyncio\nasync def main():\n    while True: await asyncio.sleep(0)\nasyncio.run(main())",
        ),
    ] {
        ends(&format!("steps_{name}"), "--max-steps 300000", program, "RuntimeError: step limit exceeded");
    }
}

/// Natives that copy, visit or compute much at once: their loops are short, and still end.
#[test]
fn the_step_limit_counts_what_natives_do_at_once() {
    for (name, program) in [
        ("str", "s, out = 'ab' * 500, ''\nwhile True: out = out + s"),
        ("list", "s, out = [1] * 500, []\nwhile True: out = out + s"),
        ("tuple", "s, out = (1,) * 500, ()\nwhile True: out = out + s"),
        ("bytes", "s, out = b'ab' * 500, b''\nwhile True: out = out + s"),
        ("bytearray", "a = bytearray(10 ** 6)\nwhile True: a.insert(0, 1)"),
        ("product", "a = 3\nwhile True: a = a * a"),
        ("quotient", "a, b = 3 ** 100000, 7 ** 30000\nwhile True: a // b"),
        ("power", "3 ** 10 ** 8"),
        ("modulus", "pow(3 ** 2000, 7 ** 20000, 11 ** 20000)"),
        ("factorial", "import math\nmath.factorial(10 ** 7)"),
        ("comb", "import math\nmath.comb(10 ** 7, 5 * 10 ** 6)"),
        ("comb_of_huge", "import math\nmath.comb(10 ** 100, 10 ** 5)"),
        ("gcd", "import math\na, b = 3 ** 100000, 7 ** 100000\nwhile True: math.gcd(a, b)"),
        ("isqrt", "import math\na = 3 ** 300000\nwhile True: math.isqrt(a)"),
        ("digits_in", "import sys\nsys.set_int_max_str_digits(0)\nint('7' * 10 ** 6)"),
        ("digits_out", "import sys\nsys.set_int_max_str_digits(0)\nstr(7 ** 10 ** 6)"),
        ("bits", "a = 1 << 10 ** 7\nwhile True: a.bit_count()"),
        ("compared", "a, b = 1 << 10 ** 7, 1 << 10 ** 7\nwhile True: a == b"),
        ("in_list", "a = list(range(10 ** 5))\nwhile True: -1 in a"),
        ("in_tuple", "a = (0,) * 10 ** 5\nwhile True: a == (0,) * 10 ** 5"),
        ("in_str", "a = 'a' * 10 ** 6\nwhile True: 'b' in a"),
        ("index", "a = list(range(10 ** 5))\nwhile True: a.index(99999)"),
        ("insert", "a = list(range(10 ** 5))\nwhile True:\n    a.insert(0, 1)\n    a.pop(0)"),
        ("sorted", "a = list(range(10 ** 5))\nwhile True: sorted(a)"),
        ("reverse", "a = list(range(10 ** 5))\nwhile True: a.reverse()"),
        ("slice", "a = list(range(10 ** 5))\nwhile True: a[:]"),
        ("equal", "a, b = [1] * 10 ** 5, [1] * 10 ** 5\nwhile True: a == b"),
        ("dict", "a = dict.fromkeys(range(10 ** 5))\nwhile True: a | a"),
        ("set", "a = set(range(10 ** 5))\nwhile True: a | a"),
        ("rotate", "import collections\na = collections.deque(range(10 ** 5))\nwhile True: a.rotate(50000)"),
        ("split", "a = 'a,' * 10 ** 5\nwhile True: a.split(',')"),
        ("upper", "a = 'a' * 10 ** 6\nwhile True: a.upper()"),
        ("kind", "a = 'a' * 10 ** 6\nwhile True: a.isalpha()"),
        ("encode", "a = 'a' * 10 ** 6\nwhile True: a.encode()"),
        ("hex", "a = bytes(10 ** 5)\nwhile True: bytes.fromhex(a.hex())"),
        ("padded", "while True: f'{1:1000000}'"),
        ("gc", "import gc\na = [[] for _ in range(10 ** 5)]\nwhile True: gc.collect()"),
    ] {
        ends(&format!("at_once_{name}"), "--max-steps 300000", program, "RuntimeError: step limit exceeded");
    }
}

/// One error and the end, however little there is.
#[test]
fn a_memory_limit_that_nothing_fits_below_ends_with_one_error() {
    for limit in ["1", "1000", "1000000"] {
        let program = "x = [0] * 10 ** 7\n";
        let run = limited(&format!("little_{limit}"), &format!("--max-memory {limit}"), program);
        assert_eq!(run.stderr.matches("MemoryError").count(), 1, "{}", run.stderr);
        assert!(!run.stderr.contains("ignored") && run.exit == 1, "exit {}: {}", run.exit, run.stderr);
    }
}

#[test]
fn gathers_inside_gathers_are_cancelled_or_refused() {
    let program = "
import asyncio
async def main():
    outer = asyncio.get_running_loop().create_future()
    for _ in range(1_000_000):
        outer = asyncio.gather(outer)
    try:
        outer.cancel()
        await outer
    except (asyncio.CancelledError, RecursionError) as error:
        print(type(error).__name__)
    outer = asyncio.get_running_loop().create_future()
    for _ in range(10_000):
        outer = asyncio.gather(outer)
    outer.cancel()
    try:
        await outer
    except asyncio.CancelledError:
        print('cancelled')
asyncio.run(main())
";
    prints("gathers", program, "RecursionError\ncancelled\n");
}

#[test]
fn natives_on_natives_do_not_overflow() {
    let program = "
import types
def outcome(work):
    try:
        work()
        return 'fits'
    except RecursionError:
        return 'RecursionError'
view = {}
for _ in range(3_000_000):
    view = types.MappingProxyType(view)
print(outcome(lambda: len(view)), outcome(lambda: view.get(1)), outcome(lambda: 1 in view))
del view
alias = list[int]
for _ in range(1_000_000):
    alias = list[alias]
print(outcome(lambda: repr(alias)), outcome(lambda: hash(alias)))
del alias
items = iter([1])
for _ in range(3_000_000):
    items = map(abs, items)
print(outcome(lambda: next(items)))
del items
";
    let refused = "RecursionError";
    let expected = format!("{refused} {refused} {refused}\n{refused} {refused}\n{refused}\n");
    prints("natives_on_natives", program, &expected);
}

/// The loop reports what a callback raises and goes on; here nothing is left that could wake it.
#[test]
fn the_step_limit_ends_callbacks_that_follow_each_other() {
    let program = "import asyncio\ndef f(): asyncio.get_running_loop().call_soon(f)\nasync def main():\n    f()\n    await asyncio.Future()\nasyncio.run(main())";
    let run = limited("steps_callbacks", "--max-steps 300000", program);
    assert!(run.stderr.contains("RuntimeError: step limit exceeded"), "{}", run.stderr);
    assert!(matches!(run.exit, 1 | 3) && run.trouble.is_none(), "exit {}: {:?}", run.exit, run.trouble);
}

#[test]
fn a_program_cannot_outlive_its_step_limit() {
    let message = "co: stopped: the program went on after its step limit";
    for (name, program) in [
        ("caught", "while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        ("finally", "try:\n    while True: pass\nfinally:\n    while True: pass"),
        (
            "del",
            "class A:\n    def __del__(self):\n        while True:\n            try:\n                while True: pass\n            except RuntimeError: pass\na = A()\ndel a",
        ),
    ] {
        ends(&format!("outlive_{name}"), "--max-steps 100000", program, message);
    }
    // What is caught is still a run that did not end by itself; cleaning up is allowed.
    let program = "try:\n    while True: pass\nexcept RuntimeError as error:\n    print(error)";
    let run = limited("outlive_print", "--max-steps 100000", program);
    assert_eq!((run.stdout.as_str(), run.exit), ("step limit exceeded\n", 1), "{}", run.stderr);
    let run = limited("steps_enough", "--max-steps 100000", "print(sum(range(1000)))");
    assert_eq!((run.stdout.as_str(), run.exit), ("499500\n", 0), "{}", run.stderr);
}

#[test]
fn the_memory_limit_ends_in_memory_error() {
    for (name, program) in [
        ("list", "[0] * 10 ** 12"),
        ("list_at_once", "[0] * 10 ** 8"),
        ("str", "'x' * 10 ** 11"),
        ("str_at_once", "'x' * 10 ** 9"),
        ("bytes", "bytes(10 ** 12)"),
        ("bytes_at_once", "bytes(10 ** 9)"),
        ("bytearray", "bytearray(10 ** 9)"),
        ("double_list", "a = [1]\nwhile True: a += a"),
        ("double_str", "a = 'ab'\nwhile True: a += a"),
        ("double_tuple", "a = (1,)\nwhile True: a += a"),
        ("double_int", "a = 1 << 10 ** 8\nwhile True: a *= a"),
        ("append", "a = []\nwhile True: a.append(1)"),
        ("iterated", "a = [1]\nfor x in a: a.append(x)"),
        ("dict", "a = {}\ni = 0\nwhile True:\n    a[i] = i\n    i += 1"),
        ("set", "a = set()\ni = 0\nwhile True:\n    a.add(i)\n    i += 1"),
        ("count", "import itertools\nlist(itertools.count())"),
        ("range", "list(range(10 ** 12))"),
        ("comprehension", "[i for i in range(10 ** 12)]"),
        ("power", "10 ** 10 ** 9"),
        ("shift", "1 << 10 ** 10"),
        ("percent", "'%1000000000d' % 1"),
        ("format", "'{:1000000000}'.format(1)"),
        ("fstring", "n = 10 ** 9\nf'{1:{n}}'"),
        ("ljust", "'a'.ljust(10 ** 10)"),
        ("zfill", "'a'.zfill(10 ** 10)"),
        ("replace", "('a' * 10 ** 6).replace('a', 'b' * 10 ** 6)"),
        ("join", "('a' * 10 ** 4).join(['b'] * 10 ** 6)"),
        ("expandtabs", "('\\t' * 10 ** 4).expandtabs(10 ** 8)"),
        ("to_bytes", "(1).to_bytes(10 ** 10)"),
        ("product", "import itertools\nitertools.product(range(10), repeat=10 ** 10)"),
    ] {
        ends(&format!("memory_{name}"), "--max-memory 50000000", program, "MemoryError");
    }
    let program = "import asyncio\nasync def f(): await asyncio.sleep(1)\nasync def main():\n    await asyncio.gather(*[f() for _ in range(10 ** 6)])\nasyncio.run(main())";
    ends("memory_tasks", "--max-memory 50000000", program, "MemoryError");
}

#[test]
fn what_no_machine_has_room_for_is_memory_error_without_a_limit() {
    for (name, program) in [
        ("list", "[0] * 10 ** 15"),
        ("str", "'x' * 10 ** 15"),
        ("bytes", "bytes(10 ** 15)"),
        ("center", "'a'.center(10 ** 15)"),
        ("shift", "1 << 10 ** 15"),
        ("power", "10 ** 10 ** 15"),
    ] {
        ends(&format!("room_{name}"), "", program, "MemoryError");
    }
}

#[test]
fn the_depth_limit_is_where_it_was_put() {
    let message = "RecursionError: maximum recursion depth exceeded";
    for (name, program) in [
        ("call", "def f(n): return f(n + 1)\nf(0)"),
        ("yield_from", "def f(): yield from f()\nlist(f())"),
        ("await", "async def f(): await f()\nf().send(None)"),
    ] {
        ends(&format!("depth_{name}"), "--max-depth 50", program, message);
    }
    let program = "def f(n): return n and 1 + f(n - 1)\nprint(f(45))";
    assert_eq!(limited("depth_enough", "--max-depth 50", program).stdout, "45\n");
}

#[test]
fn conversions_of_huge_integers_are_refused_as_in_cpython() {
    let text = "Exceeds the limit (4300 digits) for integer string conversion";
    let program = "int('1' * 5000)";
    let message = format!(
        "ValueError: {text}: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit"
    );
    ends("digits_in", "", program, &message);
    let message = format!("ValueError: {text}; use sys.set_int_max_str_digits() to increase the limit");
    ends("digits_out", "", "str(10 ** 5000)", &message);
}

#[test]
fn an_interrupt_ends_a_native_loop() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    for (name, program) in [
        ("sum", "print('on', flush=True)\nsum(iter(int, 1))"),
        ("recursion", "def f(n): return f(n - 1) + f(n - 1) if n else 1\nprint('on', flush=True)\nf(200)"),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_co"))
            .args(["-c", program])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("co starts");
        let mut line = [0; 3];
        child.stdout.as_mut().expect("piped").read_exact(&mut line).expect("co writes");
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(killed.expect("kill starts").success());
        let output = child.wait_with_output().expect("co ends");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.ends_with("KeyboardInterrupt\n"), "{name}: {text}");
    }
}
