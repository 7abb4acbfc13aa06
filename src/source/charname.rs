//! Characters by their Unicode names: just as they are written there, save for the case.

/// The character of that name or alias. The tables find names without their blanks and hyphens,
/// and with underscores for blanks; a Python literal has to be exact.
pub fn character(name: &str) -> Option<char> {
    // Nothing but words: the tables are not made for hyphens and blanks at an end.
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if !is_end(name.chars().next()) || !is_end(name.chars().next_back()) {
        return None;
    }
    let found = unicode_names2::character(name)?;
    let own = unicode_names2::name(found).map(|own| own.to_string()).unwrap_or_default();
    if own.eq_ignore_ascii_case(name) {
        // Names that are computed have only capitals.
        let computed = own.starts_with("CJK UNIFIED IDEOGRAPH-") || own.starts_with("HANGUL SYLLABLE ");
        return (!computed || own == name).then_some(found);
    }
    let bare = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
    };
    // Otherwise it is an alias: these have single blanks between their words.
    let loose = name.contains('_') || name.split(' ').any(str::is_empty) || bare(&own) == bare(name);
    (!loose).then_some(found)
}
