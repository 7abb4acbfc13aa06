//! Numbers: `abs`, `divmod`, `pow`, `round`, `sum`, `min`, `max`, and texts of integers.

use crate::object::{Kind, ListObj, Ref, SeqIter, Special, Str, TupleObj, Value};
use crate::source::surrogate;
use crate::types::split_arguments;
use crate::vm::native::{Row, function, raw};
use crate::vm::{BinaryOp, CompareOp, Result, Vm};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::ToPrimitive;

fn abs(vm: &mut Vm, args: &[Value]) -> Result {
    if args[0].is_int() {
        return Ok(vm.int(args[0].int_unchecked().abs()));
    }
    if let Some(x) = args[0].as_float() {
        return Ok(Value::float(x.abs()));
    }
    match vm.special(&args[0], Special::Abs) {
        Some(method) => vm.call(&method, &[args[0].clone()]),
        None => {
            let got = vm.type_name(&args[0]);
            Err(vm.type_error(format!("bad operand type for abs(): '{got}'")))
        }
    }
}

/// `a op b` by two special methods, the reflected one first for a subclass.
fn by_methods(vm: &mut Vm, plain: Special, reflected: Special, a: &Value, b: &Value) -> Result {
    let (class_a, class_b) = (vm.class_of(a).clone(), vm.class_of(b).clone());
    let same = class_a.is_same(&class_b);
    let first = !same && class_b.is_subclass_of(&class_a);
    let order = if first { [true, false] } else { [false, true] };
    for swapped in order {
        let (class, special, x, y) =
            if swapped { (&class_b, reflected, b, a) } else { (&class_a, plain, a, b) };
        if swapped && same {
            continue;
        }
        if let Some(method) = class.special(special)
            && !method.is_none()
        {
            let result = vm.call(&method, &[x.clone(), y.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
    }
    Ok(Value::NOT_IMPLEMENTED)
}

fn divmod(vm: &mut Vm, args: &[Value]) -> Result {
    if let (Some(x), Some(y)) = (args[0].as_int(), args[1].as_int())
        && y != 0
    {
        let (quotient, rest) = x.div_mod_floor(&y);
        let pair = [vm.int(quotient), vm.int(rest)];
        return Ok(vm.tuple(pair));
    }
    let result = by_methods(vm, Special::DivMod, Special::RDivMod, &args[0], &args[1])?;
    if result.is_not_implemented() {
        let (a, b) = (vm.type_name(&args[0]), vm.type_name(&args[1]));
        return Err(vm.type_error(format!("unsupported operand type(s) for divmod(): '{a}' and '{b}'")));
    }
    Ok(result)
}

fn pow(vm: &mut Vm, args: &[Value]) -> Result {
    if args[2].is_none() {
        return vm.binary(BinaryOp::Pow, &args[0], &args[1]);
    }
    if let Some(method) = vm.special(&args[0], Special::Pow) {
        let result = vm.call(&method, args)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    // The other operands' numbers refuse in their own words.
    if args[1..].iter().any(Value::is_float) {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    if args[1..].iter().any(|arg| arg.kind() == Some(Kind::Complex)) {
        return Err(vm.value_error("complex modulo"));
    }
    let names = [vm.type_name(&args[0]), vm.type_name(&args[1]), vm.type_name(&args[2])];
    Err(vm.type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        names[0], names[1], names[2]
    )))
}

fn round(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(method) = vm.special(&args[0], Special::Round) else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("type {got} doesn't define __round__ method")));
    };
    if args[1].is_none() {
        return vm.call(&method, &args[..1]);
    }
    vm.call(&method, args)
}

fn sum(vm: &mut Vm, args: &[Value]) -> Result {
    let start = &args[1];
    let refused = match start.kind() {
        Some(Kind::Str) => Some("sum() can't sum strings [use ''.join(seq) instead]"),
        Some(Kind::Bytes) => Some("sum() can't sum bytes [use b''.join(seq) instead]"),
        Some(Kind::ByteArray) => Some("sum() can't sum bytearray [use b''.join(seq) instead]"),
        _ => None,
    };
    let iterator = vm.iter(&args[0])?;
    if let Some(message) = refused {
        return Err(vm.type_error(message));
    }
    let mut total = start.clone();
    // The integers that a list or tuple begins with run no Python code.
    if let (Some(sequence), Some(mut sum)) = (iterator.get::<SeqIter>(), total.as_int()) {
        let mut index = sequence.index.get();
        Value::look(&sequence.sequence, |held| {
            let mut add = |items: &[Value]| {
                for item in items {
                    let next = item.as_int().map(|n| sum + n).filter(|&n| Value::small_int(n).is_some());
                    let Some(next) = next else { break };
                    (sum, index) = (next, index + 1);
                }
            };
            let start = sequence.index.get();
            if let Some(list) = held.get::<ListObj>() {
                list.with(|items| add(items.get(start..).unwrap_or(&[])));
            } else if let Some(tuple) = held.get::<TupleObj>() {
                add(tuple.items().get(start..).unwrap_or(&[]));
            }
        });
        sequence.index.set(index);
        total = vm.int(sum);
    }
    // Floats are added with compensation, as CPython does since 3.12.
    let mut compensation = 0.0_f64;
    let mut pending = None;
    while let Some(item) = vm.next(&iterator)? {
        if let (Some(sum), Some(n)) = (total.as_int(), item.as_int())
            && let Some(sum) = Value::small_int(sum + n)
        {
            total = sum;
            continue;
        }
        let Some(sum) = pending.or_else(|| total.as_float()) else {
            total = match (total.as_int(), item.as_int()) {
                (Some(x), Some(y)) => vm.int(x + y),
                _ => vm.binary(BinaryOp::Add, &total, &item)?,
            };
            continue;
        };
        if let Some(x) = item.as_float() {
            let next = sum + x;
            compensation += if sum.abs() >= x.abs() { (sum - next) + x } else { (x - next) + sum };
            pending = Some(next);
        } else if let Some(n) = item.as_int() {
            pending = Some(sum + n as f64);
        } else {
            let so_far = finish(sum, compensation);
            (pending, compensation) = (None, 0.0);
            total = vm.binary(BinaryOp::Add, &Value::float(so_far), &item)?;
        }
    }
    Ok(match pending {
        Some(sum) => Value::float(finish(sum, compensation)),
        None => total,
    })
}

fn finish(sum: f64, compensation: f64) -> f64 {
    if compensation != 0.0 && compensation.is_finite() { sum + compensation } else { sum }
}

fn min(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    extreme(vm, "min", CompareOp::Lt, values, names)
}

fn max(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    extreme(vm, "max", CompareOp::Gt, values, names)
}

fn extreme(vm: &mut Vm, function: &str, op: CompareOp, values: &[Value], names: &[Ref<Str>]) -> Result {
    if names.is_empty()
        && let [first, rest @ ..] = values
        && !rest.is_empty()
    {
        let mut best = first;
        for item in rest {
            if vm.compare_truth(op, item, best)? {
                best = item;
            }
        }
        return Ok(best.clone());
    }
    let (positional, keywords) = split_arguments(values, names);
    let (mut key, mut default) = (Value::NONE, None);
    for (name, value) in keywords {
        match name.as_str() {
            "key" => key = value.clone(),
            "default" => default = Some(value.clone()),
            other => {
                return Err(
                    vm.type_error(format!("{function}() got an unexpected keyword argument '{other}'"))
                );
            }
        }
    }
    let items = match positional {
        [] => {
            return Err(vm.type_error(format!("{function} expected at least 1 argument, got 0")));
        }
        [iterable] => vm.iter(iterable)?,
        many => {
            if default.is_some() {
                return Err(vm.type_error(format!(
                    "Cannot specify a default for {function}() with multiple positional arguments"
                )));
            }
            let tuple = vm.tuple(many.to_vec());
            vm.iter(&tuple)?
        }
    };
    if key.is_none() {
        let mut best = vm.next(&items)?;
        if let Some(best) = &mut best {
            while let Some(item) = vm.next(&items)? {
                if vm.compare_truth(op, &item, best)? {
                    *best = item;
                }
            }
        }
        return match best.or(default) {
            Some(item) => Ok(item),
            None => Err(vm.value_error(format!("{function}() iterable argument is empty"))),
        };
    }
    let mut best: Option<(Value, Value)> = None;
    while let Some(item) = vm.next(&items)? {
        let own = vm.call(&key, std::slice::from_ref(&item))?;
        let better = match &best {
            Some((_, known)) => vm.compare_truth(op, &own, known)?,
            None => true,
        };
        if better {
            best = Some((item, own));
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(vm.value_error(format!("{function}() iterable argument is empty"))),
    }
}

fn in_base(vm: &mut Vm, value: &Value, prefix: &str, radix: u32) -> Result {
    let n: BigInt = vm.index(value)?;
    let sign = if n.sign() == Sign::Minus { "-" } else { "" };
    let digits = n.magnitude().to_str_radix(radix);
    Ok(vm.str(format!("{sign}{prefix}{digits}")))
}

fn bin(vm: &mut Vm, args: &[Value]) -> Result {
    in_base(vm, &args[0], "0b", 2)
}

fn oct(vm: &mut Vm, args: &[Value]) -> Result {
    in_base(vm, &args[0], "0o", 8)
}

fn hex(vm: &mut Vm, args: &[Value]) -> Result {
    in_base(vm, &args[0], "0x", 16)
}

fn chr(vm: &mut Vm, args: &[Value]) -> Result {
    let n = vm.index(&args[0])?;
    match n.to_u32().and_then(surrogate::char_of) {
        Some(c) => Ok(vm.char(c)),
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm, args: &[Value]) -> Result {
    use crate::object::{ByteArrayObj, BytesObj};
    let length = if let Some(text) = args[0].get::<Str>() {
        if let (1, Some(c)) = (text.len(), text.char_at(0)) {
            return Ok(vm.int(i64::from(surrogate::code_of(c))));
        }
        text.len()
    } else if let Some(bytes) = args[0].get::<BytesObj>() {
        if let [byte] = &*bytes.data {
            return Ok(vm.int(i64::from(*byte)));
        }
        bytes.data.len()
    } else if let Some(bytes) = args[0].get::<ByteArrayObj>() {
        let data = bytes.data.borrow().clone();
        if let [byte] = data[..] {
            return Ok(vm.int(i64::from(byte)));
        }
        data.len()
    } else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("ord() expected string of length 1, but {got} found")));
    };
    Err(vm.type_error(format!("ord() expected a character, but string of length {length} found")))
}

pub const FUNCTIONS: &[Row] = &[
    function("abs(x, /)", abs),
    function("divmod(x, y, /)", divmod),
    function("pow(base, exp, mod=None)", pow),
    function("round(number, ndigits=None)", round),
    function("sum(iterable, /, start=0)", sum),
    raw("min(iterable, *[, default=obj, key=func])", min),
    raw("max(iterable, *[, default=obj, key=func])", max),
    function("bin(number, /)", bin),
    function("oct(number, /)", oct),
    function("hex(number, /)", hex),
    function("chr(i, /)", chr),
    function("ord(c, /)", ord),
];
