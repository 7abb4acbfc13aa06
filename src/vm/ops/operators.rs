//! Operators and items whose fast path in the loop did not fit.

use crate::bytecode::Instr;
use crate::object::{ListObj, Str, TupleObj, Value, append_to, heap};
use crate::vm::arith::BinaryOp;
use crate::vm::native::Native;
use crate::vm::window::Window;
use crate::vm::{Result, Vm};

/// How many stores ahead of a stride of list stores the memory is asked for.
const STORES_AHEAD: i64 = 64;

impl Vm {
    /// A binary operator whose operands are no small numbers.
    #[inline(never)]
    pub(crate) fn binary_slow(&mut self, w: Window, i: Instr, op: BinaryOp, inplace: bool) -> Result<()> {
        self.check_bound(w, i.b)?;
        self.check_bound(w, i.c)?;
        let (a, b) = (w.reg(i.b), w.reg(i.c));
        if op == BinaryOp::Add
            && i.a != i.b
            && i.flags & 2 == 0
            && heap::is_exact_str(a)
            && heap::is_exact_str(b)
            && let (Some(x), Some(y)) = (a.get::<Str>(), b.get::<Str>())
        {
            let value = self.joined([x.as_str(), y.as_str()]);
            if i.flags & 4 != 0 {
                drop(w.take(i.c));
            }
            w.out(&i, value);
            return Ok(());
        }
        // `s += x` on a variable: the string grows in place when nobody else holds it.
        if op == BinaryOp::Add
            && (i.a == i.b || i.flags & 2 != 0)
            && i.b != i.c
            && heap::is_exact_str(a)
            && heap::is_exact_str(b)
            && let Some(more) = b.get::<Str>()
            && append_to(a, more.as_str())
        {
            if i.flags & 4 != 0 {
                drop(w.take(i.c));
            }
            if i.a != i.b {
                let grown = w.take(i.b);
                w.out(&i, grown);
            }
            return Ok(());
        }
        let value = if inplace { self.inplace(op, a, b)? } else { self.binary(op, a, b)? };
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        if i.flags & 4 != 0 {
            drop(w.take(i.c));
        }
        w.out(&i, value);
        Ok(())
    }

    #[inline(never)]
    pub(crate) fn immediate_slow(&mut self, w: Window, i: Instr, op: BinaryOp, inplace: bool) -> Result<()> {
        self.check_bound(w, i.b)?;
        let (a, b) = (w.reg(i.b), self.int(i64::from(i.c as i16)));
        let value = if inplace { self.inplace(op, a, &b)? } else { self.binary(op, a, &b)? };
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        w.out(&i, value);
        Ok(())
    }

    /// Items of plain lists and tuples by a non-negative index.
    #[inline(always)]
    pub(crate) fn quick_item(&self, obj: &Value, index: &Value) -> Option<Value> {
        let at = index.as_int()?;
        if at < 0 {
            return None;
        }
        if let Some(list) = obj.get::<ListObj>() {
            return if self.is_plain_list(obj) { list.get(at as usize) } else { None };
        }
        let tuple = obj.get::<TupleObj>()?;
        if obj.header()?.class().is_same(&self.types.tuple) {
            tuple.items().get(at as usize).cloned()
        } else {
            None
        }
    }

    /// `obj[index] = value` of a plain list by a non-negative index: what was there, or `value`
    /// again when it is something else.
    #[inline(always)]
    pub(crate) fn store_item(
        &mut self,
        obj: &Value,
        index: &Value,
        value: Value,
    ) -> std::result::Result<Value, Value> {
        match (obj.get::<ListObj>(), index.as_int()) {
            (Some(list), Some(at)) if self.is_plain_list(obj) => {
                // Stores often go in strides that the processor does not foresee.
                let stride = at.wrapping_sub(self.last_stored);
                self.last_stored = at;
                list.expect_store(at.wrapping_add(stride.wrapping_mul(STORES_AHEAD)) as usize);
                // A negative index is out of range here.
                list.set(at as usize, value)
            }
            _ => Err(value),
        }
    }

    #[inline(always)]
    pub(crate) fn is_plain_list(&self, obj: &Value) -> bool {
        obj.header().is_some_and(|h| h.class().is_same(&self.types.list))
    }

    /// Whether a callee is `list.append` itself.
    #[inline(always)]
    pub(crate) fn is_list_append(&self, callee: &Value) -> bool {
        match (callee.get::<Native>(), self.plain.list_append) {
            (Some(native), Some(row)) => std::ptr::eq(native.row, row),
            _ => false,
        }
    }
}
