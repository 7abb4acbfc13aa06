//! Scopes and their names, as data. A *unit* is what becomes a code object of its own: module,
//! class body, function, lambda, generator expression. List, set and dict comprehensions and
//! the parameters of a generic (`def f[T]`) are scopes inside the unit that holds them.
//!
//! ```text
//! module <module>: f=global
//!   function f: xs=local, total=local captured
//!     comprehension <listcomp>: x=local
//!     lambda <lambda>: total=free
//! ```

use super::error::Mistake;
use crate::diagnostics::Diagnostic;
use crate::source::Name;
use rustc_hash::FxHashMap;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ScopeId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    /// A list, set or dict comprehension: lives in its unit.
    Comprehension,
    Generator,
    /// The type parameters of a function, class or alias: live in their unit.
    TypeParams,
    /// The value of a `type` statement, computed when asked for.
    TypeAlias,
}

/// One node may open two scopes: a generic function has its parameters' scope and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Body,
    TypeParams,
}

/// What a scope knows of a name.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub name: Name,
    pub used: bool,
    /// Assigned, imported, deleted, a parameter, …: this scope binds it.
    pub bound: bool,
    /// Bound by `import` alone, which a `global` or `nonlocal` may follow.
    pub imported: bool,
    pub param: bool,
    pub global: bool,
    pub nonlocal: bool,
    pub annotated: bool,
    /// A comprehension's loop variable.
    pub iteration: bool,
    /// A target of `:=`, perhaps inside a comprehension of this scope.
    pub walrus: bool,
    pub type_param: bool,
    /// An inner unit refers to it: it lives in a cell.
    pub captured: bool,
    pub binding: Binding,
}

/// Where a name's variable is, seen from one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A register of this unit, bound in the scope `owner`; a cell when captured there.
    Local(ScopeId),
    /// A closure cell.
    Free,
    Global,
    /// The namespace in R\[0\], then globals and builtins.
    Namespace,
    /// In a class body: the namespace, then a closure cell.
    NamespaceFree,
}

#[derive(Clone, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub name: Name,
    pub parent: Option<ScopeId>,
    /// The scope whose code object this scope's code is part of.
    pub unit: ScopeId,
    /// The class whose private names (`__x`) are mangled here.
    pub class_name: Option<Name>,
    pub symbols: Vec<Symbol>,
    pub index: FxHashMap<Name, usize>,
    pub children: Vec<ScopeId>,
    /// `async def`, or a generator expression that awaits.
    pub is_async: bool,
    pub has_yield: bool,
    /// The names of the unit's closure cells, sorted.
    pub frees: Vec<Name>,
    /// A class body that has to provide `__class__` to its methods.
    pub class_cell: bool,
}

impl Scope {
    pub fn symbol(&self, name: Name) -> Option<&Symbol> {
        self.index.get(&name).map(|&index| &self.symbols[index])
    }

    pub fn symbol_mut(&mut self, name: Name) -> &mut Symbol {
        let next = self.symbols.len();
        let index = *self.index.entry(name).or_insert(next);
        if index == next {
            self.symbols.push(Symbol {
                name,
                used: false,
                bound: false,
                imported: false,
                param: false,
                global: false,
                nonlocal: false,
                annotated: false,
                iteration: false,
                walrus: false,
                type_param: false,
                captured: false,
                binding: Binding::Global,
            });
        }
        &mut self.symbols[index]
    }

    /// Whether the scope is code of its own unit.
    pub fn is_inlined(&self) -> bool {
        matches!(self.kind, ScopeKind::Comprehension | ScopeKind::TypeParams)
    }

    /// Whether its names are registers.
    pub fn is_function_like(&self) -> bool {
        match self.kind {
            ScopeKind::Module | ScopeKind::Class => false,
            ScopeKind::Function
            | ScopeKind::Lambda
            | ScopeKind::Comprehension
            | ScopeKind::Generator
            | ScopeKind::TypeParams
            | ScopeKind::TypeAlias => true,
        }
    }
}

/// All that is known about a module before it is compiled.
#[derive(Debug, Default)]
pub struct Analysis {
    pub scopes: Vec<Scope>,
    /// The scope that a node of the tree opens. Nodes are known by their address, which is
    /// stable while the tree is borrowed; the compiler may so visit one several times.
    pub of_node: FxHashMap<(usize, Role), ScopeId>,
    pub mistakes: Vec<Mistake>,
    /// What is allowed, but suspect.
    pub warnings: Vec<Diagnostic>,
    /// Annotations stay text.
    pub future_annotations: bool,
}

impl Analysis {
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// The scope that `node` opens in the given role.
    pub fn scope_of<T>(&self, node: &T, role: Role) -> ScopeId {
        let key = (std::ptr::from_ref(node).addr(), role);
        *self.of_node.get(&key).expect("the collector has visited every node that opens a scope")
    }
}

impl fmt::Display for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn write(f: &mut fmt::Formatter<'_>, analysis: &Analysis, id: ScopeId, depth: usize) -> fmt::Result {
            let scope = analysis.scope(id);
            let kind = match scope.kind {
                ScopeKind::Module => "module",
                ScopeKind::Class => "class",
                ScopeKind::Function => "function",
                ScopeKind::Lambda => "lambda",
                ScopeKind::Comprehension => "comprehension",
                ScopeKind::Generator => "generator",
                ScopeKind::TypeParams => "type parameters",
                ScopeKind::TypeAlias => "type alias",
            };
            write!(f, "{:1$}{kind} {2}:", "", depth * 2, scope.name)?;
            for (index, symbol) in scope.symbols.iter().enumerate() {
                let binding = match symbol.binding {
                    Binding::Local(owner) if owner == id => "local",
                    Binding::Local(_) => "outer",
                    Binding::Free => "free",
                    Binding::Global => "global",
                    Binding::Namespace => "namespace",
                    Binding::NamespaceFree => "namespace or free",
                };
                let captured = if symbol.captured { " captured" } else { "" };
                let comma = if index == 0 { "" } else { "," };
                write!(f, "{comma} {}={binding}{captured}", symbol.name)?;
            }
            if scope.class_cell {
                f.write_str(" (provides __class__)")?;
            }
            f.write_str("\n")?;
            scope.children.iter().try_for_each(|&child| write(f, analysis, child, depth + 1))
        }
        if self.scopes.is_empty() { Ok(()) } else { write(f, self, ScopeId(0), 0) }
    }
}

/// The name that `name` really is inside the class `class_name`: `__x` becomes `_Class__x`.
pub fn mangle(class_name: Option<Name>, name: Name) -> Name {
    let Some(class_name) = class_name else { return name };
    let text = name.as_str();
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
        return name;
    }
    let class_name = class_name.as_str().trim_start_matches('_');
    if class_name.is_empty() {
        return name;
    }
    Name::new(&format!("_{class_name}{text}"))
}
