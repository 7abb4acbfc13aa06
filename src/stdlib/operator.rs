//! `operator`: the operators as functions; the three that make functions are in Python.

use crate::object::{Dict, Ref, Special, Value};
use crate::types::operators::comparisons;
use crate::vm::native::{Row, function};
use crate::vm::{BinaryOp, CompareOp, Result, Vm};

macro_rules! binary {
    ($($name:ident $inplace:ident $op:ident)*) => {
        $(
            fn $name(vm: &mut Vm, args: &[Value]) -> Result {
                vm.binary(BinaryOp::$op, &args[0], &args[1])
            }
            fn $inplace(vm: &mut Vm, args: &[Value]) -> Result {
                vm.inplace(BinaryOp::$op, &args[0], &args[1])
            }
        )*
    };
}
binary! {
    add iadd Add sub isub Sub mul imul Mul matmul imatmul MatMul truediv itruediv Div
    floordiv ifloordiv FloorDiv modulo imod Mod pow ipow Pow lshift ilshift LShift
    rshift irshift RShift and iand And or ior Or xor ixor Xor
}

comparisons! { compare }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    vm.compare(op, &args[0], &args[1])
}

fn neg(vm: &mut Vm, args: &[Value]) -> Result {
    vm.unary(Special::Neg, &args[0])
}

fn pos(vm: &mut Vm, args: &[Value]) -> Result {
    vm.unary(Special::Pos, &args[0])
}

fn invert(vm: &mut Vm, args: &[Value]) -> Result {
    vm.unary(Special::Invert, &args[0])
}

fn abs(vm: &mut Vm, args: &[Value]) -> Result {
    match vm.special(&args[0], Special::Abs) {
        Some(method) => vm.call(&method, &[args[0].clone()]),
        None => {
            let got = vm.type_name(&args[0]);
            Err(vm.type_error(format!("bad operand type for abs(): '{got}'")))
        }
    }
}

fn not(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(!vm.truth(&args[0])?))
}

fn truth(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(vm.truth(&args[0])?))
}

fn is(_: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(args[0].is_same(&args[1])))
}

fn is_not(_: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(!args[0].is_same(&args[1])))
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(vm.contains(&args[0], &args[1])?))
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    vm.get_item(&args[0], &args[1])
}

fn setitem(vm: &mut Vm, args: &[Value]) -> Result {
    vm.set_item(&args[0], &args[1], args[2].clone())?;
    Ok(Value::NONE)
}

fn delitem(vm: &mut Vm, args: &[Value]) -> Result {
    vm.del_item(&args[0], &args[1])?;
    Ok(Value::NONE)
}

fn index(vm: &mut Vm, args: &[Value]) -> Result {
    let n = vm.index(&args[0])?;
    Ok(vm.bigint(n))
}

fn concat(vm: &mut Vm, args: &[Value]) -> Result {
    if vm.special(&args[0], Special::GetItem).is_none() {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("'{got}' object can't be concatenated")));
    }
    vm.binary(BinaryOp::Add, &args[0], &args[1])
}

fn iconcat(vm: &mut Vm, args: &[Value]) -> Result {
    if vm.special(&args[0], Special::GetItem).is_none() {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("'{got}' object can't be concatenated")));
    }
    iadd(vm, args)
}

/// The iterator of something that is searched: what has none is named as `in` names it.
fn searched(vm: &mut Vm, value: &Value) -> Result {
    if vm.special(value, Special::Iter).is_none_or(|method| method.is_none())
        && vm.special(value, Special::GetItem).is_none()
    {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("argument of type '{got}' is not iterable")));
    }
    vm.iter(value)
}

fn count_of(vm: &mut Vm, args: &[Value]) -> Result {
    let mut found = 0;
    let iterator = searched(vm, &args[0])?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, &args[1])? {
            found += 1;
        }
    }
    Ok(Value::index(found))
}

fn index_of(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = searched(vm, &args[0])?;
    let mut at = 0;
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, &args[1])? {
            return Ok(Value::index(at));
        }
        at += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].as_int().is_none() {
        vm.index_i64(&args[1])?;
    }
    Ok(match vm.length_hint(&args[0])? {
        Some(length) => Value::index(length),
        None => args[1].clone(),
    })
}

fn call(vm: &mut Vm, values: &[Value], names: &[Ref<crate::object::Str>]) -> Result {
    match values.split_first() {
        Some((callee, rest)) => vm.call_kw(callee, rest, names),
        None => Err(vm.type_error("call expected at least 1 argument, got 0")),
    }
}

const FUNCTIONS: &[Row] = &[
    function("add(a, b, /)", add),
    function("iadd(a, b, /)", iadd),
    function("sub(a, b, /)", sub),
    function("isub(a, b, /)", isub),
    function("mul(a, b, /)", mul),
    function("imul(a, b, /)", imul),
    function("matmul(a, b, /)", matmul),
    function("imatmul(a, b, /)", imatmul),
    function("truediv(a, b, /)", truediv),
    function("itruediv(a, b, /)", itruediv),
    function("floordiv(a, b, /)", floordiv),
    function("ifloordiv(a, b, /)", ifloordiv),
    function("mod(a, b, /)", modulo),
    function("imod(a, b, /)", imod),
    function("pow(a, b, /)", pow),
    function("ipow(a, b, /)", ipow),
    function("lshift(a, b, /)", lshift),
    function("ilshift(a, b, /)", ilshift),
    function("rshift(a, b, /)", rshift),
    function("irshift(a, b, /)", irshift),
    function("and_(a, b, /)", and),
    function("iand(a, b, /)", iand),
    function("or_(a, b, /)", or),
    function("ior(a, b, /)", ior),
    function("xor(a, b, /)", xor),
    function("ixor(a, b, /)", ixor),
    function("lt(a, b, /)", lt),
    function("le(a, b, /)", le),
    function("eq(a, b, /)", eq),
    function("ne(a, b, /)", ne),
    function("gt(a, b, /)", gt),
    function("ge(a, b, /)", ge),
    function("neg(a, /)", neg),
    function("pos(a, /)", pos),
    function("inv(a, /)", invert),
    function("invert(a, /)", invert),
    function("abs(a, /)", abs),
    function("not_(a, /)", not),
    function("truth(a, /)", truth),
    function("is_(a, b, /)", is),
    function("is_not(a, b, /)", is_not),
    function("contains(a, b, /)", contains),
    function("getitem(a, b, /)", getitem),
    function("setitem(a, b, c, /)", setitem),
    function("delitem(a, b, /)", delitem),
    function("index(a, /)", index),
    function("concat(a, b, /)", concat),
    function("iconcat(a, b, /)", iconcat),
    function("countOf(a, b, /)", count_of),
    function("indexOf(a, b, /)", index_of),
    function("length_hint(obj, default=0, /)", length_hint),
    crate::vm::native::raw("call(obj, /, *args, **kwargs)", call),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_operator", FUNCTIONS);
    for row in FUNCTIONS {
        let name = row.name();
        let plain = name.trim_end_matches('_');
        if !matches!(name, "truth" | "is_" | "is_not" | "countOf" | "indexOf" | "length_hint")
            && let Some(value) = dict.get_text(name)
        {
            dict.set_text(&format!("__{plain}__"), value);
        }
    }
    super::run_python(vm, dict, "operator", include_str!("python/operator.py"))
}
