//! Opcodes that few programs run in a loop: definitions, patterns, class bodies, imports. They
//! are arms of the loop like those in `interp`, kept out of it because each arm there is
//! something the compiler has to find registers for. None of them jumps or changes the frame;
//! the loop has saved the pc before, and comes to a safepoint afterwards.

use crate::bytecode::{Instr, Op};
use crate::object::{CellObj, ExcObj, ListObj, SetObj, Str, Value, heap};
use crate::vm::window::{Window, op};
use crate::vm::{Raised, Result, Vm};

impl Vm {
    #[inline(never)]
    pub(crate) fn rare(&mut self, w: Window, i: &Instr) -> Result<()> {
        match op(i) {
            // ---- registers, constants, variables
            Op::DelCell => {
                let old = w.reg(i.a).get::<CellObj>().map_or(Value::UNBOUND, |c| c.value.take());
                if old.is_unbound() {
                    return Err(self.unbound_local(w.frame.code(), i.a));
                }
                drop(old);
            }
            Op::DelFree => {
                let old = w.frame.running_function().closure[i.a as usize].value.take();
                if old.is_unbound() {
                    return Err(self.unbound_free(w.frame.code(), i.a));
                }
                drop(old);
            }
            Op::DelGlobal => {
                let site = w.site(i.bc());
                match w.frame.running_function().globals.remove_name(&site.name) {
                    Some(old) => drop(old),
                    None => {
                        return Err(self.undefined_name(&site.name));
                    }
                }
            }
            Op::LoadName => {
                let site = w.site(i.bc());
                let value = match self.namespace_get(w.reg(0), &site.name)? {
                    Some(value) => value,
                    None => self.load_global(w.frame.running_function(), site)?,
                };
                w.out(i, value);
            }
            Op::StoreName => {
                let value = w.input(i.a, i.flags & 1 != 0);
                let site = w.site(i.bc());
                self.namespace_set(w.reg(0), &site.name, value)?;
            }
            Op::DelName => {
                let site = w.site(i.bc());
                let key = site.name.to_value();
                if let Err(raised) = self.del_item(w.reg(0), &key) {
                    return Err(if raised.is(&self.exceptions.key_error) {
                        self.undefined_name(&site.name)
                    } else {
                        raised
                    });
                }
            }
            Op::LoadNameFree => {
                let site = w.site(u32::from(i.c));
                let value = match self.namespace_get(w.reg(0), &site.name)? {
                    Some(value) => value,
                    None => w.frame.running_function().closure[i.b as usize].get(),
                };
                if value.is_unbound() {
                    return Err(self.unbound_free(w.frame.code(), i.b));
                }
                w.out(i, value);
            }

            // ---- attributes and items
            Op::DelAttr => {
                let site = w.site(i.bc());
                self.check_bound(w, i.a)?;
                self.del_attr(w.reg(i.a), &site.name)?;
                w.kill_a(i);
            }
            Op::LoadSuperAttr => {
                let site = w.site(u32::from(i.c));
                let value = self.super_attr(w, i.b, site)?;
                w.out(i, value);
            }
            Op::DelItem => {
                self.check_bound(w, i.a)?;
                self.check_bound(w, i.b)?;
                self.del_item(w.reg(i.a), w.reg(i.b))?;
                w.kill_a(i);
                w.kill_b(i);
            }

            // ---- iteration
            Op::GetAIter => {
                self.check_bound(w, i.b)?;
                let iterator = self.async_iter(w.reg(i.b))?;
                w.kill_b(i);
                w.out(i, iterator);
            }
            Op::EndAsyncFor => {
                let exc = w.take(i.a).downcast::<ExcObj>().expect("a handler's register holds an exception");
                if !exc.header().class().is_subclass_of(&self.exceptions.stop_async_iteration) {
                    self.reraising = true;
                    return Err(Raised(exc));
                }
                drop(exc);
            }
            Op::UnpackEx => {
                self.check_bound(w, i.b)?;
                self.unpack_ex(w, *i)?;
            }

            // ---- building
            Op::SetUpdate => {
                self.check_bound(w, i.b)?;
                if let Some(set) = w.reg(i.a).downcast::<SetObj>() {
                    self.set_update(&set, w.reg(i.b))?;
                }
                w.kill_b(i);
            }
            Op::DictUpdate => {
                self.check_bound(w, i.b)?;
                self.dict_display_update(w.reg(i.a), w.reg(i.b))?;
                w.kill_b(i);
            }
            Op::DictMerge => {
                self.check_bound(w, i.b)?;
                self.dict_merge(w.reg(i.a), w.reg(i.b), w.reg(i.c))?;
                w.kill_b(i);
            }
            Op::ListToTuple => {
                let items = w.reg(i.b).get::<ListObj>().map(ListObj::to_vec).unwrap_or_default();
                w.kill_b(i);
                let value = self.tuple(items);
                w.out(i, value);
            }
            Op::FormatSpec => {
                let (value, spec) = (w.take(i.b), w.take(i.b + 1));
                let value = self.convert(&value, i.c)?;
                let spec = spec.downcast::<Str>().unwrap_or_else(|| heap::intern(""));
                let text = self.format(&value, &spec)?;
                w.out(i, text.into_value());
            }
            Op::LoadBuildClass => {
                let build = w.frame.function().builtins.get_text("__build_class__");
                match build {
                    Some(build) => w.out(i, build),
                    None => {
                        return Err(self.name_error("__build_class__ not found"));
                    }
                }
            }

            // ---- exceptions and contexts
            Op::RaiseFrom => {
                self.check_bound(w, i.a)?;
                self.check_bound(w, i.b)?;
                let value = w.input(i.a, i.flags & 1 != 0);
                let cause = w.input(i.b, i.flags & 2 != 0);
                let exc = self.exception_to_raise(&value)?;
                drop(value);
                self.set_cause(&exc, &cause)?;
                self.set_context(&exc);
                return Err(Raised(exc));
            }
            Op::RaiseAgain => match self.handled_exception().and_then(|v| v.downcast::<ExcObj>()) {
                Some(exc) => {
                    self.reraising = true;
                    return Err(Raised(exc));
                }
                None => return Err(self.runtime_error("No active exception to reraise")),
            },
            Op::MatchStar => {
                self.check_bound(w, i.c)?;
                let (matched, rest) = self.match_star(w.reg(i.b), w.reg(i.c))?;
                w.kill_c(i);
                w.set(i.b, rest);
                w.out(i, matched);
            }
            Op::PrepareReraiseStar => {
                let value = self.prepare_reraise_star(w.reg(i.b), w.reg(i.c))?;
                w.kill_c(i);
                w.out(i, value);
            }
            Op::LoadAssertionError => w.out(i, self.exceptions.assertion_error.to_value()),
            Op::WithSetup => {
                self.check_bound(w, i.b)?;
                self.with_setup(w, *i)?;
            }
            Op::WithExceptArgs => {
                let value = w.reg(i.b).clone();
                let traceback = value.get::<ExcObj>().map_or(Value::NONE, |e| Value::peek(&e.traceback));
                w.init(i.a, self.class_of(&value).to_value());
                w.init(i.a + 1, value);
                w.init(i.a + 2, traceback);
            }

            // ---- patterns
            Op::MatchSequence => {
                let subject = w.reg(i.b);
                let flag = crate::object::class_flag::SEQUENCE;
                let matches = self.class_of(subject).has_flag(flag);
                w.out(i, Value::bool(matches));
            }
            Op::MatchMapping => {
                let subject = w.reg(i.b);
                let flag = crate::object::class_flag::MAPPING;
                let matches = self.class_of(subject).has_flag(flag);
                w.out(i, Value::bool(matches));
            }
            Op::GetLen => {
                let length = self.len(w.reg(i.b))?;
                w.out(i, self.int(length as i64));
            }
            Op::MatchKeys => {
                let value = self.match_keys(w.reg(i.b), w.reg(i.c))?;
                w.out(i, value);
            }
            Op::MappingRest => {
                let value = self.mapping_rest(w.reg(i.b), w.reg(i.c))?;
                w.kill_c(i);
                w.out(i, value);
            }
            Op::MatchClass => {
                let (subject, class, names) = (w.take(i.b), w.take(i.b + 1), w.take(i.b + 2));
                let value = self.match_class(&subject, &class, &names, i.c as usize)?;
                w.out(i, value);
            }

            // ---- modules and the rest
            Op::Import => {
                let (level, names) = (w.take(i.b), w.take(i.b + 1));
                let name = w.site(u32::from(i.c)).name.clone();
                let module = self.import_statement(&name, &level, &names)?;
                w.out(i, module);
            }
            Op::ImportFrom => {
                let name = w.site(u32::from(i.c)).name.clone();
                let value = self.import_from(w.reg(i.b), &name)?;
                w.out(i, value);
            }
            Op::ImportStar => {
                let module = w.input(i.a, i.flags & 1 != 0);
                self.import_star(w, w.frame.code(), &module)?;
            }
            Op::SetupAnnotations => {
                self.setup_annotations(w, w.frame.code())?;
            }
            Op::MakeTypeParam => {
                let args = [w.take(i.b), w.take(i.b + 1), w.take(i.b + 2)];
                let value = self.typing_call("_make_type_param", &args, i.c)?;
                w.out(i, value);
            }
            Op::MakeTypeAlias => {
                let args = [w.take(i.b), w.take(i.b + 1), w.take(i.b + 2)];
                let value = self.typing_call("_make_type_alias", &args, 0)?;
                w.out(i, value);
            }
            Op::MakeGeneric => {
                let params = w.input(i.b, i.flags & 2 != 0);
                let value = self.typing_call("_make_generic", &[params], 0)?;
                w.out(i, value);
            }
            Op::Display => {
                let value = w.input(i.a, i.flags & 1 != 0);
                self.display(value)?;
            }

            other => unreachable!("the loop has an arm for {other:?}"),
        }
        Ok(())
    }
}
