//! Modules from files: what the machine's `import` asks for.

use super::{LoadError, compile_file, load, loader, source};
use crate::object::Value;
use crate::vm::{ImportFiles, Result, Vm};
use std::path::{Path, PathBuf};

/// Finds module `name` in `folders` and runs it. An empty folder is the one in which the process
/// runs. Folders that are no packages make a namespace package.
pub(super) fn import(
    vm: &mut Vm,
    name: &str,
    folders: &[String],
    wanted: ImportFiles,
) -> Result<Option<Value>> {
    let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
    let folders: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| match folder.as_str() {
            "" => std::env::current_dir().ok(),
            folder => Some(Path::new(folder).to_path_buf()),
        })
        .collect();
    let endings: &[&str] = match wanted {
        ImportFiles::Python => &["py"],
        ImportFiles::All => &["co", "py"],
        ImportFiles::Folders => &[],
    };
    if wanted == ImportFiles::Folders {
        let portions: Vec<PathBuf> =
            folders.iter().map(|folder| folder.join(last)).filter(|folder| folder.is_dir()).collect();
        return Ok((!portions.is_empty()).then(|| namespace(vm, name, &portions)));
    }
    match folders.iter().find_map(|folder| loader::find(folder, last, endings)) {
        Some(found) => run(vm, name, &found).map(Some),
        None => Ok(None),
    }
}

/// A package without code: its modules may lie in any of some folders.
fn namespace(vm: &mut Vm, name: &str, portions: &[PathBuf]) -> Value {
    let module = vm.new_module(name);
    let path = portions.iter().map(|folder| vm.str(folder.to_string_lossy())).collect();
    let path = vm.list(path);
    drop(module.dict.set_text("__package__", vm.str(name)));
    drop(module.dict.set_text("__path__", path));
    drop(module.dict.set_text("__file__", Value::NONE));
    drop(vm.modules.set_text(name, module.to_value()));
    module.into_value()
}

/// Runs a file as module `name`.
fn run(vm: &mut Vm, name: &str, found: &loader::Found) -> Result {
    let module = match vm.reloading.take() {
        Some(module) => module,
        None => vm.new_module(name),
    };
    let dict = module.dict.clone();
    let module = module.into_value();
    // An entry of `sys.path` may start at the current folder; the module knows where it lies.
    let mut shown = found.path.to_string_lossy().into_owned();
    if found.path.is_relative()
        && let Ok(folder) = vm.host.current_folder()
    {
        shown = Path::new(&folder).join(&found.path).to_string_lossy().into_owned();
    }
    drop(dict.set_text("__file__", vm.str(shown.as_str())));
    drop(dict.set_text("__cached__", vm.str(cached(&found.path))));
    if let Some(package) = &found.package {
        drop(dict.set_text("__package__", vm.str(name)));
        let path = vm.str(package.to_string_lossy());
        let path = vm.list(vec![path]);
        drop(dict.set_text("__path__", path));
    }
    let builtins = vm.builtins.to_value();
    drop(dict.set_text("__builtins__", builtins));
    drop(vm.modules.set_text(name, module.clone()));
    if let Err(raised) = execute(vm, &found.path, &shown, &dict) {
        drop(vm.modules.remove_name(&vm.intern(name)));
        return Err(raised);
    }
    // A module may replace itself in `sys.modules`; it comes last there. It must not take itself out.
    let key = vm.intern(name);
    match vm.modules.remove_name(&key) {
        Some(module) => {
            drop(vm.modules.set_text(name, module.clone()));
            Ok(module)
        }
        None => Err(vm.key_error(key.as_value())),
    }
}

/// Compiles a file and runs it in a namespace.
fn execute(
    vm: &mut Vm,
    path: &Path,
    shown: &str,
    dict: &crate::object::Ref<crate::object::Dict>,
) -> Result<()> {
    let file = match load(path, shown) {
        Ok(file) => std::sync::Arc::new(file),
        Err(LoadError::NotUtf8(message)) => {
            let class = vm.exceptions.syntax_error.clone();
            return Err(vm.raised(&class, message));
        }
        Err(LoadError::Io(error)) => return Err(vm.os_error(error.to_string())),
    };
    let compiled = compile_file(&file);
    source::warn(vm, &file, &compiled.warnings, source::TextKind::File)?;
    let code = match compiled.code {
        Ok(code) => code,
        Err(errors) => return Err(source::syntax_error(vm, &file, &errors, source::TextKind::File)),
    };
    vm.remember_source(&code);
    vm.run_code(&code, dict, None).map(drop)
}

/// Where CPython would keep the compiled form.
fn cached(path: &Path) -> String {
    let folder = path.parent().unwrap_or(Path::new(""));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    folder.join("__pycache__").join(format!("{stem}.cpython-313.pyc")).to_string_lossy().into_owned()
}
