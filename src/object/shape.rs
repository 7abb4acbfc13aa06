//! Shapes: which attributes an instance has, in which slots. Instances of one class that were
//! given the same attributes in the same order share a shape; an attribute access that met the
//! shape before knows the slot.
//!
//! ```text
//!   class Point:  root {} --x--> {x:0} --y--> {x:0, y:1}
//!                          \--y--> {y:0}
//! ```
//!
//! A shape lives as long as the process; there are as many as attribute orders written in the
//! program, not as many as objects. An instance whose `__dict__` was asked for, or that lost an
//! attribute, leaves the tree: its attributes are in a dict (`Shape::dict_mode`).

use super::str::Str;
use super::value::Ref;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The names of attributes in the order of their slots; instances with the same names share one.
pub struct Shape {
    names: Vec<Ref<Str>>,
    /// Name id to slot, for shapes with many names.
    index: Option<FxHashMap<u64, u16>>,
    next: RefCell<Vec<(u64, &'static Shape)>>,
    dict_mode: bool,
}

/// More attributes than this are held in a dict.
const MOST: usize = 128;
const SCAN: usize = 8;

impl Shape {
    /// A new tree of shapes: for a new class.
    pub fn root() -> &'static Shape {
        Box::leak(Box::new(Shape {
            names: Vec::new(),
            index: None,
            next: RefCell::default(),
            dict_mode: false,
        }))
    }

    /// The shape of instances whose attributes are in a dict.
    pub(super) fn dict_mode() -> &'static Shape {
        Box::leak(Box::new(Shape {
            names: Vec::new(),
            index: None,
            next: RefCell::default(),
            dict_mode: true,
        }))
    }

    #[inline(always)]
    pub fn is_dict(&self) -> bool {
        self.dict_mode
    }

    /// The slot of an interned name.
    #[inline]
    pub fn find(&self, name: &Ref<Str>) -> Option<u16> {
        match &self.index {
            Some(index) => index.get(&name.id()).copied(),
            None => self.names.iter().position(|n| n.is_same(name)).map(|i| i as u16),
        }
    }

    /// The shape with one more (interned) name; `None` when there are too many.
    pub fn with(&'static self, name: &Ref<Str>) -> Option<&'static Shape> {
        if self.names.len() >= MOST {
            return None;
        }
        let id = name.id();
        if let Some(&(_, shape)) = self.next.borrow().iter().find(|(n, _)| *n == id) {
            return Some(shape);
        }
        let mut names = self.names.clone();
        names.push(name.clone());
        let index =
            (names.len() > SCAN).then(|| names.iter().enumerate().map(|(i, n)| (n.id(), i as u16)).collect());
        let shape: &'static Shape =
            Box::leak(Box::new(Shape { names, index, next: RefCell::default(), dict_mode: false }));
        self.next.borrow_mut().push((id, shape));
        Some(shape)
    }

    pub fn names(&self) -> &[Ref<Str>] {
        &self.names
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A number that identifies the shape.
    #[inline(always)]
    pub fn id(&'static self) -> u64 {
        (self as *const Shape) as u64
    }
}
