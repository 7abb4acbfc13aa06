//! Running totals: what `sum` does with one item after the other.

use super::arith::BinaryOp;
use super::fiber::release_run;
use super::{Result, Vm};
use crate::object::{FramePtr, Value};

/// The sum so far. Floats are added with compensation, as CPython does since 3.12.
pub struct Total {
    value: Value,
    /// The sum once it is a float, without its compensation.
    pending: Option<f64>,
    compensation: f64,
}

impl Total {
    pub fn new(start: Value) -> Total {
        Total { value: start, pending: None, compensation: 0.0 }
    }

    /// Adds what is left of an iterator.
    pub fn add_all(&mut self, vm: &mut Vm, iterator: &Value) -> Result<()> {
        while let Some(item) = vm.next(iterator)? {
            self.add(vm, &item)?;
        }
        Ok(())
    }

    #[inline]
    pub fn add(&mut self, vm: &mut Vm, item: &Value) -> Result<()> {
        if Value::both_int(&self.value, item)
            && let Some(sum) = Value::add_ints(&self.value, item)
        {
            self.value = sum;
            return Ok(());
        }
        self.add_other(vm, item)
    }

    fn add_other(&mut self, vm: &mut Vm, item: &Value) -> Result<()> {
        let Some(sum) = self.pending.or_else(|| self.value.as_float()) else {
            self.value = match (self.value.as_int(), item.as_int()) {
                (Some(x), Some(y)) => vm.int(x + y),
                _ => vm.binary(BinaryOp::Add, &self.value, item)?,
            };
            return Ok(());
        };
        if let Some(x) = item.as_float() {
            let next = sum + x;
            self.compensation += if sum.abs() >= x.abs() { (sum - next) + x } else { (x - next) + sum };
            self.pending = Some(next);
        } else if let Some(n) = vm.int_like_i64(item) {
            self.pending = Some(sum + n as f64);
        } else {
            let so_far = Value::float(compensated(sum, self.compensation));
            (self.pending, self.compensation) = (None, 0.0);
            self.value = vm.binary(BinaryOp::Add, &so_far, item)?;
        }
        Ok(())
    }

    pub fn finish(self) -> Value {
        match self.pending {
            Some(sum) => Value::float(compensated(sum, self.compensation)),
            None => self.value,
        }
    }
}

fn compensated(sum: f64, compensation: f64) -> f64 {
    if compensation != 0.0 && compensation.is_finite() { sum + compensation } else { sum }
}

impl Vm {
    /// Adds what a generator yields to the total of the `sum` that runs it in the loop. False
    /// when that is more than adding two inline integers.
    #[inline(always)]
    pub(crate) fn sum_in_loop(resumer: FramePtr, item: &Value) -> bool {
        let at = resumer.current().b;
        let total = resumer.reg(at);
        if Value::both_int(total, item)
            && let Some(sum) = Value::add_ints(total, item)
        {
            resumer.init(at, sum);
            return true;
        }
        false
    }

    /// Ends a `sum` that the loop began, from an item on that is more than it can add.
    #[cold]
    #[inline(never)]
    pub(crate) fn sum_the_rest(&mut self, resumer: FramePtr, item: Value) -> Result<()> {
        let call = resumer.current();
        let mut total = Total::new(resumer.reg(call.b).clone());
        let generator = resumer.reg(call.b + 1).clone();
        total.add(self, &item)?;
        drop(item);
        total.add_all(self, &generator)?;
        drop(generator);
        release_run(resumer, call);
        drop(resumer.replace(call.a, total.finish()));
        Ok(())
    }
}
