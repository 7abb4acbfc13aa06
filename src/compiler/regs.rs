//! Registers: variables have theirs for the whole unit, temporaries are a stack above them.
//!
//! ```text
//!   0 ............ nlocals ................ top ........ max
//!   variables      live temporaries         free
//! ```
//!
//! A value is *owned* when it is in a temporary: exactly one instruction consumes it. Variables
//! are read in place. [`Compiler::expr_into`] gives back every temporary that an expression
//! took, so only statements that hold some (loops, `with`) have to think of it.

use super::Compiler;
use crate::analysis::{Binding, ScopeId, ScopeKind, mangle};
use crate::bytecode::{In, Out};
use crate::source::Name;
use crate::syntax::ast::*;

/// Where a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Register(u16),
    Cell(u16),
    Free(u16),
    Global,
    Namespace,
    NamespaceFree(u16),
}

/// Registers that a unit may have, with room for what is counted from the last of them.
const MOST: u16 = 64_000;

/// The register at `index` of a run that begins at `base`. Behind the last register there is none; the unit is
/// too large then, and nothing runs it.
pub(super) fn in_run(base: u16, index: usize) -> u16 {
    base.saturating_add(u16::try_from(index).unwrap_or(u16::MAX))
}

/// A temporary that is consumed.
pub(super) fn owned(reg: u16) -> In {
    In { reg, kill: true }
}

/// A register that is read and stays as it is.
pub(super) fn in_place(reg: u16) -> In {
    In { reg, kill: false }
}

/// A dead temporary to write.
pub(super) fn fresh(reg: u16) -> Out {
    Out { reg, drop: false }
}

/// A variable, or a temporary that may be live, to write.
pub(super) fn over(reg: u16) -> Out {
    Out { reg, drop: true }
}

impl<'a> Compiler<'a> {
    /// Takes the next temporary.
    pub(super) fn temp(&mut self) -> u16 {
        let reg = self.unit.top.min(MOST);
        if reg < MOST {
            self.unit.top = reg + 1;
        } else {
            self.unit.too_large = true;
        }
        self.unit.max = self.unit.max.max(self.unit.top);
        reg
    }

    /// Takes `count` temporaries in a row.
    pub(super) fn temps(&mut self, count: usize) -> u16 {
        let base = self.unit.top;
        for _ in 0..count.min(u16::MAX as usize) {
            self.temp();
        }
        base
    }

    /// Where a run of temporaries begins whose value goes to `out`: at `out` itself when that is
    /// the last temporary taken, because a run is consumed before the value is written.
    pub(super) fn run_base(&mut self, out: Out) -> u16 {
        if !out.drop && out.reg.checked_add(1) == Some(self.unit.top) {
            self.unit.top = out.reg;
        }
        self.unit.top
    }

    /// A count as an operand.
    pub(super) fn count(&mut self, count: usize) -> u16 {
        u16::try_from(count).unwrap_or_else(|_| {
            self.unit.too_large = true;
            0
        })
    }

    /// The innermost scope.
    pub(super) fn scope(&self) -> ScopeId {
        *self.unit.scopes.last().expect("a unit has its own scope")
    }

    /// `name` as it is known here, private names mangled.
    pub(super) fn mangled(&self, name: Name) -> Name {
        mangle(self.analysis.scope(self.scope()).class_name, name)
    }

    /// Where the variable `name` (mangled) is.
    pub(super) fn place(&self, name: Name) -> Place {
        self.place_in(self.scope(), name)
    }

    /// The same, as seen from a scope of this unit.
    pub(super) fn place_in(&self, scope: ScopeId, name: Name) -> Place {
        let Some(symbol) = self.analysis.scope(scope).symbol(name) else {
            return self.top_level_place();
        };
        match symbol.binding {
            Binding::Local(owner) => self.register_of(owner, name),
            Binding::Free => Place::Free(self.free_index(name)),
            Binding::Global => Place::Global,
            Binding::Namespace => Place::Namespace,
            Binding::NamespaceFree => Place::NamespaceFree(self.free_index(name)),
        }
    }

    /// Where names go that no statement mentions (`__doc__`, `__module__`).
    pub(super) fn top_level_place(&self) -> Place {
        let class = self.analysis.scope(self.unit.scope).kind == ScopeKind::Class;
        if class || self.unit.flags.namespace { Place::Namespace } else { Place::Global }
    }

    fn register_of(&self, owner: ScopeId, name: Name) -> Place {
        let reg = *self
            .unit
            .registers
            .get(&(owner, name))
            .expect("every variable of the unit has a register while its scope is open");
        let scope = self.analysis.scope(owner);
        let cell = scope.kind == ScopeKind::Class || scope.symbol(name).is_some_and(|s| s.captured);
        if cell { Place::Cell(reg) } else { Place::Register(reg) }
    }

    pub(super) fn free_index(&self, name: Name) -> u16 {
        let frees = &self.analysis.scope(self.unit.scope).frees;
        let index = frees.iter().position(|&free| free == name);
        index.expect("a free name is in the closure of its unit") as u16
    }

    /// The cell of `name` as an inner unit's closure needs it, in a fresh temporary.
    pub(super) fn load_cell_of(&mut self, name: Name) {
        let out = fresh(self.temp());
        let unit_scope = self.analysis.scope(self.unit.scope);
        if unit_scope.kind == ScopeKind::Class && unit_scope.class_cell && name == self.names.class {
            let reg = self.unit.registers[&(self.unit.scope, name)];
            return self.unit.e.mov(out, in_place(reg));
        }
        // The variable that an inner scope sees: class bodies are skipped.
        let mut scope = self.scope();
        loop {
            let found = self.analysis.scope(scope);
            let symbol = found.symbol(name);
            let owns = found.is_function_like() && symbol.is_some_and(|s| s.binding == Binding::Local(scope));
            if owns {
                let reg = self.unit.registers[&(scope, name)];
                return self.unit.e.mov(out, in_place(reg));
            }
            match found.parent {
                Some(parent) if scope != self.unit.scope => scope = parent,
                _ => break,
            }
        }
        let index = self.free_index(name);
        self.unit.e.load_free_cell(out, index);
    }

    /// Whether evaluating one of `later` may rebind the variable that `expr` reads in place.
    pub(super) fn is_rebound(&self, expr: &Expr, later: &[&Expr]) -> bool {
        let name = match &expr.kind {
            ExprKind::Name(name) => self.mangled(*name),
            ExprKind::Walrus { target, .. } => self.mangled(target.name),
            _ => return false,
        };
        let scope = self.analysis.scope(self.scope());
        let Some(symbol) = scope.symbol(name) else { return false };
        let Binding::Local(owner) = symbol.binding else { return false };
        let walrus = self.analysis.scope(owner).symbol(name).is_some_and(|symbol| symbol.walrus);
        walrus && !later.iter().all(|expr| is_simple(expr))
    }
}

/// Whether an expression certainly contains no `:=`.
fn is_simple(expr: &Expr) -> bool {
    match &expr.kind {
        literal!() | ExprKind::Name(_) => true,
        ExprKind::Attribute { value, .. } => is_simple(value),
        _ => false,
    }
}
