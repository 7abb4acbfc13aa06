//! Findings: programs that are valid and most likely do not do what was meant. A coroutine that
//! nobody awaits, a task that nobody keeps, a call that stops the event loop, a `main` that never
//! runs, an `await` that is never reached. Warnings for `co check`, never for a run.
//!
//! Conservative on purpose: a name counts only when it is bound once, by something that is seen
//! here. What a decorator, a second assignment, `global` or a star import may have changed is
//! left alone, so that a finding is worth reading.

use super::collect::first_component;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Name, Span};
use crate::syntax::ast::*;
use crate::syntax::visit::{
    blocks_of, bound_by, captured_names, each_expr, each_stmt, every_param, exprs_of,
};
use std::collections::{HashMap, HashSet};

/// What looks wrong in `module`, in the order of the source.
pub fn findings(module: &Module) -> Vec<Diagnostic> {
    let mut walk = Walk::default();
    walk.frames.push(Frame::new(Place::Module));
    walk.note_everything(module);
    walk.bind_block(&module.body);
    let main = walk.main_that_never_runs();
    walk.block(&module.body);
    let mut findings = walk.findings;
    findings.extend(main);
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    findings
}

/// What a name is bound to.
#[derive(Clone, Copy, PartialEq)]
enum Bound {
    /// A plain `async def`: calling it makes a coroutine, and does nothing else.
    Coroutine(Span),
    Module(Name),
    /// `from MODULE import NAME`
    Imported(Name, Name),
    Other,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Module,
    Class,
    Function { is_async: bool },
}

/// A scope on the way to where the walk is.
struct Frame {
    place: Place,
    names: HashMap<Name, Bound>,
    /// A star import may bind anything.
    star: bool,
}

impl Frame {
    fn new(place: Place) -> Frame {
        Frame { place, names: HashMap::new(), star: false }
    }
}

/// The coroutine function that a program is expected to run.
const MAIN: &str = "main";

/// What is called.
enum Callee {
    Coroutine(Span),
    Known(&'static str, &'static str),
}

#[derive(Default)]
struct Walk {
    frames: Vec<Frame>,
    findings: Vec<Diagnostic>,
    /// Names that `global`, `nonlocal`, a lambda or a comprehension binds somewhere.
    elusive: HashSet<Name>,
    /// Names that are read somewhere; `main` also when it stands in a text, as in `__all__`.
    read: HashSet<Name>,
    /// Names that stand somewhere else than in front of a `=`.
    used: HashSet<Name>,
}

/// Functions of the library that only make a coroutine.
const COROUTINES: &[(&str, &str)] =
    &[("asyncio", "sleep"), ("asyncio", "wait"), ("asyncio", "wait_for"), ("asyncio", "to_thread")];
/// Functions that make a task, which the loop holds only weakly.
const TASKS: &[(&str, &str)] = &[("asyncio", "create_task"), ("asyncio", "ensure_future")];
/// Functions that stop the thread, with what to write instead.
const BLOCKING: &[(&str, &str, &str)] = &[
    ("time", "sleep", "write 'await asyncio.sleep(…)'"),
    ("builtins", "input", "write 'await asyncio.to_thread(input, …)'"),
];

impl Walk {
    /// One look at the whole tree, for the names that cannot be followed and those that are used.
    fn note_everything(&mut self, module: &Module) {
        let (mut elusive, mut read) = (HashSet::new(), HashSet::new());
        let main = Name::new(MAIN);
        let mut on_expr = |expr: &Expr| match &expr.kind {
            ExprKind::Name(name) => {
                read.insert(*name);
            }
            ExprKind::Str(text) if &**text == MAIN => {
                read.insert(main);
            }
            ExprKind::Lambda(lambda) => {
                elusive.extend(every_param(&lambda.params).map(|param| param.name.name));
            }
            ExprKind::ListComp(comp)
            | ExprKind::SetComp(comp)
            | ExprKind::DictComp(comp)
            | ExprKind::Generator(comp) => comp.clauses.iter().for_each(|clause| {
                bound_by(&clause.target, &mut |name| {
                    elusive.insert(name);
                });
            }),
            _ => {}
        };
        let mut declared = Vec::new();
        let mut used = HashSet::new();
        each_stmt(&module.body, true, &mut |stmt| {
            let mut use_all = |expr: &Expr| {
                each_expr(expr, &mut |expr, _| {
                    if let ExprKind::Name(name) = &expr.kind {
                        used.insert(*name);
                    }
                });
            };
            match &stmt.kind {
                StmtKind::Assign { targets, value } => {
                    let plain = |target: &&Expr| matches!(target.kind, ExprKind::Name(_));
                    targets.iter().filter(|target| !plain(target)).for_each(&mut use_all);
                    use_all(value);
                }
                _ => exprs_of(stmt, &mut use_all),
            }
            if let StmtKind::Global(names) | StmtKind::Nonlocal(names) = &stmt.kind {
                declared.extend(names.iter().map(|ident| ident.name));
            }
            exprs_of(stmt, &mut |expr| each_expr(expr, &mut |expr, _| on_expr(expr)));
        });
        elusive.extend(declared);
        (self.elusive, self.read, self.used) = (elusive, read, used);
    }

    /// Binds what the statements of one scope bind.
    fn bind_block(&mut self, block: &[Stmt]) {
        let mut bound: Vec<(Name, Bound)> = Vec::new();
        let mut star = false;
        each_stmt(block, false, &mut |stmt| bindings(stmt, &mut bound, &mut star));
        let Some(frame) = self.frames.last_mut() else { return };
        frame.star |= star;
        for (name, what) in bound {
            let known = frame.names.entry(name).or_insert(what);
            // The same module imported twice is one thing; whatever else is bound twice is not.
            if *known != what {
                *known = Bound::Other;
            }
        }
    }

    /// What a name stands for where the walk is; nothing when it is a builtin or unknown.
    fn resolve(&self, name: Name) -> Option<Bound> {
        if self.elusive.contains(&name) {
            return Some(Bound::Other);
        }
        let innermost = self.frames.len() - 1;
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            // The names of a class body are not seen from its methods.
            if frame.place == Place::Class && depth != innermost {
                continue;
            }
            match frame.names.get(&name) {
                Some(bound) => return Some(*bound),
                None if frame.star => return Some(Bound::Other),
                None => {}
            }
        }
        None
    }

    fn callee(&self, func: &Expr) -> Option<Callee> {
        let library = |module: &str, name: Name| {
            let all = COROUTINES.iter().chain(TASKS).copied();
            let mut all = all.chain(BLOCKING.iter().map(|(module, name, _)| (*module, *name)));
            let found = all.find(|(m, n)| *m == module && *n == name.as_str());
            found.map(|(module, name)| Callee::Known(module, name))
        };
        match &func.kind {
            ExprKind::Name(name) => match self.resolve(*name) {
                Some(Bound::Coroutine(span)) => Some(Callee::Coroutine(span)),
                Some(Bound::Imported(module, name)) => library(module.as_str(), name),
                Some(Bound::Module(_) | Bound::Other) => None,
                None => library("builtins", *name),
            },
            ExprKind::Attribute { value, attr } => {
                let ExprKind::Name(owner) = value.kind else { return None };
                match self.resolve(owner) {
                    Some(Bound::Module(module)) => library(module.as_str(), attr.name),
                    Some(Bound::Other) if owner.as_str() == "self" => self.method(attr.name),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `self.name` in a method: an `async def` of the class around.
    fn method(&self, name: Name) -> Option<Callee> {
        let [.., class, method] = &self.frames[..] else { return None };
        if class.place != Place::Class || !matches!(method.place, Place::Function { .. }) {
            return None;
        }
        match class.names.get(&name) {
            Some(Bound::Coroutine(span)) => Some(Callee::Coroutine(*span)),
            _ => None,
        }
    }

    fn in_async(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.place == Place::Function { is_async: true })
    }

    fn block(&mut self, block: &[Stmt]) {
        self.check_unreachable(block);
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Expr(expr) = &stmt.kind
            && let ExprKind::Call { func, .. } = &expr.kind
        {
            self.check_dropped(expr, func);
        }
        if let StmtKind::Assign { targets, value } = &stmt.kind
            && let [Expr { kind: ExprKind::Name(name), .. }] = &targets[..]
            && let ExprKind::Call { func, .. } = &value.kind
        {
            self.check_forgotten(*name, value, func);
        }
        exprs_of(stmt, &mut |expr| self.expr(expr));
        match &stmt.kind {
            StmtKind::FunctionDef(def) => {
                let mut frame = Frame::new(Place::Function { is_async: def.is_async });
                let params = every_param(&def.params);
                frame.names.extend(params.map(|param| (param.name.name, Bound::Other)));
                self.scope(frame, &def.body);
            }
            StmtKind::ClassDef(def) => self.scope(Frame::new(Place::Class), &def.body),
            _ => blocks_of(stmt, &mut |block| self.block(block)),
        }
    }

    fn scope(&mut self, frame: Frame, body: &[Stmt]) {
        self.frames.push(frame);
        self.bind_block(body);
        self.block(body);
        self.frames.pop();
    }

    /// Every call in an expression that runs where it stands.
    fn expr(&mut self, expr: &Expr) {
        if !self.in_async() {
            return;
        }
        let mut calls = Vec::new();
        each_expr(expr, &mut |expr, runs_here| {
            if runs_here && let ExprKind::Call { func, .. } = &expr.kind {
                calls.push((expr.span, func));
            }
        });
        for (span, func) in calls {
            self.check_blocking(span, func);
        }
    }

    /// A coroutine in a variable of a function that nothing ever looks at.
    fn check_forgotten(&mut self, variable: Name, call: &Expr, func: &Expr) {
        let local = matches!(self.frames.last(), Some(Frame { place: Place::Function { .. }, .. }));
        let inspects = |name| self.used.contains(&Name::new(name));
        if !local
            || self.used.contains(&variable)
            || self.elusive.contains(&variable)
            || ["locals", "vars", "eval", "exec"].into_iter().any(inspects)
        {
            return;
        }
        let defined = match self.callee(func) {
            Some(Callee::Coroutine(defined)) => Some(defined),
            Some(Callee::Known(module, function)) if COROUTINES.contains(&(module, function)) => None,
            _ => return,
        };
        let Some(name) = written(func) else { return };
        let last = name.rsplit('.').next().unwrap_or(&name).to_owned();
        let variable = variable.as_str();
        let mut finding =
            Diagnostic::new(Code::NeverAwaited, call.span, format!("coroutine '{last}' was never awaited"))
                .with_text(format!("'{variable}' holds the coroutine, and nothing uses '{variable}'"))
                .with_help(format!("write '{variable} = await {name}(…)'"));
        if let Some(defined) = defined {
            finding = finding.with_label(defined, format!("'{last}' is a coroutine function"));
        }
        self.findings.push(finding);
    }

    /// A statement that is one call and drops what it gives.
    fn check_dropped(&mut self, call: &Expr, func: &Expr) {
        let Some(name) = written(func) else { return };
        let last = name.rsplit('.').next().unwrap_or(&name).to_owned();
        let awaited = |finding: Diagnostic| {
            let finding = finding.with_text("this only makes the coroutine; nothing runs it");
            finding.with_help(if self.in_async() {
                format!(
                    "write 'await {name}(…)', or keep 'asyncio.create_task({name}(…))' to go on meanwhile"
                )
            } else {
                format!("await it in an 'async def', or start the loop with 'asyncio.run({name}(…))'")
            })
        };
        let finding = match self.callee(func) {
            Some(Callee::Coroutine(defined)) => {
                let message = format!("coroutine '{last}' was never awaited");
                let finding = Diagnostic::new(Code::NeverAwaited, call.span, message);
                awaited(finding).with_label(defined, format!("'{last}' is a coroutine function"))
            }
            Some(Callee::Known(module, function)) if COROUTINES.contains(&(module, function)) => {
                let message = format!("coroutine '{last}' was never awaited");
                awaited(Diagnostic::new(Code::NeverAwaited, call.span, message))
            }
            Some(Callee::Known(module, function)) if TASKS.contains(&(module, function)) => {
                let message = format!("nobody keeps the task that '{name}' makes");
                Diagnostic::new(Code::TaskDropped, call.span, message)
                    .with_text("the result is dropped here")
                    .with_note("the event loop holds its tasks weakly: one that nobody keeps may disappear")
                    .with_help("keep it in a variable or a set, await it later, or use a TaskGroup")
            }
            _ => return,
        };
        self.findings.push(finding);
    }

    /// A call that stops the thread, in an `async def`.
    fn check_blocking(&mut self, span: Span, func: &Expr) {
        let Some(Callee::Known(module, function)) = self.callee(func) else { return };
        let Some((.., advice)) = BLOCKING.iter().find(|row| (row.0, row.1) == (module, function)) else {
            return;
        };
        let name = if module == "builtins" { function.to_owned() } else { format!("{module}.{function}") };
        let message = format!("'{name}' in a coroutine stops the whole event loop");
        let finding = Diagnostic::new(Code::BlockingCall, span, message)
            .with_text("no other task runs while this waits")
            .with_help(*advice);
        self.findings.push(finding);
    }

    /// An `await` behind a statement that always leaves its block.
    fn check_unreachable(&mut self, block: &[Stmt]) {
        let Some(last) = block.iter().position(leaves) else { return };
        let mut awaits: Vec<Span> = Vec::new();
        each_stmt(&block[last + 1..], false, &mut |stmt| {
            if let StmtKind::For { is_async: true, .. } | StmtKind::With { is_async: true, .. } = &stmt.kind {
                awaits.push(stmt.span);
            }
            exprs_of(stmt, &mut |expr| {
                each_expr(expr, &mut |expr, runs_here| {
                    if runs_here && matches!(expr.kind, ExprKind::Await(_)) {
                        awaits.push(expr.span);
                    }
                });
            });
        });
        if let Some(span) = awaits.into_iter().min_by_key(|span| span.start) {
            let leaving = block[last].span;
            let finding = Diagnostic::new(Code::UnreachableAwait, span, "this await is never reached")
                .with_text("nothing comes here")
                .with_label(leaving, "control always leaves here")
                .with_help("move it up, or remove it");
            self.findings.push(finding);
        }
    }

    /// `async def main` at the top of a file that never names it again.
    fn main_that_never_runs(&self) -> Option<Diagnostic> {
        let main = Name::new(MAIN);
        let Some(Bound::Coroutine(span)) = self.resolve(main) else { return None };
        if self.read.contains(&main) {
            return None;
        }
        let finding = Diagnostic::new(Code::MainNeverRuns, span, "coroutine function 'main' never runs")
            .with_text("it is defined, and nothing calls it")
            .with_help("end the file with 'asyncio.run(main())'");
        Some(finding)
    }
}

/// What is called, as the program writes it: `f`, `owner.f`.
fn written(func: &Expr) -> Option<String> {
    Some(match &func.kind {
        ExprKind::Name(name) => name.as_str().to_owned(),
        ExprKind::Attribute { value, attr } => match &value.kind {
            ExprKind::Name(owner) => format!("{}.{}", owner.as_str(), attr.name.as_str()),
            _ => attr.name.as_str().to_owned(),
        },
        _ => return None,
    })
}

/// Whether control never comes behind a statement.
fn leaves(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Break | StmtKind::Continue => true,
        StmtKind::If { body, orelse, .. } => body.iter().any(leaves) && orelse.iter().any(leaves),
        StmtKind::While { test, body, .. } => {
            matches!(test.kind, ExprKind::True | ExprKind::Int(1)) && !has_break(body)
        }
        _ => false,
    }
}

/// Whether a loop's body may break out of it.
fn has_break(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::While { orelse, .. } | StmtKind::For { orelse, .. } => has_break(orelse),
        StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) => false,
        _ => {
            let mut found = false;
            blocks_of(stmt, &mut |block| found |= has_break(block));
            found
        }
    })
}

/// What a statement binds in its own scope.
fn bindings(stmt: &Stmt, bound: &mut Vec<(Name, Bound)>, star: &mut bool) {
    let mut other = |target: &Expr| bound_by(target, &mut |name| bound.push((name, Bound::Other)));
    match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets.iter().for_each(&mut other),
        StmtKind::AnnAssign { target, .. } | StmtKind::AugAssign { target, .. } => other(target),
        StmtKind::Delete(targets) => targets.iter().for_each(&mut other),
        StmtKind::For { target, .. } => other(target),
        StmtKind::With { items, .. } => items.iter().filter_map(|item| item.target.as_ref()).for_each(other),
        StmtKind::TypeAlias { name, .. } => bound.push((name.name, Bound::Other)),
        StmtKind::Try(block) => {
            let names = block.handlers.iter().filter_map(|handler| handler.name);
            bound.extend(names.map(|ident| (ident.name, Bound::Other)));
        }
        StmtKind::Match { cases, .. } => {
            let mut names = Vec::new();
            cases.iter().for_each(|case| captured_names(&case.pattern, &mut names));
            bound.extend(names.into_iter().map(|name| (name, Bound::Other)));
        }
        StmtKind::Import(aliases) => bound.extend(aliases.iter().map(|alias| {
            let first = first_component(alias.name).name;
            match alias.asname {
                None => (first, Bound::Module(first)),
                Some(name) if first == alias.name.name => (name.name, Bound::Module(first)),
                Some(name) => (name.name, Bound::Other),
            }
        })),
        StmtKind::ImportFrom { module, names: ImportNames::Names(aliases), level } => {
            bound.extend(aliases.iter().map(|alias| {
                let name = alias.asname.unwrap_or(alias.name).name;
                match module {
                    Some(module) if *level == 0 => (name, Bound::Imported(module.name, alias.name.name)),
                    _ => (name, Bound::Other),
                }
            }));
        }
        StmtKind::ImportFrom { names: ImportNames::Star(_), .. } => *star = true,
        StmtKind::FunctionDef(def) => {
            let plain = def.is_async && def.decorators.is_empty() && !yields(&def.body);
            let what = if plain { Bound::Coroutine(def.name.span) } else { Bound::Other };
            bound.push((def.name.name, what));
        }
        StmtKind::ClassDef(def) => bound.push((def.name.name, Bound::Other)),
        _ => {}
    }
    exprs_of(stmt, &mut |expr| {
        each_expr(expr, &mut |expr, _| {
            if let ExprKind::Walrus { target, .. } = &expr.kind {
                bound.push((target.name, Bound::Other));
            }
        });
    });
}

/// Whether the body of an `async def` makes it a generator.
fn yields(body: &[Stmt]) -> bool {
    let mut found = false;
    each_stmt(body, false, &mut |stmt| {
        exprs_of(stmt, &mut |expr| {
            each_expr(expr, &mut |expr, runs_here| {
                found |= runs_here && matches!(expr.kind, ExprKind::Yield(_) | ExprKind::YieldFrom(_));
            });
        });
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of the findings in a program.
    fn codes(text: &str) -> Vec<&'static str> {
        let parsed = crate::syntax::parse(text);
        assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
        findings(&parsed.module).iter().map(|finding| finding.code.text()).collect()
    }

    #[test]
    fn a_call_that_drops_its_coroutine() {
        let text = "import asyncio\nasync def f(): pass\nf()\nasync def g():\n    f()\n    asyncio.sleep(1)\n    await f()\n    x = f()\n    await x\n";
        assert_eq!(codes(text), ["W0201", "W0201", "W0201"]);
        let method =
            "class A:\n    async def f(self): pass\n    def g(self):\n        self.f()\n        self.h()\n";
        assert_eq!(codes(method), ["W0201"]);
        for text in [
            "async def f(): pass\nf = run(f)\nf()\n",
            "@run\nasync def f(): pass\nf()\n",
            "async def f(): yield 1\nf()\n",
            "async def f(): pass\ndef g(f):\n    f()\n",
            "async def f(): pass\ndef g():\n    global f\n    f = print\nf()\n",
            "async def f(): pass\nfrom x import *\ndef f(): pass\nf()\n",
            "class A:\n    async def f(self): pass\ndef g():\n    f()\n",
            "import asyncio\nasyncio = None\nasyncio.sleep(1)\n",
        ] {
            assert!(codes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_variable_that_keeps_a_coroutine() {
        for text in [
            "async def f(): pass\nasync def g():\n    x = f()\n",
            "import asyncio\nasync def g():\n    pause = asyncio.sleep(1)\n    return 1\n",
            "class A:\n    async def f(self): pass\n    async def g(self):\n        x = self.f()\n",
        ] {
            assert_eq!(codes(text), ["W0201"], "{text}");
        }
        for text in [
            "async def f(): pass\nasync def g():\n    x = f()\n    await x\n",
            "async def f(): pass\nasync def g():\n    x = f()\n    return [x]\n",
            "async def f(): pass\nasync def g():\n    x = f()\n    def h(): return x\n",
            "async def f(): pass\nasync def g():\n    x = f()\n    print(locals())\n",
            "async def f(): pass\nasync def g():\n    global x\n    x = f()\n",
            "async def f(): pass\nasync def g():\n    a.x = f()\n",
            "async def f(): pass\nx = f()\n",
        ] {
            assert!(codes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_task_that_nobody_keeps() {
        assert_eq!(codes("import asyncio as a\nasync def f():\n    a.create_task(g())\n"), ["W0202"]);
        assert_eq!(
            codes("from asyncio import create_task as t\nasync def f():\n    t(g())\n    x = t(g())\n"),
            ["W0202"]
        );
        assert!(codes("async def f(tg):\n    tg.create_task(g())\n").is_empty());
    }

    #[test]
    fn a_call_that_stops_the_loop() {
        let text = "import time\ntime.sleep(1)\nasync def f():\n    time.sleep(1)\n    name = input('?')\n";
        assert_eq!(codes(text), ["W0203", "W0203"]);
        for text in [
            "import time\nasync def f():\n    def g():\n        time.sleep(1)\n    await to_thread(time.sleep, 1)\n",
            "import time\nasync def f():\n    return lambda: time.sleep(1)\n",
            "def input(x): return x\nasync def f():\n    input(1)\n",
            "async def f(time):\n    time.sleep(1)\n",
        ] {
            assert!(codes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_main_that_never_runs() {
        assert_eq!(codes("async def main(): pass\n"), ["W0204"]);
        assert!(codes("import asyncio\nasync def main(): pass\nasyncio.run(main())\n").is_empty());
        assert!(codes("async def main(): pass\n__all__ = ['main']\n").is_empty());
        assert!(codes("def main(): pass\n").is_empty());
    }

    #[test]
    fn an_await_behind_the_end() {
        for text in [
            "async def f():\n    return 1\n    await g()\n",
            "async def f():\n    while True:\n        pass\n    await g()\n",
            "async def f(x):\n    if x:\n        return\n    else:\n        raise x\n    async with x: pass\n",
            "async def f(x):\n    for y in x:\n        break\n        print(await y)\n",
        ] {
            assert_eq!(codes(text), ["W0205"], "{text}");
        }
        for text in [
            "async def f():\n    while True:\n        break\n    await g()\n",
            "async def f():\n    return 1\n    def h(): pass\n",
            "async def f():\n    return 1\n    async def h():\n        await g()\n",
            "async def f(x):\n    if x:\n        return\n    await g()\n",
        ] {
            assert!(codes(text).is_empty(), "{text}");
        }
    }
}
