//! The clauses of comprehensions and generator expressions.

use super::super::ast::CompFor;
use super::*;

/// for_if_clauses: for_if_clause+
pub(super) fn for_if_clauses<'s>(k: &Knots<'s>) -> Rule<'s, Vec<CompFor>> {
    let clause = for_if_clause(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let mut clauses = vec![inp.parse(&clause)?];
        while matches!(peek(inp), Token::For | Token::Async) {
            clauses.push(inp.parse(&clause)?);
        }
        Ok(clauses)
    })
    .boxed()
}

/// for_if_clause: ['async'] 'for' star_targets 'in' disjunction ('if' disjunction)*
fn for_if_clause<'s>(k: &Knots<'s>) -> Rule<'s, CompFor> {
    let star_targets = target::star_targets(k);
    let disjunction = k.disjunction.rule();
    let invalid = invalid::invalid_for_target(k);
    let invalid_for_if_clause = invalid::invalid_for_if_clause(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let checkpoint = inp.save();
        let is_async = accept(inp, Token::Async).is_some();
        inp.parse(token(Token::For))?;
        let header = inp.parse(&star_targets).and_then(|target| {
            inp.parse(token(Token::In))?;
            Ok(target)
        });
        let Ok(target) = header else {
            if inp.state().explaining {
                inp.rewind(checkpoint);
                attempt(inp, &invalid_for_if_clause);
                attempt(inp, &invalid);
            }
            return failure();
        };
        let iter = inp.parse(&disjunction)?;
        let mut conditions = Vec::new();
        while accept(inp, Token::If).is_some() {
            conditions.push(inp.parse(&disjunction)?);
        }
        Ok(CompFor { target, iter, conditions, is_async })
    })
    .boxed()
}
