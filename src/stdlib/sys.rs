//! `sys`.

use crate::host::Stream;
use crate::object::{Dict, ExcObj, Kind, Ref, Str, Value, heap};
use crate::types::int::DigitLimit;
use crate::types::stream;
use crate::vm::native::{Row, function, getter, method, raw};
use crate::vm::{Raised, Result, Vm};
use num_traits::ToPrimitive;

/// The version of the language that is implemented.
const VERSION: [i64; 3] = [3, 13, 0];

fn exit(vm: &mut Vm, args: &[Value]) -> Result {
    let given = if args[0].is_none() { Vec::new() } else { vec![args[0].clone()] };
    let class = vm.exceptions.system_exit.to_value();
    match vm.call(&class, &given)?.downcast() {
        Some(exc) => Err(Raised(exc)),
        None => Ok(Value::NONE),
    }
}

/// The least number of digits that may be the limit, unless there is none.
const LEAST_DIGITS: i32 = 640;

fn set_int_max_str_digits(vm: &mut Vm, args: &[Value]) -> Result {
    let digits = vm.index(&args[0])?;
    let Some(digits) = digits.to_i32() else {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    };
    if digits != 0 && digits < LEAST_DIGITS {
        return Err(vm.value_error(format!("maxdigits must be 0 or larger than {LEAST_DIGITS}")));
    }
    vm.extension::<DigitLimit>().0.set(digits as usize);
    Ok(Value::NONE)
}

fn get_int_max_str_digits(vm: &mut Vm, _: &[Value]) -> Result {
    let digits = vm.extension::<DigitLimit>().0.get();
    Ok(Value::index(digits))
}

fn setrecursionlimit(vm: &mut Vm, args: &[Value]) -> Result {
    let limit = vm.index_i64(&args[0])?;
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    if i64::from(vm.thread.depth) >= limit {
        let depth = vm.thread.depth;
        return Err(vm.recursion_error(format!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        )));
    }
    vm.recursion_limit = u32::try_from(limit).unwrap_or(u32::MAX);
    Ok(Value::NONE)
}

fn getrecursionlimit(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.int(i64::from(vm.recursion_limit)))
}

fn exception(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.handled_exception().unwrap_or(Value::NONE))
}

fn exc_info(vm: &mut Vm, _: &[Value]) -> Result {
    let Some(exc) = vm.handled_exception() else {
        return Ok(vm.tuple([Value::NONE, Value::NONE, Value::NONE]));
    };
    let class = vm.class_of(&exc).to_value();
    let traceback = exc.get::<ExcObj>().map_or(Value::NONE, |e| Value::peek(&e.traceback));
    Ok(vm.tuple([class, exc, traceback]))
}

fn getrefcount(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(vm.int(i64::from(args[0].ref_count())))
}

fn intern(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].downcast() {
        Some(text) => Ok(heap::intern_value(&text).into_value()),
        None => {
            let got = vm.type_name(&args[0]);
            Err(vm.type_error(format!("intern() argument must be str, not {got}")))
        }
    }
}

fn getframe(vm: &mut Vm, args: &[Value]) -> Result {
    let depth = vm.index_i64(&args[0])?;
    let mut frame = vm.shown_frame();
    for _ in 0..depth.max(0) {
        frame = frame.and_then(|f| f.shown_below());
    }
    match frame {
        Some(frame) => Ok(vm.frame_object(frame).into_value()),
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}

fn getsizeof(vm: &mut Vm, args: &[Value]) -> Result {
    vm.call_method(&args[0], "__sizeof__", &[])
}

fn getdefaultencoding(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("utf-8"))
}

fn is_finalizing(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::FALSE)
}

fn get_asyncgen_hooks(vm: &mut Vm, _: &[Value]) -> Result {
    let parts = vec![vm.thread.asyncgen_first.clone(), vm.thread.asyncgen_finalizer.clone()];
    hooks_tuple(vm, parts)
}

fn set_asyncgen_hooks(vm: &mut Vm, args: &[Value]) -> Result {
    for (hook, name) in [(&args[1], "finalizer"), (&args[0], "firstiter")] {
        let Some(hook) = hook.bound() else { continue };
        if !hook.is_none() && !vm.is_callable(hook) {
            let got = vm.type_name(hook);
            return Err(vm.type_error(format!("callable {name} expected, got {got}")));
        }
    }
    if let Some(first) = args[0].bound() {
        vm.thread.asyncgen_first = first.clone();
    }
    if let Some(finalizer) = args[1].bound() {
        vm.thread.asyncgen_finalizer = finalizer.clone();
    }
    Ok(Value::NONE)
}

fn excepthook(vm: &mut Vm, args: &[Value]) -> Result {
    if let Some(exc) = args[1].downcast::<ExcObj>() {
        let text = vm.format_exception(&exc);
        vm.write_err(&text);
    }
    Ok(Value::NONE)
}

fn unraisablehook(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = vm.get_attr_text(&args[0], "exc_value")?;
    let object = vm.get_attr_text(&args[0], "object")?;
    let message = vm.get_attr_text(&args[0], "err_msg")?;
    let message = if message.is_none() { "Exception ignored in".to_owned() } else { vm.text_of(&message)? };
    if let Some(exc) = exc.downcast::<ExcObj>() {
        vm.report_ignored(Raised(exc), &message, &object);
    }
    Ok(Value::NONE)
}

fn displayhook(vm: &mut Vm, args: &[Value]) -> Result {
    if args[0].is_none() {
        return Ok(Value::NONE);
    }
    // The value before dies before this one is shown.
    drop(vm.builtins.clone().set_text("_", Value::NONE));
    vm.safepoint()?;
    let text = vm.repr_text(&args[0])?;
    vm.write_out(&format!("{text}\n"))?;
    vm.builtins.clone().set_text("_", args[0].clone());
    Ok(Value::NONE)
}

/// What a program sets and reads again, although nothing here depends on it.
struct Kept {
    switch_interval: f64,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { switch_interval: 0.005 }
    }
}

fn getswitchinterval(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::float(vm.extension::<Kept>().switch_interval))
}

fn setswitchinterval(vm: &mut Vm, args: &[Value]) -> Result {
    let interval = match args[0].as_float() {
        Some(interval) => interval,
        None => vm.index_i64(&args[0])? as f64,
    };
    if interval <= 0.0 {
        return Err(vm.value_error("switch interval must be strictly positive"));
    }
    vm.extension::<Kept>().switch_interval = interval;
    Ok(Value::NONE)
}

fn get_coroutine_origin_tracking_depth(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::index(vm.thread.origin_depth))
}

fn set_coroutine_origin_tracking_depth(vm: &mut Vm, args: &[Value]) -> Result {
    let depth = vm.index_i64(&args[0])?;
    vm.thread.origin_depth = usize::try_from(depth).map_err(|_| vm.value_error("depth must be >= 0"))?;
    Ok(Value::NONE)
}

fn getfilesystemencodeerrors(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("surrogateescape"))
}

/// Tracing needs hooks in the loop; without one there is nothing to get.
fn no_hook(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

/// What `breakpoint()` does unless a program sets another hook: calls what `PYTHONBREAKPOINT` names.
fn breakpointhook(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let given = vm.host.environment("PYTHONBREAKPOINT").filter(|text| !text.is_empty());
    if given.as_deref() == Some("0") {
        return Ok(Value::NONE);
    }
    let path = given.as_deref().unwrap_or("pdb.set_trace");
    let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", path));
    let found = vm.import_module(module).and_then(|module| vm.get_attr_text(&module, name));
    match found {
        Ok(hook) => vm.call_kw(&hook, values, names),
        // Without a debugger there is nothing to go on with.
        Err(raised) if given.is_none() => Err(raised),
        Err(_) => {
            let class = vm.exceptions.runtime_warning.clone();
            vm.warn(&class, &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{path}\""))?;
            Ok(Value::NONE)
        }
    }
}

const FUNCTIONS: &[Row] = &[
    function("getswitchinterval()", getswitchinterval),
    function("setswitchinterval(interval, /)", setswitchinterval),
    function("get_coroutine_origin_tracking_depth()", get_coroutine_origin_tracking_depth),
    function("set_coroutine_origin_tracking_depth(depth)", set_coroutine_origin_tracking_depth),
    function("getfilesystemencodeerrors()", getfilesystemencodeerrors),
    function("gettrace()", no_hook),
    function("getprofile()", no_hook),
    function("exit(status=None, /)", exit),
    function("setrecursionlimit(limit, /)", setrecursionlimit),
    function("getrecursionlimit()", getrecursionlimit),
    function("set_int_max_str_digits(maxdigits)", set_int_max_str_digits),
    function("get_int_max_str_digits()", get_int_max_str_digits),
    function("exception()", exception),
    function("exc_info()", exc_info),
    function("getrefcount(object, /)", getrefcount),
    function("intern(string, /)", intern),
    function("_getframe(depth=0, /)", getframe),
    function("getsizeof(object, default=<unrepresentable>)", getsizeof),
    function("getdefaultencoding()", getdefaultencoding),
    function("getfilesystemencoding()", getdefaultencoding),
    function("is_finalizing()", is_finalizing),
    function("get_asyncgen_hooks()", get_asyncgen_hooks),
    function(
        "set_asyncgen_hooks(firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
        set_asyncgen_hooks,
    ),
    function("excepthook(exctype, value, traceback, /)", excepthook),
    raw("breakpointhook(*args, **kwargs)", breakpointhook),
    function("unraisablehook(unraisable, /)", unraisablehook),
    function("displayhook(object, /)", displayhook),
];

// ---- tuples with names

/// The items of `sys.version_info` and its kin: a tuple subclass with a getter per item.
fn item(value: &Value, at: usize) -> Value {
    crate::types::tuple_items(value).get(at).cloned().unwrap_or(Value::NONE)
}

macro_rules! items {
    ($($name:ident $at:literal)*) => {
        $(fn $name(_: &mut Vm, value: &Value) -> Result {
            Ok(item(value, $at))
        })*
    };
}
items! { twelfth 11 thirteenth 12 fourteenth 13 fifteenth 14 sixteenth 15 seventeenth 16 eighteenth 17 }
items! { first 0 second 1 third 2 fourth 3 fifth 4 sixth 5 seventh 6 eighth 7 ninth 8 tenth 9 eleventh 10 }

fn named_repr(vm: &mut Vm, value: &Value, name: &str, fields: &[&str]) -> Result {
    let mut text = format!("{name}(");
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(&format!("{field}={}", vm.repr_text(&item(value, i))?));
    }
    text.push(')');
    Ok(vm.str(text))
}

fn version_repr(vm: &mut Vm, args: &[Value]) -> Result {
    named_repr(vm, &args[0], "sys.version_info", &["major", "minor", "micro", "releaselevel", "serial"])
}

fn float_repr(vm: &mut Vm, args: &[Value]) -> Result {
    named_repr(
        vm,
        &args[0],
        "sys.float_info",
        &[
            "max",
            "max_exp",
            "max_10_exp",
            "min",
            "min_exp",
            "min_10_exp",
            "dig",
            "mant_dig",
            "epsilon",
            "radix",
            "rounds",
        ],
    )
}

fn int_repr(vm: &mut Vm, args: &[Value]) -> Result {
    named_repr(
        vm,
        &args[0],
        "sys.int_info",
        &["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
    )
}

fn hash_repr(vm: &mut Vm, args: &[Value]) -> Result {
    named_repr(
        vm,
        &args[0],
        "sys.hash_info",
        &["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
    )
}

const VERSION_INFO: &[Row] = &[
    method("__repr__(self, /)", version_repr),
    getter("major", first),
    getter("minor", second),
    getter("micro", third),
    getter("releaselevel", fourth),
    getter("serial", fifth),
];

const FLOAT_INFO: &[Row] = &[
    method("__repr__(self, /)", float_repr),
    getter("max", first),
    getter("max_exp", second),
    getter("max_10_exp", third),
    getter("min", fourth),
    getter("min_exp", fifth),
    getter("min_10_exp", sixth),
    getter("dig", seventh),
    getter("mant_dig", eighth),
    getter("epsilon", ninth),
    getter("radix", tenth),
    getter("rounds", eleventh),
];

const INT_INFO: &[Row] = &[
    method("__repr__(self, /)", int_repr),
    getter("bits_per_digit", first),
    getter("sizeof_digit", second),
    getter("default_max_str_digits", third),
    getter("str_digits_check_threshold", fourth),
];

const HASH_INFO: &[Row] = &[
    method("__repr__(self, /)", hash_repr),
    getter("width", first),
    getter("modulus", second),
    getter("inf", third),
    getter("nan", fourth),
    getter("imag", fifth),
    getter("algorithm", sixth),
    getter("hash_bits", seventh),
    getter("seed_bits", eighth),
    getter("cutoff", ninth),
];

const HOOKS: &[Row] =
    &[method("__repr__(self, /)", hooks_repr), getter("firstiter", first), getter("finalizer", second)];

fn hooks_repr(vm: &mut Vm, args: &[Value]) -> Result {
    named_repr(vm, &args[0], "asyncgen_hooks", &["firstiter", "finalizer"])
}

/// Hooks of the class of the sample that the module keeps.
fn hooks_tuple(vm: &mut Vm, parts: Vec<Value>) -> Result {
    let sys = vm.import_module("sys")?;
    let old = vm.get_attr_text(&sys, "_asyncgen_hooks")?;
    let class = vm.class_of(&old).clone();
    Ok(heap::alloc(&class, crate::object::TupleObj::new(parts)).into_value())
}

/// Names, values and getters of `sys.flags`: the command line has no switch for any of them.
const FLAGS: &[Row] = &[
    method("__repr__(self, /)", flags_repr),
    getter("debug", first),
    getter("inspect", second),
    getter("interactive", third),
    getter("optimize", fourth),
    getter("dont_write_bytecode", fifth),
    getter("no_user_site", sixth),
    getter("no_site", seventh),
    getter("ignore_environment", eighth),
    getter("verbose", ninth),
    getter("bytes_warning", tenth),
    getter("quiet", eleventh),
    getter("hash_randomization", twelfth),
    getter("isolated", thirteenth),
    getter("dev_mode", fourteenth),
    getter("utf8_mode", fifteenth),
    getter("warn_default_encoding", sixteenth),
    getter("safe_path", seventeenth),
    getter("int_max_str_digits", eighteenth),
];

fn flags_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let names: Vec<&str> = FLAGS[1..].iter().map(Row::name).collect();
    named_repr(vm, &args[0], "sys.flags", &names)
}

fn flags(vm: &mut Vm) -> Value {
    let values = (0..18)
        .map(|at| match at {
            13 | 16 => Value::FALSE,
            17 => vm.int(4300),
            _ => vm.int(0),
        })
        .collect();
    named_tuple(vm, "flags", FLAGS, values)
}

/// An instance of a new tuple class with named items.
fn named_tuple(vm: &mut Vm, name: &str, rows: &'static [Row], items: Vec<Value>) -> Value {
    let base = vm.types.tuple.clone();
    let class = vm.new_class(name, "sys", &base, Kind::Tuple, 0, rows);
    heap::alloc(&class, crate::object::TupleObj::new(items)).into_value()
}

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "sys", FUNCTIONS);
    for (number, name) in ["stdin", "stdout", "stderr"].into_iter().enumerate() {
        // What is closed when the process begins is not there.
        let missing = vm.host.is_missing([Stream::In, Stream::Out, Stream::Err][number]);
        let stream = if missing { Value::NONE } else { stream::make(vm, number as i64) };
        dict.set_text(name, stream.clone());
        dict.set_text(&format!("__{name}__"), stream);
    }
    for hook in ["excepthook", "unraisablehook", "displayhook", "breakpointhook"] {
        let value = dict.get_text(hook).unwrap_or(Value::NONE);
        dict.set_text(&format!("__{hook}__"), value);
    }
    let argv = vm.argv.clone().iter().map(|a| vm.str(a.as_str())).collect();
    dict.set_text("argv", vm.list(argv));
    let orig: Vec<Value> = vm.argv.clone().iter().map(|a| vm.str(a.as_str())).collect();
    dict.set_text("orig_argv", vm.list(orig));
    let [major, minor, micro] = VERSION;
    dict.set_text("version", vm.str(format!("{major}.{minor}.{micro} (co {})", env!("CARGO_PKG_VERSION"))));
    dict.set_text("hexversion", vm.int(major << 24 | minor << 16 | micro << 8 | 0xF0));
    let info = vec![vm.int(major), vm.int(minor), vm.int(micro), vm.str("final"), vm.int(0)];
    let info = named_tuple(vm, "version_info", VERSION_INFO, info);
    dict.set_text("version_info", info);
    dict.set_text("maxsize", vm.int(i64::MAX));
    dict.set_text("maxunicode", vm.int(0x10FFFF));
    for (name, text) in [
        ("platform", "linux"),
        ("byteorder", "little"),
        ("executable", ""),
        ("prefix", ""),
        ("float_repr_style", "short"),
        ("copyright", ""),
    ] {
        dict.set_text(name, vm.str(text));
    }
    let float = vec![
        Value::float(f64::MAX),
        vm.int(1024),
        vm.int(308),
        Value::float(f64::MIN_POSITIVE),
        vm.int(-1021),
        vm.int(-307),
        vm.int(15),
        vm.int(53),
        Value::float(f64::EPSILON),
        vm.int(2),
        vm.int(1),
    ];
    let float = named_tuple(vm, "float_info", FLOAT_INFO, float);
    dict.set_text("float_info", float);
    let int = vec![vm.int(30), vm.int(4), vm.int(4300), vm.int(640)];
    let int = named_tuple(vm, "int_info", INT_INFO, int);
    dict.set_text("int_info", int);
    let hash = vec![
        vm.int(64),
        vm.int((1 << 61) - 1),
        vm.int(314_159),
        vm.int(0),
        vm.int(1_000_003),
        vm.str("siphash13"),
        vm.int(64),
        vm.int(128),
        vm.int(0),
    ];
    let hash = named_tuple(vm, "hash_info", HASH_INFO, hash);
    dict.set_text("hash_info", hash);
    let path = vm.path.clone().iter().map(|folder| vm.str(folder.as_str())).collect();
    dict.set_text("path", vm.list(path));
    dict.set_text("modules", vm.modules.to_value());
    let names: Vec<Value> = super::library::top_level().map(|name| vm.str(name)).collect();
    let names = vm.list(names);
    let frozenset = vm.types.frozenset.to_value();
    let names = vm.call(&frozenset, &[names])?;
    dict.set_text("stdlib_module_names", names);
    for (name, text) in [
        ("base_prefix", ""),
        ("exec_prefix", ""),
        ("base_exec_prefix", ""),
        ("abiflags", ""),
        ("platlibdir", "lib"),
    ] {
        dict.set_text(name, vm.str(text));
    }
    dict.set_text("api_version", vm.int(1013));
    dict.set_text("pycache_prefix", Value::NONE);
    dict.set_text("flags", flags(vm));
    let hooks = named_tuple(vm, "asyncgen_hooks", HOOKS, vec![Value::NONE, Value::NONE]);
    dict.set_text("_asyncgen_hooks", hooks);
    dict.set_text("dont_write_bytecode", Value::TRUE);
    let names: Vec<Value> = ["sys", "builtins", "time", "gc"].iter().map(|n| vm.str(*n)).collect();
    dict.set_text("builtin_module_names", vm.tuple(names));
    let implementation = vm.import_module("types")?;
    let namespace = vm.get_attr_text(&implementation, "SimpleNamespace")?;
    let version = dict.get_text("version_info").unwrap_or(Value::NONE);
    let values = [vm.str("co"), version, vm.str("co-313")];
    let names = ["name", "version", "cache_tag"].map(heap::intern);
    let implementation = vm.call_kw(&namespace, &values, &names)?;
    dict.set_text("implementation", implementation);
    let warnoptions = vm.list(Vec::new());
    dict.set_text("warnoptions", warnoptions);
    Ok(())
}
