//! Every mistake that needs context to be seen, as a closed enum, with CPython's words.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Name, Span};
use std::fmt;

/// A mistake and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    pub kind: ErrorKind,
    pub span: Span,
}

impl From<Mistake> for Diagnostic {
    fn from(mistake: Mistake) -> Diagnostic {
        let (text, help) = mistake.kind.advice();
        Diagnostic {
            label: text.map(str::to_owned),
            help: help.map(str::to_owned),
            ..Diagnostic::new(mistake.kind.code(), mistake.span, mistake.kind.to_string())
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum ErrorKind {
    /// `return 1` in a module or class.
    ReturnOutsideFunction,
    /// `yield 1` in a module or class.
    YieldOutsideFunction,
    /// `yield from x` in a module or class.
    YieldFromOutsideFunction,
    /// `await x` in a module or class.
    AwaitOutsideFunction,
    /// `def f(): await x`
    AwaitOutsideAsync,
    /// `def f(): async for x in y: pass`
    AsyncForOutsideAsync,
    /// `def f(): async with x: pass`
    AsyncWithOutsideAsync,
    /// `def f(): return [x async for x in y]`
    AsyncComprehensionOutsideAsync,
    /// `async def f(): yield 1; return 2`
    ReturnValueInAsyncGenerator,
    /// `async def f(): yield from x`
    YieldFromInAsync,
    BreakOutsideLoop,
    ContinueOutsideLoop,
    /// `break`, `continue` or `return` that would leave an `except*` block.
    LeavesExceptStar,
    ParameterAndGlobal(Name),
    ParameterAndNonlocal(Name),
    AssignedBeforeGlobal(Name),
    UsedBeforeGlobal(Name),
    AnnotatedGlobal(Name),
    AssignedBeforeNonlocal(Name),
    UsedBeforeNonlocal(Name),
    AnnotatedNonlocal(Name),
    NonlocalAndGlobal(Name),
    NoBindingForNonlocal(Name),
    NonlocalTypeParameter(Name),
    NonlocalAtModule,
    DuplicateParameter(Name),
    DuplicateTypeParameter(Name),
    ImportStarNotAtModule,
    /// The string says which: `list comprehension`, `generator expression`, …
    YieldInside(&'static str),
    /// `await` or `yield` where it never may stand: what, and where.
    NotAllowedWithin(&'static str, &'static str),
    WalrusRebindsIteration(Name),
    WalrusInIterable,
    WalrusInClassComprehension,
    /// The same in type parameters or a type alias; the string says where.
    WalrusInComprehensionWithin(&'static str),
    /// `class C[T = int, U]: pass`
    TypeParameterOrder(Name),
    InnerLoopRebindsWalrus(Name),
    FutureNotAtStart,
    FutureUnknown(Name),
    FutureBraces,
    DefaultExceptNotLast,
    AssignDebug,
    DeleteDebug,
    MultipleStarredTargets,
    StarredTargetNotInList,
    StarredHere,
    StarredDelete,
    KeywordRepeated(Name),
    WildcardUnreachable,
    CaptureUnreachable(Name),
    AlternativesDiffer,
    PatternRebinds(Name),
    MultipleStarredPatterns,
    MappingKeyRepeated(String),
    AttributeRepeatedInPattern(Name),
    TooManyNestedBlocks,
    TooManyStarTargets,
    /// Something does not fit into the instruction format.
    CodeTooLarge,
}

/// The last phase, in which CPython also warns.
pub(super) const COMPILES: u8 = 3;

impl ErrorKind {
    /// When CPython looks for it: it reads the future imports, then the names, then resolves
    /// them, then compiles, and reports the first mistake it meets.
    pub fn phase(&self) -> u8 {
        use ErrorKind::*;
        match self {
            FutureUnknown(_) | FutureBraces => 0,
            TypeParameterOrder(_)
            | ParameterAndGlobal(_)
            | ParameterAndNonlocal(_)
            | AssignedBeforeGlobal(_)
            | UsedBeforeGlobal(_)
            | AnnotatedGlobal(_)
            | AssignedBeforeNonlocal(_)
            | UsedBeforeNonlocal(_)
            | AnnotatedNonlocal(_)
            | DuplicateParameter(_)
            | DuplicateTypeParameter(_)
            | ImportStarNotAtModule
            | YieldInside(_)
            | NotAllowedWithin(..)
            | WalrusRebindsIteration(_)
            | WalrusInIterable
            | WalrusInClassComprehension
            | WalrusInComprehensionWithin(_)
            | InnerLoopRebindsWalrus(_) => 1,
            NonlocalAndGlobal(_) | NoBindingForNonlocal(_) | NonlocalTypeParameter(_) | NonlocalAtModule => 2,
            ReturnOutsideFunction
            | YieldOutsideFunction
            | YieldFromOutsideFunction
            | AwaitOutsideFunction
            | AwaitOutsideAsync
            | AsyncForOutsideAsync
            | AsyncWithOutsideAsync
            | AsyncComprehensionOutsideAsync
            | ReturnValueInAsyncGenerator
            | YieldFromInAsync
            | BreakOutsideLoop
            | ContinueOutsideLoop
            | LeavesExceptStar
            | FutureNotAtStart
            | DefaultExceptNotLast
            | AssignDebug
            | DeleteDebug
            | MultipleStarredTargets
            | StarredTargetNotInList
            | StarredHere
            | StarredDelete
            | KeywordRepeated(_)
            | WildcardUnreachable
            | CaptureUnreachable(_)
            | AlternativesDiffer
            | PatternRebinds(_)
            | MultipleStarredPatterns
            | MappingKeyRepeated(_)
            | AttributeRepeatedInPattern(_)
            | TooManyNestedBlocks
            | TooManyStarTargets
            | CodeTooLarge => COMPILES,
        }
    }

    /// The row of the table of codes.
    fn code(&self) -> Code {
        use ErrorKind::*;
        match self {
            ReturnOutsideFunction
            | YieldOutsideFunction
            | YieldFromOutsideFunction
            | AwaitOutsideFunction => Code::OutsideFunction,
            AwaitOutsideAsync
            | AsyncForOutsideAsync
            | AsyncWithOutsideAsync
            | AsyncComprehensionOutsideAsync => Code::OutsideAsync,
            BreakOutsideLoop | ContinueOutsideLoop => Code::OutsideLoop,
            ParameterAndGlobal(_)
            | ParameterAndNonlocal(_)
            | AssignedBeforeGlobal(_)
            | UsedBeforeGlobal(_)
            | AnnotatedGlobal(_)
            | AssignedBeforeNonlocal(_)
            | UsedBeforeNonlocal(_)
            | AnnotatedNonlocal(_)
            | NonlocalAndGlobal(_)
            | NoBindingForNonlocal(_)
            | NonlocalTypeParameter(_)
            | NonlocalAtModule
            | DuplicateParameter(_)
            | DuplicateTypeParameter(_)
            | WalrusRebindsIteration(_)
            | InnerLoopRebindsWalrus(_)
            | AssignDebug
            | DeleteDebug
            | PatternRebinds(_)
            | AlternativesDiffer => Code::NameBinding,
            ReturnValueInAsyncGenerator
            | YieldFromInAsync
            | LeavesExceptStar
            | ImportStarNotAtModule
            | YieldInside(_)
            | NotAllowedWithin(..)
            | WalrusInIterable
            | WalrusInClassComprehension
            | WalrusInComprehensionWithin(_)
            | TypeParameterOrder(_)
            | FutureNotAtStart
            | FutureUnknown(_)
            | FutureBraces
            | DefaultExceptNotLast
            | MultipleStarredTargets
            | StarredTargetNotInList
            | StarredHere
            | StarredDelete
            | KeywordRepeated(_)
            | WildcardUnreachable
            | CaptureUnreachable(_)
            | MultipleStarredPatterns
            | MappingKeyRepeated(_)
            | AttributeRepeatedInPattern(_)
            | TooManyNestedBlocks
            | TooManyStarTargets
            | CodeTooLarge => Code::Placement,
        }
    }
}

impl ErrorKind {
    /// What a picture says beside CPython's words: a text under the place, and what may help. None
    /// where the words say it all.
    fn advice(&self) -> (Option<&'static str>, Option<&'static str>) {
        use ErrorKind::*;
        match self {
            ReturnOutsideFunction => (Some("no function to return from"), None),
            YieldOutsideFunction | YieldFromOutsideFunction => (Some("no function to stop in"), None),
            AwaitOutsideFunction => (
                Some("no coroutine to wait in"),
                Some("put it into an 'async def', and run that with 'asyncio.run(…)'"),
            ),
            AwaitOutsideAsync
            | AsyncForOutsideAsync
            | AsyncWithOutsideAsync
            | AsyncComprehensionOutsideAsync => (
                Some("this is not in an async function"),
                Some("write 'async def' for the function around it"),
            ),
            ReturnValueInAsyncGenerator => {
                (Some("an async generator hands out values, and returns none"), Some("write 'return' alone"))
            }
            YieldFromInAsync => (
                Some("a coroutine cannot put another one in its place"),
                Some("write 'await' for a coroutine, and a loop with 'yield' for a generator"),
            ),
            BreakOutsideLoop | ContinueOutsideLoop => (Some("no loop around this"), None),
            AssignedBeforeGlobal(_)
            | UsedBeforeGlobal(_)
            | AssignedBeforeNonlocal(_)
            | UsedBeforeNonlocal(_) => (Some("too late"), Some("move it to the top of the function")),
            NoBindingForNonlocal(_) => (
                Some("no function around this one has such a variable"),
                Some("write 'global' for a variable of the module"),
            ),
            NonlocalAtModule => (Some("no function around this"), None),
            ParameterAndGlobal(_) | ParameterAndNonlocal(_) => {
                (Some("a parameter belongs to its call"), None)
            }
            DuplicateParameter(_) | DuplicateTypeParameter(_) | KeywordRepeated(_) => {
                (Some("the second one of this name"), None)
            }
            FutureNotAtStart => (Some("too late"), Some("move it to the top of the file")),
            DefaultExceptNotLast => (Some("this takes every exception"), Some("move it behind the others")),
            StarredTargetNotInList => (Some("not in a list or a tuple"), Some("put a comma behind it")),
            StarredHere => (Some("nothing to unpack it into"), None),
            WildcardUnreachable | CaptureUnreachable(_) => {
                (Some("this takes everything"), Some("move it behind the others"))
            }
            AnnotatedGlobal(_)
            | AnnotatedNonlocal(_)
            | NonlocalAndGlobal(_)
            | NonlocalTypeParameter(_)
            | ImportStarNotAtModule
            | YieldInside(_)
            | NotAllowedWithin(..)
            | WalrusRebindsIteration(_)
            | WalrusInIterable
            | WalrusInClassComprehension
            | WalrusInComprehensionWithin(_)
            | TypeParameterOrder(_)
            | InnerLoopRebindsWalrus(_)
            | FutureUnknown(_)
            | FutureBraces
            | LeavesExceptStar
            | AssignDebug
            | DeleteDebug
            | MultipleStarredTargets
            | StarredDelete
            | AlternativesDiffer
            | PatternRebinds(_)
            | MultipleStarredPatterns
            | MappingKeyRepeated(_)
            | AttributeRepeatedInPattern(_)
            | TooManyNestedBlocks
            | TooManyStarTargets
            | CodeTooLarge => (None, None),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        let text = match self {
            ReturnOutsideFunction => "'return' outside function",
            YieldOutsideFunction => "'yield' outside function",
            YieldFromOutsideFunction => "'yield from' outside function",
            AwaitOutsideFunction => "'await' outside function",
            AwaitOutsideAsync => "'await' outside async function",
            AsyncForOutsideAsync => "'async for' outside async function",
            AsyncWithOutsideAsync => "'async with' outside async function",
            AsyncComprehensionOutsideAsync => {
                "asynchronous comprehension outside of an asynchronous function"
            }
            ReturnValueInAsyncGenerator => "'return' with value in async generator",
            YieldFromInAsync => "'yield from' inside async function",
            BreakOutsideLoop => "'break' outside loop",
            ContinueOutsideLoop => "'continue' not properly in loop",
            LeavesExceptStar => "'break', 'continue' and 'return' cannot appear in an except* block",
            ParameterAndGlobal(name) => return write!(f, "name '{name}' is parameter and global"),
            ParameterAndNonlocal(name) => {
                return write!(f, "name '{name}' is parameter and nonlocal");
            }
            AssignedBeforeGlobal(name) => {
                return write!(f, "name '{name}' is assigned to before global declaration");
            }
            UsedBeforeGlobal(name) => {
                return write!(f, "name '{name}' is used prior to global declaration");
            }
            AnnotatedGlobal(name) => {
                return write!(f, "annotated name '{name}' can't be global");
            }
            AssignedBeforeNonlocal(name) => {
                return write!(f, "name '{name}' is assigned to before nonlocal declaration");
            }
            UsedBeforeNonlocal(name) => {
                return write!(f, "name '{name}' is used prior to nonlocal declaration");
            }
            AnnotatedNonlocal(name) => {
                return write!(f, "annotated name '{name}' can't be nonlocal");
            }
            NonlocalAndGlobal(name) => return write!(f, "name '{name}' is nonlocal and global"),
            NoBindingForNonlocal(name) => {
                return write!(f, "no binding for nonlocal '{name}' found");
            }
            NonlocalTypeParameter(name) => {
                return write!(f, "nonlocal binding not allowed for type parameter '{name}'");
            }
            NonlocalAtModule => "nonlocal declaration not allowed at module level",
            DuplicateParameter(name) => {
                return write!(f, "duplicate argument '{name}' in function definition");
            }
            DuplicateTypeParameter(name) => {
                return write!(f, "duplicate type parameter '{name}'");
            }
            ImportStarNotAtModule => "import * only allowed at module level",
            YieldInside(place) => return write!(f, "'yield' inside {place}"),
            NotAllowedWithin(what, place) => {
                return write!(f, "{what} cannot be used within {place}");
            }
            WalrusRebindsIteration(name) => {
                return write!(
                    f,
                    "assignment expression cannot rebind comprehension iteration variable '{name}'"
                );
            }
            WalrusInIterable => "assignment expression cannot be used in a comprehension iterable expression",
            WalrusInClassComprehension => {
                "assignment expression within a comprehension cannot be used in a class body"
            }
            WalrusInComprehensionWithin(place) => {
                // CPython's two wordings differ in the preposition.
                let preposition = if place.starts_with("the ") { "within" } else { "in" };
                return write!(
                    f,
                    "assignment expression within a comprehension cannot be used {preposition} \
                     {place}"
                );
            }
            TypeParameterOrder(name) => {
                return write!(f, "non-default type parameter '{name}' follows default type parameter");
            }
            InnerLoopRebindsWalrus(name) => {
                return write!(
                    f,
                    "comprehension inner loop cannot rebind assignment expression target '{name}'"
                );
            }
            FutureNotAtStart => "from __future__ imports must occur at the beginning of the file",
            FutureUnknown(name) => return write!(f, "future feature {name} is not defined"),
            FutureBraces => "not a chance",
            DefaultExceptNotLast => "default 'except:' must be last",
            AssignDebug => "cannot assign to __debug__",
            DeleteDebug => "cannot delete __debug__",
            MultipleStarredTargets => "multiple starred expressions in assignment",
            StarredTargetNotInList => "starred assignment target must be in a list or tuple",
            StarredHere => "can't use starred expression here",
            StarredDelete => "cannot delete starred",
            KeywordRepeated(name) => return write!(f, "keyword argument repeated: {name}"),
            WildcardUnreachable => "wildcard makes remaining patterns unreachable",
            CaptureUnreachable(name) => {
                return write!(f, "name capture '{name}' makes remaining patterns unreachable");
            }
            AlternativesDiffer => "alternative patterns bind different names",
            PatternRebinds(name) => {
                return write!(f, "multiple assignments to name '{name}' in pattern");
            }
            MultipleStarredPatterns => "multiple starred names in sequence pattern",
            MappingKeyRepeated(key) => {
                return write!(f, "mapping pattern checks duplicate key ({key})");
            }
            AttributeRepeatedInPattern(name) => {
                return write!(f, "attribute name repeated in class pattern: {name}");
            }
            TooManyNestedBlocks => "too many statically nested blocks",
            TooManyStarTargets => "too many expressions in star-unpacking assignment",
            CodeTooLarge => "code object too large",
        };
        f.write_str(text)
    }
}
