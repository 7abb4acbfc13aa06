//! A line of a program with marks below it, as a traceback shows the place of a syntax error.

/// The line and the marks from column `from` up to column `to`, both counted in characters from 1,
/// each line indented by four blanks and ended. Without a column, or with one before the text, the
/// line stands alone.
pub fn marked_line(text: &str, from: Option<i64>, to: Option<i64>) -> String {
    let line = text.trim_end_matches('\n');
    // Tabs stay, so that what stands below a line with tabs has the same ones.
    let shown = line.trim_start_matches([' ', '\n', '\x0c']);
    let mut out = format!("    {shown}\n");
    let Some(from) = from else { return out };
    let length = |text: &str| text.chars().count() as i64;
    let (whole, behind) = (length(text), length(line) + 1);
    let within = |column: i64| if !text.is_empty() && column > whole { behind } else { column };
    let (from, mut to) = (within(from), within(to.unwrap_or(behind)));
    if from >= to || to < 0 {
        to = from + 1;
    }
    let removed = length(line) - length(shown);
    let Ok(first) = usize::try_from(from - 1 - removed) else { return out };
    out.push_str("    ");
    out.extend(shown.chars().take(first).map(|c| if c.is_whitespace() { c } else { ' ' }));
    out.extend(std::iter::repeat_n('^', usize::try_from(to - from).unwrap_or(1)));
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_line_up_and_a_column_before_the_text_has_no_mark() {
        assert_eq!(marked_line("\tx = = 3  \n", Some(6), Some(7)), "    \tx = = 3  \n    \t    ^\n");
        assert_eq!(marked_line("  f(x\n", Some(4), Some(4)), "    f(x\n     ^\n");
        assert_eq!(marked_line("  f(x\n", Some(0), Some(-1)), "    f(x\n");
        assert_eq!(marked_line("", Some(1), None), "    \n    ^\n");
    }
}
