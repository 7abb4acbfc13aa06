//! `asyncio`: the loop, futures and tasks natively; the primitives on top of them as Python
//! text that is compiled when a program first asks for one of its names.
//!
//! Reading order: `events` (one turn of the loop), `timers`, `futures`, `tasks`, `coroutines`
//! (`sleep`, and what counts as a coroutine), `gather`, `runners`, `debug`, `prompt`, then the `.co` files. File
//! names are CPython's where CPython has such a file.

mod coroutines;
mod debug;
mod events;
mod exceptions;
mod format;
mod futures;
mod gather;
pub mod prompt;
mod runners;
mod tasks;
mod timers;

use crate::object::{Class, Dict, Ref, Value};
use crate::vm::native::function;
use crate::vm::{CompileMode, ModuleTable, Result, Row, Vm};
use std::collections::VecDeque;
use std::rc::Rc;

/// The folder that messages name for code which CPython has in its library.
const LIBRARY: &str = "/usr/lib/python3.13/asyncio";

/// The native classes.
pub(crate) struct Classes {
    event_loop: Ref<Class>,
    handle: Ref<Class>,
    timer_handle: Ref<Class>,
    future: Ref<Class>,
    task: Ref<Class>,
    gathering: Ref<Class>,
    sleep: Ref<Class>,
    sleep_iterator: Ref<Class>,
    runner: Ref<Class>,
    cancelled_error: Ref<Class>,
    invalid_state_error: Ref<Class>,
    broken_barrier_error: Ref<Class>,
}

/// The error of a function that has a frame in CPython: the traceback keeps what the function was
/// given, so that a coroutine among it dies with the exception and not before.
fn keeping(raised: crate::vm::Raised, given: &Value) -> crate::vm::Raised {
    raised.0.set_field("given", given.clone());
    raised
}

/// What the machine keeps for this room.
pub(crate) struct State {
    classes: Option<Rc<Classes>>,
    /// The loop that runs now, or None.
    running: Value,
    /// What `set_event_loop` was given, or None.
    event_loop: Value,
    event_loop_was_set: bool,
    /// What `set_event_loop_policy` was given, unless that changes nothing; or None.
    policy: Value,
    /// Whether a person types: then a loop lives between the inputs, see `prompt`.
    interactive: bool,
    /// That loop, or None when nothing has asked for it.
    prompt: Value,
    /// Number of the next `Task-N`.
    next_task: u64,
    /// Objects whose `repr` is being made.
    showing: Vec<u64>,
    /// Objects of `sleep(0)` that were used, the oldest first.
    spare_sleeps: VecDeque<Value>,
}

impl Default for State {
    fn default() -> State {
        State {
            classes: None,
            running: Value::NONE,
            event_loop: Value::NONE,
            event_loop_was_set: false,
            policy: Value::NONE,
            interactive: false,
            prompt: Value::NONE,
            next_task: 1,
            showing: Vec::new(),
            spare_sleeps: VecDeque::new(),
        }
    }
}

/// The parts written in Python: module, text, and the names that `asyncio` exports from it.
const PARTS: &[(&str, &str, &[&str])] = &[
    (
        "asyncio.locks",
        include_str!("locks.co"),
        &["Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore", "Barrier"],
    ),
    (
        "asyncio.queues",
        include_str!("queues.co"),
        &["Queue", "PriorityQueue", "LifoQueue", "QueueFull", "QueueEmpty", "QueueShutDown"],
    ),
    ("asyncio.timeouts", include_str!("timeouts.co"), &["Timeout", "timeout", "timeout_at"]),
    ("asyncio.taskgroups", include_str!("taskgroups.co"), &["TaskGroup"]),
    (
        "asyncio.waiting",
        include_str!("waiting.co"),
        &[
            "wait",
            "wait_for",
            "shield",
            "as_completed",
            "create_eager_task_factory",
            "FIRST_COMPLETED",
            "FIRST_EXCEPTION",
            "ALL_COMPLETED",
        ],
    ),
    ("asyncio.waiters", include_str!("waiters.co"), &[]),
    ("asyncio.log", include_str!("log.co"), &[]),
    (
        "asyncio.policies",
        include_str!("policies.co"),
        &[
            "AbstractEventLoopPolicy",
            "DefaultEventLoopPolicy",
            "get_event_loop_policy",
            "set_event_loop_policy",
        ],
    ),
    // The modules in which CPython has what is native here.
    (
        "asyncio.tasks",
        "from asyncio import (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, Task, all_tasks, as_completed, \
         create_eager_task_factory, create_task, current_task, eager_task_factory, ensure_future, gather, shield, \
         sleep, wait, wait_for)\n",
        &[],
    ),
    ("asyncio.futures", "from asyncio import Future, isfuture\n", &[]),
    (
        "asyncio.events",
        "from asyncio import (AbstractEventLoop, AbstractEventLoopPolicy, Handle, TimerHandle, _get_running_loop, \
         get_event_loop, get_event_loop_policy, get_running_loop, new_event_loop, set_event_loop, \
         set_event_loop_policy)\n",
        &[],
    ),
    ("asyncio.coroutines", "from asyncio import iscoroutine, iscoroutinefunction\n", &[]),
    ("asyncio.runners", "from asyncio import Runner, run\n", &[]),
];

/// `asyncio` and its parts.
const MODULES: ModuleTable = &[
    ("asyncio", fill),
    ("asyncio.exceptions", exceptions::fill),
    ("asyncio.locks", |vm, dict| fill_part(vm, dict, 0)),
    ("asyncio.queues", |vm, dict| fill_part(vm, dict, 1)),
    ("asyncio.timeouts", |vm, dict| fill_part(vm, dict, 2)),
    ("asyncio.taskgroups", |vm, dict| fill_part(vm, dict, 3)),
    ("asyncio.waiting", |vm, dict| fill_part(vm, dict, 4)),
    ("asyncio.waiters", |vm, dict| fill_part(vm, dict, 5)),
    ("asyncio.log", |vm, dict| fill_part(vm, dict, 6)),
    ("asyncio.policies", |vm, dict| fill_part(vm, dict, 7)),
    ("asyncio.tasks", |vm, dict| fill_part(vm, dict, 8)),
    ("asyncio.futures", |vm, dict| fill_part(vm, dict, 9)),
    ("asyncio.events", |vm, dict| fill_part(vm, dict, 10)),
    ("asyncio.coroutines", |vm, dict| fill_part(vm, dict, 11)),
    ("asyncio.runners", |vm, dict| fill_part(vm, dict, 12)),
];

/// Makes `asyncio` importable. Nothing is built before a program imports it.
pub fn install(vm: &mut Vm) {
    vm.add_modules(MODULES);
}

const MODULE: &[Row] = &[function("__getattr__(name, /)", module_getattr), function("__dir__()", module_dir)];

fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    let classes = classes(vm);
    for (name, class) in [
        ("Future", &classes.future),
        ("Task", &classes.task),
        ("Handle", &classes.handle),
        ("TimerHandle", &classes.timer_handle),
        ("AbstractEventLoop", &classes.event_loop),
        ("BaseEventLoop", &classes.event_loop),
        ("EventLoop", &classes.event_loop),
        ("SelectorEventLoop", &classes.event_loop),
        ("Runner", &classes.runner),
        ("CancelledError", &classes.cancelled_error),
        ("InvalidStateError", &classes.invalid_state_error),
        ("BrokenBarrierError", &classes.broken_barrier_error),
    ] {
        drop(dict.set_text(name, class.to_value()));
    }
    drop(dict.set_text("TimeoutError", vm.exceptions.timeout_error.to_value()));
    vm.add_functions(dict, "_asyncio", events::NATIVE);
    vm.add_functions(dict, "_asyncio", tasks::NATIVE);
    vm.add_plain_functions(dict, "asyncio.events", events::FUNCTIONS, &[]);
    vm.add_plain_functions(dict, "asyncio.base_futures", futures::FUNCTIONS, &[]);
    vm.add_plain_functions(dict, "asyncio.tasks", tasks::FUNCTIONS, &[]);
    vm.add_plain_functions(dict, "asyncio.tasks", gather::FUNCTIONS, &[]);
    vm.add_plain_functions(dict, "asyncio.tasks", coroutines::SLEEPING, &["sleep"]);
    vm.add_plain_functions(dict, "asyncio.coroutines", coroutines::FUNCTIONS, &[]);
    vm.add_plain_functions(dict, "asyncio.runners", runners::FUNCTIONS, &[]);
    vm.add_functions(dict, "asyncio", MODULE);
    // A package: its modules are imported by name.
    let path = vm.list(Vec::new());
    drop(dict.set_text("__path__", path));
    drop(dict.set_text("__package__", vm.str("asyncio")));
    let mut names: Vec<Value> = dict
        .items()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name.get::<crate::object::Str>().is_some_and(|n| !n.as_str().starts_with('_')))
        .collect();
    names.extend(PARTS.iter().flat_map(|part| part.2).map(|name| vm.str(*name)));
    let names = vm.list(names);
    drop(dict.set_text("__all__", names));
    Ok(())
}

/// `dir(asyncio)`: also the names that are not there yet.
fn module_dir(vm: &mut Vm, _: &[Value]) -> Result {
    let asyncio = vm.import_module("asyncio")?;
    let held = vm.attribute_dict(&asyncio).map(|dict| dict.items()).unwrap_or_default();
    let mut names: Vec<Value> = held.into_iter().map(|(name, _)| name).collect();
    let here: Vec<String> = names.iter().filter_map(|name| vm.text_of(name).ok()).collect();
    let missing = PARTS.iter().flat_map(|part| part.2).filter(|name| !here.iter().any(|n| n == *name));
    names.extend(missing.map(|name| vm.str(*name)).collect::<Vec<_>>());
    Ok(vm.list(names))
}

/// `asyncio.NAME` for a name that is not there yet.
fn module_getattr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    let full = format!("asyncio.{name}");
    if vm.has_builtin_module(&full) {
        // CPython has imported its modules by now.
        let module = vm.import_module(&full)?;
        let asyncio = vm.import_module("asyncio")?;
        vm.set_attr_text(&asyncio, &name, module.clone())?;
        return Ok(module);
    }
    let Some(part) = PARTS.iter().find(|part| part.2.contains(&name.as_str())) else {
        return Err(vm.attribute_error(format!("module 'asyncio' has no attribute '{name}'")));
    };
    let module = vm.import_module(part.0)?;
    let asyncio = vm.import_module("asyncio")?;
    for name in part.2 {
        let value = vm.get_attr_text(&module, name)?;
        vm.set_attr_text(&asyncio, name, value)?;
    }
    vm.get_attr_text(&module, &name)
}

fn fill_part(vm: &mut Vm, dict: &Ref<Dict>, index: usize) -> Result<()> {
    let (name, text, _) = PARTS[index];
    let Some(compile) = vm.compile_hook else {
        return Err(vm.import_error(format!("{name} needs the compiler")));
    };
    let code = compile(vm, text, &format!("<{name}>"), CompileMode::Module)?;
    let builtins = vm.builtins.to_value();
    drop(dict.set_text("__builtins__", builtins));
    vm.run_code(&code, dict, None).map(drop)
}

/// A function of one of the parts written in Python.
fn part_function(vm: &mut Vm, module: &str, name: &str) -> Result {
    let module = vm.import_module(module)?;
    vm.get_attr_text(&module, name)
}

/// The native classes, made on first use.
fn classes(vm: &mut Vm) -> Rc<Classes> {
    if let Some(classes) = &vm.extension::<State>().classes {
        return classes.clone();
    }
    let (cancelled_error, invalid_state_error, broken_barrier_error) = exceptions::classes_of(vm);
    let (event_loop, handle, timer_handle) = events::classes_of(vm);
    let future = futures::class(vm);
    let task = tasks::class(vm, &future);
    let gathering = gather::class(vm, &future);
    let (sleep, sleep_iterator) = coroutines::classes(vm);
    let runner = runners::class(vm);
    for class in [&future, &task, &gathering] {
        vm.set_await_fast(class, futures::poll);
    }
    vm.set_await_fast(&sleep, coroutines::poll);
    let classes = Rc::new(Classes {
        event_loop,
        handle,
        timer_handle,
        future,
        task,
        gathering,
        sleep,
        sleep_iterator,
        runner,
        cancelled_error,
        invalid_state_error,
        broken_barrier_error,
    });
    vm.extension::<State>().classes = Some(classes.clone());
    classes
}
