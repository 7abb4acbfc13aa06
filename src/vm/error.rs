//! Raising from Rust: a native returns `Err(vm.type_error("…"))`. The constructors are named by
//! the CPython exception.

use super::Vm;
use crate::object::{Class, ExcObj, Ref, TupleObj, Value, heap};

/// An exception on its way up.
pub struct Raised(pub Ref<ExcObj>);

/// What can end in an exception.
pub type Result<T = Value> = std::result::Result<T, Raised>;

impl std::fmt::Debug for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raised({})", self.class().name_text())
    }
}

impl Raised {
    pub fn class(&self) -> &Ref<Class> {
        self.0.header().class()
    }

    /// Whether the exception is an instance of `class`.
    pub fn is(&self, class: &Ref<Class>) -> bool {
        self.class().is_subclass_of(class)
    }

    pub fn into_value(self) -> Value {
        self.0.into_value()
    }
}

macro_rules! constructors {
    ($($name:ident)*) => {
        impl Vm {
            $(
                #[doc = concat!("An exception of the class in the field `", stringify!($name), "`.")]
                #[cold]
                pub fn $name(&self, message: impl Into<String>) -> Raised {
                    let class = self.exceptions.$name.clone();
                    self.raised(&class, message)
                }
            )*
        }
    };
}

constructors! {
    type_error value_error index_error attribute_error runtime_error zero_division_error
    overflow_error recursion_error assertion_error import_error lookup_error memory_error
    name_error unbound_local_error not_implemented_error os_error reference_error system_error
    stop_async_iteration timeout_error buffer_error eof_error
}

impl Vm {
    /// An exception of `class` with a message.
    #[cold]
    pub fn raised(&self, class: &Ref<Class>, message: impl Into<String>) -> Raised {
        let message = heap::new_str(message.into()).into_value();
        Raised(self.exception(class, vec![message]))
    }

    /// An exception object of a builtin class, made without running its constructor.
    pub fn exception(&self, class: &Ref<Class>, args: Vec<Value>) -> Ref<ExcObj> {
        let args = heap::alloc_plain(&self.types.tuple, TupleObj::new(args));
        heap::alloc(class, ExcObj::new(args.into_value()))
    }

    /// `KeyError(key)`
    #[cold]
    pub fn key_error(&self, key: &Value) -> Raised {
        Raised(self.exception(&self.exceptions.key_error, vec![key.clone()]))
    }

    /// `StopIteration(value)`, without arguments for None.
    pub fn stop_iteration(&self, value: Value) -> Raised {
        let args = if value.is_none() { vec![] } else { vec![value.clone()] };
        let exc = self.exception(&self.exceptions.stop_iteration, args);
        exc.set_field("value", value);
        Raised(exc)
    }
}
