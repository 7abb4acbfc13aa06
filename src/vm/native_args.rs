//! What a function of the library says of arguments that do not fit when it is native in CPython,
//! though written in Python here: the words of CPython's parsers of arguments.

use super::native::Native;
use super::{CompileMode, Raised, Result, Vm};
use crate::object::{Function, Ref, Str, TupleObj, Value};

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl Vm {
    /// What a native function shows that is a plain function to programs: one with its parameters,
    /// made when somebody first looks.
    pub fn shown_function(&mut self, native: &Native) -> Result<Ref<Function>> {
        let held = Value::peek(&native.shown);
        if let Some(function) = held.downcast::<Function>() {
            return Ok(function);
        }
        let Some(compile) = self.compile_hook else {
            return Err(self.import_error("no compiler is installed"));
        };
        let module = Value::peek(&native.module);
        let file = format!("<frozen {}>", self.text_of(&module)?);
        let kind = if self.truth(&held)? { "async def" } else { "def" };
        let text = format!("{kind} {}: ...\n", native.row.signature);
        let code = compile(self, &text, &file, CompileMode::Module)?;
        let globals = self.new_dict();
        drop(globals.set_text("__name__", module));
        let builtins = self.builtins.to_value();
        drop(globals.set_text("__builtins__", builtins));
        drop(self.run_code(&code, &globals, None)?);
        let made = globals.get_text(native.row.name()).and_then(|made| made.downcast::<Function>());
        let made = made.expect("the text defines the function of the row");
        drop(native.shown.replace(made.to_value()));
        Ok(made)
    }

    /// The error of a call that a native function refuses; one that is a plain function to programs
    /// says it in the words of those.
    #[cold]
    pub(super) fn refused(
        &mut self,
        native: &Native,
        values: &[Value],
        names: &[Ref<Str>],
        raised: Raised,
    ) -> Raised {
        if Value::peek(&native.shown).is_unbound() {
            return raised;
        }
        let shown = match self.shown_function(native) {
            Ok(shown) => shown.into_value(),
            Err(raised) => return raised,
        };
        self.call_kw(&shown, values, names).err().unwrap_or(raised)
    }

    /// The error of a call with `given` positional arguments and those of `names`; None where the
    /// words would be the usual ones.
    #[cold]
    pub(super) fn native_argument_error(
        &mut self,
        function: &Ref<Function>,
        given: usize,
        names: &[Ref<Str>],
    ) -> Option<Raised> {
        let code = &function.code.code;
        let qualname = Value::peek(&function.qualname);
        let qualname = qualname.get::<Str>()?.as_str();
        if code.flags.varargs || code.flags.varkw || qualname.contains('<') {
            return None;
        }
        let locals = &function.code.locals;
        // The receiver is no argument.
        let receiver =
            usize::from(locals.first().is_some_and(|first| matches!(first.as_str(), "self" | "cls")));
        let most = (code.positional_count as usize).checked_sub(receiver)?;
        let posonly = (code.posonly_count as usize).saturating_sub(receiver);
        let all = most + code.kwonly_count as usize;
        let params = &locals[receiver..receiver + all];
        let defaults = Value::peek(&function.defaults);
        let least = most.saturating_sub(defaults.get::<TupleObj>().map_or(0, TupleObj::len));
        let given = given.checked_sub(receiver)?;
        let bare = qualname.rsplit('.').next().unwrap_or(qualname);
        if posonly == all {
            // A function stands with its module there, a method with its class.
            let module = Value::peek(&function.module);
            let full = match module.get::<Str>() {
                Some(module) if receiver == 0 && module.as_str() != "builtins" => {
                    format!("{}.{qualname}", module.as_str())
                }
                _ => qualname.to_owned(),
            };
            return Some(self.type_error(if !names.is_empty() {
                format!("{full}() takes no keyword arguments")
            } else if all == 0 {
                format!("{full}() takes no arguments ({given} given)")
            } else if (least, most) == (1, 1) {
                format!("{full}() takes exactly one argument ({given} given)")
            } else {
                let (bound, count) = match given {
                    _ if least == most => ("", most),
                    few if few < least => ("at least ", least),
                    _ => ("at most ", most),
                };
                format!("{bare} expected {bound}{count} argument{}, got {given}", plural(count))
            }));
        }
        // A constructor has no name there.
        let unnamed = bare == "__new__" && qualname != bare;
        let name = if unnamed { "function".to_owned() } else { format!("{bare}()") };
        let total = given + names.len();
        if total > all {
            let kind = if given == 0 { "keyword " } else { "" };
            return Some(self.type_error(format!(
                "{name} takes at most {all} {kind}argument{} ({total} given)",
                plural(all)
            )));
        }
        if given > most {
            let bound = if least < most { "at most" } else { "exactly" };
            return Some(self.type_error(format!(
                "{name} takes {bound} {most} positional argument{} ({given} given)",
                plural(most)
            )));
        }
        let named = |param: &Ref<Str>| names.iter().any(|name| name.as_str() == param.as_str());
        for (i, param) in params.iter().enumerate() {
            let place = i + 1;
            if i < given && i >= posonly && named(param) {
                return Some(self.type_error(format!(
                    "argument for {name} given by name ('{}') and position ({place})",
                    param.as_str()
                )));
            }
            if i >= given && i < least && !named(param) {
                return Some(self.type_error(format!(
                    "{name} missing required argument '{}' (pos {place})",
                    param.as_str()
                )));
            }
        }
        let wrong =
            names.iter().find(|name| !params[posonly..].iter().any(|p| p.as_str() == name.as_str()))?;
        let name = if unnamed { "this function".to_owned() } else { name };
        let candidates: Vec<&str> = params[posonly..].iter().map(|param| param.as_str()).collect();
        let hint = super::suggest::hint(wrong.as_str(), &candidates);
        let wrong = wrong.as_str();
        Some(self.type_error(format!("{name} got an unexpected keyword argument '{wrong}'{hint}")))
    }
}
