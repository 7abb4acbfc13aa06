//! Namespaces and code: `vars`, `dir`, `globals`, `locals`, `eval`, `exec`, `compile`,
//! `__import__`.

use crate::object::{BytesObj, CodeObj, Dict, Ref, Special, Str, Value, heap};
use crate::source::surrogate;
use crate::types::{arity, no_keywords, sort};
use crate::vm::native::{Row, function, raw};
use crate::vm::{CompileMode, Result, Vm};

/// The globals of the calling frame.
fn current_globals(vm: &mut Vm) -> Ref<Dict> {
    match vm.shown_frame() {
        Some(frame) => frame.function().globals.clone(),
        None => vm.main_namespace(),
    }
}

fn current_locals(vm: &mut Vm) -> Value {
    match vm.shown_frame() {
        Some(frame) => vm.frame_locals(frame),
        None => vm.main_namespace().into_value(),
    }
}

fn globals(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(current_globals(vm).into_value())
}

fn locals(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(current_locals(vm))
}

fn vars(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "vars", names)?;
    arity(vm, "vars", values.len(), 0, 1)?;
    let Some(object) = values.first() else { return Ok(current_locals(vm)) };
    let name = heap::intern("__dict__");
    match vm.get_attr_optional(object, &name)? {
        Some(dict) => Ok(dict),
        None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn dir(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "dir", names)?;
    arity(vm, "dir", values.len(), 0, 1)?;
    let listed = match values.first() {
        Some(object) => match vm.special(object, Special::Dir) {
            Some(method) => {
                let class = vm.class_of(object).clone();
                let bound = vm.bind(method, Some(object), &class)?;
                vm.call(&bound, &[])?
            }
            None => return Err(vm.type_error("object does not provide __dir__")),
        },
        None => {
            let locals = current_locals(vm);
            vm.call_method(&locals, "keys", &[])?
        }
    };
    let items = vm.collect(&listed)?;
    let (items, result) = sort::sort(vm, items, None, false);
    result?;
    Ok(vm.list(items))
}

/// Program text in a `str` or `bytes`.
fn source_text(vm: &mut Vm, value: &Value, function: &str) -> Result<String> {
    if let Some(text) = value.get::<Str>() {
        return Ok(text.as_str().to_owned());
    }
    if let Some(data) = crate::types::bytes::buffer(value) {
        // Bytes may begin with a mark; in text it is a character that nobody sees.
        let data = data.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&data);
        return Ok(String::from_utf8_lossy(data).into_owned());
    }
    let last = if function == "compile" { "AST" } else { "code" };
    Err(vm.type_error(format!("{function}() arg 1 must be a string, bytes or {last} object")))
}

fn compile_text(vm: &mut Vm, text: &str, filename: &str, mode: CompileMode) -> Result<Ref<CodeObj>> {
    if text.contains('\0') {
        let class = vm.exceptions.syntax_error.clone();
        return Err(vm.raised(&class, "source code string cannot contain null bytes"));
    }
    let Some(hook) = vm.compile_hook else {
        return Err(vm.runtime_error("no compiler is installed"));
    };
    let code = hook(vm, text, filename, mode)?;
    Ok(vm.link(&code))
}

/// Globals and locals for `eval` and `exec`.
fn namespaces(vm: &mut Vm, function: &str, globals: &Value, locals: &Value) -> Result<(Ref<Dict>, Value)> {
    if globals.is_none() {
        let own = current_globals(vm);
        let locals = if locals.is_none() { current_locals(vm) } else { locals.clone() };
        return Ok((own, locals));
    }
    let Some(dict) = globals.downcast::<Dict>() else {
        let got = vm.type_name(globals);
        return Err(vm.type_error(if function == "eval" {
            match vm.special(globals, Special::GetItem) {
                Some(_) => "globals must be a real dict; try eval(expr, {}, mapping)".to_owned(),
                None => "globals must be a dict".to_owned(),
            }
        } else {
            format!("exec() globals must be a dict, not {got}")
        }));
    };
    if dict.get_text("__builtins__").is_none() {
        let builtins = vm.builtins.to_value();
        drop(dict.set_text("__builtins__", builtins));
    }
    let locals = if locals.is_none() { globals.clone() } else { locals.clone() };
    if vm.special(&locals, Special::GetItem).is_none() {
        let got = vm.type_name(&locals);
        return Err(vm.type_error(if function == "eval" {
            "locals must be a mapping".to_owned()
        } else {
            format!("locals must be a mapping or None, not {got}")
        }));
    }
    Ok((dict, locals))
}

fn eval(vm: &mut Vm, args: &[Value]) -> Result {
    let (globals, locals) = namespaces(vm, "eval", &args[1], &args[2])?;
    if let Some(code) = args[0].downcast::<CodeObj>() {
        return run(vm, &code, &globals, locals, "eval");
    }
    let text = source_text(vm, &args[0], "eval")?;
    let text = text.trim_start_matches([' ', '\t']);
    let code = compile_text(vm, text, "<string>", CompileMode::Eval)?;
    run(vm, &code, &globals, locals, "eval")
}

/// Whether names are looked up in the globals alone, past what a class derived from `dict` says of its items.
fn is_plain(vm: &Vm, globals: &Ref<Dict>, locals: &Value) -> bool {
    locals.is_same(globals.as_value()) && vm.class_of(locals).is_same(&vm.types.dict)
}

/// Runs code of any mode: a module's code uses the globals, other code gets the locals.
fn run(vm: &mut Vm, code: &Ref<CodeObj>, globals: &Ref<Dict>, locals: Value, caller: &str) -> Result {
    let compiled = code.code.clone();
    if !compiled.frees.is_empty() {
        let text = match caller {
            "exec" => format!("code object requires a closure of exactly length {}", compiled.frees.len()),
            _ => "code object passed to eval() may not contain free variables".to_owned(),
        };
        return Err(vm.type_error(text));
    }
    if compiled.flags.namespace {
        return vm.run_code(&compiled, globals, Some(locals));
    }
    if compiled.flags.module && !is_plain(vm, globals, &locals) {
        // The text is compiled anew for a namespace of its own.
        let source = &compiled.source.0;
        let again = compile_text(vm, &source.text.clone(), &source.name.clone(), CompileMode::Namespace)?;
        return vm.run_code(&again.code.clone(), globals, Some(locals));
    }
    vm.run_code(&compiled, globals, None)
}

fn exec(vm: &mut Vm, args: &[Value]) -> Result {
    let (globals, locals) = namespaces(vm, "exec", &args[1], &args[2])?;
    let code = match args[0].downcast::<CodeObj>() {
        Some(code) => code,
        None => {
            let text = source_text(vm, &args[0], "exec")?;
            let mode =
                if is_plain(vm, &globals, &locals) { CompileMode::Module } else { CompileMode::Namespace };
            compile_text(vm, &text, "<string>", mode)?
        }
    };
    run(vm, &code, &globals, locals, "exec")?;
    Ok(Value::NONE)
}

/// The text of a path.
fn path_text(vm: &mut Vm, path: &Value) -> Result<String> {
    let path = vm.file_path(path)?;
    Ok(match path.get::<BytesObj>() {
        Some(bytes) => surrogate::escaped(&bytes.data),
        None => vm.text_of(&path)?,
    })
}

fn compile(vm: &mut Vm, args: &[Value]) -> Result {
    if let Some(code) = args[0].downcast::<CodeObj>() {
        return Ok(code.into_value());
    }
    let text = source_text(vm, &args[0], "compile")?;
    let filename = path_text(vm, &args[1])?;
    let mode = match args[2].get::<Str>().map(Str::as_str) {
        Some("exec") => CompileMode::Module,
        Some("eval") => CompileMode::Eval,
        Some("single") => CompileMode::Interactive,
        Some(_) => {
            return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'"));
        }
        None => {
            let got = vm.argument_name(&args[2]);
            return Err(vm.type_error(format!("compile() argument 'mode' must be str, not {got}")));
        }
    };
    let text = if mode == CompileMode::Eval { text.trim_start_matches([' ', '\t']) } else { &text };
    Ok(compile_text(vm, text, &filename, mode)?.into_value())
}

fn import(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(name) = args[0].downcast::<Str>() else {
        return Err(vm.type_error("module name must be a string"));
    };
    let level = vm.index_i64(&args[4])?;
    if level < 0 {
        return Err(vm.value_error("level must be >= 0"));
    }
    let full = if level > 0 {
        let Some(globals) = args[1].downcast::<Dict>() else {
            if args[1].is_none() {
                let class = vm.exceptions.key_error.clone();
                return Err(vm.raised(&class, "'__name__' not in globals"));
            }
            return Err(vm.type_error("globals must be a dict"));
        };
        vm.resolve_relative(&globals, name.as_str(), usize::try_from(level).unwrap_or(usize::MAX))?
    } else if name.is_empty() {
        return Err(vm.value_error("Empty module name"));
    } else {
        name.as_str().to_owned()
    };
    vm.import_names(&full, &args[3], level > 0)
}

fn breakpoint(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let sys = vm.import_module("sys")?;
    let name = vm.intern("breakpointhook");
    match vm.get_attr_optional(&sys, &name)? {
        Some(hook) => vm.call_kw(&hook, values, names),
        None => Err(vm.runtime_error("lost sys.breakpointhook")),
    }
}

pub const FUNCTIONS: &[Row] = &[
    function("globals()", globals),
    function("locals()", locals),
    raw("vars(object=<unrepresentable>, /)", vars),
    raw("dir(object=<unrepresentable>, /)", dir),
    function("eval(source, /, globals=None, locals=None)", eval),
    function("exec(source, /, globals=None, locals=None, *, closure=None)", exec),
    function(
        "compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        compile,
    ),
    function("__import__(name, globals=None, locals=None, fromlist=(), level=0)", import),
    raw("breakpoint(*args, **kws)", breakpoint),
];
