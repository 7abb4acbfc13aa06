//! Generators and coroutines, and the scripts that drive them.

use super::{Body, Grower, Kind};

impl Grower {
    /// A statement that suspends, in a body that may.
    pub(super) fn suspension(&mut self) {
        match self.body {
            Body::Plain => {}
            Body::Generator => self.yielding(),
            Body::Coroutine => self.awaiting(),
        }
    }

    fn yielding(&mut self) {
        let value = self.bounded(Kind::Int, 1);
        match self.random.u8(0..6) {
            0..=2 => self.line(&format!("yield {value}")),
            3 => {
                let name = self.fresh("got");
                self.line(&format!("{name} = yield {value}"));
                self.line(&format!("print('got', {name})"));
            }
            4 if !self.generators.is_empty() => {
                let (name, inner) = (self.fresh("r"), self.some_generator());
                let number = self.random.u8(0..4);
                self.line(&format!("{name} = yield from {inner}({number})"));
                self.line(&format!("print('result', {name})"));
            }
            _ => {
                let list = self.bounded(Kind::List, 1);
                self.line(&format!("yield from {list}"));
            }
        }
    }

    fn some_generator(&mut self) -> String {
        self.generators[self.random.usize(0..self.generators.len())].clone()
    }

    /// A generator function with one integer parameter.
    pub(super) fn generator(&mut self) {
        let name = self.fresh("gen");
        let outer = std::mem::take(&mut self.variables);
        self.function_block(&format!("def {name}(n):"), Body::Generator, None, |grower| {
            grower.variables.push(("n".to_owned(), Kind::Int));
            grower.line(&format!("print('start {name}', n)"));
            grower.block("try:", |grower| {
                grower.suspension();
                grower.statements(3, 2);
            });
            if grower.chance(40) {
                grower.block("except (ValueError, LookupError) as error:", |grower| {
                    grower.line("print('inside', type(error).__name__, error)");
                    grower.suspension();
                });
            }
            grower.block("finally:", |grower| grower.line(&format!("print('end {name}')")));
            let value = grower.bounded(Kind::Int, 1);
            grower.line(&format!("return {value}"));
        });
        self.variables = outer;
        self.generators.push(name);
    }

    pub(super) fn drive_generators(&mut self) {
        for _ in 0..self.random.usize(1..4) {
            let (name, object) = (self.some_generator(), self.fresh("g"));
            let number = self.random.u8(0..6);
            self.block("try:", |grower| match grower.random.u8(0..4) {
                0 => grower.line(&format!("print(list({name}({number})))")),
                1 => grower.block(&format!("for {object} in {name}({number}):"), |grower| {
                    grower.line(&format!("print('item', {object})"));
                    grower.block(&format!("if {object} % 3 == 0:"), |grower| grower.line("break"));
                }),
                2 => grower.line(&format!(
                    "print(sum(itertools.islice({name}({number}), 5)), max({name}({number}), default=None))"
                )),
                _ => {
                    grower.line(&format!("{object} = {name}({number})"));
                    for _ in 0..grower.random.usize(2..6) {
                        let action = grower.pick(&[
                            "next(#)",
                            "#.send(None)",
                            "#.send(7)",
                            "#.throw(ValueError('thrown'))",
                            "#.throw(Wrong, 'thrown')",
                            "#.close()",
                            "next(#, 'default')",
                            "(#.gi_running, #.gi_suspended, #.gi_frame is None)",
                        ]);
                        let action = action.replace('#', &object);
                        grower.block("try:", |grower| grower.line(&format!("print({action})")));
                        grower.block("except StopIteration as stop:", |grower| {
                            grower.line("print('stop', stop.value)")
                        });
                        grower.caught();
                    }
                    grower.line(&format!("del {object}"));
                }
            });
            self.caught();
        }
    }

    fn awaiting(&mut self) {
        let delay = self.delay();
        let name = self.fresh("a");
        let inner = if self.coroutines.is_empty() {
            None
        } else {
            Some(self.coroutines[self.random.usize(0..self.coroutines.len())].clone())
        };
        let number = self.random.u8(0..5);
        if self.chance(25) {
            return self.async_library();
        }
        match (self.random.u8(0..12), inner) {
            (0..=2, _) => self.line(&format!("await asyncio.sleep({delay})")),
            (3, Some(inner)) => {
                self.line(&format!("{name} = await {inner}({number})"));
                self.line(&format!("print('awaited', {name})"));
            }
            (4, Some(inner)) => {
                let other = self.random.u8(0..5);
                let wanted = self.pick(&["True", "True", "False"]);
                self.line(&format!(
                    "print(await asyncio.gather({inner}({number}), {inner}({other}), return_exceptions={wanted}))"
                ));
            }
            (5, Some(inner)) => {
                self.line(&format!("{name} = asyncio.create_task({inner}({number}), name='{name}')"));
                // When an exception that nobody asks for is reported hangs on the collector: a traceback and a frame
                // may hold each other.
                self.line(&format!(
                    "{name}.add_done_callback(lambda task: task.cancelled() or task.exception())"
                ));
                self.line(&format!("await asyncio.sleep({delay})"));
                if self.chance(60) {
                    self.line(&format!("print('cancel', {name}.cancel())"));
                }
                self.block("try:", |grower| grower.line(&format!("print('task', await {name})")));
                self.block("except asyncio.CancelledError:", |grower| {
                    grower.line(&format!(
                        "print('cancelled', {name}.cancelled(), asyncio.current_task().cancelling())"
                    ));
                });
                self.caught();
            }
            (6, Some(inner)) => {
                self.block("try:", |grower| {
                    grower.line(&format!(
                        "print('in time', await asyncio.wait_for({inner}({number}), {delay}))"
                    ));
                });
                self.block("except TimeoutError:", |grower| grower.line("print('timeout')"));
                self.caught();
            }
            (7, Some(inner)) => {
                self.block("try:", |grower| {
                    grower.block("async with asyncio.TaskGroup() as group:", |grower| {
                        grower.line(&format!("{name} = group.create_task({inner}({number}))"));
                        // The group cancels its tasks in the order of their addresses: both do the same.
                        grower.line(&format!("group.create_task({inner}({number}))"));
                        grower.line(&format!("await asyncio.sleep({delay})"));
                    });
                    grower.line(&format!("print('group', {name}.result())"));
                });
                self.block("except* Exception as group_error:", |grower| {
                    grower.line("print('group failed', [type(e).__name__ for e in group_error.exceptions])");
                });
            }
            (8, _) => self.block(&format!("async with Guard('{name}') as {name}:"), |grower| {
                grower.line(&format!("await asyncio.sleep({delay})"));
                grower.statements(1, 1);
            }),
            (9, _) => {
                self.line(&format!("print([{name} async for {name} in ticks({number}) if {name} != 1])"));
            }
            (10, Some(inner)) => self.block("try:", |grower| {
                grower.block(&format!("async with asyncio.timeout({delay}):"), |grower| {
                    grower.line(&format!("print('done', await {inner}({number}))"));
                });
                grower.indent -= 1;
                grower.block("except TimeoutError:", |grower| grower.line("print('timeout')"));
                grower.indent += 1;
            }),
            _ => self.block(&format!("async for {name} in ticks({number}):"), |grower| {
                grower.line(&format!("print('tick', {name})"));
                let test = grower.expression(Kind::Bool, 1);
                grower.block(&format!("if {test}:"), |grower| grower.line("break"));
            }),
        }
    }

    fn delay(&mut self) -> String {
        // Fractions that are exact in binary: whether two timers are due at one instant must not hang on rounding.
        self.pick(&["0", "0.015625", "0.03125", "0.0625", "0.5", "1", "3"]).to_owned()
    }

    /// A coroutine function with one integer parameter.
    fn coroutine(&mut self) {
        let name = self.fresh("co");
        let outer = std::mem::take(&mut self.variables);
        self.function_block(&format!("async def {name}(n):"), Body::Coroutine, None, |grower| {
            grower.variables.push(("n".to_owned(), Kind::Int));
            grower.line(&format!("print('begin {name}', n, now())"));
            grower.block("try:", |grower| {
                grower.line("await asyncio.sleep(n / 64)");
                grower.statements(3, 2);
                if grower.chance(30) {
                    grower.line("if n % 3 == 2: raise ValueError(n)");
                }
            });
            grower.block("finally:", |grower| {
                if grower.chance(30) {
                    grower.line("await asyncio.sleep(0)");
                }
                grower.line(&format!("print('end {name}', now())"));
            });
            let value = grower.bounded(Kind::Int, 1);
            grower.line(&format!("return {value}"));
        });
        self.variables = outer;
        self.coroutines.push(name);
    }

    /// Coroutine functions and a `main` under `asyncio.run`.
    pub(super) fn asyncio_program(&mut self) {
        // Who waits for what never comes is garbage; when a collector finds that is its own affair.
        self.lines(TOP);
        for _ in 0..self.random.usize(1..4) {
            self.coroutine();
        }
        let outer = std::mem::take(&mut self.variables);
        self.function_block("async def main():", Body::Coroutine, None, |grower| {
            grower.line("global start");
            grower.line("start = asyncio.get_running_loop().time()");
            for _ in 0..grower.random.usize(1..4) {
                grower.block("try:", |grower| {
                    grower.awaiting();
                    grower.statements(2, 2);
                });
                grower.caught();
            }
            grower.line("print('leave', now(), len(asyncio.all_tasks()))");
            // What `run` would cancel in the order of a set, which is that of addresses.
            grower.line("left = asyncio.all_tasks() - {asyncio.current_task()}");
            grower.line(
                "left = sorted(left, key=lambda task: (task.get_name(), task.get_coro().__qualname__))",
            );
            grower.line("for task in left: task.cancel()");
            grower.line("await asyncio.gather(*left, return_exceptions=True)");
        });
        self.variables = outer;
        self.block("try:", |grower| grower.line("asyncio.run(main())"));
        self.caught();
    }
}

/// What every such program has at its top.
const TOP: &str = r#"
kept = []
def now(): return round(asyncio.get_running_loop().time() - start, 3)
async def ticks(n):
    try:
        for i in range(n):
            await asyncio.sleep(0.015625)
            yield i
    finally:
        print('ticks end')
"#;
