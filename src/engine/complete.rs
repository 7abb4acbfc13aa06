//! What may follow the cursor: names, keywords, attributes, modules, parameters of a call. Nothing of the program
//! runs for it but a `__dir__` that it has defined itself: the way to the object whose
//! attributes are wanted is looked up, properties and `__getattr__` are not called.

use super::Session;
use crate::object::{BoundMethod, Class, Function, Instance, ModuleObj, Ref, Str, Value, heap};
use crate::syntax::lexer::lex;
use crate::syntax::token::{Lexeme, Token};
use crate::vm::descriptor::{ClassMethod, StaticMethod};
use crate::vm::native::Native;
use crate::vm::{Descriptor, Vm};
use std::collections::BTreeSet;
use std::path::PathBuf;

impl Session {
    /// What may stand in place of the last word of `before`, the text in front of the cursor;
    /// and where in `before` that word begins.
    pub fn complete(&mut self, before: &str) -> (usize, Vec<String>) {
        let start = word_start(before);
        if !is_code(before, start) {
            return (start, Vec::new());
        }
        let (left, word) = before.split_at(start);
        let line = left.rsplit(['\n', ';']).next().unwrap_or_default().trim_start();
        let mut found = if let Some(module) = imported_from(line) {
            self.members_of_module(module)
        } else if let Some(package) = import_path(line) {
            self.modules_in(package)
        } else if let Some(owner) = left.strip_suffix('.') {
            self.attributes_of(owner)
        } else {
            self.names()
        };
        found.retain(|name| name.starts_with(word) && (word.starts_with('_') || !name.starts_with('_')));
        // What a call takes comes first: it is what a person looks for there.
        let mut all = self.keywords_at(left);
        all.retain(|name| name.starts_with(word));
        all.extend(found);
        (start, all)
    }

    fn names(&mut self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for list in ["kwlist", "softkwlist"] {
            let module = self.vm.import_module("keyword");
            let list = module.and_then(|module| self.vm.get_attr_text(&module, list));
            if let Ok(list) = list.and_then(|list| self.vm.collect(&list)) {
                names.extend(list.iter().filter_map(text));
            }
        }
        for dict in [&self.main, &self.vm.builtins] {
            names.extend(dict.items().iter().filter_map(|(name, _)| text(name)));
        }
        names
    }

    /// The parameters that may be named in the call that the text ends in.
    fn keywords_at(&mut self, text: &str) -> Vec<String> {
        let Some(open) = open_call(text) else { return Vec::new() };
        let Some(object) = self.find_object(&text[path_start(&text[..open])..open]) else {
            return Vec::new();
        };
        parameters(&object).into_iter().map(|name| name + "=").collect()
    }

    /// What `dir` says about the object at the end of `before`.
    fn attributes_of(&mut self, before: &str) -> BTreeSet<String> {
        let Some(object) = self.find_object(&before[path_start(before)..]) else { return BTreeSet::new() };
        self.listed(&object)
    }

    fn listed(&mut self, object: &Value) -> BTreeSet<String> {
        let Some(dir) = self.vm.builtins.get_text("dir") else { return BTreeSet::new() };
        let listed = self.vm.call(&dir, &[object.clone()]).and_then(|list| self.vm.collect(&list));
        // A `__dir__` that fails has nothing to offer.
        listed.map_or_else(|_| BTreeSet::new(), |names| names.iter().filter_map(text).collect())
    }

    /// The object that a dotted name or a literal stands for.
    pub(super) fn find_object(&mut self, path: &str) -> Option<Value> {
        if let Some(literal) = self.literal(path.trim()) {
            return Some(literal);
        }
        let mut parts = path.trim().split('.').map(str::trim);
        let first = parts.next().filter(|part| is_name(part))?;
        let mut at = self.main.get_text(first).or_else(|| self.vm.builtins.get_text(first))?;
        for part in parts {
            at = static_attribute(&mut self.vm, &at, part)?;
        }
        Some(at)
    }

    /// An object like the literal at the end of the text: its attributes are the same.
    fn literal(&mut self, text: &str) -> Option<Value> {
        match text.chars().next_back()? {
            '"' | '\'' => Some(self.vm.str("")),
            // `x[0]` and `f()` would have to run.
            ']' if text.starts_with('[') => Some(self.vm.list(Vec::new())),
            '}' if text.starts_with('{') => Some(self.vm.new_dict().into_value()),
            _ => None,
        }
    }

    fn members_of_module(&mut self, name: &str) -> BTreeSet<String> {
        // The machine's own modules can be imported without any effect that a program sees.
        let module = match self.vm.modules.get_text(name) {
            Some(module) => Some(module),
            None => self.vm.builtin_module(name).ok().flatten(),
        };
        let mut found = module.map_or_else(BTreeSet::new, |module| self.listed(&module));
        found.extend(self.modules_in(name));
        found
    }

    /// The modules inside a package; at the top level when it is empty.
    fn modules_in(&mut self, package: &str) -> BTreeSet<String> {
        let mut known = self.vm.builtin_module_names();
        known.extend(self.vm.modules.items().iter().filter_map(|(name, _)| text(name)));
        let mut folder = PathBuf::from(self.vm.path.first().map_or("", String::as_str));
        folder.extend(package.split('.'));
        known.extend(
            super::loader::modules_beside(&folder)
                .into_iter()
                .map(|name| if package.is_empty() { name } else { format!("{package}.{name}") }),
        );
        let inside = |name: &String| {
            let rest =
                if package.is_empty() { name } else { name.strip_prefix(package)?.strip_prefix('.')? };
            Some(rest.split('.').next().unwrap_or(rest).to_owned())
        };
        known.iter().filter_map(inside).filter(|name| name != "__main__").collect()
    }
}

fn text(name: &Value) -> Option<String> {
    name.get::<Str>().map(|name| name.as_str().to_owned())
}

/// Whether the word that starts there, or the dot in front of it, is code: in comments and strings the lexer sees
/// no such token.
fn is_code(before: &str, start: usize) -> bool {
    let begin = if start < before.len() { start } else { before.len() - usize::from(before.ends_with('.')) };
    let is_it = |lexeme: &Lexeme| lexeme.span.range() == (begin..before.len());
    begin == before.len() || lex(before).tokens.iter().rev().any(is_it)
}

/// Where the bracket of a call stands in which the next argument may begin.
fn open_call(text: &str) -> Option<usize> {
    let tokens = lex(text).tokens;
    let mut open = Vec::new();
    for (index, lexeme) in tokens.iter().enumerate() {
        match lexeme.token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace => open.push(index),
            Token::RightParen | Token::RightBracket | Token::RightBrace => drop(open.pop()),
            _ => {}
        }
    }
    let index = open.pop().filter(|index| tokens[*index].token == Token::LeftParen)?;
    let begins = tokens.iter().rev().find(|lexeme| lexeme.token != Token::Newline)?;
    let called = matches!(tokens.get(index.checked_sub(1)?)?.token, Token::Name(_));
    let defined = index >= 2 && matches!(tokens[index - 2].token, Token::Def | Token::Class);
    let first = matches!(begins.token, Token::LeftParen | Token::Comma);
    (called && first && !defined).then(|| tokens[index].span.start as usize)
}

/// The names of the parameters that a call may use, without the receiver.
fn parameters(callee: &Value) -> Vec<String> {
    let named = |names: Vec<&str>| {
        let receiver = names.first().is_some_and(|name| ["self", "cls"].contains(name));
        names.into_iter().skip(usize::from(receiver)).map(str::to_owned).collect()
    };
    if let Some(function) = callee.get::<Function>() {
        let code = &function.code.code;
        let (first, count) = (code.posonly_count, code.positional_count + code.kwonly_count);
        let names = code.params.iter().take(count.into()).skip(first.into());
        return named(names.map(|param| &*param.name).collect());
    }
    if let Some(native) = callee.get::<Native>() {
        let signature = native.signature();
        let last = signature.params.len() - usize::from(signature.varargs) - usize::from(signature.varkw);
        return named(signature.params[..last].iter().skip(signature.posonly).map(|p| p.name).collect());
    }
    if let Some(method) = callee.get::<BoundMethod>() {
        return parameters(&method.function);
    }
    if let Some(class) = callee.get::<Class>() {
        let name = heap::intern("__init__");
        let made = class.mro().iter().find_map(|base| base.lookup(&name));
        return made.map_or_else(Vec::new, |init| parameters(&init));
    }
    Vec::new()
}

fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part.chars().all(is_word_character)
        && !part.starts_with(|letter: char| letter.is_ascii_digit())
}

fn is_word_character(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

/// Where the word at the end of the text begins.
fn word_start(text: &str) -> usize {
    text.rfind(|letter| !is_word_character(letter))
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8))
}

/// Where the dotted name or the literal at the end of the text begins.
fn path_start(text: &str) -> usize {
    let Some(last) = text.chars().next_back() else { return 0 };
    let open = match last {
        '"' | '\'' => return text.len() - 1,
        ']' => Some('['),
        '}' => Some('{'),
        _ => None,
    };
    if let Some(open) = open {
        let at = text.rfind(open).unwrap_or(0);
        let subscript = text[..at].ends_with(|letter| is_word_character(letter) || ")]}".contains(letter));
        // What a subscript gives is not known without running it.
        return if subscript { text.len() } else { at };
    }
    text.rfind(|letter| !is_word_character(letter) && letter != '.')
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8))
}

/// The module of `from MODULE import …`.
fn imported_from(line: &str) -> Option<&str> {
    let (module, rest) = line.strip_prefix("from ")?.trim_start().split_once(char::is_whitespace)?;
    let names = rest.trim_start().strip_prefix("import")?;
    names.starts_with([' ', '(']).then_some(module)
}

/// The package whose modules may follow `import` or `from`.
fn import_path(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("import ").or_else(|| line.strip_prefix("from "))?;
    let last = rest.rsplit(',').next().unwrap_or(rest).trim_start();
    // `import a as b` and `from a import` have other rules.
    if last.contains(char::is_whitespace) {
        return None;
    }
    Some(last.strip_suffix('.').unwrap_or(last))
}

/// What an attribute is when nothing may run: the object's own, else what its class holds, as
/// long as reading it does not call anything of the program.
fn static_attribute(vm: &mut Vm, object: &Value, name: &str) -> Option<Value> {
    if let Some(module) = object.get::<ModuleObj>() {
        return module.dict.get_text(name);
    }
    let name: Ref<Str> = heap::intern(name);
    if let Some(class) = object.get::<Class>() {
        return class.mro().iter().find_map(|base| base.lookup(&name)).map(unwrapped);
    }
    let own = match object.get::<Instance>() {
        Some(instance) => {
            instance.attributes().into_iter().find(|(key, _)| text(key).as_deref() == Some(name.as_str()))
        }
        None => None,
    };
    if let Some((_, value)) = own {
        return Some(value);
    }
    if let Some(dict) = vm.attribute_dict(object)
        && let Some(value) = dict.get_text(name.as_str())
    {
        return Some(value);
    }
    let class = vm.class_of(object).clone();
    let found = vm.lookup(&class, &name)?;
    let plain = unwrapped(found.clone());
    match vm.descriptor_kind(&plain) {
        Descriptor::Plain | Descriptor::Method => Some(plain),
        Descriptor::NonData | Descriptor::Data => None,
    }
}

/// The function inside a `staticmethod` or `classmethod`.
fn unwrapped(value: Value) -> Value {
    if let Some(inner) = value.opaque::<StaticMethod>() {
        return Value::peek(&inner.callable);
    }
    if let Some(inner) = value.opaque::<ClassMethod>() {
        return Value::peek(&inner.callable);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_paths_end_at_the_cursor() {
        assert_eq!(word_start("print(le"), 6);
        assert_eq!(word_start("x."), 2);
        assert_eq!(word_start("한글"), 0);
        assert_eq!(path_start("print(a.b"), 6);
        assert_eq!(&"x = ''"[path_start("x = ''")..], "'");
        assert_eq!(path_start("x[0]"), 4);
        assert_eq!(path_start("y = [1, 2]"), 4);
    }

    #[test]
    fn a_call_is_open_where_an_argument_may_begin() {
        assert_eq!(open_call("print("), Some(5));
        assert_eq!(open_call("x = f(1, a.b("), Some(12));
        assert_eq!(open_call("f(g(1), "), Some(1));
        assert_eq!(open_call("f(1 + "), None);
        assert_eq!(open_call("f([1, "), None);
        assert_eq!(open_call("def f("), None);
        assert_eq!(open_call("(1, "), None);
        assert_eq!(open_call("f(1)"), None);
    }

    #[test]
    fn imports_are_told_apart() {
        assert_eq!(imported_from("from asyncio import sl"), Some("asyncio"));
        assert_eq!(imported_from("from asyncio impo"), None);
        assert_eq!(import_path("import "), Some(""));
        assert_eq!(import_path("import a, collections."), Some("collections"));
        assert_eq!(import_path("import a as b"), None);
        assert_eq!(import_path("x = 1"), None);
    }
}
