//! Workers that share the primitives of `asyncio`: each takes random steps with a lock, an event, a queue and so on,
//! is cancelled by others or by a timeout while it waits, and says what it sees and when.
//!
//! Nothing here hangs on the order of a set: a group has one child, and what is left at the end is cancelled in the
//! order of names. Nobody waits for a later worker, so that no tasks wait for each other: how deep a cancellation goes
//! round such a ring hangs on CPython's native stack. Whatever a worker waits for, it is cancelled until it ends.

use super::{Grower, Kind};

/// What stands ready for the workers: constructors whose digits are random.
const SHARED: [&str; 10] = [
    "lock = asyncio.Lock()",
    "event = asyncio.Event()",
    "sem = asyncio.Semaphore($n)",
    "bound = asyncio.BoundedSemaphore(2)",
    "queue = asyncio.Queue($n)",
    "ranked = asyncio.PriorityQueue(4)",
    "cond = asyncio.Condition()",
    "barrier = asyncio.Barrier(2)",
    "fut = asyncio.get_running_loop().create_future()",
    "stream = numbers($n)",
];

/// Coroutines that a task may be made of.
const COROUTINES: [&str; 16] = [
    "lock.acquire()",
    "event.wait()",
    "sem.acquire()",
    "queue.get()",
    "queue.put($n)",
    "queue.join()",
    "ranked.put(($n, 'x'))",
    "ranked.get()",
    "helper($n)",
    "helper($n)",
    "helper($n, True)",
    "asyncio.sleep($d, $n)",
    "barrier.wait()",
    "stubborn($n)",
    "Pause($n).wait()",
    "limited($d)",
];

/// Steps of one line.
const LINES: [&str; 71] = [
    "await asyncio.sleep($d); say('slept')",
    "await asyncio.sleep($d); say('slept')",
    "say('acquired', await lock.acquire())",
    "lock.release(); say('released', lock.locked())",
    "say(lock, event, sem)",
    "say('event', await event.wait())",
    "event.set(); say('set')",
    "event.clear(); say('clear', event.is_set())",
    "say('sem', await sem.acquire(), sem.locked())",
    "sem.release(); say('sem released', sem.locked())",
    "bound.release(); say('bound released')",
    "say('bound', await bound.acquire(), bound)",
    "await queue.put($n); say('put', queue.qsize(), queue.full())",
    "queue.put_nowait($n); say('put now', queue.qsize())",
    "say('got', await queue.get(), queue.empty()); queue.task_done()",
    "say('got now', queue.get_nowait())",
    "queue.task_done(); say('task done')",
    "await queue.join(); say('joined')",
    "queue.shutdown(immediate=$B); say('shut down', queue)",
    "await ranked.put(($n, $n)); say('ranked', ranked.qsize())",
    "say('first', await ranked.get(), ranked)",
    "say('barrier', await barrier.wait(), barrier.n_waiting)",
    "say(barrier.parties, barrier.n_waiting, barrier.broken, barrier)",
    "await barrier.abort(); say('aborted', barrier.broken)",
    "await barrier.reset(); say('reset', barrier.broken)",
    "fut.set_result($any); say(fut.done())",
    "fut.set_exception(Wrong($n)); say(repr(fut.exception()))",
    "fut.cancel('fut'); say('future', fut.cancelled())",
    "say('future', await fut)",
    "say('future', await asyncio.shield(fut))",
    "say(fut, fut.result())",
    "fut.add_done_callback(lambda f: print(now(), 'future is done', f.cancelled()))",
    "say('cancel', $t.cancel($m), $t.cancelling(), $t.done())",
    "say('cancel', $t.cancel(), $t.get_name())",
    "say('self', asyncio.current_task().cancel($m), asyncio.current_task().uncancel())",
    "asyncio.current_task().cancel('self')",
    "say($t)",
    "say($t.result())",
    "say(repr($t.exception()))",
    "say('worker', await $o)",
    "say('worker', await asyncio.shield($o))",
    "say('in time', await asyncio.wait_for($c, $d))",
    "say('in time', await asyncio.wait_for($c, $d))",
    "say('gathered', await asyncio.gather($c, $c, return_exceptions=$B))",
    "say('shielded', await asyncio.shield($c))",
    "say('awaited', await $c)",
    "asyncio.get_running_loop().call_later($d, event.set)",
    "asyncio.get_running_loop().call_soon(lambda: print(now(), 'soon', $any))",
    "say('var', var.get()); var.set($n)",
    "raise [ValueError, KeyError, Wrong, TimeoutError, RuntimeError][$n % 5]($any)",
    "say([x async for x in ticks($n % 4)])",
    "say('next', await anext(stream, 'none'))",
    "say('sent', await stream.asend($n))",
    "say('thrown', await stream.athrow(Wrong($n)))",
    "await stream.aclose(); say('closed')",
    "say([x async for x in stream])",
    "say('paused', await Pause($n % 4))",
    "say('eager', await asyncio.Task($c, loop=asyncio.get_running_loop(), eager_start=True))",
    "say('nested', await asyncio.gather(asyncio.gather($c, $c), $c, return_exceptions=$B))",
    "say('completed', [await x for x in asyncio.as_completed([$c], timeout=$d)])",
    "asyncio.get_running_loop().call_soon(lambda: 1 // 0)",
    "asyncio.get_running_loop().call_later($d, lambda: fut.done() or fut.set_result($n))",
    "handle = asyncio.get_running_loop().call_later($d, print, 'timer'); await asyncio.sleep($d); handle.cancel(); say(handle.cancelled())",
    "asyncio.current_task().set_name('named$n'); say(asyncio.current_task() in asyncio.all_tasks())",
    "done, waiting = await asyncio.wait(tasks, timeout=$d, return_when=asyncio.$<FIRST_COMPLETED|FIRST_EXCEPTION>); say(sorted(t.get_name() for t in done), len(waiting))",
    "say(contextvars.copy_context().run(lambda: (var.set($n), var.get())[1]), var.get())",
    "say(await asyncio.create_task(helper($n), context=contextvars.copy_context()), $t.get_coro().__name__)",
    "var.reset(var.set($n)); say(var.get())",
    "say(event.is_set(), lock.locked(), queue.maxsize, cond.locked(), barrier.broken)",
    "say($t.uncancel(), $t.cancelling())",
    "asyncio.current_task().add_done_callback(lambda task: print(now(), 'ended', task.get_name()))",
];

/// Where a step stands: in which worker, of how many.
#[derive(Clone, Copy)]
struct Place {
    worker: usize,
    workers: usize,
}

impl Grower {
    /// The text with its holes filled: `$c` a coroutine, `$d` a delay, `$t` a worker's task, `$o` one
    /// that may be waited for, `$m` a message.
    fn told(&mut self, text: &str, place: Place) -> String {
        let mut text = text.to_owned();
        while text.contains("$c") {
            let coroutine = self.pick(&COROUTINES);
            text = text.replacen("$c", coroutine, 1);
        }
        while text.contains("$d") {
            // Fractions that are exact in binary, small enough that much happens at one instant.
            let delay =
                self.pick(&["0", "0", "1 / 64", "1 / 64", "2 / 64", "3 / 64", "5 / 64", "8 / 64", "1"]);
            text = text.replacen("$d", delay, 1);
        }
        let task = format!("tasks[{}]", self.random.usize(0..place.workers));
        text = text.replace("$t", &task);
        let earlier = format!("tasks[{}]", self.random.usize(0..place.worker.max(1)));
        text = text.replace("$o", &earlier);
        while text.contains("$m") {
            let message = self.pick(&["'stop'", "None", "7"]);
            text = text.replacen("$m", message, 1);
        }
        self.filled(&text)
    }

    fn told_line(&mut self, text: &str, place: Place) {
        let text = self.told(text, place);
        self.lines(&text);
    }

    fn steps(&mut self, most: usize, depth: u8, place: Place) {
        for _ in 0..self.random.usize(1..=most) {
            if self.chance(65) {
                self.block("try:", |grower| grower.step(depth, place));
                let caught =
                    self.pick(&["Exception", "Exception", "(ValueError, RuntimeError, LookupError)"]);
                let name = self.fresh("e");
                self.block(&format!("except {caught} as {name}:"), |grower| {
                    grower.line(&format!("say('failed', type({name}).__name__, {name})"));
                });
            } else {
                self.step(depth, place);
            }
        }
    }

    fn step(&mut self, depth: u8, place: Place) {
        if depth == 0 || self.chance(55) {
            let line = self.pick(&LINES);
            return self.told_line(line, place);
        }
        let depth = depth - 1;
        let name = self.fresh("s");
        match self.random.u8(0..17) {
            0..=1 => self.block("async with lock:", |grower| {
                grower.line("say('has lock')");
                grower.steps(2, depth, place);
            }),
            2 => {
                let held = self.pick(&["sem", "bound"]);
                self.block(&format!("async with {held}:"), |grower| {
                    grower.line(&format!("say('has {held}', {held}.locked())"));
                    grower.steps(2, depth, place);
                });
            }
            3..=5 => self.block("async with cond:", |grower| {
                let what = grower.pick(&[
                    "say('notified', await cond.wait())",
                    "say('waited', await cond.wait_for(lambda: len(said) % 3 == 0))",
                    "say('in time', await asyncio.wait_for(cond.wait(), $d))",
                    "cond.notify($n % 3); say('notify', cond)",
                    "cond.notify($n % 3); say('notify', cond)",
                    "cond.notify_all(); say('notify all')",
                ]);
                grower.told_line(what, place);
                if grower.chance(40) {
                    grower.steps(1, depth, place);
                }
            }),
            6..=7 => {
                self.block("try:", |grower| {
                    let head =
                        grower.told(&format!("async with asyncio.timeout({}) as {name}:", "$d"), place);
                    grower.block(&head, |grower| {
                        if grower.chance(20) {
                            let line = format!(
                                "{name}.reschedule(asyncio.get_running_loop().time() + $d); say({name})"
                            );
                            grower.told_line(&line, place);
                        }
                        grower.steps(2, depth, place);
                    });
                });
                self.block("except TimeoutError as error:", |grower| {
                    grower.line(&format!(
                        "say('late', {name}.expired(), repr(error.__cause__), asyncio.current_task().cancelling())"
                    ));
                });
            }
            8..=9 => {
                self.block("try:", |grower| grower.steps(2, depth, place));
                let swallowed = self.chance(25);
                self.block("except asyncio.CancelledError as error:", |grower| {
                    grower.line("say('cancelled', error.args, asyncio.current_task().cancelling())");
                    if swallowed {
                        if grower.chance(50) {
                            grower.line("say('uncancel', asyncio.current_task().uncancel())");
                        }
                    } else {
                        if grower.chance(30) {
                            grower.steps(1, 0, place);
                        }
                        grower.line("raise");
                    }
                });
            }
            10 => {
                self.block("try:", |grower| grower.steps(2, depth, place));
                self.block("finally:", |grower| {
                    if grower.chance(50) {
                        grower.line("await asyncio.sleep(0)");
                    }
                    grower.line("say('finally')");
                });
            }
            11 => {
                let turns = self.random.u8(2..4);
                self.block(&format!("for {name} in range({turns}):"), |grower| {
                    grower.steps(2, depth, place);
                });
            }
            12 => {
                self.told_line(
                    &format!(
                        "{name} = asyncio.create_task($c, name='{name}'); kept.append({name}); {name}.add_done_callback(quiet)"
                    ),
                    place,
                );
                self.steps(1, depth, place);
                let use_ = self.pick(&[
                    "say('sub', await #)",
                    "say('sub', #.cancel($m), #); say(await asyncio.gather(#, return_exceptions=True))",
                    "say('sub', [repr(x) for x in await asyncio.wait([#], timeout=$d)])",
                    "say('sub', await asyncio.wait_for(#, $d))",
                    "say('sub', await asyncio.wait_for(asyncio.shield(#), $d))",
                    "say('sub', #.done(), #.cancelled(), #.cancelling())",
                ]);
                self.told_line(&use_.replace('#', &name), place);
            }
            13..=14 => {
                self.block("try:", |grower| {
                    grower.block(&format!("async with asyncio.TaskGroup() as {name}:"), |grower| {
                        grower.told_line(&format!("kept.append({name}.create_task($c))"), place);
                        grower.steps(2, depth, place);
                    });
                });
                self.block("except* Exception as group:", |grower| {
                    grower.line("say('group failed', [repr(e) for e in group.exceptions])");
                });
            }
            15 => self.block("async with contextlib.AsyncExitStack() as stack:", |grower| {
                grower.line("stack.push_async_callback(asyncio.sleep, 1 / 64)");
                let entered = grower.pick(&["lock", "sem", "cond", "Guard('stack')"]);
                grower.line(&format!("say('entered', await stack.enter_async_context({entered}))"));
                grower.line("stack.callback(say, 'unwound')");
                grower.steps(2, depth, place);
            }),
            _ => {
                let turns = self.random.u8(1..4);
                self.block(&format!("async with contextlib.aclosing(ticks({turns})) as {name}:"), |grower| {
                    grower.block(&format!("async for x in {name}:"), |grower| {
                        grower.line("say('tick', x)");
                        grower.steps(1, depth, place);
                        if grower.chance(30) {
                            grower.line("break");
                        }
                    });
                });
            }
        }
    }

    /// Workers, and a `main` that starts, disturbs and ends them.
    pub(super) fn scenario(&mut self) {
        let workers = self.random.usize(2..5);
        let outer = std::mem::take(&mut self.variables);
        self.lines(TOP);
        for worker in 0..workers {
            let place = Place { worker, workers };
            self.block(&format!("async def work{worker}():"), |grower| {
                grower.steps(5, 2, place);
                let value = grower.bounded(Kind::Int, 1);
                grower.line(&format!("return {value}"));
            });
        }
        self.block("async def main():", |grower| {
            grower.line(
                "global start, tasks, lock, event, sem, bound, queue, ranked, cond, barrier, fut, stream",
            );
            grower.line("start = asyncio.get_running_loop().time()");
            for constructor in SHARED {
                let line = grower.filled(&constructor.replace("$n", "$n % 4"));
                grower.line(&line);
            }
            grower.line("fut.add_done_callback(quiet)");
            let names: Vec<String> = (0..workers).map(|worker| format!("work{worker}")).collect();
            grower.line(&format!(
                "tasks = [asyncio.create_task(work(), name=work.__name__) for work in [{}]]",
                names.join(", ")
            ));
            grower.lines(ENDING);
        });
        self.variables = outer;
        self.block("try:", |grower| grower.line("asyncio.run(main())"));
        self.block("except BaseException as error:", |grower| {
            grower.line("print(type(error).__name__, error)");
        });
    }
}

/// What every such program has at its top.
const TOP: &str = r#"
kept, said = [], []
var = contextvars.ContextVar('var', default=0)
def now(): return asyncio.get_running_loop().time() - start
# Without places: those in the library are its own.
def shown(x):
    head, *rest = str(x).split(' at ')
    rest = [part if part[:2] == '0x' else part.partition(':')[2] for part in rest]
    return ' at'.join([head, *(part.lstrip('0123456789abcdefx') for part in rest)])
def say(*what):
    said.append(what)
    print(now(), asyncio.current_task().get_name(), *map(shown, what))
def quiet(task): task.cancelled() or task.exception()
async def ticks(n):
    try:
        for i in range(n): await asyncio.sleep(1 / 64); yield i
    finally: print('ticks end')
async def helper(n, fails=False):
    say('helper', n)
    try: await asyncio.sleep(n / 64)
    finally: say('helper ends', n)
    if fails: raise Wrong(n)
    return n
async def stubborn(n):
    try: await asyncio.sleep(n / 64)
    except asyncio.CancelledError as e: say('stays', e.args); await asyncio.sleep(1 / 64)
    return -n
# Not `wait_for(…)` itself: who is cancelled before it begins leaves a coroutine that is never awaited.
async def limited(d): return await asyncio.wait_for(event.wait(), d)
async def numbers(n):
    while True:
        try: n += (yield n) or 1; await asyncio.sleep(1 / 64)
        except LookupError as e: say('inside', repr(e))
        finally: print('number', n)
        if n > 12: return
class Pause:
    def __init__(self, n): self.n = n
    def __await__(self):
        for i in range(self.n): yield
        say('pause ends'); return self.n
    async def wait(self): return await self, await self
"#;

/// What `main` does when all have been started: it waits for them, and cancels who stays.
const ENDING: &str = r#"
for task in tasks: task.add_done_callback(lambda task: print(now(), 'done', task.get_name(), task.cancelled() or shown(repr(task.exception() or task.result()))))
for turn in range(40):
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if not left: break
    # Who was cancelled while it waits for a condition waits for the lock, and hears of no other
    # cancellation before it has that.
    if turn > 3 and cond.locked(): cond.release()
    if turn: [task.cancel(turn) for task in sorted(left, key=lambda task: task.get_name())]
    await asyncio.wait(left, timeout=1)
say(lock, event, sem, bound, queue, ranked, cond, barrier, fut, len(left))
"#;
