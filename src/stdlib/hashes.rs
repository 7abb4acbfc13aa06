//! `_hashes`: the objects of `hashlib` and the hash below `random.seed("text")`. The algorithms are
//! the crates of the RustCrypto project; `python/hashlib.py` gives them their names.

use crate::object::{Class, Dict, Kind, Opaque, Ref, Str, Tracer, Value, heap};
use crate::types::bytes::buffer;
use crate::types::wrong_receiver;
use crate::vm::native::{Row, function, getter, method};
use crate::vm::{Result, Vm};
use sha2::digest::DynDigest;
use std::cell::RefCell;

/// The payload.
struct Hash {
    algorithm: &'static Algorithm,
    state: RefCell<Box<dyn DynDigest>>,
}

impl Opaque for Hash {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

struct Algorithm {
    name: &'static str,
    /// Bytes that the algorithm takes in at a time.
    block: usize,
    make: fn() -> Box<dyn DynDigest>,
}

macro_rules! algorithms {
    ($($name:literal $block:literal $type:ty;)*) => {
        const ALGORITHMS: &[Algorithm] = &[
            $(Algorithm { name: $name, block: $block, make: || Box::new(<$type>::default()) }),*
        ];
    };
}

algorithms! {
    "md5" 64 md5::Md5;
    "sha1" 64 sha1::Sha1;
    "sha224" 64 sha2::Sha224;
    "sha256" 64 sha2::Sha256;
    "sha384" 128 sha2::Sha384;
    "sha512" 128 sha2::Sha512;
    "sha3_224" 144 sha3::Sha3_224;
    "sha3_256" 136 sha3::Sha3_256;
    "sha3_384" 104 sha3::Sha3_384;
    "sha3_512" 72 sha3::Sha3_512;
}

#[derive(Default)]
struct Classes {
    hash: Option<Ref<Class>>,
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Hash> {
    match value.opaque::<Hash>() {
        Some(hash) => Ok(hash),
        None => Err(wrong_receiver(vm, value, "_hashlib.HASH")),
    }
}

fn content(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    if value.is::<Str>() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    match buffer(value) {
        Some(data) => Ok(data.into_owned()),
        None => Err(vm.type_error("object supporting the buffer API required")),
    }
}

/// `new(name, data)`; None for a name that is not known.
fn new(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.expect_text(&args[0], "name")?;
    let Some(algorithm) = ALGORITHMS.iter().find(|a| a.name == name) else { return Ok(Value::NONE) };
    let data = content(vm, &args[1])?;
    let mut state = (algorithm.make)();
    state.update(&data);
    object(vm, algorithm, state)
}

fn object(vm: &mut Vm, algorithm: &'static Algorithm, state: Box<dyn DynDigest>) -> Result {
    match vm.extension::<Classes>().hash.clone() {
        Some(class) => Ok(heap::new_opaque(&class, Hash { algorithm, state: RefCell::new(state) })),
        None => Err(vm.runtime_error("_hashes is not loaded")),
    }
}

fn update(vm: &mut Vm, args: &[Value]) -> Result {
    let hash = this(vm, &args[0])?;
    let data = content(vm, &args[1])?;
    hash.state.borrow_mut().update(&data);
    Ok(Value::NONE)
}

fn finished(hash: &Hash) -> Box<[u8]> {
    hash.state.borrow().box_clone().finalize()
}

fn digest(vm: &mut Vm, args: &[Value]) -> Result {
    let data = finished(this(vm, &args[0])?);
    Ok(vm.bytes(data))
}

fn hexdigest(vm: &mut Vm, args: &[Value]) -> Result {
    let data = finished(this(vm, &args[0])?);
    Ok(vm.str(data.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    let hash = this(vm, &args[0])?;
    let state = hash.state.borrow().box_clone();
    object(vm, hash.algorithm, state)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = this(vm, &args[0])?.algorithm.name;
    let address = crate::types::object::address(&args[0]);
    Ok(vm.str(format!("<{name} _hashlib.HASH object @ {address}>")))
}

fn name(vm: &mut Vm, value: &Value) -> Result {
    let name = this(vm, value)?.algorithm.name;
    Ok(vm.str(name))
}

fn digest_size(vm: &mut Vm, value: &Value) -> Result {
    let size = this(vm, value)?.state.borrow().output_size();
    Ok(Value::index(size))
}

fn block_size(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::index(this(vm, value)?.algorithm.block))
}

const HASH: &[Row] = &[
    method("update(self, obj, /)", update),
    method("digest(self, /)", digest),
    method("hexdigest(self, /)", hexdigest),
    method("copy(self, /)", copy),
    method("__repr__(self, /)", repr),
    getter("name", name),
    getter("digest_size", digest_size),
    getter("block_size", block_size),
];

const FUNCTIONS: &[Row] = &[function("new(name, data, /)", new)];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_hashes", FUNCTIONS);
    let object = vm.types.object.clone();
    let class = vm.new_class("HASH", "_hashlib", &object, Kind::Opaque, 0, HASH);
    drop(dict.set_text("HASH", class.to_value()));
    vm.extension::<Classes>().hash = Some(class);
    let names: Vec<Value> = ALGORITHMS.iter().map(|a| vm.str(a.name)).collect();
    drop(dict.set_text("names", vm.tuple(names)));
    Ok(())
}
