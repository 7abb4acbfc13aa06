//! From names to variables: which scope binds each name that a scope mentions. CPython's rules:
//! a scope's own binding wins unless it is declared otherwise, class bodies are invisible to
//! the functions in them (but offer `__class__`), and what no function binds is global.

use super::Context;
use super::error::{ErrorKind, Mistake};
use super::scope::{Analysis, Binding, Scope, ScopeId, ScopeKind};
use crate::source::{Name, Span};

/// Gives every symbol its binding and every unit its closure.
pub fn resolve(analysis: &mut Analysis, context: Context) {
    let class_name = Name::new("__class__");
    for id in 0..analysis.scopes.len() as u32 {
        let id = ScopeId(id);
        for index in 0..analysis.scope(id).symbols.len() {
            let name = analysis.scope(id).symbols[index].name;
            let found = find(analysis, context, id, name, class_name);
            let binding = match found {
                Found::Global => Binding::Global,
                Found::Namespace => Binding::Namespace,
                Found::In(owner) => bind(analysis, id, owner, name, class_name),
                Found::Nothing => {
                    let unit = analysis.scope(analysis.scope(id).unit);
                    let class = unit.kind == ScopeKind::Class && !is_comprehension(analysis, id);
                    let own = unit.kind == ScopeKind::Module && context.namespace;
                    if class || own { Binding::Namespace } else { Binding::Global }
                }
            };
            analysis.scope_mut(id).symbols[index].binding = binding;
        }
    }
    for scope in &mut analysis.scopes {
        scope.frees.sort_by_key(|name| name.as_str());
    }
}

enum Found {
    Global,
    Namespace,
    In(ScopeId),
    Nothing,
}

/// Whether a comprehension stands between the scope and its unit.
fn is_comprehension(analysis: &Analysis, id: ScopeId) -> bool {
    let mut scope = analysis.scope(id);
    while scope.is_inlined() {
        if scope.kind == ScopeKind::Comprehension {
            return true;
        }
        let Some(parent) = scope.parent else { return false };
        scope = analysis.scope(parent);
    }
    false
}

fn find(analysis: &mut Analysis, context: Context, id: ScopeId, name: Name, class_name: Name) -> Found {
    let scope = analysis.scope(id);
    let symbol = scope.symbol(name);
    let (global, nonlocal, bound) = symbol.map_or((false, false, false), |s| (s.global, s.nonlocal, s.bound));
    if global {
        return Found::Global;
    }
    if bound && !nonlocal {
        return match scope.kind {
            ScopeKind::Module if context.namespace => Found::Namespace,
            ScopeKind::Module => Found::Global,
            ScopeKind::Class => Found::Namespace,
            ScopeKind::Function
            | ScopeKind::Lambda
            | ScopeKind::Comprehension
            | ScopeKind::Generator
            | ScopeKind::TypeParams
            | ScopeKind::TypeAlias => Found::In(id),
        };
    }
    // Type parameters see the class body they stand in; everything else skips it.
    let mut sees_class = scope.kind == ScopeKind::TypeParams;
    let mut next = scope.parent;
    while let Some(outer) = next {
        let scope = analysis.scope(outer);
        next = scope.parent;
        match scope.kind {
            ScopeKind::Module => {
                if nonlocal {
                    return Found::Nothing;
                }
                // A module's declared globals bypass its own namespace.
                if scope.symbol(name).is_some_and(|s| s.global) {
                    return Found::Global;
                }
                return Found::Nothing;
            }
            ScopeKind::Class => {
                if sees_class {
                    match scope.symbol(name) {
                        Some(s) if s.global => return Found::Global,
                        Some(s) if s.bound && !s.nonlocal => return Found::Namespace,
                        _ => {}
                    }
                }
                if name == class_name {
                    if analysis.scope(id).unit == outer {
                        // A comprehension in the body itself, while there is no class yet.
                        return Found::Global;
                    }
                    analysis.scope_mut(outer).class_cell = true;
                    return Found::In(outer);
                }
            }
            ScopeKind::Function
            | ScopeKind::Lambda
            | ScopeKind::Comprehension
            | ScopeKind::Generator
            | ScopeKind::TypeParams
            | ScopeKind::TypeAlias => {
                if let Some(s) = scope.symbol(name) {
                    if s.global {
                        return Found::Global;
                    }
                    if s.bound && !s.nonlocal {
                        return Found::In(outer);
                    }
                }
            }
        }
        sees_class = sees_class && scope_is_type_params(analysis.scope(outer));
    }
    Found::Nothing
}

fn scope_is_type_params(scope: &Scope) -> bool {
    scope.kind == ScopeKind::TypeParams
}

/// The binding of `name`, seen from `id`, to the variable that `owner` binds. Makes it a cell
/// and hands it down through the units in between when they differ.
fn bind(analysis: &mut Analysis, id: ScopeId, owner: ScopeId, name: Name, class_name: Name) -> Binding {
    let target = analysis.scope(owner).unit;
    let mut unit = analysis.scope(id).unit;
    if unit == target {
        return Binding::Local(owner);
    }
    if !(name == class_name && analysis.scope(owner).kind == ScopeKind::Class) {
        analysis.scope_mut(owner).symbol_mut(name).captured = true;
    }
    while unit != target {
        let scope = analysis.scope_mut(unit);
        if !scope.frees.contains(&name) {
            scope.frees.push(name);
        }
        let parent = scope.parent.expect("the owner's unit encloses the user's");
        unit = analysis.scope(parent).unit;
    }
    let scope = analysis.scope(id);
    let in_class = analysis.scope(scope.unit).kind == ScopeKind::Class;
    if in_class && !is_comprehension(analysis, id) { Binding::NamespaceFree } else { Binding::Free }
}

/// Reports a `nonlocal` that nothing binds. Called by the collector when the enclosing scopes
/// have been read, which is after the whole module.
pub fn check_nonlocal(analysis: &mut Analysis, id: ScopeId, name: Name, span: Span) {
    let mut next = analysis.scope(id).parent;
    while let Some(outer) = next {
        let scope = analysis.scope(outer);
        next = scope.parent;
        if scope.is_function_like()
            && let Some(symbol) = scope.symbol(name)
        {
            if symbol.type_param {
                let kind = ErrorKind::NonlocalTypeParameter(name);
                analysis.mistakes.push(Mistake { kind, span });
                return;
            }
            if symbol.global {
                break;
            }
            if symbol.bound && !symbol.nonlocal {
                return;
            }
        }
        // `__class__` may be named so too.
        if scope.kind == ScopeKind::Class && name.as_str() == "__class__" {
            return;
        }
    }
    analysis.mistakes.push(Mistake { kind: ErrorKind::NoBindingForNonlocal(name), span });
}
