//! `import`: from a name to a module, in the order that CPython has.
//!
//! ```text
//!   import a.b.c     sys.modules? -- yes --> done
//!        |  no
//!   import a.b  (and so on to the left)
//!        |
//!   a.b.__path__ --> the hook of `engine` looks into these folders
//!   no parent    --> sys.path, unless the interpreter's own modules come first
//! ```
//!
//! Where files lie and how they are compiled is the business of the hook; the modules that come
//! with the interpreter are rows of [`super::link`]. A name whose module is being run is
//! remembered, for the words about circular imports.

use super::native::Native;
use super::window::Window;
use super::{ImportFiles, Raised, Result, Vm};
use crate::bytecode::Code;
use crate::object::{CodeObj, Dict, FramePtr, ModuleObj, Ref, Str, Value, heap};
use crate::source::SourceFile;
use std::collections::HashMap;
use std::sync::Arc;

/// The names of modules whose code is running, outermost first.
#[derive(Default)]
struct Initializing(Vec<String>);

/// The files that have been run, by name.
#[derive(Default)]
struct Sources(HashMap<String, Arc<SourceFile>>);

/// Modules that CPython finds before it looks into any folder: built in, frozen, or loaded
/// before the program starts.
const FIRST: &[&str] = &[
    "sys",
    "builtins",
    "time",
    "gc",
    "itertools",
    "errno",
    "marshal",
    "posix",
    "atexit",
    "faulthandler",
    "abc",
    "codecs",
    "io",
    "os",
    "stat",
    "site",
    "runpy",
    "signal",
    "importlib",
    "zipimport",
    "encodings",
    "_internals",
    "_collections",
    "_collections_abc",
];

/// Whether a frame runs a module that comes with `co`.
fn is_library(frame: FramePtr) -> bool {
    let name = &frame.code().code.source.0.name;
    frame.is_hidden() || name.starts_with("<frozen ") || name.starts_with("<native ")
}

impl Vm {
    /// `import name` for the machine and natives: the interpreter's own module if there is one.
    pub fn import_module(&mut self, name: &str) -> Result {
        self.import_full(name, true)
    }

    /// `import name` for a program: a `.py` file in the folders of `sys.path` hides a module of
    /// the library, as in CPython.
    pub fn import_for_program(&mut self, name: &str) -> Result {
        // The library's own imports are not for a program to replace by accident.
        let library = self.thread.frame.is_some_and(is_library);
        self.import_full(name, library)
    }

    /// Every package on the way, the last module as result.
    fn import_full(&mut self, name: &str, own_first: bool) -> Result {
        if let Some(module) = self.loaded(name)? {
            return Ok(module);
        }
        let parent = match name.rsplit_once('.') {
            Some((parent, _)) => {
                let parent_module = self.import_full(parent, own_first)?;
                // Importing the package may have imported the module.
                if let Some(module) = self.loaded(name)? {
                    return Ok(module);
                }
                Some((parent, parent_module))
            }
            None => None,
        };
        let path_name = self.intern("__path__");
        let folders = match &parent {
            Some((_, module)) => match self.get_attr_optional(module, &path_name)? {
                Some(path) => Some(path),
                None => {
                    let (parent, _) = name.rsplit_once('.').unwrap_or_default();
                    return Err(self.module_not_found(
                        name,
                        format!("No module named '{name}'; '{parent}' is not a package"),
                    ));
                }
            },
            None => None,
        };
        let own_first = own_first || FIRST.contains(&name) || parent.is_some();
        let mut found = None;
        if own_first {
            found = self.builtin_module(name)?;
        }
        if found.is_none() && !own_first && self.has_builtin_module(name) {
            // A script `random.co` that imports `random` does not mean itself.
            found = self.import_file(name, folders.as_ref(), ImportFiles::Python)?;
            if found.is_none() {
                found = self.builtin_module(name)?;
            }
        }
        for wanted in [ImportFiles::All, ImportFiles::Folders] {
            if found.is_none() {
                found = self.import_file(name, folders.as_ref(), wanted)?;
            }
        }
        let Some(module) = found else {
            return Err(self.module_not_found(name, format!("No module named '{name}'")));
        };
        if let (Some((_, parent)), Some((_, child))) = (parent, name.rsplit_once('.')) {
            match self.set_attr_text(&parent, child, module.clone()) {
                Err(raised) if raised.is(&self.exceptions.attribute_error) => {
                    let category = self.exceptions.import_warning.clone();
                    let package = name.strip_suffix(child).unwrap_or(name).trim_end_matches('.');
                    let text = format!("Cannot set an attribute on '{package}' for child module '{child}'");
                    self.warn(&category, &text)?;
                }
                done => done?,
            }
        }
        Ok(module)
    }

    /// `importlib.reload`: runs a module's file again in the same namespace; none when the module
    /// comes from no file.
    pub fn reload_module(&mut self, name: &str, module: &Ref<ModuleObj>) -> Result<Option<Value>> {
        let folders = match name.rsplit_once('.') {
            Some((parent, _)) => {
                let parent = self.import_module(parent)?;
                let path = self.intern("__path__");
                self.get_attr_optional(&parent, &path)?
            }
            None => None,
        };
        self.reloading = Some(module.clone());
        let found = self.import_file(name, folders.as_ref(), ImportFiles::All);
        self.reloading = None;
        found
    }

    /// Keeps the text of a file that runs, for tracebacks, `linecache` and `inspect`.
    pub fn remember_source(&mut self, code: &Arc<Code>) {
        let source = &code.source.0;
        self.extension::<Sources>().0.insert(source.name.to_string(), source.clone());
    }

    /// The text of a file that has been run.
    pub fn source_of(&mut self, filename: &str) -> Option<Arc<SourceFile>> {
        self.extension::<Sources>().0.get(filename).cloned()
    }

    /// Asks the hook, while the module counts as initializing.
    fn import_file(
        &mut self,
        name: &str,
        folders: Option<&Value>,
        wanted: ImportFiles,
    ) -> Result<Option<Value>> {
        let Some(hook) = self.import_hook else { return Ok(None) };
        let folders = match folders {
            Some(path) => self.collect(path)?,
            None => self.search_path()?,
        };
        let folders: Vec<String> =
            folders.iter().filter_map(|f| f.get::<Str>().map(|f| f.as_str().to_owned())).collect();
        self.extension::<Initializing>().0.push(name.to_owned());
        let found = hook(self, name, &folders, wanted);
        self.extension::<Initializing>().0.pop();
        found
    }

    /// `sys.path`
    fn search_path(&mut self) -> Result<Vec<Value>> {
        if let Some(sys) = self.modules.get_text("sys")
            && let Some(path) = sys.get::<ModuleObj>().and_then(|m| m.dict.get_text("path"))
        {
            return self.collect(&path);
        }
        Ok(self.path.iter().map(|folder| self.str(folder.as_str())).collect())
    }

    /// What `sys.modules` has; None there forbids the import.
    fn loaded(&mut self, name: &str) -> Result<Option<Value>> {
        match self.modules.get_text(name) {
            Some(module) if module.is_none() => {
                Err(self.module_not_found(name, format!("import of {name} halted; None in sys.modules")))
            }
            found => Ok(found),
        }
    }

    fn module_not_found(&mut self, name: &str, message: String) -> Raised {
        let class = self.exceptions.module_not_found_error.clone();
        let raised = self.raised(&class, message);
        raised.0.set_field("name", self.str(name));
        raised
    }

    /// Whether the code of a module is running now.
    pub fn is_initializing(&mut self, name: &str) -> bool {
        self.extension::<Initializing>().0.iter().any(|n| n == name)
    }

    /// The `Import` instruction.
    pub(crate) fn import_statement(&mut self, name: &Ref<Str>, level: &Value, names: &Value) -> Result {
        let frame = self.thread.frame.expect("an import statement runs in a frame");
        if !is_library(frame) {
            let Some(import) = frame.function().builtins.get_text("__import__") else {
                return Err(self.import_error("__import__ not found"));
            };
            if import.get::<Native>().is_none_or(|native| native.name.as_str() != "__import__") {
                let globals = frame.function().globals.to_value();
                let args = [name.to_value(), globals, Value::NONE, names.clone(), level.clone()];
                return self.call(&import, &args);
            }
        }
        let level = level.as_int().unwrap_or(0);
        let full = if level > 0 {
            let globals = frame.function().globals.clone();
            self.resolve_relative(&globals, name.as_str(), level as usize)?
        } else {
            name.as_str().to_owned()
        };
        self.import_names(&full, names, level > 0)
    }

    /// `__import__`: the module, after the submodules that `names` asks for; without names the
    /// package that is bound.
    pub fn import_names(&mut self, full: &str, names: &Value, relative: bool) -> Result {
        let module = self.import_for_program(full)?;
        if names.is_none() || !self.truth(names)? {
            // `import a.b` binds `a`.
            if !relative
                && let Some((top, _)) = full.split_once('.')
                && let Some(top) = self.loaded(top)?
            {
                return Ok(top);
            }
            return Ok(module);
        }
        // `from package import submodule` imports it.
        let path = self.intern("__path__");
        if self.get_attr_optional(&module, &path)?.is_some() {
            let names = self.collect(names)?;
            self.import_submodules(full, &module, names, false)?;
        }
        Ok(module)
    }

    fn import_submodules(
        &mut self,
        full: &str,
        module: &Value,
        names: Vec<Value>,
        from_all: bool,
    ) -> Result<()> {
        for item in names {
            let Some(item) = item.downcast::<Str>() else {
                let place = if from_all { format!("{full}.__all__") } else { "``from list''".to_owned() };
                let got = self.type_name(&item);
                return Err(self.type_error(format!("Item in {place} must be str, not {got}")));
            };
            if item.as_str() == "*" {
                let all = self.intern("__all__");
                if !from_all && let Some(all) = self.get_attr_optional(module, &all)? {
                    let all = self.collect(&all)?;
                    self.import_submodules(full, module, all, true)?;
                }
                continue;
            }
            let item = heap::intern_value(&item);
            if self.get_attr_optional(module, &item)?.is_some() {
                continue;
            }
            let child = format!("{full}.{}", item.as_str());
            match self.import_for_program(&child) {
                Ok(_) => {}
                // A name that is no submodule is the business of `from … import`.
                Err(raised)
                    if raised.is(&self.exceptions.module_not_found_error)
                        && raised.0.field("name").get::<Str>().is_some_and(|n| n.as_str() == child) => {}
                Err(raised) => return Err(raised),
            }
        }
        Ok(())
    }

    /// The absolute name of `from ...name import x` in a module with these globals.
    pub fn resolve_relative(&mut self, globals: &Ref<Dict>, name: &str, level: usize) -> Result<String> {
        let package = match globals.get_text("__package__").filter(|p| !p.is_none()) {
            Some(package) => match package.get::<Str>() {
                Some(package) => package.as_str().to_owned(),
                None => return Err(self.type_error("package must be a string")),
            },
            None => {
                let Some(own) = globals.get_text("__name__") else {
                    return Err(self.key_error_text("'__name__' not in globals"));
                };
                let Some(own) = own.get::<Str>() else {
                    return Err(self.type_error("__name__ must be a string"));
                };
                match globals.get_text("__path__") {
                    Some(_) => own.as_str().to_owned(),
                    None => own.as_str().rsplit_once('.').map_or("", |(parent, _)| parent).to_owned(),
                }
            }
        };
        if package.is_empty() {
            return Err(self.import_error("attempted relative import with no known parent package"));
        }
        let mut parts: Vec<&str> = package.split('.').collect();
        if level > parts.len() {
            return Err(self.import_error("attempted relative import beyond top-level package"));
        }
        parts.truncate(parts.len() - (level - 1));
        let mut full = parts.join(".");
        if !name.is_empty() {
            full.push('.');
            full.push_str(name);
        }
        Ok(full)
    }

    fn key_error_text(&mut self, text: &str) -> Raised {
        let class = self.exceptions.key_error.clone();
        self.raised(&class, text)
    }

    /// `from module import name`
    pub(crate) fn import_from(&mut self, module: &Value, name: &Ref<Str>) -> Result {
        if let Some(value) = self.get_attr_optional(module, name)? {
            return Ok(value);
        }
        let text = |vm: &mut Vm, attribute: &str| -> Result<Option<String>> {
            let attribute = vm.intern(attribute);
            let value = vm.get_attr_optional(module, &attribute)?;
            Ok(value.as_ref().and_then(|v| v.get::<Str>()).map(|v| v.as_str().to_owned()))
        };
        let own = text(self, "__name__")?;
        if let Some(own) = &own
            && let Some(child) = self.modules.get_text(&format!("{own}.{}", name.as_str()))
        {
            return Ok(child);
        }
        let file = text(self, "__file__")?;
        let place = file.as_deref().unwrap_or("unknown location");
        let shown = own.as_deref().unwrap_or("<unknown module name>");
        let wanted = name.as_str();
        let circular = own.as_ref().is_some_and(|own| self.is_initializing(own));
        let message = if circular {
            format!(
                "cannot import name '{wanted}' from partially initialized module '{shown}' (most likely due \
                 to a circular import) ({place})"
            )
        } else {
            format!("cannot import name '{wanted}' from '{shown}' ({place})")
        };
        let raised = self.import_error(message);
        for (field, value) in [("name", &own), ("path", &file)] {
            if let Some(value) = value {
                raised.0.set_field(field, self.str(value.as_str()));
            }
        }
        raised.0.set_field("name_from", name.to_value());
        Err(raised)
    }

    /// `from module import *`
    pub(crate) fn import_star(&mut self, w: Window, code: &CodeObj, module: &Value) -> Result<()> {
        let all = self.get_attr_optional(module, &heap::intern("__all__"))?;
        let from_all = all.is_some();
        let names = match all {
            Some(all) => self.collect(&all)?,
            None => {
                let Some(dict) = self.get_attr_optional(module, &heap::intern("__dict__"))? else {
                    return Err(self.import_error("from-import-* object has no __dict__ and no __all__"));
                };
                self.collect(&dict)?
            }
        };
        for name in names {
            let Some(name) = name.downcast::<Str>() else {
                let own = self.get_attr_text(module, "__name__")?;
                let own = self.text_of(&own)?;
                let got = self.type_name(&name);
                let (what, list) = if from_all { ("Item", "__all__") } else { ("Key", "__dict__") };
                return Err(self.type_error(format!("{what} in {own}.{list} must be str, not {got}")));
            };
            if !from_all && name.as_str().starts_with('_') {
                continue;
            }
            let name = heap::intern_value(&name);
            let value = self.get_attr(module, &name)?;
            if code.code.flags.namespace {
                self.namespace_set(w.reg(0), &name, value)?;
            } else {
                drop(w.frame.function().globals.set_name(&name, value));
            }
        }
        Ok(())
    }

    /// Why a module has no attribute, in CPython's words.
    #[cold]
    pub(crate) fn module_lacks(&mut self, module: &ModuleObj, name: &str) -> String {
        let text =
            |key: &str| module.dict.get_text(key).and_then(|v| v.get::<Str>().map(|v| v.as_str().to_owned()));
        let Some(own) = text("__name__") else {
            return format!("module has no attribute '{name}'");
        };
        let plain = format!("module '{own}' has no attribute '{name}'");
        let Some(file) = text("__file__") else { return plain };
        let initializing = self.is_initializing(&own);
        if self.lies_beside_the_script(&file) {
            if self.library_names.is_some_and(|has| has(&own)) {
                return format!(
                    "{plain} (consider renaming '{file}' since it has the same name as the standard library \
                     module named '{own}' and the import system gives it precedence)"
                );
            }
            if initializing {
                return format!(
                    "{plain} (consider renaming '{file}' if it has the same name as a third-party module you \
                     intended to import)"
                );
            }
        }
        if initializing {
            return format!(
                "partially initialized module '{own}' has no attribute '{name}' (most likely due to a \
                 circular import)"
            );
        }
        if self.is_initializing(&format!("{own}.{name}")) {
            return format!(
                "cannot access submodule '{name}' of module '{own}' (most likely due to a circular import)"
            );
        }
        plain
    }

    /// Whether a module's file, or its package's folder, is in the first folder of `sys.path`.
    fn lies_beside_the_script(&mut self, file: &str) -> bool {
        let Some((folder, last)) = file.rsplit_once('/') else { return false };
        let folder = if last.starts_with("__init__.") {
            folder.rsplit_once('/').map_or("", |(parent, _)| parent)
        } else {
            folder
        };
        match self.search_path() {
            Ok(path) => path.first().and_then(|f| f.get::<Str>()).is_some_and(|f| f.as_str() == folder),
            Err(_) => false,
        }
    }
}
