//! `types`: the names of the machine's classes, and a part in Python.

use crate::object::{Dict, Ref};
use crate::types::Extra;
use crate::vm::{Result, Vm};

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    let t = &vm.types;
    for (name, class) in [
        ("FunctionType", &t.function),
        ("LambdaType", &t.function),
        ("CodeType", &t.code),
        ("MappingProxyType", &t.mappingproxy),
        ("CellType", &t.cell),
        ("GeneratorType", &t.generator),
        ("CoroutineType", &t.coroutine),
        ("AsyncGeneratorType", &t.async_generator),
        ("MethodType", &t.method),
        ("BuiltinFunctionType", &t.native),
        ("BuiltinMethodType", &t.native),
        ("WrapperDescriptorType", &t.wrapper_descriptor),
        ("MethodDescriptorType", &t.method_descriptor),
        ("ClassMethodDescriptorType", &t.classmethod_descriptor),
        ("MethodWrapperType", &t.method_wrapper),
        ("GetSetDescriptorType", &t.getset_descriptor),
        ("MemberDescriptorType", &t.member_descriptor),
        ("ModuleType", &t.module),
        ("TracebackType", &t.traceback),
        ("FrameType", &t.frame),
        ("NoneType", &t.none),
        ("NotImplementedType", &t.not_implemented),
        ("EllipsisType", &t.ellipsis),
    ] {
        dict.set_text(name, class.to_value());
    }
    let alias = Extra::generic_alias(vm);
    dict.set_text("GenericAlias", alias.into_value());
    let union = Extra::union(vm);
    dict.set_text("UnionType", union.into_value());
    super::run_python(vm, dict, "types", include_str!("python/types.py"))
}
