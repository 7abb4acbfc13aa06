"""Run a program under CPython with a virtual clock: `clock.py virtual[@HH:MM:SS] PROGRAM [ARG...]`.

Time is a count of nanoseconds that moves only when somebody sleeps, when the event loop has nothing to
do but wait for a timer, or when somebody looks at it again and again. This mirrors `--clock virtual` of
`co`, so that programs which print the time of day, or which sleep for hours, have an expectation that
CPython itself printed.
"""
import asyncio.events
import itertools
import selectors
import sys
import time

DAY = 1_700_000_000 // 86_400 * 86_400
real_localtime, real_strftime = time.localtime, time.strftime
mode, program, *arguments = sys.argv[1:]
start = 1_700_000_000
if "@" in mode:
    hours, minutes, seconds = mode.split("@")[1].split(":")
    start = DAY + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
elapsed = looks = 0
PATIENCE = 200_000


def advance(seconds):
    global elapsed, looks
    if seconds > 0:
        elapsed += round(seconds * 1e9)
        looks = 0


def look():
    global elapsed, looks
    looks += 1
    if looks >= PATIENCE:
        elapsed += 1_000 << min(looks // PATIENCE - 1, 40)
    return elapsed


def now_ns():
    return start * 1_000_000_000 + look()


time.time = lambda: now_ns() / 1e9
time.time_ns = now_ns
time.monotonic = time.perf_counter = lambda: (1_000 * 1_000_000_000 + look()) / 1e9
time.monotonic_ns = time.perf_counter_ns = lambda: 1_000 * 1_000_000_000 + look()
time.sleep = advance
time.localtime = lambda secs=None: real_localtime(time.time() if secs is None else secs)
time.strftime = lambda form, moment=None: real_strftime(form, time.localtime() if moment is None else moment)


class VirtualSelector(selectors.DefaultSelector):
    """Answers at once; waiting for a timer moves the clock instead of the world."""

    def select(self, timeout=None):
        if timeout is None:
            return super().select(None)
        events = super().select(0)
        if not events and timeout > 0:
            advance(timeout)
        return events


class VirtualTimer(asyncio.events.TimerHandle):
    """Timers due at one nanosecond fire in the order of their creation, and no other rounding decides."""

    __slots__ = ("_order",)
    created = itertools.count()

    def __init__(self, when, *args, **kwargs):
        super().__init__(when, *args, **kwargs)
        self._order = round(when * 1e9), next(VirtualTimer.created)

    def __lt__(self, other):
        return self._order < other._order


# A handle says the name of its class.
VirtualTimer.__name__ = VirtualTimer.__qualname__ = "TimerHandle"
selectors.DefaultSelector = VirtualSelector
asyncio.events.TimerHandle = VirtualTimer
sys.argv = [program, *arguments]
with open(program, encoding="utf-8") as file:
    code = compile(file.read(), program, "exec")
exec(code, {"__name__": "__main__", "__file__": program, "__builtins__": __builtins__})
