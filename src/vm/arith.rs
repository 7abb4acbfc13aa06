//! Binary and unary operators: the builtin numbers at once, everything else by special methods.
//!
//! Source: the Python reference, "Emulating numeric types".

use super::native::Native;
use super::{Result, Vm};
use crate::object::{Kind, Special, Str, Value, class_flag, heap};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

impl BinaryOp {
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::MatMul => "@",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::LShift => "<<",
            BinaryOp::RShift => ">>",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
        }
    }

    /// The special methods: plain, reflected, in place.
    pub fn specials(self) -> (Special, Special, Special) {
        match self {
            BinaryOp::Add => (Special::Add, Special::RAdd, Special::IAdd),
            BinaryOp::Sub => (Special::Sub, Special::RSub, Special::ISub),
            BinaryOp::Mul => (Special::Mul, Special::RMul, Special::IMul),
            BinaryOp::MatMul => (Special::MatMul, Special::RMatMul, Special::IMatMul),
            BinaryOp::Div => (Special::Div, Special::RDiv, Special::IDiv),
            BinaryOp::FloorDiv => (Special::FloorDiv, Special::RFloorDiv, Special::IFloorDiv),
            BinaryOp::Mod => (Special::Mod, Special::RMod, Special::IMod),
            BinaryOp::Pow => (Special::Pow, Special::RPow, Special::IPow),
            BinaryOp::LShift => (Special::LShift, Special::RLShift, Special::ILShift),
            BinaryOp::RShift => (Special::RShift, Special::RRShift, Special::IRShift),
            BinaryOp::And => (Special::And, Special::RAnd, Special::IAnd),
            BinaryOp::Or => (Special::Or, Special::ROr, Special::IOr),
            BinaryOp::Xor => (Special::Xor, Special::RXor, Special::IXor),
        }
    }
}

fn is_sequence(value: &Value) -> bool {
    matches!(value.kind(), Some(Kind::Str | Kind::List | Kind::Tuple | Kind::Bytes | Kind::ByteArray))
}

/// The builtin sequences have no numeric methods: they join and repeat, which is tried after what the other operand
/// knows. Called by name, these methods raise where an operator would go on.
fn is_sequence_method(op: BinaryOp, value: &Value, method: &Value) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Mul)
        && is_sequence(value)
        && method.get::<super::Native>().is_some()
}

impl Vm {
    /// `a op b`
    pub fn binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result {
        let result = self.try_binary(op, a, b)?;
        if result.is_not_implemented() {
            return Err(self.unsupported(op, a, b, ""));
        }
        Ok(result)
    }

    /// `a op= b`
    pub fn inplace(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result {
        if let Some(result) = self.number_binary(op, a, b) {
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        } else if let Some(method) = self.special(a, op.specials().2) {
            if is_sequence_method(op, a, &method) {
                return self.sequence_inplace(op, a, b, &method);
            }
            let result = self.call(&method, &[a.clone(), b.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        // What might be a sequence itself is not repeated in place by another one.
        let class = self.class_of(a);
        let other = class.has_special(Special::Len) || class.has_flag(class_flag::HEAP);
        if op == BinaryOp::Mul && other && is_sequence(b) && !is_sequence(a) {
            if let Some(method) = self.special(a, op.specials().0) {
                let result = self.call(&method, &[a.clone(), b.clone()])?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
            return Err(self.unsupported(op, a, b, "="));
        }
        let result = self.try_binary(op, a, b)?;
        if result.is_not_implemented() {
            return Err(self.unsupported(op, a, b, "="));
        }
        Ok(result)
    }

    /// The result, or NotImplemented when neither operand knows the other.
    fn try_binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result {
        if let Some(result) = self.number_binary(op, a, b) {
            return result;
        }
        if op == BinaryOp::Add
            && heap::is_exact_str(a)
            && heap::is_exact_str(b)
            && let (Some(x), Some(y)) = (a.get::<Str>(), b.get::<Str>())
        {
            self.room(x.as_str().len() + y.as_str().len())?;
            let mut text = String::with_capacity(x.as_str().len() + y.as_str().len());
            text.push_str(x.as_str());
            text.push_str(y.as_str());
            return Ok(self.str(text));
        }
        self.check_native_stack()?;
        let (plain, reflected, _) = op.specials();
        let (class_a, class_b) = (self.class_of(a).clone(), self.class_of(b).clone());
        // A method that is None is called like any other, and that fails.
        let method_a = class_a.special(plain);
        let method_b = if class_a.is_same(&class_b) { None } else { class_b.special(reflected) };
        // A subclass that overrides the reflected method goes first.
        if let Some(method) = &method_b
            && class_b.is_subclass_of(&class_a)
            && !class_a.special(reflected).is_some_and(|m| m.is_same(method))
        {
            let result = self.call(method, &[b.clone(), a.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
            return match method_a {
                Some(method) => self.call(&method, &[a.clone(), b.clone()]),
                None => Ok(result),
            };
        }
        let joins = method_a.as_ref().is_some_and(|method| is_sequence_method(op, a, method));
        if let Some(method) = &method_a
            && !joins
        {
            let result = self.call(method, &[a.clone(), b.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        if let Some(method) = method_b
            && (!is_sequence_method(op, b, &method) || self.counts(a))
        {
            let result = self.call(&method, &[b.clone(), a.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        if let Some(method) = method_a
            && joins
            && (op == BinaryOp::Add || self.counts(b))
        {
            return self.call(&method, &[a.clone(), b.clone()]);
        }
        self.sequence_binary(op, a, b)
    }

    /// `a += b`, `a *= n` for sequences, which the other operand may take over.
    fn sequence_inplace(&mut self, op: BinaryOp, a: &Value, b: &Value, method: &Value) -> Result {
        let reflected = op.specials().1;
        if let Some(other) = self.special(b, reflected)
            && !is_sequence_method(op, b, &other)
        {
            let result = self.call(&other, &[b.clone(), a.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        if op == BinaryOp::Mul && !self.counts(b) {
            return self.sequence_binary(op, a, b);
        }
        self.call(method, &[a.clone(), b.clone()])
    }

    /// Whether a value can say how often a sequence is repeated.
    fn counts(&self, value: &Value) -> bool {
        value.is_int() || self.int_like(value).is_some() || self.class_of(value).has_special(Special::Index)
    }

    /// What C-level sequences do that have no numeric method: the texts of their errors.
    fn sequence_binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result {
        let repeats = |value: &Value| is_sequence(value) || self.type_name(value) == "collections.deque";
        match op {
            BinaryOp::Add if is_sequence(a) => Err(self.cannot_join(a, b)),
            BinaryOp::Mul if repeats(a) || repeats(b) => {
                let other = if repeats(a) { b } else { a };
                let name = self.type_name(other);
                Err(self.type_error(format!("can't multiply sequence by non-int of type '{name}'")))
            }
            _ => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    /// `a + b` where `a` is a sequence and `b` is not one of its kind.
    #[cold]
    pub fn cannot_join(&mut self, a: &Value, b: &Value) -> super::Raised {
        let (own, other) = (self.type_name(a), self.type_name(b));
        match a.kind() {
            Some(Kind::Bytes | Kind::ByteArray) => self.type_error(format!("can't concat {other} to {own}")),
            Some(Kind::Str) => self.type_error(format!("can only concatenate str (not \"{other}\") to str")),
            Some(Kind::List) => {
                self.type_error(format!("can only concatenate list (not \"{other}\") to list"))
            }
            _ => self.type_error(format!("can only concatenate tuple (not \"{other}\") to tuple")),
        }
    }

    /// `sequence.__mul__(count)` with something that does not count.
    #[cold]
    pub fn cannot_count(&mut self, count: &Value) -> super::Raised {
        let name = self.type_name(count);
        self.type_error(format!("'{name}' object cannot be interpreted as an integer"))
    }

    #[cold]
    fn unsupported(&mut self, op: BinaryOp, a: &Value, b: &Value, suffix: &str) -> super::Raised {
        let (left, right) = (self.type_name(a), self.type_name(b));
        let symbol = match (op, suffix) {
            (BinaryOp::Pow, "") => "** or pow()".to_owned(),
            _ => format!("{}{suffix}", op.symbol()),
        };
        // What `print >> file` meant in Python 2.
        let print = a.get::<Native>().is_some_and(|native| native.name.as_str() == "print");
        let hint = if symbol == ">>" && print {
            ". Did you mean \"print(<message>, file=<output_stream>)\"?"
        } else {
            ""
        };
        self.type_error(format!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'{hint}"))
    }

    /// `-a`, `+a`, `~a`
    pub fn unary(&mut self, special: Special, a: &Value) -> Result {
        if let Some(x) = a.as_float() {
            match special {
                Special::Neg => return Ok(Value::float(-x)),
                Special::Pos => return Ok(Value::float(x)),
                _ => {}
            }
        }
        if let Some(n) = a.as_int() {
            return Ok(match special {
                Special::Neg => self.int(-n),
                Special::Invert => self.int(!n),
                _ => a.clone(),
            });
        }
        match self.special(a, special) {
            Some(method) => self.call(&method, &[a.clone()]),
            None => {
                let symbol = match special {
                    Special::Neg => "-",
                    Special::Pos => "+",
                    _ => "~",
                };
                let name = self.type_name(a);
                Err(self.type_error(format!("bad operand type for unary {symbol}: '{name}'")))
            }
        }
    }
}
