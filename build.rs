//! Links the `co` program statically where the machine has what that takes.
//!
//! A short program spends more time in the dynamic linker than in its own code: three libraries
//! are looked up, mapped and relocated, and the tables of native rows (addresses of functions
//! and texts) are relocated page by page. A static program at a fixed address has none of that.
//!
//! What is left is bringing the program into memory, piece by piece as functions are first called.
//! The functions that every run calls are few and small, but the linker lays them out by room and
//! crate, with all the others between them. A linker script puts them together.
//!
//! `-C target-feature=+crt-static` would say the same in one flag, but Cargo would pass it to
//! the procedural macros too, which cannot be built that way. So the linker is told directly,
//! for the program alone, and finds the static archives under the names of the libraries that
//! the standard library asks for. Where an archive is missing (some systems ship the C library
//! without it) the program is linked as usual: it only starts more slowly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The libraries that the standard library names, with the archives that stand for each.
/// The C library asks for the compiler's, as these do for it.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("gcc_s", &["libgcc_eh.a", "libgcc.a"]),
    ("util", &["libutil.a"]),
    ("rt", &["librt.a"]),
    ("pthread", &["libpthread.a"]),
    ("m", &["libm.a"]),
    ("dl", &["libdl.a"]),
    ("c", &["libc.a", "libgcc_eh.a", "libgcc.a"]),
];

/// The functions that a run of an empty program calls, but for the largest and the C library's: a
/// line each, with the parts of its linker name. `a::b` stands for `1a1b`; types, as in
/// `<co::host::real::RealHost as Host>::write_err`, have their paths written with dots there. A
/// line that fits no function any more does no harm, and one that is missing costs a page fault:
/// a profile of `co -c pass` (callgrind's, by instruction) shows them.
const STARTUP: &str = "
co..bytecode..emit..ConstKey hash
co..host..real..RealHost flush_out
co..host..real..RealHost is_terminal
co..host..real..RealHost take_interrupt
co..host..real..RealHost write_err
co..syntax..ast..StmtKind clone
co..syntax..token..Token lex::state162
co..syntax..token..Token lex::state163
co..syntax..token..Token lex::state165
co..syntax..token..Token lex::state205
co..syntax..token..Token lex::state35
co::analysis::analyse
co::analysis::collect::Collector::stmt
co::analysis::collect::collect
co::bytecode::emit::ConstKey::of
co::bytecode::emit::Emitter::constant
co::bytecode::emit::Emitter::emit
co::cli::arguments::with_environment
co::cli::main
co::compiler::Compiler::begin_unit
co::compiler::Compiler::cell_registers
co::compiler::Compiler::end_unit
co::compiler::compile_with_warnings
co::compiler::function::has_annotations
co::compiler::stmt co..compiler..Compiler block
co::engine::exit::finish
co::engine::exit::settle
co::engine::host
co::engine::machine
co::engine::main_module
co::engine::run_here
co::engine::source::compile_file
co::host::real::RealHost::drain
co::host::real::prepare
co::main
co::object::class::Class::add_subclass
co::object::class::Class::changed
co::object::class::Class::complete
co::object::class::Class::preset
co::object::class::Class::set_bases
co::object::dict::Dict::find_name
co::object::dict::Dict::get_text
co::object::dict::Dict::insert_new
co::object::dict::Dict::items
co::object::dict::Dict::reserve
co::object::dict::Dict::set_name
co::object::dict::Table::compact
co::object::dict::Table::make_room
co::object::dict::Table::reindex
co::object::frame::FrameStack::new
co::object::heap::Baton::take
co::object::heap::cells::Cells::allocate_page
co::object::heap::intern::intern
co::object::heap::new_str
co::object::heap::register::drop_body
co::object::heap::release::destroy
co::object::heap::release::release
co::object::str::hash_bytes
co::object::str::hash_text
co::object::weak::WeakRef::create
co::source::file::SourceFile::new
co::source::name::Name::new
co::source::surrogate::escaped
co::stack
co::syntax::layout::Layout::new
co::syntax::layout::Layout::run
co::syntax::layout::lay_out
co::syntax::lexer::Driver::run
co::syntax::lexer::lex
co::syntax::parser::Grammar::new
co::syntax::parser::Prepared::new
co::syntax::parser::parse
co::syntax::parser::recovery::statements
co::syntax::parser::statements
co::syntax::parser::stmt::simple_stmt
co::syntax::parser::stmt::simple_stmts
co::syntax::parser::stmt::statement
co::types::install
co::vm::Vm::extension
co::vm::builtin::Exceptions::from_list
co::vm::builtin::Types::from_list
co::vm::call co..vm..Vm call_kw
co::vm::finalize co..vm..Vm safepoint
co::vm::import co..vm..Vm remember_source
co::vm::link co..vm..Vm add_functions
co::vm::link co..vm..Vm add_rows
co::vm::link co..vm..Vm constant
co::vm::link co..vm..Vm link
co::vm::link co..vm..Vm new_class
co::vm::link co..vm..Vm new_function
co::vm::link co..vm..Vm new_module
co::vm::link::Makers::make
co::vm::link::make_class

alloc::raw_vec finish_grow
alloc::raw_vec grow_amortized
alloc::raw_vec grow_one
alloc::raw_vec reserve::do_reserve_and_handle
alloc::rc allocate_for_slice
alloc::rc drop_slow
alloc::string String write_str
alloc::sync drop_slow
chumsky..combinator..To go_emit
chumsky..primitive..Custom go_emit
chumsky::input into_errs
core..hash..sip..Hasher write
core::hash::BuildHasher::hash_one
core::ops::function::FnOnce vtable.shim
core::fmt Formatter pad
core::ops::function::Fn::call
core::ptr chumsky..combinator..Map
core::ptr chumsky..combinator..To
core::ptr chumsky..primitive..Custom
core::ptr co..analysis..scope..Scope
core::ptr co..bytecode..code..Code
core::ptr co..bytecode..code..Const
core::ptr co..bytecode..emit..ConstKey
core::ptr co..bytecode..emit..Emitter
core::ptr co..compiler..Unit
core::ptr co..object..dict..Table
core::ptr co..object..value..Ref
core::ptr co..syntax..ast..StmtKind
core::ptr co..syntax..parser..Prepared
core::slice::memchr::memrchr
core::str::lossy Utf8Chunks next
core::str::pattern CharSearcher
hashbrown::raw reserve_rehash
hashbrown::raw::RawTableInner::fallible_with_capacity
psm::on_stack::with_on_stack
signal_hook_registry::register_sigaction_impl
std::env
std::io::buffered::bufwriter flush_buf
std::io::stdio Stderr write_all
std::process::exit
std::rt::cleanup
std::sync::once Once::call_once
std::sync::once::Once::call_once
std::sync::once::Once::call_once_force
std::sync::once_lock initialize
std::sys::args ARGV_INIT_ARRAY
std::sys::exit
std::sys::env getenv
std::sys::random hashmap_random_keys
std::sys::pal::unix::stack_overflow::imp::drop_handler
std::sys::sync::once::futex call
std::sys::thread_local::native::lazy get_or_init_slow
type_id
";

/// The members of the C library's archives that do so: what it sets up before `main`, its
/// allocator, and the choice of a variant for each function that has several.
const STARTUP_C: &str = "
_exit brk bsd-_setjmp close_nocancel ctype-info cxa_atexit dl-debug dl-early_allocate
dl-find_object dl-load dl-lookup dl-object dl-origin dl-reloc dl-reloc-static-pie dl-setup_hash
dl-support dl-tls dl-tls_init_tp dl-tunables e_asin e_atan2 e_exp e_log e_log2 e_pow elision-conf
errno-loc exit fstat64 fstatat64 genops getauxval getenv getpagesize getrandom getrlimit64
init-first init-misc isatty libc-cleanup libc-start libc-tls libc_early_init libc_sigaction malloc
memchr memcmp memcpy memmove mempcpy memset mmap64 mprotect munmap open64_nocancel
pthread_mutex_conf pthread_mutex_lock pthread_mutex_unlock pthread_self rawmemchr read_nocancel
s_atan s_expm1 s_log1p s_sin s_sincos s_tan sbrk setjmp sigaction sigjmp signal stpcpy strcasecmp
strcasecmp_l strchr strchrnul strcmp strcpy strcspn strcspn-sse4 strdup strlen strncase strncase_l
strncmp strncpy strnlen strpbrk strrchr strsep strspn strstr syscall sysconf tcgetattr
unwind-dw2-fde-dip wcslen wcsnlen wmemchr wmemset
";

/// Of these, processors get the variant for what they can do.
const STARTUP_VARIANTS: &str = "memchr memcmp memmove memset rawmemchr strchr strcmp strlen strncmp strrchr";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    if !wanted() {
        return Ok(());
    }
    let Some(folder) = env::var_os("OUT_DIR").map(PathBuf::from) else { return Ok(()) };
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let mut scripts = Vec::new();
    for (library, archives) in LIBRARIES {
        let found: Option<Vec<PathBuf>> = archives.iter().map(|name| archive(&linker, name)).collect();
        let Some(found) = found else { return Ok(()) };
        let names: Vec<String> = found.iter().map(|path| format!("\"{}\"", path.display())).collect();
        scripts.push((format!("lib{library}.a"), format!("GROUP ( {} )\n", names.join(" "))));
    }
    for (name, script) in scripts {
        fs::write(folder.join(name), script)?;
    }
    // An argument of the program's link alone: the tests are linked as usual.
    println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    for argument in ["-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    let script = folder.join("startup.ld");
    fs::write(&script, startup_script())?;
    let argument = format!("-Wl,-T,{}", script.display());
    if links(&folder, &argument) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    Ok(())
}

/// A linker script that places the functions of `STARTUP` before all others.
fn startup_script() -> String {
    let mangled =
        |path: &str| -> String { path.split("::").map(|name| format!("{}{name}", name.len())).collect() };
    let part = |part: &str| if part.contains('.') { part.to_owned() } else { mangled(part) };
    let mut rows = String::new();
    for line in STARTUP.lines().filter(|line| !line.is_empty()) {
        let parts: Vec<String> = line.split_whitespace().map(part).collect();
        rows += &format!("    *(.text*{}*)\n", parts.join("*"));
    }
    for member in STARTUP_C.split_whitespace() {
        rows += &format!("    *:{member}.o(.text)\n");
    }
    for member in STARTUP_VARIANTS.split_whitespace() {
        rows += &format!("    *.a:{member}-*.o(.text.avx .text.avx512 .text.evex .text.evex512)\n");
    }
    let constants: String =
        STARTUP_C.split_whitespace().map(|member| format!("    *:{member}.o(.rodata .rodata.*)\n")).collect();
    let section = |name: &str, rows: &str, before: &str| {
        format!("SECTIONS\n{{\n  {name} :\n  {{\n{rows}  }}\n}}\nINSERT BEFORE {before};\n")
    };
    section(".text.startup", &rows, ".text") + &section(".rodata.startup", &constants, ".rodata")
}

/// Whether the program is for this machine, with the GNU C library, and nobody has decided how
/// the C library is linked.
fn wanted() -> bool {
    let is = |name: &str, wanted: &str| env::var(name).is_ok_and(|value| value == wanted);
    let decided = env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("crt-static"));
    is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("HOST").ok() == env::var("TARGET").ok()
        && !decided
}

/// Whether the linker that will be used takes an argument: an empty program is linked with it.
fn links(folder: &Path, argument: &str) -> bool {
    let source = folder.join("empty.rs");
    let Some(compiler) = env::var_os("RUSTC") else { return false };
    if fs::write(&source, "fn main() {}").is_err() {
        return false;
    }
    let mut command = Command::new(compiler);
    command.arg(&source).arg("-o").arg(folder.join("empty")).arg("-C").arg(format!("link-arg={argument}"));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        command.arg("-C").arg(format!("linker={}", Path::new(&linker).display()));
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    command.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    command.output().is_ok_and(|output| output.status.success())
}

/// Where the linker would find an archive; it answers with the bare name when it would not.
fn archive(linker: &str, name: &str) -> Option<PathBuf> {
    let output = Command::new(linker).arg(format!("-print-file-name={name}")).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let path = Path::new(answer.trim());
    (path.is_absolute() && path.is_file()).then(|| path.to_path_buf())
}
