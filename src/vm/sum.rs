//! Running totals: what `sum` does with one item after the other.

use super::arith::BinaryOp;
use super::fiber::release_run;
use super::{Result, Vm};
use crate::object::{FramePtr, Value};

/// The sum so far.
pub struct Total {
    value: Value,
    phase: Phase,
}

/// What has been added. Floats are added with compensation, as CPython does since 3.12, but only
/// if nothing or integers alone came before; after anything else that never begins.
enum Phase {
    /// Nothing was looked at yet.
    Start,
    Integers,
    /// The sum without its compensation, which `value` is not.
    Floats {
        sum: f64,
        compensation: f64,
    },
    Anything,
}

impl Phase {
    fn floats(value: &Value) -> Phase {
        value.as_float().map_or(Phase::Anything, |sum| Phase::Floats { sum, compensation: 0.0 })
    }
}

impl Total {
    pub fn new(start: Value) -> Total {
        Total { value: start, phase: Phase::Start }
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
        if let Phase::Start = self.phase {
            let integer = vm.class_of(&self.value).is_same(&vm.types.int);
            self.phase = if integer { Phase::Integers } else { Phase::floats(&self.value) };
        }
        match &mut self.phase {
            Phase::Floats { sum, compensation } => {
                if let Some(x) = item.as_float() {
                    let next = *sum + x;
                    *compensation += if sum.abs() >= x.abs() { (*sum - next) + x } else { (x - next) + *sum };
                    *sum = next;
                } else if let Some(n) = vm.int_like_i64(item) {
                    *sum += n as f64;
                } else {
                    let so_far = Value::float(compensated(*sum, *compensation));
                    self.phase = Phase::Anything;
                    self.value = vm.binary(BinaryOp::Add, &so_far, item)?;
                }
            }
            Phase::Integers => {
                let integer = vm.class_of(item).is_same(&vm.types.int) || item.is_bool();
                self.value = vm.binary(BinaryOp::Add, &self.value, item)?;
                if !(integer && vm.int_like_i64(&self.value).is_some()) {
                    self.phase = Phase::floats(&self.value);
                }
            }
            Phase::Start | Phase::Anything => {
                self.value = vm.binary(BinaryOp::Add, &self.value, item)?;
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Value {
        match self.phase {
            Phase::Floats { sum, compensation } => Value::float(compensated(sum, compensation)),
            Phase::Start | Phase::Integers | Phase::Anything => self.value,
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
