//! Making classes: the `class` statement, `type(name, bases, dict)`, the method resolution
//! order.
//!
//! Source: the Python reference, "Customizing class creation"; C3 linearisation.

use super::descriptor::{ClassMethod, Member, StaticMethod};
use super::{Raised, Result, Vm};
use crate::object::{
    CellObj, Class, Dict, Function, Kind, Ref, Special, Str, TupleObj, Value, WeakRef, class_flag, heap,
    new_opaque,
};
use std::cell::{Cell, RefCell};

impl Vm {
    /// `__build_class__(function, name, *bases, **keywords)`
    pub fn build_class(&mut self, values: &[Value], names: &[Ref<Str>]) -> Result {
        let positional = values.len() - names.len();
        let [function, name, ..] = values else {
            return Err(self.type_error("__build_class__: not enough arguments"));
        };
        let given_bases = values[2.min(positional)..positional].to_vec();
        let mut keywords: Vec<(Ref<Str>, Value)> =
            names.iter().cloned().zip(values[positional..].iter().cloned()).collect();
        let bases = self.resolve_bases(&given_bases)?;
        let mut meta = match keywords.iter().position(|(n, _)| n.as_str() == "metaclass") {
            Some(i) => keywords.remove(i).1,
            None => match bases.first() {
                Some(base) => self.class_of(base).to_value(),
                None => self.types.type_.to_value(),
            },
        };
        if let Some(class) = meta.downcast::<Class>() {
            meta = self.winning_metaclass(&class, &bases)?.into_value();
        }
        let bases_tuple = self.tuple(bases.clone());
        let (kw_names, kw_values): (Vec<Ref<Str>>, Vec<Value>) = keywords.into_iter().unzip();
        let prepare = heap::intern("__prepare__");
        let plain_type = meta.is_same(self.types.type_.as_value());
        let prepared = if plain_type { None } else { self.get_attr_optional(&meta, &prepare)? };
        let namespace = match prepared {
            Some(prepare) => {
                let mut args = vec![name.clone(), bases_tuple.clone()];
                args.extend(kw_values.iter().cloned());
                let namespace = self.call_kw(&prepare, &args, &kw_names)?;
                if !self.class_of(&namespace).has_special(Special::GetItem) {
                    let meta = meta.get::<Class>().map_or("<metaclass>".to_owned(), Class::name_text);
                    let got = self.type_name(&namespace);
                    return Err(
                        self.type_error(format!("{meta}.__prepare__() must return a mapping, not {got}"))
                    );
                }
                namespace
            }
            None => self.new_dict().into_value(),
        };
        self.call(function, &[namespace.clone()])?;
        let cell = namespace.get::<Dict>().and_then(|dict| dict.get_text("__classcell__"));
        let cell = cell.and_then(|cell| cell.downcast::<CellObj>());
        if bases.len() != given_bases.len() || bases.iter().zip(&given_bases).any(|(a, b)| !a.is_same(b)) {
            let key = self.str("__orig_bases__");
            let original = self.tuple(given_bases);
            self.set_item(&namespace, &key, original)?;
        }
        let mut args = vec![name.clone(), bases_tuple, namespace.clone()];
        args.extend(kw_values);
        let class = self.call_kw(&meta, &args, &kw_names)?;
        if let Some(cell) = cell
            && class.is::<Class>()
            && !cell.get().is_same(&class)
        {
            return Err(self.wrong_class_cell(&cell.get(), name, &class)?);
        }
        Ok(class)
    }

    /// A metaclass has kept `__class__` of the methods from `type`, or made two classes of one body.
    #[cold]
    fn wrong_class_cell(&mut self, held: &Value, name: &Value, class: &Value) -> Result<Raised> {
        let (name, shown) = (self.repr_text(name)?, self.repr_text(class)?);
        if held.is_unbound() {
            return Ok(self.runtime_error(format!(
                "__class__ not set defining {name} as {shown}. Was __classcell__ propagated to type.__new__?"
            )));
        }
        let held = self.repr_text(held)?;
        Ok(self.type_error(format!("__class__ set to {held} defining {name} as {shown}")))
    }

    /// PEP 560: bases that are no classes name others by `__mro_entries__`.
    fn resolve_bases(&mut self, given: &[Value]) -> Result<Vec<Value>> {
        let mut bases = Vec::with_capacity(given.len());
        for base in given {
            if base.get::<Class>().is_some() {
                bases.push(base.clone());
                continue;
            }
            let name = heap::intern("__mro_entries__");
            match self.get_attr_optional(base, &name)? {
                Some(entries) => {
                    let all = self.tuple(given.to_vec());
                    let result = self.call(&entries, &[all])?;
                    let Some(tuple) = result.get::<TupleObj>() else {
                        return Err(self.type_error("__mro_entries__ must return a tuple"));
                    };
                    bases.extend(tuple.items().iter().cloned());
                }
                None => bases.push(base.clone()),
            }
        }
        Ok(bases)
    }

    /// The most derived metaclass of `meta` and those of the bases.
    pub fn winning_metaclass(&mut self, meta: &Ref<Class>, bases: &[Value]) -> Result<Ref<Class>> {
        let mut winner = meta.clone();
        for base in bases {
            if base.get::<Class>().is_none()
                && self.get_attr_optional(base, &heap::intern("__mro_entries__"))?.is_some()
            {
                return Err(
                    self.type_error("type() doesn't support MRO entry resolution; use types.new_class()")
                );
            }
            let own = self.class_of(base).clone();
            if winner.is_subclass_of(&own) {
                continue;
            }
            if own.is_subclass_of(&winner) {
                winner = own;
                continue;
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        Ok(winner)
    }

    /// `type.__new__(meta, name, bases, namespace, **keywords)`
    pub fn make_class(
        &mut self,
        meta: &Ref<Class>,
        name: &Value,
        bases: &[Value],
        namespace: &Ref<Dict>,
        keywords: &[(Ref<Str>, Value)],
    ) -> Result {
        let Some(name) = name.downcast::<Str>() else {
            let other = self.type_name(name);
            return Err(self.type_error(format!("type.__new__() argument 1 must be str, not {other}")));
        };
        if name.as_str().contains('\0') {
            return Err(self.value_error("type name must not contain null characters"));
        }
        let meta = self.winning_metaclass(meta, bases)?;
        let mut base_classes = Vec::with_capacity(bases.len());
        for base in bases {
            let Some(class) = base.downcast::<Class>() else {
                return Err(self.type_error("bases must be types"));
            };
            if !class.has_flag(class_flag::BASE) {
                let other = class.type_name();
                return Err(self.type_error(format!("type '{other}' is not an acceptable base type")));
            }
            base_classes.push(class);
        }
        if base_classes.is_empty() {
            base_classes.push(self.types.object.clone());
        }
        let best = self.best_base(&base_classes)?;
        let dict = heap::alloc_plain(&self.types.dict, namespace.copy());
        let slots = dict.get_text("__slots__");
        let inherited = base_classes.iter().fold(0, |flags, b| flags | b.flags());
        let has_dict_base = base_classes.iter().any(|b| b.has_flag(class_flag::HAS_DICT));
        let mut slot_names = self.slot_names(slots.as_ref())?;
        // Objects of these have no fixed size, so nothing can lie behind them.
        let sized = matches!(best.layout(), Kind::Int | Kind::Bytes | Kind::Tuple | Kind::Class);
        if sized && !slot_names.is_empty() {
            let base = best.type_name();
            return Err(self.type_error(format!("nonempty __slots__ not supported for subtype of '{base}'")));
        }
        for (special, flag) in [("__dict__", class_flag::HAS_DICT), ("__weakref__", class_flag::WEAKREF)] {
            let count = slot_names.iter().filter(|name| name.as_str() == special).count();
            if count + usize::from(best.has_flag(flag)) > 1 && count > 0 {
                return Err(self.type_error(format!("{special} slot disallowed: we already got one")));
            }
        }
        let wants_dict = slots.is_none() || slot_names.iter().any(|n| n.as_str() == "__dict__");
        let wants_weak = slots.is_none() || slot_names.iter().any(|n| n.as_str() == "__weakref__");
        slot_names.retain(|n| !matches!(n.as_str(), "__dict__" | "__weakref__"));
        let mut flags = class_flag::HEAP | class_flag::BASE;
        flags |= inherited
            & (class_flag::SEQUENCE
                | class_flag::MAPPING
                | class_flag::EXCEPTION
                | class_flag::METACLASS
                | class_flag::FINALIZER
                | class_flag::MATCH_SELF
                | class_flag::WEAKREF
                | class_flag::TAIL_DICT);
        if wants_dict || has_dict_base {
            flags |= class_flag::HAS_DICT;
        }
        if wants_weak && (!sized || best.layout() == Kind::Class) {
            flags |= class_flag::WEAKREF;
        }
        let layout = best.layout();
        let own_storage = matches!(layout, Kind::Instance | Kind::Exception | Kind::Class | Kind::Module);
        if !own_storage && (flags & class_flag::HAS_DICT != 0 || !slot_names.is_empty()) {
            flags |= class_flag::TAIL_DICT;
        }
        let class = heap::alloc(&meta, Class::new(name.clone(), layout, dict.clone(), flags));
        let mro = self.linearize(&class, &base_classes)?;
        class.set_bases(base_classes.clone(), mro);
        let assigned = dict.get_text("__static_attributes__");
        let assigned = assigned.as_ref().and_then(|a| a.get::<TupleObj>()).map_or(0, TupleObj::len);
        class.expect_slots(best_slots(&best) + slot_names.len() as u16 + assigned.min(16) as u16);
        self.fill_namespace(&class, &dict, &slot_names)?;
        if meta.special(Special::Call).is_some() {
            // A custom `mro()` of the metaclass decides.
            let hook = heap::intern("mro");
            if !meta.is_same(&self.types.type_)
                && let Some(mro) = self.lookup(&meta, &hook)
                && mro.get::<Function>().is_some()
            {
                let result = self.call(&mro, &[class.to_value()])?;
                let items = self.collect(&result)?;
                let mut order = Vec::with_capacity(items.len());
                for item in &items {
                    match item.downcast::<Class>() {
                        Some(class) => order.push(class),
                        None => {
                            let got = self.type_name(item);
                            let message = format!("mro() returned a non-class ('{got}')");
                            return Err(self.type_error(message));
                        }
                    }
                }
                class.set_bases(base_classes.clone(), order);
            }
        }
        if class.lookup(&Special::Del.name()).is_some() {
            class.set_flag(class_flag::FINALIZER);
        }
        for base in &base_classes {
            if let Some(weak) = WeakRef::create(&self.types.weakref, class.as_value(), Value::NONE) {
                base.add_subclass(weak);
            }
        }
        if let Some(cell) = dict.get_text("__classcell__") {
            drop(dict.remove_name(&heap::intern("__classcell__")));
            match cell.get::<CellObj>() {
                Some(cell) => cell.value.set(class.to_value()),
                None => {
                    let got = self.class_of(&cell).to_value();
                    let got = self.repr_text(&got)?;
                    let message = format!("__classcell__ must be a nonlocal cell, not {got}");
                    return Err(self.type_error(message));
                }
            }
        }
        class.changed();
        self.set_names(&class)?;
        self.init_subclass(&class, keywords)?;
        Ok(class.into_value())
    }

    fn fill_namespace(&mut self, class: &Ref<Class>, dict: &Ref<Dict>, slots: &[Ref<Str>]) -> Result<()> {
        if let Some(qualname) = dict.remove_name(&heap::intern("__qualname__")) {
            let Some(text) = qualname.downcast::<Str>() else {
                let other = self.type_name(&qualname);
                return Err(self.type_error(format!("type __qualname__ must be a str, not {other}")));
            };
            *class.qualname.borrow_mut() = text;
        }
        if dict.get_text("__module__").is_none()
            && let Some(frame) = self.thread.frame
            && let Some(module) = frame.function().globals.get_text("__name__")
        {
            drop(dict.set_text("__module__", module));
        }
        if dict.get_text("__doc__").is_none() && !slots.iter().any(|slot| slot.as_str() == "__doc__") {
            drop(dict.set_text("__doc__", Value::NONE));
        }
        // `__new__` is a static method, the two hooks are class methods, without saying so.
        if let Some(new) = dict.get_text("__new__")
            && new.get::<Function>().is_some()
        {
            let wrapped = new_opaque(&self.types.staticmethod, StaticMethod { callable: Cell::new(new) });
            drop(dict.set_text("__new__", wrapped));
        }
        for hook in ["__init_subclass__", "__class_getitem__"] {
            if let Some(function) = dict.get_text(hook)
                && function.get::<Function>().is_some()
            {
                let wrapped =
                    new_opaque(&self.types.classmethod, ClassMethod { callable: Cell::new(function) });
                drop(dict.set_text(hook, wrapped));
            }
        }
        // A class that defines `__eq__` and not `__hash__` is not hashable.
        if dict.get_text("__eq__").is_some() && dict.get_text("__hash__").is_none() {
            drop(dict.set_text("__hash__", Value::NONE));
        }
        let mut all = class.bases.borrow().iter().flat_map(|b| b.slots.borrow().clone()).collect::<Vec<_>>();
        for slot in slots {
            let name = mangle(slot, &class.name.borrow());
            if let Some(known) = dict.get_name(&name) {
                if all.iter().any(|n| n.as_str() == name.as_str()) && known.opaque::<Member>().is_some() {
                    // The same slot, named twice.
                    continue;
                }
                return Err(self
                    .value_error(format!("'{}' in __slots__ conflicts with class variable", name.as_str())));
            }
            let member = Member { name: name.clone(), class: RefCell::new(Some(class.clone())) };
            let value = new_opaque(&self.types.member_descriptor, member);
            drop(dict.set_name(&name, value));
            all.push(name);
        }
        *class.slots.borrow_mut() = all;
        Ok(())
    }

    fn slot_names(&mut self, slots: Option<&Value>) -> Result<Vec<Ref<Str>>> {
        let Some(slots) = slots else { return Ok(Vec::new()) };
        let items = match slots.downcast::<Str>() {
            Some(one) => vec![one.into_value()],
            None => self.collect(slots)?,
        };
        let mut names = Vec::with_capacity(items.len());
        for item in items {
            let Some(name) = item.downcast::<Str>() else {
                let other = self.type_name(&item);
                return Err(self.type_error(format!("__slots__ items must be strings, not '{other}'")));
            };
            let text = name.as_str();
            let valid = text.chars().enumerate().all(|(i, c)| {
                c == '_'
                    || if i == 0 { unicode_ident::is_xid_start(c) } else { unicode_ident::is_xid_continue(c) }
            });
            if !valid || text.is_empty() {
                return Err(self.type_error("__slots__ must be identifiers"));
            }
            names.push(heap::intern_value(&name));
        }
        Ok(names)
    }

    /// The base whose payload the instances get.
    pub(super) fn best_base(&mut self, bases: &[Ref<Class>]) -> Result<Ref<Class>> {
        let mut best = bases[0].clone();
        for base in &bases[1..] {
            let (own, other) = (solid(&best), solid(base));
            if own.is_same(&other) || own.is_subclass_of(&other) {
                continue;
            }
            if other.is_subclass_of(&own) {
                best = base.clone();
                continue;
            }
            return Err(self.type_error("multiple bases have instance lay-out conflict"));
        }
        Ok(best)
    }

    /// C3: the class, then a merge of the bases' orders and the bases themselves.
    pub(super) fn linearize(&mut self, class: &Ref<Class>, bases: &[Ref<Class>]) -> Result<Vec<Ref<Class>>> {
        for (i, base) in bases.iter().enumerate() {
            if bases[..i].iter().any(|b| b.is_same(base)) {
                let name = base.name_text();
                return Err(self.type_error(format!("duplicate base class {name}")));
            }
        }
        let mut sequences: Vec<Vec<Ref<Class>>> = bases.iter().map(|b| b.mro().to_vec()).collect();
        sequences.push(bases.to_vec());
        let mut order = vec![class.clone()];
        loop {
            sequences.retain(|s| !s.is_empty());
            if sequences.is_empty() {
                return Ok(order);
            }
            let next = sequences
                .iter()
                .map(|s| s[0].clone())
                .find(|candidate| !sequences.iter().any(|s| s[1..].iter().any(|c| c.is_same(candidate))));
            let Some(next) = next else {
                let mut names: Vec<String> = Vec::new();
                for sequence in &sequences {
                    let name = sequence[0].name_text();
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                return Err(self.type_error(format!(
                    "Cannot create a consistent method resolution order (MRO) for bases {}",
                    names.join(", ")
                )));
            };
            for sequence in &mut sequences {
                if sequence[0].is_same(&next) {
                    sequence.remove(0);
                }
            }
            order.push(next);
        }
    }

    /// Calls `__set_name__` of every attribute that has one.
    fn set_names(&mut self, class: &Ref<Class>) -> Result<()> {
        for (name, value) in class.dict().items() {
            let Some(hook) = self.special(&value, Special::SetName) else { continue };
            if let Err(raised) = self.call(&hook, &[value.clone(), class.to_value(), name.clone()]) {
                let repr = self.repr_text(&name)?;
                let note = format!(
                    "Error calling __set_name__ on '{}' instance {repr} in '{}'",
                    self.type_name(&value),
                    class.name_text()
                );
                self.add_note(&raised.0, &note)?;
                return Err(raised);
            }
        }
        Ok(())
    }

    /// Calls `super(class, class).__init_subclass__(**keywords)`.
    fn init_subclass(&mut self, class: &Ref<Class>, keywords: &[(Ref<Str>, Value)]) -> Result<()> {
        let name = Special::InitSubclass.name();
        let Some(hook) = self.super_lookup(class, class, &name) else { return Ok(()) };
        let hook = self.bind(hook, None, class)?;
        let (names, values): (Vec<Ref<Str>>, Vec<Value>) = keywords.iter().cloned().unzip();
        self.call_kw(&hook, &values, &names).map(drop)
    }

    /// `raised.add_note(text)`
    pub fn add_note(&mut self, exc: &Ref<crate::object::ExcObj>, note: &str) -> Result<()> {
        let name = heap::intern("__notes__");
        let value = exc.to_value();
        let notes = match self.get_attr_optional(&value, &name)? {
            Some(notes) => notes,
            None => {
                let list = self.list(Vec::new());
                self.set_attr(&value, &name, list.clone())?;
                list
            }
        };
        if let Some(list) = notes.get::<crate::object::ListObj>() {
            list.push(self.str(note));
        }
        Ok(())
    }

    /// A class attribute was assigned or deleted after the class was made.
    pub fn class_attribute_changed(&mut self, class: &Ref<Class>, name: &Ref<Str>) {
        if name.as_str() == "__del__" && class.lookup(name).is_some() {
            class.set_flag(class_flag::FINALIZER);
        }
    }
}

fn best_slots(base: &Ref<Class>) -> u16 {
    base.slots.borrow().len() as u16
}

/// Builtin exceptions with fields of their own: no two of them can be bases of one class.
const EXTENDED: &[&str] = &[
    "BaseException",
    "BaseExceptionGroup",
    "StopIteration",
    "SystemExit",
    "ImportError",
    "NameError",
    "AttributeError",
    "OSError",
    "SyntaxError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeTranslateError",
];

/// The nearest class of the MRO that decides the payload or adds slots.
fn solid(class: &Ref<Class>) -> Ref<Class> {
    let mut own = class.clone();
    loop {
        if !own.has_flag(class_flag::HEAP) {
            let plain = own.has_flag(class_flag::EXCEPTION) && !EXTENDED.contains(&own.name_text().as_str());
            let base = own.bases.borrow().first().cloned();
            match base {
                Some(base) if plain => {
                    own = base;
                    continue;
                }
                _ => return own,
            }
        }
        let bases = own.bases.borrow().clone();
        let own_slots =
            own.slots.borrow().len() > bases.iter().map(|b| b.slots.borrow().len()).max().unwrap_or(0);
        if own_slots {
            return own;
        }
        // Among several bases the one with the special payload decides.
        let next = bases
            .iter()
            .find(|b| b.layout() == own.layout() && !matches!(b.layout(), Kind::Instance))
            .or_else(|| bases.iter().find(|b| b.slots.borrow().len() == own.slots.borrow().len()))
            .or(bases.first())
            .cloned();
        match next {
            Some(next) => own = next,
            None => return own,
        }
    }
}

/// `__x` in a class is `_Class__x`.
fn mangle(name: &Ref<Str>, class: &Ref<Str>) -> Ref<Str> {
    let text = name.as_str();
    if text.starts_with("__") && !text.ends_with("__") {
        let class = class.as_str().trim_start_matches('_');
        if !class.is_empty() {
            return heap::intern(&format!("_{class}{text}"));
        }
    }
    name.clone()
}
