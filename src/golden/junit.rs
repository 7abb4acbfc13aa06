//! The outcome of a run as JUnit XML, the form that most build servers read.

use super::{Finding, Outcome, Verdict};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::Result;
use std::path::PathBuf;
use std::time::Duration;

/// The report about `outcomes`, which took `time` in all.
pub fn junit(outcomes: &[(PathBuf, Outcome)], time: Duration) -> Result<Vec<u8>> {
    let failures = outcomes.iter().filter(|(_, outcome)| matches!(outcome.verdict, Verdict::Failed(_)));
    let failures = failures.count().to_string();
    let skipped = outcomes.iter().filter(|(_, outcome)| outcome.verdict == Verdict::Listed).count();
    let (tests, skipped, seconds) = (outcomes.len().to_string(), skipped.to_string(), seconds(time));
    let counts = [
        ("name", "co test"),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", "0"),
        ("skipped", &skipped),
        ("time", &seconds),
    ];
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.create_element("testsuites").with_attributes(counts).write_inner_content(|writer| {
        writer.create_element("testsuite").with_attributes(counts).write_inner_content(|writer| {
            outcomes.iter().try_for_each(|(program, outcome)| case(writer, program, outcome))
        })?;
        Ok(())
    })?;
    let mut text = writer.into_inner();
    text.push(b'\n');
    Ok(text)
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn case(writer: &mut Writer<Vec<u8>>, program: &std::path::Path, outcome: &Outcome) -> Result<()> {
    let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = program.parent().unwrap_or(std::path::Path::new("")).to_string_lossy().replace('/', ".");
    let file = program.to_string_lossy().into_owned();
    let time = seconds(outcome.time);
    let element = writer.create_element("testcase").with_attributes([
        ("name", plain(&name).as_str()),
        ("classname", plain(&folder).as_str()),
        ("file", plain(&file).as_str()),
        ("time", &time),
    ]);
    match &outcome.verdict {
        Verdict::Passed | Verdict::Blessed => element.write_empty()?,
        Verdict::Listed => element.write_inner_content(|writer| {
            let message = ("message", "a listed difference");
            writer.create_element("skipped").with_attribute(message).write_empty()?;
            Ok(())
        })?,
        Verdict::Failed(findings) => element.write_inner_content(|writer| {
            let text: String = findings.iter().map(|finding| finding.draw(false)).collect();
            let first = text.lines().next().unwrap_or_default().trim().to_owned();
            writer
                .create_element("failure")
                .with_attribute(("message", plain(&first).as_str()))
                .write_text_content(BytesText::new(&plain(&text)))?;
            Ok(())
        })?,
    };
    Ok(())
}

impl Finding {
    /// The finding as lines, indented.
    pub fn draw(&self, color: bool) -> String {
        match self {
            Finding::Trouble(text) => format!("  {text}\n"),
            Finding::Differs(sides, differences) => {
                differences.iter().map(|difference| difference.draw(sides, color)).collect()
            }
        }
    }
}

/// Text without the characters that XML cannot hold.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\t' | '\n' => letter,
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_and_escapes() {
        let outcome = |verdict| Outcome { verdict, time: Duration::from_millis(5) };
        let trouble = Finding::Trouble("a < b & \x01".into());
        let outcomes = [
            (PathBuf::from("a/b/one.co"), outcome(Verdict::Passed)),
            (PathBuf::from("a/two.co"), outcome(Verdict::Failed(vec![trouble]))),
            (PathBuf::from("three.co"), outcome(Verdict::Listed)),
        ];
        let text = junit(&outcomes, Duration::from_millis(1500)).expect("memory takes everything");
        let text = String::from_utf8(text).expect("XML is text");
        for part in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"1.500\"",
            "<testcase name=\"one\" classname=\"a.b\" file=\"a/b/one.co\" time=\"0.005\"/>",
            "a &lt; b &amp; \u{fffd}",
            "<skipped message=\"a listed difference\"/>",
        ] {
            assert!(text.contains(part), "no {part} in\n{text}");
        }
    }
}
