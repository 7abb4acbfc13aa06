//! Classes, builtin and user-made.
//!
//! A class has a number, its *version*, which no two class states share: it changes when an
//! attribute of the class or of one of its bases changes. Caches (method lookups in the machine,
//! special methods here) are valid exactly while the version is the one they saw.
//!
//! The attributes of a native class are made when somebody first looks at them: the class holds
//! what makes them ([`Class::defer`]), and [`Class::dict`], the one way to its namespace, runs
//! that before it answers. Most programs look at few of the builtin classes, and every program
//! would wait for the objects of all of them.

use super::dict::Dict;
use super::header::{Kind, Tracer};
use super::heap;
use super::shape::Shape;
use super::special::{SPECIAL_COUNT, Special, bound_special};
use super::str::Str;
use super::value::{Ref, Value};
use super::weak::WeakRef;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The payload of a class: its names, its bases, its dictionary, and what attribute access has learnt.
pub struct Class {
    pub name: RefCell<Ref<Str>>,
    pub qualname: RefCell<Ref<Str>>,
    pub bases: RefCell<Vec<Ref<Class>>>,
    /// Method resolution order, the class itself first. Empty only while the class is made.
    mro: RefCell<Rc<[Ref<Class>]>>,
    /// Behind `dict()`, which completes it.
    dict: Ref<Dict>,
    /// What makes attributes that are not in `dict` yet; with the flag DEFERRED.
    deferred: RefCell<Vec<Deferred>>,
    version: Cell<u64>,
    /// Payload kind of the instances.
    layout: Kind,
    flags: Cell<u32>,
    shape: Cell<&'static Shape>,
    inline_slots: Cell<u16>,
    specials: RefCell<Option<Box<[Value; SPECIAL_COUNT]>>>,
    subclasses: RefCell<Vec<Ref<WeakRef>>>,
    /// Names of `__slots__` of this class and its bases.
    pub slots: RefCell<Vec<Ref<Str>>>,
}
crate::payload!(Kind::Class, Class, container);

/// Makes attributes of a class; it runs no Python code.
pub type Deferred = Box<dyn FnOnce(&Ref<Class>, &Dict)>;

/// Class flag bits.
pub mod class_flag {
    /// Made by a `class` statement or `type(…)`: attributes may be set.
    pub const HEAP: u32 = 1;
    /// Instances have a `__dict__`.
    pub const HAS_DICT: u32 = 2;
    /// May be a base class.
    pub const BASE: u32 = 4;
    /// Some class of the MRO defines `__del__`.
    pub const FINALIZER: u32 = 8;
    /// Instances are objects of a builtin payload with an attribute dict behind.
    pub const TAIL_DICT: u32 = 16;
    /// Instances can be weakly referenced.
    pub const WEAKREF: u32 = 32;
    /// Counts as a sequence in `match`.
    pub const SEQUENCE: u32 = 64;
    /// Counts as a mapping in `match`.
    pub const MAPPING: u32 = 128;
    /// A subclass of `BaseException`.
    pub const EXCEPTION: u32 = 1024;
    /// A subclass of `type`: its instances are classes.
    pub const METACLASS: u32 = 2048;
    /// Has abstract methods left, so it cannot be instantiated.
    pub const ABSTRACT: u32 = 4096;
    /// A positional class pattern takes the subject itself (`int(x)`).
    pub const MATCH_SELF: u32 = 8192;
    /// Some attributes are not made yet.
    pub const DEFERRED: u32 = 16384;
    /// Messages name the class with its module, as CPython's classes in C do.
    pub const QUALIFIED: u32 = 32768;
}

fn next_version() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // One thread at a time gets here (the holder of the baton): no locked addition is needed.
    let version = NEXT.load(Ordering::Relaxed);
    NEXT.store(version + 1, Ordering::Relaxed);
    version
}

impl Class {
    /// A class without bases, MRO or attributes yet; `set_bases` completes it.
    pub fn new(name: Ref<Str>, layout: Kind, dict: Ref<Dict>, flags: u32) -> Class {
        Class {
            qualname: RefCell::new(name.clone()),
            name: RefCell::new(name),
            bases: RefCell::default(),
            mro: RefCell::new(Rc::new([])),
            dict,
            deferred: RefCell::default(),
            version: Cell::new(next_version()),
            layout,
            flags: Cell::new(flags),
            shape: Cell::new(Shape::root()),
            inline_slots: Cell::new(3),
            specials: RefCell::default(),
            subclasses: RefCell::default(),
            slots: RefCell::default(),
        }
    }

    /// Sets bases and MRO (which begins with the class itself).
    pub fn set_bases(&self, bases: Vec<Ref<Class>>, mro: impl Into<Rc<[Ref<Class>]>>) {
        *self.bases.borrow_mut() = bases;
        let old = std::mem::replace(&mut *self.mro.borrow_mut(), mro.into());
        drop(old);
        self.changed();
    }

    #[inline]
    pub fn mro(&self) -> Rc<[Ref<Class>]> {
        self.mro.borrow().clone()
    }

    pub fn add_subclass(&self, weak: Ref<WeakRef>) {
        let mut subclasses = self.subclasses.borrow_mut();
        subclasses.retain(|w| w.target().is_some());
        subclasses.push(weak);
    }

    pub fn remove_subclass(&self, class: &Ref<Class>) {
        let mut subclasses = self.subclasses.borrow_mut();
        subclasses.retain(|weak| weak.target().is_some_and(|target| !target.is_same(class.as_value())));
    }

    pub fn subclasses(&self) -> Vec<Ref<Class>> {
        let list: Vec<Ref<WeakRef>> = self.subclasses.borrow().clone();
        list.iter().filter_map(|w| w.target()?.downcast::<Class>()).collect()
    }

    /// Whether `other` is in the MRO.
    #[inline]
    pub fn is_subclass_of(&self, other: &Ref<Class>) -> bool {
        self.mro.borrow().iter().any(|c| c.is_same(other))
    }

    #[inline(always)]
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    /// An attribute of this class or of a base changed: caches end, here and in subclasses.
    pub fn changed(&self) {
        self.version.set(next_version());
        let old = self.specials.borrow_mut().take();
        drop(old);
        if !self.subclasses.borrow().is_empty() {
            for subclass in self.subclasses() {
                subclass.changed();
            }
        }
    }

    /// The namespace, complete.
    #[inline]
    pub fn dict(&self) -> &Ref<Dict> {
        if self.has_flag(class_flag::DEFERRED) {
            self.complete();
        }
        &self.dict
    }

    /// Has attributes made when the namespace is first looked at; in the order of the calls.
    pub fn defer(&self, make: Deferred) {
        self.deferred.borrow_mut().push(make);
        self.set_flag(class_flag::DEFERRED);
        self.changed();
    }

    /// Gives a native class an attribute, behind those that wait already.
    pub fn preset(&self, name: &'static str, value: Value) {
        self.defer(Box::new(move |_, dict| drop(dict.set_text(name, value))));
    }

    #[cold]
    fn complete(&self) {
        self.unset_flag(class_flag::DEFERRED);
        let waiting = std::mem::take(&mut *self.deferred.borrow_mut());
        let Some(class) = heap::object_of(self).downcast::<Class>() else { return };
        heap::extend_baseline(|| waiting.into_iter().for_each(|make| make(&class, &self.dict)));
    }

    /// An attribute found along the MRO, no descriptor bound. `name` is interned.
    pub fn lookup(&self, name: &Ref<Str>) -> Option<Value> {
        self.mro.borrow().iter().find_map(|class| class.dict().get_name(name))
    }

    /// A special method by number, cached.
    #[inline]
    pub fn special(&self, special: Special) -> Option<Value> {
        if let Some(table) = &*self.specials.borrow() {
            let value = &table[special as usize];
            if !value.is_unbound() {
                return if value.is_not_implemented() { None } else { Some(value.clone()) };
            }
        }
        self.special_slow(special)
    }

    /// What `look` says of the special method, which is borrowed: no reference is counted.
    /// `None` when there is no such method.
    #[inline]
    pub fn look_special<R>(&self, special: Special, look: impl Fn(&Value) -> R) -> Option<R> {
        if let Some(table) = &*self.specials.borrow() {
            let value = &table[special as usize];
            if !value.is_unbound() {
                return if value.is_not_implemented() { None } else { Some(look(value)) };
            }
        }
        self.special_slow(special).map(|value| look(&value))
    }

    /// Whether the special method is there, without counting a reference.
    #[inline]
    pub fn has_special(&self, special: Special) -> bool {
        self.look_special(special, |_| ()).is_some()
    }

    #[cold]
    fn special_slow(&self, special: Special) -> Option<Value> {
        let found = self.lookup(&special.name()).map(|value| bound_special(special, value));
        let mut table = self.specials.borrow_mut();
        let table = table.get_or_insert_with(|| Box::new([const { Value::UNBOUND }; SPECIAL_COUNT]));
        table[special as usize] = found.clone().unwrap_or(Value::NOT_IMPLEMENTED);
        found
    }

    /// Sets an attribute of the class itself.
    pub fn set_attribute(&self, name: &Ref<Str>, value: Value) {
        let old = self.dict().set_name(name, value);
        self.changed();
        drop(old);
    }

    #[inline(always)]
    pub fn layout(&self) -> Kind {
        self.layout
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn set_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() | flag);
    }

    pub fn unset_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() & !flag);
    }

    pub fn flags(&self) -> u32 {
        self.flags.get()
    }

    #[inline(always)]
    pub(super) fn has_finalizer(&self) -> bool {
        self.has_flag(class_flag::FINALIZER)
    }

    #[inline(always)]
    pub(super) fn has_tail_dict(&self) -> bool {
        self.has_flag(class_flag::TAIL_DICT)
    }

    /// The shape of a new instance.
    #[inline(always)]
    pub fn shape(&self) -> &'static Shape {
        self.shape.get()
    }

    #[inline(always)]
    pub(super) fn inline_slots(&self) -> u16 {
        self.inline_slots.get()
    }

    /// Later instances get at least this many inline slots.
    pub fn expect_slots(&self, count: u16) {
        if count > self.inline_slots.get() {
            self.inline_slots.set(count);
        }
    }

    pub fn name_text(&self) -> String {
        self.name.borrow().as_str().to_owned()
    }

    /// The name for messages: with the module for what is a class in C in CPython.
    pub fn type_name(&self) -> String {
        let name = self.name_text();
        if self.has_flag(class_flag::QUALIFIED)
            && let Some(module) = self.dict().get_text("__module__")
            && let Some(module) = module.get::<Str>()
        {
            return format!("{}.{name}", module.as_str());
        }
        name
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.dict);
        if let Ok(bases) = self.bases.try_borrow() {
            bases.iter().for_each(|b| tracer.reference(b));
        }
        if let Ok(mro) = self.mro.try_borrow() {
            // The MRO may be shared for a moment with someone who iterates it: then its
            // references are not this class's alone, and are left out.
            if Rc::strong_count(&mro) == 1 {
                mro.iter().for_each(|c| tracer.reference(c));
            }
        }
        if let Ok(specials) = self.specials.try_borrow()
            && let Some(table) = &*specials
        {
            tracer.values(table.iter());
        }
        if let Ok(subclasses) = self.subclasses.try_borrow() {
            subclasses.iter().for_each(|w| tracer.reference(w));
        }
    }

    fn clear_payload(&self) {
        drop(std::mem::take(&mut *self.deferred.borrow_mut()));
        self.unset_flag(class_flag::DEFERRED);
        self.dict.clear();
        drop(std::mem::replace(&mut *self.mro.borrow_mut(), Rc::new([])));
        drop(std::mem::take(&mut *self.bases.borrow_mut()));
        drop(self.specials.borrow_mut().take());
    }
}
