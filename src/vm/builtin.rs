//! The builtin classes that the machine itself has to know, one row each: field, Python name,
//! base, payload, flags. Their methods come from `types`.

use crate::object::{Class, Kind, Ref, class_flag as f};

/// What the machine knows of a class before it makes it.
pub struct Builtin {
    /// The name by which rows name their base.
    pub field: &'static str,
    pub name: &'static str,
    pub base: &'static str,
    pub kind: Kind,
    pub flags: u32,
}

macro_rules! builtin_classes {
    ($table:ident, $struct:ident: $($field:ident $name:literal $base:ident $kind:ident $flags:expr;)*) => {
        /// Builtin classes by field.
        pub struct $struct { $(pub $field: Ref<Class>,)* }

        /// Each of them, in order of creation.
        pub static $table: &[Builtin] = &[$(Builtin {
            field: stringify!($field),
            name: $name,
            base: stringify!($base),
            kind: Kind::$kind,
            flags: $flags,
        },)*];

        impl $struct {
            /// From classes in the order of the table.
            pub fn from_list(list: Vec<Ref<Class>>) -> Option<$struct> {
                let mut list = list.into_iter();
                Some($struct { $($field: list.next()?,)* })
            }

            /// All, in the order of the table.
            pub fn all(&self) -> [&Ref<Class>; $table.len()] {
                [$(&self.$field,)*]
            }
        }
    };
}

const B: u32 = f::BASE | f::WEAKREF;
/// A base class whose own instances have no dict.
const P: u32 = f::BASE;
const F: u32 = 0;
const M: u32 = f::MATCH_SELF;

builtin_classes! { CLASSES, Types:
    object "object" none Instance f::BASE;
    type_ "type" object Class f::BASE | f::METACLASS | f::WEAKREF;
    dict "dict" object Dict P | M | f::MAPPING;
    str "str" object Str P | M;
    int "int" object Int P | M;
    bool "bool" int Int M;
    float "float" object Opaque P | M;
    complex "complex" object Complex P;
    bytes "bytes" object Bytes P | M;
    bytearray "bytearray" object ByteArray P | M;
    tuple "tuple" object Tuple P | M | f::SEQUENCE;
    list "list" object List P | M | f::SEQUENCE;
    set "set" object Set B | M;
    frozenset "frozenset" object Set B | M;
    range "range" object Range f::SEQUENCE;
    slice "slice" object Slice F;
    none "NoneType" object Opaque F;
    ellipsis "ellipsis" object Opaque F;
    not_implemented "NotImplementedType" object Opaque F;
    function "function" object Function f::WEAKREF | f::HAS_DICT;
    native "builtin_function_or_method" object Native f::WEAKREF;
    method_descriptor "method_descriptor" object Native F;
    wrapper_descriptor "wrapper_descriptor" object Native F;
    getset_descriptor "getset_descriptor" object Native F;
    member_descriptor "member_descriptor" object Opaque F;
    classmethod_descriptor "classmethod_descriptor" object Native F;
    method_wrapper "method-wrapper" object Native F;
    method "method" object BoundMethod f::WEAKREF;
    cell "cell" object Cell F;
    code "code" object Code f::WEAKREF;
    frame "frame" object Frame F;
    frame_locals "FrameLocalsProxy" object Opaque f::MAPPING;
    traceback "traceback" object Traceback F;
    module "module" object Module B | f::HAS_DICT;
    generator "generator" object Generator f::WEAKREF;
    coroutine "coroutine" object Generator f::WEAKREF;
    async_generator "async_generator" object Generator f::WEAKREF;
    coroutine_wrapper "coroutine_wrapper" object Opaque F;
    async_gen_asend "async_generator_asend" object Opaque F;
    async_gen_athrow "async_generator_athrow" object Opaque F;
    property "property" object Opaque P | f::HAS_DICT;
    classmethod "classmethod" object Opaque P | f::HAS_DICT | f::TAIL_DICT;
    staticmethod "staticmethod" object Opaque P | f::HAS_DICT | f::TAIL_DICT;
    super_ "super" object Opaque P;
    mappingproxy "mappingproxy" object Opaque f::MAPPING;
    range_iterator "range_iterator" object RangeIter F;
    list_iterator "list_iterator" object SeqIter F;
    tuple_iterator "tuple_iterator" object SeqIter F;
    sequence_iterator "iterator" object SeqIter F;
    dict_keys "dict_keys" object DictView F;
    dict_values "dict_values" object DictView F;
    dict_items "dict_items" object DictView F;
    dict_keyiterator "dict_keyiterator" object DictIter F;
    dict_valueiterator "dict_valueiterator" object DictIter F;
    dict_itemiterator "dict_itemiterator" object DictIter F;
    dict_reversekeyiterator "dict_reversekeyiterator" object DictIter F;
    dict_reversevalueiterator "dict_reversevalueiterator" object DictIter F;
    dict_reverseitemiterator "dict_reverseitemiterator" object DictIter F;
    weakref "ReferenceType" object WeakRef P;
}

macro_rules! exception_classes {
    ($($field:ident $name:literal $base:ident;)*) => {
        builtin_classes! { EXCEPTIONS, Exceptions:
            $($field $name $base Exception P | f::HAS_DICT | f::EXCEPTION;)*
        }
    };
}

exception_classes! {
    base_exception "BaseException" object;
    base_exception_group "BaseExceptionGroup" base_exception;
    exception "Exception" base_exception;
    exception_group "ExceptionGroup" base_exception_group;
    generator_exit "GeneratorExit" base_exception;
    keyboard_interrupt "KeyboardInterrupt" base_exception;
    system_exit "SystemExit" base_exception;
    arithmetic_error "ArithmeticError" exception;
    floating_point_error "FloatingPointError" arithmetic_error;
    overflow_error "OverflowError" arithmetic_error;
    zero_division_error "ZeroDivisionError" arithmetic_error;
    assertion_error "AssertionError" exception;
    attribute_error "AttributeError" exception;
    buffer_error "BufferError" exception;
    eof_error "EOFError" exception;
    import_error "ImportError" exception;
    module_not_found_error "ModuleNotFoundError" import_error;
    lookup_error "LookupError" exception;
    index_error "IndexError" lookup_error;
    key_error "KeyError" lookup_error;
    memory_error "MemoryError" exception;
    name_error "NameError" exception;
    unbound_local_error "UnboundLocalError" name_error;
    os_error "OSError" exception;
    blocking_io_error "BlockingIOError" os_error;
    child_process_error "ChildProcessError" os_error;
    connection_error "ConnectionError" os_error;
    broken_pipe_error "BrokenPipeError" connection_error;
    connection_aborted_error "ConnectionAbortedError" connection_error;
    connection_refused_error "ConnectionRefusedError" connection_error;
    connection_reset_error "ConnectionResetError" connection_error;
    file_exists_error "FileExistsError" os_error;
    file_not_found_error "FileNotFoundError" os_error;
    interrupted_error "InterruptedError" os_error;
    is_a_directory_error "IsADirectoryError" os_error;
    not_a_directory_error "NotADirectoryError" os_error;
    permission_error "PermissionError" os_error;
    process_lookup_error "ProcessLookupError" os_error;
    timeout_error "TimeoutError" os_error;
    reference_error "ReferenceError" exception;
    runtime_error "RuntimeError" exception;
    not_implemented_error "NotImplementedError" runtime_error;
    python_finalization_error "PythonFinalizationError" runtime_error;
    recursion_error "RecursionError" runtime_error;
    stop_async_iteration "StopAsyncIteration" exception;
    stop_iteration "StopIteration" exception;
    syntax_error "SyntaxError" exception;
    indentation_error "IndentationError" syntax_error;
    tab_error "TabError" indentation_error;
    system_error "SystemError" exception;
    type_error "TypeError" exception;
    value_error "ValueError" exception;
    unicode_error "UnicodeError" value_error;
    unicode_decode_error "UnicodeDecodeError" unicode_error;
    unicode_encode_error "UnicodeEncodeError" unicode_error;
    unicode_translate_error "UnicodeTranslateError" unicode_error;
    warning "Warning" exception;
    bytes_warning "BytesWarning" warning;
    deprecation_warning "DeprecationWarning" warning;
    encoding_warning "EncodingWarning" warning;
    future_warning "FutureWarning" warning;
    import_warning "ImportWarning" warning;
    pending_deprecation_warning "PendingDeprecationWarning" warning;
    resource_warning "ResourceWarning" warning;
    runtime_warning "RuntimeWarning" warning;
    syntax_warning "SyntaxWarning" warning;
    unicode_warning "UnicodeWarning" warning;
    user_warning "UserWarning" warning;
}
