//! What CPython 3.13's library has, as a table of names: a line each module, with the module's
//! public names behind it where `co` has the module or may get it. Not what `co` has: the table
//! tells a name that is not there *yet* from one that nobody knows, for the help line under a
//! traceback.

use crate::object::{ExcObj, ModuleObj, Ref, Str, Value};
use crate::vm::Vm;

/// `module name name …`, in the order of the modules.
const TABLE: &str = include_str!("library.txt");

/// The module's line, without its name.
fn row(module: &str) -> Option<&'static str> {
    TABLE.lines().find_map(|line| {
        let rest = line.strip_prefix(module)?;
        (rest.is_empty() || rest.starts_with(' ')).then_some(rest)
    })
}

/// Whether CPython's library has a module of that name.
pub fn has_module(name: &str) -> bool {
    row(name).is_some()
}

/// Whether CPython's module has that name.
fn has_name(module: &str, name: &str) -> bool {
    row(module).is_some_and(|names| names.split(' ').any(|n| n == name))
}

/// `sys.stdlib_module_names`
pub fn top_level() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.contains('.'))
}

/// The line under a traceback that says that a name belongs to Python although `co` lacks it.
pub fn help(vm: &mut Vm, exception: &Ref<ExcObj>) -> Option<String> {
    let class = exception.header().class().clone();
    let text = |value: Value| value.get::<Str>().map(|t| t.as_str().to_owned());
    if class.is_subclass_of(&vm.exceptions.module_not_found_error) {
        let name = text(exception.field("name"))?;
        return has_module(&name)
            .then(|| format!("help: Python 3.13 has the module '{name}', but co does not have it yet\n"));
    }
    if class.is_subclass_of(&vm.exceptions.import_error) {
        return lacks(&text(exception.field("name"))?, &text(exception.field("name_from"))?);
    }
    if class.is_subclass_of(&vm.exceptions.attribute_error) {
        let object = exception.field("obj");
        let module = object.get::<ModuleObj>()?;
        // A file of the program is not the library's module.
        if module.dict.get_text("__file__").is_some() {
            return None;
        }
        return lacks(&text(module.dict.get_text("__name__")?)?, &text(exception.field("name"))?);
    }
    if class.is_subclass_of(&vm.exceptions.name_error) {
        let name = text(exception.field("name"))?;
        return has_name("builtins", &name)
            .then(|| format!("help: Python 3.13 has the builtin '{name}', but co does not have it yet\n"));
    }
    None
}

fn lacks(module: &str, name: &str) -> Option<String> {
    let full = format!("{module}.{name}");
    (has_name(module, name) || has_module(&full))
        .then(|| format!("help: Python 3.13 has '{full}', but co does not have it yet\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_knows_modules_and_names() {
        assert!(has_module("socket") && has_module("os.path"));
        assert!(has_name("math", "sqrt") && has_name("builtins", "memoryview"));
        assert!(!has_module("numpy") && !has_name("math", "square") && !has_module("mat"));
    }

    #[test]
    fn the_table_is_in_order() {
        let names: Vec<&str> = TABLE.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.is_sorted());
    }
}
