//! `_random`: the Mersenne Twister (MT19937) below the module `random`, whose distributions are
//! in `python/random.py`. The same seed gives the same numbers as CPython's, bit for bit.
//!
//! Without a seed the state comes from the host: real entropy, or the seed of a run that has to
//! be the same every time. `urandom` is the host's entropy as bytes.

use crate::object::{Dict, Kind, Opaque, Ref, Str, Tracer, TupleObj, Value, class_flag, heap};
use crate::types::{arity, class_argument, no_keywords, tuple_items, wrong_receiver};
use crate::vm::native::{Row, function, method, static_raw};
use crate::vm::{Result, Vm};
use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;
use std::cell::RefCell;

/// Words of state, and the distance between the two that make a new one.
const WORDS: usize = 624;
const MIDDLE: usize = 397;

/// The generator as its authors describe it: 19937 bits, refilled 624 words at a time.
struct Twister {
    words: Box<[u32; WORDS]>,
    next: usize,
}

impl Twister {
    fn from_word(seed: u32) -> Twister {
        let mut words = Box::new([0; WORDS]);
        let mut last = seed;
        for (i, word) in words.iter_mut().enumerate() {
            if i > 0 {
                last = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
            }
            *word = last;
        }
        Twister { words, next: WORDS }
    }

    /// From a key of any length, so that every bit of a large seed counts.
    fn from_key(key: &[u32]) -> Twister {
        let mut twister = Twister::from_word(19_650_218);
        let words = &mut twister.words;
        let mix = |last: u32, factor: u32| (last ^ (last >> 30)).wrapping_mul(factor);
        let mut at = 1;
        for round in 0..WORDS.max(key.len()) {
            let place = round % key.len();
            words[at] = (words[at] ^ mix(words[at - 1], 1_664_525))
                .wrapping_add(key[place])
                .wrapping_add(place as u32);
            at += 1;
            if at == WORDS {
                words[0] = words[WORDS - 1];
                at = 1;
            }
        }
        for _ in 1..WORDS {
            words[at] = (words[at] ^ mix(words[at - 1], 1_566_083_941)).wrapping_sub(at as u32);
            at += 1;
            if at == WORDS {
                words[0] = words[WORDS - 1];
                at = 1;
            }
        }
        words[0] = 0x8000_0000;
        twister
    }

    fn from_integer(seed: &BigUint) -> Twister {
        Twister::from_key(&match seed.to_u32_digits() {
            digits if digits.is_empty() => vec![0],
            digits => digits,
        })
    }

    fn refill(&mut self) {
        let words = &mut self.words;
        for i in 0..WORDS {
            let joined = (words[i] & 0x8000_0000) | (words[(i + 1) % WORDS] & 0x7fff_ffff);
            let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            words[i] = words[(i + MIDDLE) % WORDS] ^ (joined >> 1) ^ odd;
        }
        self.next = 0;
    }

    fn word(&mut self) -> u32 {
        if self.next >= WORDS {
            self.refill();
        }
        let mut y = self.words[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// A float of [0, 1) with 53 bits.
    fn float(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// An integer of `bits` bits, the lowest words first.
    fn bits(&mut self, bits: u64) -> BigInt {
        let mut words = Vec::with_capacity(bits.div_ceil(32) as usize);
        let mut left = bits;
        while left > 0 {
            let word = self.word();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        BigUint::new(words).into()
    }

    /// The same for at most 64 bits.
    fn small_bits(&mut self, bits: u64) -> u64 {
        match bits {
            0 => 0,
            1..=32 => u64::from(self.word() >> (32 - bits)),
            _ => {
                let low = u64::from(self.word());
                low | u64::from(self.word() >> (64 - bits)) << 32
            }
        }
    }
}

/// The payload.
struct Generator(RefCell<Twister>);

impl Opaque for Generator {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Generator> {
    match value.opaque::<Generator>() {
        Some(generator) => Ok(generator),
        None => Err(wrong_receiver(vm, value, "_random.Random")),
    }
}

/// A generator for a seed: an integer without its sign, the hash of anything else; for None what
/// the host says.
fn seeded(vm: &mut Vm, seed: &Value) -> Result<Twister> {
    if seed.is_none() {
        if let Some(seed) = vm.host.fixed_seed() {
            return Ok(Twister::from_integer(&seed.into()));
        }
        let mut bytes = [0; WORDS * 4];
        vm.host.entropy(&mut bytes);
        let key: Vec<u32> =
            bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        return Ok(Twister::from_key(&key));
    }
    if let Some(n) = vm.int_like(seed) {
        return Ok(Twister::from_integer(n.magnitude()));
    }
    let hash = vm.hash(seed)?;
    Ok(Twister::from_integer(&(hash as u64).into()))
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let object = vm.types.object.clone();
    let class = class_argument(vm, values, &object)?;
    if class.layout() != Kind::Opaque {
        let name = class.name_text();
        return Err(vm.type_error(format!(
            "_random.Random.__new__({name}): {name} is not a subtype of _random.Random"
        )));
    }
    // The class itself takes a seed; a subclass seeds in its own `__init__`.
    let plain = class.dict().get_text("_below").is_some();
    if plain {
        no_keywords(vm, "Random", names)?;
        arity(vm, "Random", values.len() - 1, 0, 1)?;
    }
    let seed = if plain { values.get(1).cloned() } else { None }.unwrap_or(Value::NONE);
    let twister = seeded(vm, &seed)?;
    Ok(heap::new_opaque(&class, Generator(RefCell::new(twister))))
}

fn seed(vm: &mut Vm, args: &[Value]) -> Result {
    let generator = this(vm, &args[0])?;
    let twister = seeded(vm, &args[1])?;
    generator.0.replace(twister);
    Ok(Value::NONE)
}

fn random(vm: &mut Vm, args: &[Value]) -> Result {
    let generator = this(vm, &args[0])?;
    Ok(Value::float(generator.0.borrow_mut().float()))
}

fn getrandbits(vm: &mut Vm, args: &[Value]) -> Result {
    let generator = this(vm, &args[0])?;
    let bits = vm.index(&args[1])?;
    if bits.sign() == num_bigint::Sign::Minus {
        return Err(vm.value_error("number of bits must be non-negative"));
    }
    let Some(bits) = bits.to_i32() else {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    };
    let bits = bits as u64;
    if bits < 32 {
        let word = generator.0.borrow_mut().small_bits(bits);
        return Ok(vm.int(word as i64));
    }
    vm.room(bits as usize / 8)?;
    heap::spend_items(bits as usize / 16);
    let n = generator.0.borrow_mut().bits(bits);
    Ok(vm.bigint(n))
}

/// An integer of [0, n), drawn as often as it takes.
fn below(vm: &mut Vm, args: &[Value]) -> Result {
    let generator = this(vm, &args[0])?;
    if let Some(n) = args[1].as_int().filter(|&n| n > 0) {
        let n = n as u64;
        let bits = u64::from(64 - n.leading_zeros());
        let mut twister = generator.0.borrow_mut();
        let mut drawn = twister.small_bits(bits);
        while drawn >= n {
            drawn = twister.small_bits(bits);
        }
        return Ok(vm.int(drawn as i64));
    }
    let n = vm.index(&args[1])?;
    if n.sign() != num_bigint::Sign::Plus {
        return Err(vm.value_error("empty range"));
    }
    let mut twister = generator.0.borrow_mut();
    let mut drawn = twister.bits(n.bits());
    while drawn >= n {
        drawn = twister.bits(n.bits());
    }
    Ok(vm.bigint(drawn))
}

fn getstate(vm: &mut Vm, args: &[Value]) -> Result {
    let generator = this(vm, &args[0])?;
    let twister = generator.0.borrow();
    let mut items: Vec<Value> = twister.words.iter().map(|&word| vm.int(i64::from(word))).collect();
    items.push(Value::index(twister.next));
    Ok(vm.tuple(items))
}

fn setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let generator = this(vm, &args[0])?;
    if !args[1].is::<TupleObj>() {
        return Err(vm.type_error("state vector must be a tuple"));
    }
    let items = tuple_items(&args[1]);
    if items.len() != WORDS + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut words = Box::new([0; WORDS]);
    for (word, item) in words.iter_mut().zip(items) {
        let Some(n) = vm.int_like(item) else {
            let got = vm.type_name(item);
            return Err(vm.type_error(format!("an integer is required (got type {got})")));
        };
        if n.sign() == num_bigint::Sign::Minus {
            return Err(vm.overflow_error("can't convert negative value to unsigned int"));
        }
        let Some(n) = n.to_u64() else {
            return Err(vm.overflow_error("Python int too large to convert to C unsigned long"));
        };
        *word = n as u32;
    }
    let next = vm.index_i64(&items[WORDS])?;
    match usize::try_from(next) {
        Ok(next) if next <= WORDS => {
            generator.0.replace(Twister { words, next });
            Ok(Value::NONE)
        }
        _ => Err(vm.value_error("invalid state")),
    }
}

fn urandom(vm: &mut Vm, args: &[Value]) -> Result {
    let count = vm.index_i64(&args[0])?;
    let Ok(count) = usize::try_from(count) else {
        return Err(vm.value_error("negative argument not allowed"));
    };
    vm.check_bits((count as u64).saturating_mul(8))?;
    let mut bytes = vec![0; count];
    vm.host.entropy(&mut bytes);
    Ok(vm.bytes(bytes))
}

const RANDOM: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("seed(self, n=None, /)", seed),
    method("random(self, /)", random),
    method("getrandbits(self, k, /)", getrandbits),
    method("_below(self, n, /)", below),
    method("getstate(self, /)", getstate),
    method("setstate(self, state, /)", setstate),
];

const FUNCTIONS: &[Row] = &[function("urandom(size, /)", urandom)];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_random", FUNCTIONS);
    let object = vm.types.object.clone();
    let class = vm.new_class("Random", "_random", &object, Kind::Opaque, class_flag::BASE, RANDOM);
    drop(dict.set_text("Random", class.to_value()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_are_those_of_the_reference() {
        let mut twister = Twister::from_key(&[0x123, 0x234, 0x345, 0x456]);
        let words: Vec<u32> = (0..4).map(|_| twister.word()).collect();
        assert_eq!(words, [1_067_595_299, 955_945_823, 477_289_528, 4_107_218_783]);
    }
}
