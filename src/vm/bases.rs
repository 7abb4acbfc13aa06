//! Classes that change afterwards: `C.__bases__ = …`, and which classes are laid out alike, which
//! `obj.__class__ = …` asks as well.

use super::{Raised, Result, Vm};
use crate::object::{Class, Kind, Ref, TupleObj, Value, WeakRef, class_flag};

/// Builtin classes whose objects the collector of CPython does not track.
const UNTRACKED: &[&str] =
    &["object", "int", "bool", "float", "complex", "str", "bytes", "bytearray", "NoneType"];

/// The base that decides the layout of instances: `__base__`.
pub fn best_of(class: &Ref<Class>) -> Option<Ref<Class>> {
    let bases = class.bases.borrow().clone();
    let decides = |base: &&Ref<Class>| base.layout() != Kind::Instance && base.layout() == class.layout();
    let slots = |base: &Ref<Class>| base.slots.borrow().len();
    let widest = bases.iter().map(slots).max().unwrap_or(0);
    let best = bases.iter().find(decides).or_else(|| bases.iter().find(|base| slots(base) == widest));
    best.or(bases.first()).cloned()
}

fn flags_of(class: &Ref<Class>) -> u32 {
    class.flags() & (class_flag::HAS_DICT | class_flag::WEAKREF)
}

/// The slots that a class has more than its base.
fn own_slots(class: &Ref<Class>) -> Vec<String> {
    let inherited = best_of(class).map_or(0, |base| base.slots.borrow().len());
    let mut names: Vec<String> =
        class.slots.borrow().iter().skip(inherited).map(|name| name.as_str().to_owned()).collect();
    names.sort();
    names
}

/// Whether instances of a class look like those of its base.
fn adds_nothing(class: &Ref<Class>) -> bool {
    class.has_flag(class_flag::HEAP)
        && best_of(class)
            .is_some_and(|base| flags_of(class) == flags_of(&base) && own_slots(class).is_empty())
}

fn is_tracked(class: &Ref<Class>) -> bool {
    if !class.has_flag(class_flag::HEAP) {
        return !UNTRACKED.contains(&class.name_text().as_str());
    }
    !adds_nothing(class) || best_of(class).is_some_and(|base| is_tracked(&base))
}

/// The class that gave the layout, seen from a class that may only add methods to it.
fn layout_root(class: &Ref<Class>) -> Ref<Class> {
    let mut root = class.clone();
    while adds_nothing(&root)
        && let Some(base) = best_of(&root)
    {
        root = base;
    }
    root
}

impl Vm {
    /// An error unless objects of one class may become objects of the other.
    pub fn check_compatible(&mut self, old: &Ref<Class>, new: &Ref<Class>, attribute: &str) -> Result<()> {
        let (old_name, new_name) = (old.type_name(), new.type_name());
        if is_tracked(old) != is_tracked(new) {
            return Err(self.type_error(format!(
                "{attribute} assignment: '{new_name}' deallocator differs from '{old_name}'"
            )));
        }
        let (old_root, new_root) = (layout_root(old), layout_root(new));
        let same = old_root.is_same(&new_root) || {
            let (old_base, new_base) = (best_of(&old_root), best_of(&new_root));
            old_base.as_ref().map(|base| base.id()) == new_base.as_ref().map(|base| base.id())
                && old_root.layout() == new_root.layout()
                && [&old_root, &new_root].into_iter().all(|root| root.has_flag(class_flag::HEAP))
                && flags_of(&old_root) == flags_of(&new_root)
                && own_slots(&old_root) == own_slots(&new_root)
        };
        if same {
            return Ok(());
        }
        Err(self.type_error(format!(
            "{attribute} assignment: '{new_name}' object layout differs from '{old_name}'"
        )))
    }

    /// `class.__bases__ = new`
    pub fn assign_bases(&mut self, class: &Ref<Class>, new: &Value) -> Result<()> {
        let name = class.name_text();
        let Some(tuple) = new.get::<TupleObj>() else {
            let got = self.type_name(new);
            return Err(self.type_error(format!("can only assign tuple to {name}.__bases__, not {got}")));
        };
        if tuple.items().is_empty() {
            return Err(
                self.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()"))
            );
        }
        let mut bases = Vec::new();
        for item in tuple.items() {
            let Some(base) = item.downcast::<Class>() else {
                let got = self.type_name(item);
                return Err(
                    self.type_error(format!("{name}.__bases__ must be tuple of classes, not '{got}'"))
                );
            };
            if base.is_subclass_of(class) {
                return Err(self.type_error("a __bases__ item causes an inheritance cycle"));
            }
            if !base.has_flag(class_flag::BASE) {
                let other = base.name_text();
                return Err(self.type_error(format!("type '{other}' is not an acceptable base type")));
            }
            bases.push(base);
        }
        let best = self.best_base(&bases)?;
        let old_best = best_of(class).unwrap_or_else(|| self.types.object.clone());
        self.check_compatible(&old_best, &best, "__bases__")?;
        let old = class.bases.borrow().clone();
        let mut changed = Vec::new();
        if let Err(raised) = self.relinearize(class, bases.clone(), &mut changed) {
            // The first to be changed is the last to be put back.
            for (class, bases, mro) in changed.into_iter().rev() {
                class.set_bases(bases, mro);
            }
            return Err(raised);
        }
        for base in old.iter().filter(|base| !bases.iter().any(|kept| kept.is_same(base))) {
            base.remove_subclass(class);
        }
        for base in bases.iter().filter(|base| !old.iter().any(|kept| kept.is_same(base))) {
            if let Some(weak) = WeakRef::create(&self.types.weakref, class.as_value(), Value::NONE) {
                base.add_subclass(weak);
            }
        }
        for (class, ..) in changed {
            self.class_attribute_changed(&class, &crate::object::Special::Del.name());
        }
        Ok(())
    }

    /// Gives a class other bases and finds its order anew, and those of its subclasses.
    fn relinearize(
        &mut self,
        class: &Ref<Class>,
        bases: Vec<Ref<Class>>,
        changed: &mut Vec<Before>,
    ) -> std::result::Result<(), Raised> {
        let order = self.linearize(class, &bases)?;
        changed.push((class.clone(), class.bases.borrow().clone(), class.mro().to_vec()));
        class.set_bases(bases, order);
        for subclass in class.subclasses() {
            let bases = subclass.bases.borrow().clone();
            self.relinearize(&subclass, bases, changed)?;
        }
        Ok(())
    }
}

/// A class with the bases and the order that it had.
type Before = (Ref<Class>, Vec<Ref<Class>>, Vec<Ref<Class>>);
