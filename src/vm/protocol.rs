//! What the builtin functions ask of any value: text, hash, truth, length, index.

use super::native::{Binding, Native};
use super::{Raised, Result, Vm};
use crate::object::{
    BytesObj, Class, Dict, DictView, Function, Instance, IntObj, Kind, ListObj, Ref, SetObj, Special, Str,
    TupleObj, Value, class_flag, hash_bytes, heap,
};
use compact_str::CompactString;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// Levels of nested data that `repr` and `hash` go down.
const MOST_NESTED: u32 = 10_000;

impl Vm {
    /// `repr(value)`
    pub fn repr(&mut self, value: &Value) -> Result<Ref<Str>> {
        self.check_native_stack()?;
        let Some(method) = self.special(value, Special::Repr) else {
            return Ok(heap::new_str("<object>"));
        };
        let result = self.nest(" while getting the repr of an object", |vm| {
            vm.call(&method, std::slice::from_ref(value))
        })?;
        self.expect_str(result, "__repr__")
    }

    /// One level deeper in nested data; RecursionError where CPython's own limit on native
    /// recursion would be reached.
    pub fn nest<T>(&mut self, doing: &str, work: impl FnOnce(&mut Vm) -> Result<T>) -> Result<T> {
        if self.nested >= MOST_NESTED || self.native_stack_low() {
            return Err(self.recursion_error(format!("maximum recursion depth exceeded{doing}")));
        }
        self.nested += 1;
        let result = work(self);
        self.nested -= 1;
        result
    }

    /// `repr(value)` as Rust text.
    pub fn repr_text(&mut self, value: &Value) -> Result<String> {
        Ok(self.repr(value)?.as_str().to_owned())
    }

    /// `str(value)`
    pub fn str_of(&mut self, value: &Value) -> Result<Ref<Str>> {
        if heap::is_exact_str(value) {
            return Ok(value.downcast::<Str>().expect("an exact str"));
        }
        if let Some(n) = value.as_int() {
            return Ok(heap::new_str(itoa::Buffer::new().format(n)));
        }
        self.check_native_stack()?;
        let Some(method) = self.special(value, Special::Str) else { return self.repr(value) };
        let result = self.call(&method, &[value.clone()])?;
        self.expect_str(result, "__str__")
    }

    /// `str(value)` as Rust text.
    pub fn text_of(&mut self, value: &Value) -> Result<String> {
        Ok(self.str_of(value)?.as_str().to_owned())
    }

    fn expect_str(&mut self, result: Value, method: &str) -> Result<Ref<Str>> {
        match result.downcast::<Str>() {
            Some(text) => Ok(text),
            None => {
                let name = self.type_name(&result);
                Err(self.type_error(format!("{method} returned non-string (type {name})")))
            }
        }
    }

    /// `format(value, spec)`
    pub fn format(&mut self, value: &Value, spec: &Ref<Str>) -> Result<Ref<Str>> {
        if spec.is_empty() && (heap::is_exact_str(value) || value.is_int()) {
            return self.str_of(value);
        }
        let Some(method) = self.special(value, Special::Format) else { return self.str_of(value) };
        let result = self.call(&method, &[value.clone(), spec.to_value()])?;
        match result.downcast::<Str>() {
            Some(text) => Ok(text),
            None => {
                let name = self.type_name(&result);
                Err(self.type_error(format!("__format__ must return a str, not {name}")))
            }
        }
    }

    /// `format(value, "")`: what `{value}` in an f-string shows.
    pub(crate) fn format_plain(&mut self, value: &Value) -> Result {
        if heap::is_exact_str(value) {
            return Ok(value.clone());
        }
        if let Some(n) = value.as_int() {
            return Ok(self.str(itoa::Buffer::new().format(n)));
        }
        let empty = self.empty_str.downcast::<Str>().unwrap_or_else(|| heap::intern(""));
        Ok(self.format(value, &empty)?.into_value())
    }

    /// The strings in `parts`, one after the other.
    pub(crate) fn build_string(&mut self, parts: &[Value]) -> Value {
        let text_of = |part: &'_ Value| part.get::<Str>().map_or(0, |text| text.as_str().len());
        let mut text = CompactString::with_capacity(parts.iter().map(text_of).sum());
        for part in parts {
            if let Some(part) = part.get::<Str>() {
                text.push_str(part.as_str());
            }
        }
        self.str(text)
    }

    /// `ascii(value)`: `repr` with other than ASCII characters escaped.
    pub fn ascii(&mut self, value: &Value) -> Result<Ref<Str>> {
        let text = self.repr(value)?;
        if text.is_ascii() {
            return Ok(text);
        }
        let mut escaped = String::new();
        heap::spend_items(text.as_str().len());
        for c in text.as_str().chars() {
            let code = crate::source::surrogate::code_of(c);
            match code {
                0..=0x7F => escaped.push(c),
                0x80..=0xFF => escaped.push_str(&format!("\\x{code:02x}")),
                0x100..=0xFFFF => escaped.push_str(&format!("\\u{code:04x}")),
                _ => escaped.push_str(&format!("\\U{code:08x}")),
            }
        }
        Ok(heap::new_str(escaped))
    }

    /// `hash(value)`
    #[inline]
    pub fn hash(&mut self, value: &Value) -> Result<i64> {
        if let Some(n) = value.as_int() {
            return Ok(super::number::hash_small(n));
        }
        if heap::is_exact_str(value) {
            return Ok(value.get::<Str>().expect("an exact str").hash());
        }
        self.hash_slow(value)
    }

    fn hash_slow(&mut self, value: &Value) -> Result<i64> {
        if let Some(tuple) = value.get::<TupleObj>()
            && self.class_of(value).is_same(&self.types.tuple)
        {
            return match quick_tuple_hash(tuple.items(), QUICK_LEVELS) {
                Some(hash) => Ok(hash),
                None => self.hash_tuple(tuple.items()),
            };
        }
        if let Some(x) = value.as_float() {
            return Ok(super::number::hash_f64(x, value.id()));
        }
        if let Some(b) = value.as_bool() {
            return Ok(i64::from(b));
        }
        if value.is_none() {
            // A constant since CPython 3.12.
            return Ok(0xFCA8_6420);
        }
        let class = self.class_of(value).clone();
        let Some(method) = class.special(Special::Hash) else { return Ok(identity_hash(value)) };
        if method.is_same(&self.plain.object_hash) {
            return Ok(identity_hash(value));
        }
        if method.is_none() {
            return Err(self.unhashable(value));
        }
        if class.is_same(&self.types.bytes)
            && let Some(bytes) = value.get::<BytesObj>()
        {
            heap::spend_bytes(bytes.data.len());
            return Ok(hash_bytes(&bytes.data));
        }
        let result = self.call(&method, &[value.clone()])?;
        if let Some(n) = result.as_int() {
            return Ok(if n == -1 { -2 } else { n });
        }
        match self.int_like(&result) {
            Some(big) => Ok(match big.to_i64() {
                Some(-1) => -2,
                Some(n) => n,
                None => super::number::hash_big(&big),
            }),
            None => Err(self.type_error("__hash__ method should return an integer")),
        }
    }

    /// The TypeError of a value that cannot be hashed.
    #[cold]
    pub fn unhashable(&mut self, value: &Value) -> Raised {
        let name = self.type_name(value);
        self.type_error(format!("unhashable type: '{name}'"))
    }

    /// `hash()` of a tuple.
    pub fn hash_tuple(&mut self, items: &[Value]) -> Result<i64> {
        heap::spend_items(items.len());
        let mut hash = TupleHash::new();
        for item in items {
            hash.add(self.nest("", |vm| vm.hash(item))?);
        }
        Ok(hash.finish(items.len()))
    }

    /// `bool(value)`
    #[inline]
    pub fn truth(&mut self, value: &Value) -> Result<bool> {
        if let Some(b) = value.as_bool() {
            return Ok(b);
        }
        if let Some(n) = value.as_int() {
            return Ok(n != 0);
        }
        if value.is_none() {
            return Ok(false);
        }
        self.truth_slow(value)
    }

    fn truth_slow(&mut self, value: &Value) -> Result<bool> {
        if let Some(x) = value.as_float() {
            return Ok(x != 0.0);
        }
        if !self.class_of(value).has_flag(crate::object::class_flag::HEAP) {
            let known = match value.kind() {
                Some(Kind::Str) => value.get::<Str>().map(|s| !s.as_str().is_empty()),
                Some(Kind::List) => value.get::<ListObj>().map(|l| !l.is_empty()),
                Some(Kind::Tuple) => value.get::<TupleObj>().map(|t| !t.is_empty()),
                Some(Kind::Dict) => value.get::<Dict>().map(|d| !d.is_empty()),
                Some(Kind::Set) => value.get::<SetObj>().map(|s| !s.is_empty()),
                _ => None,
            };
            if let Some(known) = known {
                return Ok(known);
            }
        }
        if value.is_not_implemented() {
            let category = self.exceptions.deprecation_warning.clone();
            self.warn(&category, "NotImplemented should not be used in a boolean context")?;
            return Ok(true);
        }
        let class = self.class_of(value).clone();
        if let Some(method) = class.special(Special::Bool) {
            let result = self.call(&method, &[value.clone()])?;
            return match result.as_bool() {
                Some(b) => Ok(b),
                None => {
                    let name = self.type_name(&result);
                    Err(self.type_error(format!("__bool__ should return bool, returned {name}")))
                }
            };
        }
        if class.has_special(Special::Len) {
            return Ok(self.len(value)? != 0);
        }
        if value.is_not_implemented() {
            let category = self.exceptions.deprecation_warning.clone();
            self.warn(&category, "NotImplemented should not be used in a boolean context")?;
        }
        Ok(true)
    }

    /// `len(value)`
    pub fn len(&mut self, value: &Value) -> Result<usize> {
        if !self.class_of(value).has_flag(crate::object::class_flag::HEAP) {
            let known = match value.kind() {
                Some(Kind::Str) => value.get::<Str>().map(Str::len),
                Some(Kind::List) => value.get::<ListObj>().map(ListObj::len),
                Some(Kind::Tuple) => value.get::<TupleObj>().map(TupleObj::len),
                Some(Kind::Dict) => value.get::<Dict>().map(Dict::len),
                Some(Kind::Set) => value.get::<SetObj>().map(SetObj::len),
                Some(Kind::Bytes) => value.get::<BytesObj>().map(|b| b.data.len()),
                Some(Kind::DictView) => value.get::<DictView>().map(|v| v.dict.len()),
                _ => None,
            };
            if let Some(known) = known {
                return Ok(known);
            }
        }
        let Some(method) = self.special(value, Special::Len) else {
            let name = self.type_name(value);
            return Err(self.type_error(format!("object of type '{name}' has no len()")));
        };
        let result = self.call(&method, &[value.clone()])?;
        let length = self.index(&result)?;
        match length.to_i64() {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => Err(self.value_error("__len__() should return >= 0")),
            None if length.sign() == num_bigint::Sign::Minus => {
                Err(self.value_error("__len__() should return >= 0"))
            }
            None => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// How many items an iterable says it has: by `__len__`, else by `__length_hint__`; `None` when it says
    /// nothing.
    pub fn length_hint(&mut self, value: &Value) -> Result<Option<usize>> {
        if self.special(value, Special::Len).is_some() {
            match self.len(value) {
                Ok(length) => return Ok(Some(length)),
                Err(raised) if raised.is(&self.exceptions.type_error) => {}
                Err(raised) => return Err(raised),
            }
        }
        let Some(method) = self.special(value, Special::LengthHint) else { return Ok(None) };
        let hint = match self.call(&method, &[value.clone()]) {
            Ok(hint) if hint.is_not_implemented() => return Ok(None),
            Ok(hint) => hint,
            Err(raised) if raised.is(&self.exceptions.type_error) => return Ok(None),
            Err(raised) => return Err(raised),
        };
        let Some(hint) = self.int_like(&hint) else {
            let got = self.type_name(&hint);
            return Err(self.type_error(format!("__length_hint__ must be an integer, not {got}")));
        };
        match hint.to_i64() {
            Some(hint) if hint >= 0 => Ok(Some(hint as usize)),
            Some(_) => Err(self.value_error("__length_hint__() should return >= 0")),
            None => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }

    /// Asks an iterable of a class of the program how long it is, as what collects its items does first.
    pub fn ask_length(&mut self, value: &Value) -> Result<()> {
        if !self.class_of(value).has_flag(class_flag::HEAP) {
            return Ok(());
        }
        match self.length_hint(value)? {
            Some(length) => self.room(length.saturating_mul(size_of::<Value>())),
            None => Ok(()),
        }
    }

    /// The integer in an `int`, a `bool` or an instance of a subclass of `int`.
    pub fn int_like(&self, value: &Value) -> Option<BigInt> {
        if let Some(n) = value.as_int() {
            return Some(BigInt::from(n));
        }
        if let Some(b) = value.as_bool() {
            return Some(BigInt::from(u8::from(b)));
        }
        let n = &value.get::<IntObj>()?.value;
        heap::spend_bytes(n.bits() as usize / 8);
        Some(n.clone())
    }

    /// The same when it fits 64 bits.
    #[inline]
    pub fn int_like_i64(&self, value: &Value) -> Option<i64> {
        if let Some(n) = value.as_int() {
            return Some(n);
        }
        if let Some(b) = value.as_bool() {
            return Some(i64::from(b));
        }
        value.get::<IntObj>().and_then(|i| i.value.to_i64())
    }

    /// `operator.index(value)`
    pub fn index(&mut self, value: &Value) -> Result<BigInt> {
        if let Some(n) = self.int_like(value) {
            return Ok(n);
        }
        let Some(method) = self.special(value, Special::Index) else {
            let name = self.type_name(value);
            return Err(self.type_error(format!("'{name}' object cannot be interpreted as an integer")));
        };
        let result = self.call(&method, &[value.clone()])?;
        match self.int_like(&result) {
            Some(n) => {
                let int = self.types.int.clone();
                self.warn_of_subclass(&result, &int, "__index__")?;
                Ok(n)
            }
            None => {
                let name = self.type_name(&result);
                Err(self.type_error(format!("__index__ returned non-int (type {name})")))
            }
        }
    }

    /// The warning about a conversion method, `method`, whose result is of a subclass of what it
    /// should return.
    #[inline]
    pub fn warn_of_subclass(&mut self, result: &Value, class: &Ref<Class>, method: &str) -> Result<()> {
        if self.class_of(result).is_same(class) {
            return Ok(());
        }
        let (wanted, got) = (class.name_text(), self.type_name(result));
        let text = format!(
            "{method} returned non-{wanted} (type {got}).  The ability to return an instance of a strict \
             subclass of {wanted} is deprecated, and may be removed in a future version of Python."
        );
        self.warn(&self.exceptions.deprecation_warning.clone(), &text)
    }

    /// The same as a machine integer; OverflowError when it does not fit.
    pub fn index_i64(&mut self, value: &Value) -> Result<i64> {
        if let Some(n) = value.as_int() {
            return Ok(n);
        }
        let n = self.index(value)?;
        match n.to_i64() {
            Some(n) => Ok(n),
            None => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }

    /// The same, clamped to the range of machine integers: slice bounds.
    pub fn index_clamped(&mut self, value: &Value) -> Result<i64> {
        if let Some(n) = value.as_int() {
            return Ok(n);
        }
        let n = self.index(value)?;
        Ok(n.to_i64().unwrap_or(if n.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX }))
    }

    /// The text of a `str` argument.
    pub fn expect_text<'v>(&mut self, value: &'v Value, what: &str) -> Result<&'v str> {
        match value.get::<Str>() {
            Some(text) => Ok(text.as_str()),
            None => {
                let name = self.argument_name(value);
                Err(self.type_error(format!("{what} must be str, not {name}")))
            }
        }
    }

    /// `isinstance(value, class)` for one class, without `__instancecheck__`.
    #[inline]
    pub fn is_a(&self, value: &Value, class: &Ref<Class>) -> bool {
        self.class_of(value).is_subclass_of(class)
    }

    /// `isinstance(value, class_or_tuple)`
    pub fn is_instance(&mut self, value: &Value, of: &Value) -> Result<bool> {
        if self.class_of(value).as_value().is_same(of) {
            return Ok(true);
        }
        if let Some(tuple) = of.get::<TupleObj>() {
            self.check_native_stack()?;
            for class in tuple.items().to_vec() {
                if self.is_instance(value, &class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(class) = of.downcast::<Class>()
            && class.header().class().is_same(&self.types.type_)
        {
            return self.plain_instance_check(value, &class);
        }
        if let Some(check) = self.special(of, Special::InstanceCheck) {
            let result = self.call(&check, &[of.clone(), value.clone()])?;
            return self.truth(&result);
        }
        if let Some(class) = of.downcast::<Class>() {
            return self.plain_instance_check(value, &class);
        }
        if self.claimed_bases(of)?.is_none() {
            return Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
        }
        match self.get_attr_optional(value, &heap::intern("__class__"))? {
            Some(class) => self.claims_base(&class, of),
            None => Ok(false),
        }
    }

    /// `type.__instancecheck__`: the class, or what `__class__` says.
    pub fn plain_instance_check(&mut self, value: &Value, class: &Ref<Class>) -> Result<bool> {
        if self.class_of(value).is_subclass_of(class) {
            return Ok(true);
        }
        if value.get::<Instance>().is_none() {
            return Ok(false);
        }
        let claimed = self.get_attr_optional(value, &heap::intern("__class__"))?;
        let claimed = claimed.and_then(|claimed| claimed.downcast::<Class>());
        Ok(claimed.is_some_and(|claimed| claimed.is_subclass_of(class)))
    }

    /// `issubclass(class, of)`
    pub fn is_subclass(&mut self, class: &Value, of: &Value) -> Result<bool> {
        if let Some(tuple) = of.get::<TupleObj>() {
            self.check_native_stack()?;
            for each in tuple.items().to_vec() {
                if self.is_subclass(class, &each)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        let plain_meta =
            of.downcast::<Class>().is_some_and(|c| c.header().class().is_same(&self.types.type_));
        if !plain_meta && let Some(check) = self.special(of, Special::SubclassCheck) {
            let result = self.call(&check, &[of.clone(), class.clone()])?;
            return self.truth(&result);
        }
        self.plain_subclass_check(class, of)
    }

    /// `type.__subclasscheck__`: by the MRO between classes; for other objects by what they call their `__bases__`.
    pub fn plain_subclass_check(&mut self, class: &Value, of: &Value) -> Result<bool> {
        if let (Some(class), Some(of)) = (class.downcast::<Class>(), of.downcast::<Class>()) {
            return Ok(class.is_subclass_of(&of));
        }
        if self.claimed_bases(class)?.is_none() {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if self.claimed_bases(of)?.is_none() {
            return Err(self.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
        }
        self.claims_base(class, of)
    }

    /// The tuple `__bases__` of a class, or of an object that passes for one.
    fn claimed_bases(&mut self, class: &Value) -> Result<Option<Value>> {
        let bases = self.get_attr_optional(class, &heap::intern("__bases__"))?;
        Ok(bases.filter(|bases| bases.get::<TupleObj>().is_some()))
    }

    fn claims_base(&mut self, class: &Value, of: &Value) -> Result<bool> {
        if class.is_same(of) {
            return Ok(true);
        }
        self.check_native_stack()?;
        let Some(bases) = self.claimed_bases(class)? else { return Ok(false) };
        for base in bases.get::<TupleObj>().map(|bases| bases.items().to_vec()).unwrap_or_default() {
            if self.claims_base(&base, of)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `os.fspath(path)`: a string or bytes as they are, otherwise what `__fspath__` gives.
    ///
    /// Source: PEP 519.
    pub fn file_path(&mut self, path: &Value) -> Result {
        let is_path = |value: &Value| value.is::<Str>() || value.is::<BytesObj>();
        if is_path(path) {
            return Ok(path.clone());
        }
        let class = self.class_of(path).clone();
        let method = self.lookup(&class, &heap::intern("__fspath__")).filter(|method| !method.is_none());
        let Some(method) = method else {
            let got = class.type_name();
            return Err(self.type_error(format!("expected str, bytes or os.PathLike object, not {got}")));
        };
        let method = self.bind(method, Some(path), &class)?;
        let given = self.call(&method, &[])?;
        if is_path(&given) {
            return Ok(given);
        }
        let (name, got) = (class.type_name(), self.type_name(&given));
        Err(self.type_error(format!("expected {name}.__fspath__() to return str or bytes, not {got}")))
    }

    /// Whether a value can be called.
    pub fn is_callable(&self, value: &Value) -> bool {
        self.class_of(value).has_special(Special::Call)
            || match value.kind() {
                Some(Kind::Function | Kind::BoundMethod | Kind::Class) => true,
                Some(Kind::Native) => {
                    value.get::<Native>().is_some_and(|native| native.row.binding != Binding::Attribute)
                }
                _ => false,
            }
    }

    /// The name of a callee with its module, unless that is `builtins`: `__main__.f()`. What has
    /// no name is shown itself.
    pub fn full_callee_name(&mut self, value: &Value) -> Result<String> {
        let known = value.get::<Function>().is_some()
            || matches!(value.kind(), Some(Kind::BoundMethod | Kind::Class | Kind::Native));
        let name = if known {
            self.callee_name(value)
        } else {
            match self.get_attr_optional(value, &heap::intern("__qualname__"))? {
                Some(name) if name.is::<Str>() => format!("{}()", self.text_of(&name)?),
                _ => return self.text_of(value),
            }
        };
        let module = self.get_attr_optional(value, &heap::intern("__module__"))?;
        Ok(match module.as_ref().and_then(Value::get::<Str>).map(Str::as_str) {
            Some(module) if module != "builtins" => format!("{module}.{name}"),
            _ => name,
        })
    }

    /// The qualified name of a function-like value, for messages: `f()`.
    pub fn callee_name(&mut self, value: &Value) -> String {
        if let Some(function) = value.get::<Function>() {
            let name = Value::peek(&function.qualname);
            if let Some(name) = name.get::<Str>() {
                return format!("{}()", name.as_str());
            }
        }
        if let Some(method) = value.get::<crate::object::BoundMethod>() {
            return self.callee_name(&method.function);
        }
        if let Some(native) = value.get::<super::Native>() {
            if let Some(owner) = native.owner_class() {
                return format!("{}.{}()", owner.name_text(), native.name.as_str());
            }
            return format!("{}()", native.name.as_str());
        }
        if let Some(class) = value.get::<Class>() {
            return format!("{}()", class.qualname.borrow().as_str());
        }
        format!("{} object", self.type_name(value))
    }
}

/// CPython's tuple hash (a variant of xxHash).
struct TupleHash(u64);

impl TupleHash {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;

    fn new() -> TupleHash {
        TupleHash(Self::P5)
    }

    #[inline(always)]
    fn add(&mut self, item: i64) {
        let lane = (item as u64).wrapping_mul(Self::P2);
        self.0 = self.0.wrapping_add(lane).rotate_left(31).wrapping_mul(Self::P1);
    }

    fn finish(self, length: usize) -> i64 {
        let acc = self.0.wrapping_add(length as u64 ^ (Self::P5 ^ 3_527_539));
        if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
    }
}

/// Tuples in tuples whose hash is taken without the guard of nested data.
const QUICK_LEVELS: u32 = 4;

/// The hash of a key that needs no Python code and no class to be asked: small integers,
/// strings, tuples of them.
#[inline]
pub(crate) fn quick_hash(value: &Value) -> Option<i64> {
    if let Some(n) = value.as_int() {
        return Some(super::number::hash_small(n));
    }
    if heap::is_exact_str(value) {
        return Some(value.get::<Str>()?.hash());
    }
    if let Some(b) = value.as_bool() {
        return Some(i64::from(b));
    }
    let tuple = value.get::<TupleObj>()?;
    if value.header()?.class().has_flag(crate::object::class_flag::HEAP) {
        return None;
    }
    quick_tuple_hash(tuple.items(), QUICK_LEVELS)
}

fn quick_tuple_hash(items: &[Value], levels: u32) -> Option<i64> {
    let mut hash = TupleHash::new();
    for item in items {
        hash.add(match item.get::<TupleObj>() {
            None => quick_hash(item)?,
            Some(tuple)
                if levels > 0 && !item.header()?.class().has_flag(crate::object::class_flag::HEAP) =>
            {
                quick_tuple_hash(tuple.items(), levels - 1)?
            }
            Some(_) => return None,
        });
    }
    Some(hash.finish(items.len()))
}

/// `hash()` of an object by identity: the address, rotated as CPython does.
pub fn identity_hash(value: &Value) -> i64 {
    let address = value.id();
    let hash = address.rotate_right(4) as i64;
    if hash == -1 { -2 } else { hash }
}
