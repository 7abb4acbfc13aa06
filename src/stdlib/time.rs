//! `time`, through the host's clocks.

mod strftime;

use crate::object::{Class, Dict, Kind, Ref, Str, TupleObj, Value, heap};
use crate::types::tuple_items;
use crate::vm::native::{Row, function, getter, method, static_raw};
use crate::vm::{Result, Vm};
use num_traits::ToPrimitive;
use strftime::format_time;

const NANOS: f64 = 1e9;

fn seconds(nanos: i64) -> Value {
    Value::float(nanos as f64 / NANOS)
}

fn time(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(seconds(vm.host.wall_time()))
}

fn time_ns(vm: &mut Vm, _: &[Value]) -> Result {
    let nanos = vm.host.wall_time();
    Ok(vm.int(nanos))
}

fn monotonic(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(seconds(vm.host.monotonic()))
}

fn monotonic_ns(vm: &mut Vm, _: &[Value]) -> Result {
    let nanos = vm.host.monotonic();
    Ok(vm.int(nanos))
}

fn process_time(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(seconds(vm.host.process_time()))
}

fn process_time_ns(vm: &mut Vm, _: &[Value]) -> Result {
    let nanos = vm.host.process_time();
    Ok(vm.int(nanos))
}

/// The clocks by the numbers that Linux gives them.
const CLOCKS: [(&str, i64); 7] = [
    ("CLOCK_REALTIME", 0),
    ("CLOCK_MONOTONIC", 1),
    ("CLOCK_PROCESS_CPUTIME_ID", 2),
    ("CLOCK_THREAD_CPUTIME_ID", 3),
    ("CLOCK_MONOTONIC_RAW", 4),
    ("CLOCK_BOOTTIME", 7),
    ("CLOCK_TAI", 11),
];

fn clock_gettime_ns(vm: &mut Vm, args: &[Value]) -> Result {
    match vm.index_i64(&args[0])? {
        0 | 11 => time_ns(vm, &[]),
        1 | 4 | 7 => monotonic_ns(vm, &[]),
        2 | 3 => process_time_ns(vm, &[]),
        _ => Err(vm.os_error("[Errno 22] Invalid argument")),
    }
}

fn clock_gettime(vm: &mut Vm, args: &[Value]) -> Result {
    let nanos = clock_gettime_ns(vm, args)?;
    Ok(seconds(vm.index_i64(&nanos)?))
}

fn get_clock_info(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    let (id, monotonic, adjustable) = match name.as_str() {
        "time" => ("CLOCK_REALTIME", false, true),
        "monotonic" | "perf_counter" => ("CLOCK_MONOTONIC", true, false),
        "process_time" => ("CLOCK_PROCESS_CPUTIME_ID", true, false),
        "thread_time" => ("CLOCK_THREAD_CPUTIME_ID", true, false),
        _ => return Err(vm.value_error("unknown clock")),
    };
    let types = vm.import_module("types")?;
    let namespace = vm.get_attr_text(&types, "SimpleNamespace")?;
    let values = [
        vm.str(format!("clock_gettime({id})")),
        Value::bool(monotonic),
        Value::bool(adjustable),
        Value::float(1e-9),
    ];
    let names = ["implementation", "monotonic", "adjustable", "resolution"].map(crate::object::heap::intern);
    vm.call_kw(&namespace, &values, &names)
}

/// Seconds of an argument, as a float.
fn number(vm: &mut Vm, value: &Value) -> Result<f64> {
    if let Some(x) = value.as_float() {
        return Ok(x);
    }
    if let Some(n) = value.as_int() {
        return Ok(n as f64);
    }
    if let Some(method) = vm.special(value, crate::object::Special::Float) {
        let result = vm.call(&method, std::slice::from_ref(value))?;
        if let Some(x) = result.as_float() {
            return Ok(x);
        }
    }
    let got = vm.type_name(value);
    Err(vm.type_error(format!("'{got}' object cannot be interpreted as an integer")))
}

fn sleep(vm: &mut Vm, args: &[Value]) -> Result {
    let wait = number(vm, &args[0])?;
    if wait.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if wait < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    if wait > 9.2e9 {
        return Err(vm.overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    let end = vm.host.monotonic().saturating_add((wait * NANOS).ceil() as i64);
    if let Err(code) = vm.host.flush_out() {
        return Err(vm.os_error_code(code));
    }
    loop {
        let left = end - vm.host.monotonic();
        if left <= 0 && wait > 0.0 {
            return Ok(Value::NONE);
        }
        if vm.host.sleep(left.max(0)) {
            return Ok(Value::NONE);
        }
        // Interrupted: the handler may raise, else the rest is slept.
        heap::set_pending();
        vm.safepoint()?;
    }
}

// ---- calendar

/// A broken-down time.
struct Calendar {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// Monday is 0.
    weekday: i64,
    /// From 1.
    yearday: i64,
    /// Whether summer time is on; -1 is not known.
    dst: i64,
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A number that fits an `int` of C.
fn number_of_c(vm: &mut Vm, value: &Value) -> Result<i64> {
    let Some(n) = vm.index(value)?.to_i64() else {
        return Err(vm.overflow_error("Python int too large to convert to C long"));
    };
    match i32::try_from(n) {
        Ok(n) => Ok(i64::from(n)),
        Err(_) if n > 0 => Err(vm.overflow_error("signed integer is greater than maximum")),
        Err(_) => Err(vm.overflow_error("signed integer is less than minimum")),
    }
}

impl Calendar {
    fn at(wall: i64) -> Calendar {
        let (days, rest) = (wall.div_euclid(86_400), wall.rem_euclid(86_400));
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Calendar {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 3).rem_euclid(7),
            yearday: days - days_from(year, 1, 1) + 1,
            dst: 0,
        }
    }

    fn from_value(vm: &mut Vm, value: &Value, function: &str) -> Result<Calendar> {
        if !value.is::<TupleObj>() {
            return Err(vm.type_error("Tuple or struct_time argument required"));
        }
        let items = tuple_items(value).to_vec();
        if items.len() != 9 {
            return Err(vm.type_error(format!("{function}(): illegal time tuple argument")));
        }
        let mut n = [0; 9];
        for (slot, item) in n.iter_mut().zip(&items) {
            *slot = number_of_c(vm, item)?;
        }
        let [year, month, day, hour, minute, second, weekday, yearday, dst] = n;
        Ok(Calendar { year, month, day, hour, minute, second, weekday, yearday, dst })
    }

    /// What is shown has to be a time of day and a day of the year; a zero stands for the first.
    fn checked(vm: &mut Vm, value: &Value, function: &str) -> Result<Calendar> {
        let mut c = Calendar::from_value(vm, value, function)?;
        c.month = if c.month == 0 { 1 } else { c.month };
        c.day = if c.day == 0 { 1 } else { c.day };
        c.yearday = if c.yearday == 0 { 1 } else { c.yearday };
        for (n, bounds, name) in [
            (c.month, 1..=12, "month"),
            (c.day, 1..=31, "day of month"),
            (c.hour, 0..=23, "hour"),
            (c.minute, 0..=59, "minute"),
            (c.second, 0..=61, "seconds"),
            (c.weekday, -1..=i64::MAX, "day of week"),
            (c.yearday, 1..=366, "day of year"),
        ] {
            if !bounds.contains(&n) {
                return Err(vm.value_error(format!("{name} out of range")));
            }
        }
        c.weekday = c.weekday.rem_euclid(7);
        Ok(c)
    }

    /// Year and week by ISO 8601: weeks start on Monday, and the first has a Thursday.
    fn iso_week(&self) -> (i64, i64) {
        let weeks = |year: i64| {
            let first = (days_from(year, 1, 1) + 3).rem_euclid(7);
            let leap = days_from(year + 1, 1, 1) - days_from(year, 1, 1) == 366;
            if first == 3 || (first == 2 && leap) { 53 } else { 52 }
        };
        match (self.yearday - self.weekday + 9).div_euclid(7) {
            0 => (self.year - 1, weeks(self.year - 1)),
            week if week > weeks(self.year) => (self.year + 1, 1),
            week => (self.year, week),
        }
    }

    fn wall(&self) -> i64 {
        let months = self.year * 12 + self.month - 1;
        days_from(months.div_euclid(12), months.rem_euclid(12) + 1, 1) * 86_400
            + (self.day - 1) * 86_400
            + self.hour * 3600
            + self.minute * 60
            + self.second
    }
}

/// The class `struct_time`.
#[derive(Default)]
struct StructTime(Option<Ref<Class>>);

fn struct_time(vm: &mut Vm, calendar: &Calendar, dst: i64) -> Value {
    let c = calendar;
    let items: Vec<Value> = [c.year, c.month, c.day, c.hour, c.minute, c.second, c.weekday, c.yearday, dst]
        .iter()
        .map(|&n| vm.int(n))
        .collect();
    match vm.extension::<StructTime>().0.clone() {
        Some(class) => heap::alloc(&class, TupleObj::new(items)).into_value(),
        None => vm.tuple(items),
    }
}

/// The seconds whose year, counted from 1900, has 32 bits, as in C.
const COUNTABLE: std::ops::RangeInclusive<i64> = -67_768_040_609_740_800..=67_768_036_191_676_799;

/// The number of the error of a time that the calendar cannot count to.
const EOVERFLOW: i32 = 75;

fn wall_argument(vm: &mut Vm, value: &Value) -> Result<i64> {
    if value.is_none() {
        return Ok(vm.host.wall_time().div_euclid(1_000_000_000));
    }
    let whole = vm.special(value, crate::object::Special::Index).is_some() && value.as_float().is_none();
    let seconds = match if whole { vm.index(value)?.to_i64() } else { None } {
        Some(seconds) => seconds,
        None => {
            let seconds = number(vm, value)?.floor();
            if seconds.is_nan() {
                return Err(vm.value_error("Invalid value NaN (not a number)"));
            }
            // 2 to the power of 63, the first that a 64-bit number does not hold.
            if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&seconds) {
                return Err(vm.overflow_error("timestamp out of range for platform time_t"));
            }
            seconds as i64
        }
    };
    if COUNTABLE.contains(&seconds) { Ok(seconds) } else { Err(vm.os_error_code(EOVERFLOW)) }
}

fn gmtime(vm: &mut Vm, args: &[Value]) -> Result {
    let wall = wall_argument(vm, &args[0])?;
    Ok(struct_time(vm, &Calendar::at(wall), 0))
}

fn localtime(vm: &mut Vm, args: &[Value]) -> Result {
    let wall = wall_argument(vm, &args[0])?;
    let offset = vm.host.utc_offset(wall);
    Ok(struct_time(vm, &Calendar::at(wall + offset), 0))
}

fn mktime(vm: &mut Vm, args: &[Value]) -> Result {
    let calendar = Calendar::from_value(vm, &args[0], "mktime")?;
    let wall = calendar.wall();
    let offset = vm.host.utc_offset(wall);
    Ok(Value::float((wall - offset) as f64))
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn name_of<'n>(names: &[&'n str], index: i64) -> &'n str {
    usize::try_from(index).ok().and_then(|i| names.get(i)).copied().unwrap_or("?")
}

fn now_or(vm: &mut Vm, value: &Value, function: &str) -> Result<Calendar> {
    match value.bound() {
        Some(value) if !value.is_none() => Calendar::checked(vm, value, function),
        _ => {
            let wall = vm.host.wall_time().div_euclid(1_000_000_000);
            let offset = vm.host.utc_offset(wall);
            Ok(Calendar::at(wall + offset))
        }
    }
}

fn strftime(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(format) = args[0].get::<Str>() else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("strftime() argument 1 must be str, not {got}")));
    };
    let c = now_or(vm, &args[1], "strftime")?;
    let wall = c.wall();
    let epoch = wall - vm.host.utc_offset(wall);
    let text = format_time(format.as_str(), &c, epoch);
    Ok(vm.str(text))
}

fn asctime(vm: &mut Vm, args: &[Value]) -> Result {
    let c = now_or(vm, &args[0], "asctime")?;
    Ok(vm.str(format_time("%a %b %e %H:%M:%S %Y", &c, 0)))
}

fn ctime(vm: &mut Vm, args: &[Value]) -> Result {
    let local = localtime(vm, args)?;
    asctime(vm, &[local])
}

/// The parser of `datetime.strptime` does it.
fn strptime(vm: &mut Vm, args: &[Value]) -> Result {
    let module = vm.import_module("_strptime")?;
    vm.call_method(&module, "parse_time", args)
}

const FUNCTIONS: &[Row] = &[
    function("strptime(string, format='%a %b %d %H:%M:%S %Y', /)", strptime),
    function("time()", time),
    function("time_ns()", time_ns),
    function("monotonic()", monotonic),
    function("monotonic_ns()", monotonic_ns),
    function("perf_counter()", monotonic),
    function("perf_counter_ns()", monotonic_ns),
    function("process_time()", process_time),
    function("process_time_ns()", process_time_ns),
    function("thread_time()", process_time),
    function("thread_time_ns()", process_time_ns),
    function("clock_gettime(clk_id, /)", clock_gettime),
    function("clock_gettime_ns(clk_id, /)", clock_gettime_ns),
    function("get_clock_info(name, /)", get_clock_info),
    function("sleep(object, /)", sleep),
    function("gmtime(seconds=None, /)", gmtime),
    function("localtime(seconds=None, /)", localtime),
    function("mktime(object, /)", mktime),
    function("strftime(format, tuple=<unrepresentable>, /)", strftime),
    function("asctime(tuple=<unrepresentable>, /)", asctime),
    function("ctime(seconds=None, /)", ctime),
];

const FIELDS: [&str; 9] =
    ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];

macro_rules! items {
    ($($name:ident $at:literal)*) => {
        $(fn $name(_: &mut Vm, value: &Value) -> Result {
            Ok(tuple_items(value).get($at).cloned().unwrap_or(Value::NONE))
        })*
    };
}
items! { year 0 month 1 day 2 hour 3 minute 4 second 5 weekday 6 yearday 7 dst 8 }

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.tuple.clone();
    let class = crate::types::class_argument(vm, values, &base)?;
    let mut items = match values.get(1) {
        Some(sequence) => match vm.collect(sequence) {
            Err(raised) if raised.is(&vm.exceptions.type_error) => {
                return Err(vm.type_error("constructor requires a sequence"));
            }
            items => items?,
        },
        None => return Err(vm.type_error("structseq() missing required argument 'sequence' (pos 1)")),
    };
    let bound = match items.len() {
        0..9 => "least 9",
        12.. => "most 11",
        _ => {
            // Zone and offset are no items.
            items.truncate(9);
            return Ok(heap::alloc(&class, TupleObj::new(items)).into_value());
        }
    };
    let given = items.len();
    Err(vm.type_error(format!("time.struct_time() takes an at {bound}-sequence ({given}-sequence given)")))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let mut parts = Vec::new();
    for (field, item) in FIELDS.iter().zip(tuple_items(&args[0])) {
        parts.push(format!("{field}={}", vm.repr_text(item)?));
    }
    Ok(vm.str(format!("time.struct_time({})", parts.join(", "))))
}

const STRUCT_TIME: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    getter("tm_year", year),
    getter("tm_mon", month),
    getter("tm_mday", day),
    getter("tm_hour", hour),
    getter("tm_min", minute),
    getter("tm_sec", second),
    getter("tm_wday", weekday),
    getter("tm_yday", yearday),
    getter("tm_isdst", dst),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    for (name, id) in CLOCKS {
        dict.set_text(name, vm.int(id));
    }
    vm.add_functions(dict, "time", FUNCTIONS);
    let base = vm.types.tuple.clone();
    let class = vm.new_class("struct_time", "time", &base, Kind::Tuple, 0, STRUCT_TIME);
    dict.set_text("struct_time", class.to_value());
    vm.extension::<StructTime>().0 = Some(class);
    let wall = vm.host.wall_time().div_euclid(1_000_000_000);
    let offset = vm.host.utc_offset(wall);
    dict.set_text("timezone", vm.int(-offset));
    dict.set_text("altzone", vm.int(-offset));
    dict.set_text("daylight", vm.int(0));
    let zone = vm.str("UTC");
    dict.set_text("tzname", vm.tuple([zone.clone(), zone]));
    Ok(())
}
