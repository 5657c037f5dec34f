//! JUnit XML: a suite a file, a case a finding; only errors are failures.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::store::FindingStore;
use crate::diagnostic::{Code, Located, Severity, SourceSpan, carry, fingerprint, uri};

use super::FindingRenderer;
use super::words::{advice, headline, more, place, shown};

/// The suites, which are written when all findings are there: each begins with its counts.
#[derive(Debug, Default)]
pub struct Junit {
    suites: Vec<JunitSuite>,
    /// The suite of each file.
    numbers: HashMap<Arc<str>, usize>,
}

/// The findings of a file, in few bytes each.
#[derive(Debug)]
struct JunitSuite {
    file: Arc<str>,
    findings: FindingStore,
    places: Vec<Option<SourceSpan>>,
    failures: usize,
    errors: usize,
}

impl Junit {
    fn suite(&mut self, file: &Arc<str>) -> Option<&mut JunitSuite> {
        let next = self.suites.len();
        let number = *self.numbers.entry(Arc::clone(file)).or_insert(next);
        if number == next {
            self.suites.push(JunitSuite {
                file: Arc::clone(file),
                findings: FindingStore::default(),
                places: Vec::new(),
                failures: 0,
                errors: 0,
            });
        }
        self.suites.get_mut(number)
    }

    /// Adds a suite for each file, whether it has findings or not.
    fn begin(&mut self, coverage: &Coverage) {
        if self.suites.is_empty() {
            for (file, _) in &coverage.files {
                self.suite(file);
            }
        }
    }
}

impl FindingRenderer for Junit {
    fn add(&mut self, located: &Located, coverage: &Coverage, _: &mut dyn Write) -> io::Result<()> {
        self.begin(coverage);
        if let Some(suite) = self.suite(&located.file) {
            match tag(located) {
                Some("error") => suite.errors += 1,
                Some(_) => suite.failures += 1,
                None => {}
            }
            suite.places.push(located.place);
            suite.findings.keep_always(located.diagnostic.clone());
        }
        Ok(())
    }

    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        let coverage = &collection.coverage;
        self.begin(coverage);
        let sum = |of: fn(&JunitSuite) -> usize| self.suites.iter().map(of).sum::<usize>();
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gcagg\" tests=\"{}\" skipped=\"0\" failures=\"{}\" errors=\"{}\">",
            sum(|it| it.places.len().max(1)),
            sum(|it| it.failures),
            sum(|it| it.errors),
        )?;
        let mut names = CaseNames::default();
        for suite in &self.suites {
            let name = carry::name(&uri::path(&suite.file, coverage.folder.as_deref()));
            suite.write(&xml(&name), &mut names, out)?;
        }
        writeln!(out, "</testsuites>")
    }
}

impl JunitSuite {
    fn write(&self, name: &str, names: &mut CaseNames, out: &mut dyn Write) -> io::Result<()> {
        let (tests, errors, failures) = (self.places.len().max(1), self.errors, self.failures);
        writeln!(
            out,
            "    <testsuite name=\"{name}\" tests=\"{tests}\" skipped=\"0\" errors=\"{errors}\" failures=\"{failures}\">"
        )?;
        if self.places.is_empty() {
            let case = unique(names, name, "no findings".to_owned());
            writeln!(
                out,
                "        <testcase name=\"{case}\" classname=\"{name}\"/>"
            )?;
        }
        for (diagnostic, place) in self.findings.iter().zip(&self.places) {
            let located = Located {
                diagnostic,
                file: Arc::clone(&self.file),
                place: *place,
                excerpt: None,
            };
            case(name, &located, names, out)?;
        }
        writeln!(out, "    </testsuite>")
    }
}

/// Numbers of cases by a hash of their class and name: programs that read JUnit distinguish cases by
/// these.
type CaseNames = HashMap<u64, usize>;

/// The name, with a number behind it where the class already has a case of that name.
fn unique(names: &mut CaseNames, class: &str, name: String) -> String {
    let key = fingerprint::hash(&[class.as_bytes(), name.as_bytes()]);
    let count = names.entry(key).or_default();
    *count += 1;
    match *count {
        1 => name,
        count => format!("{name} #{count}"),
    }
}

/// The element that a finding fails its case with; `None` where the case is a success.
fn tag(located: &Located) -> Option<&'static str> {
    let diagnostic = &located.diagnostic;
    match (diagnostic.severity, diagnostic.code) {
        (Severity::Error, Code::Unreadable | Code::NoInput) => Some("error"),
        (Severity::Error, _) => Some("failure"),
        _ => None,
    }
}

fn case(
    class: &str,
    located: &Located,
    names: &mut CaseNames,
    out: &mut dyn Write,
) -> io::Result<()> {
    let diagnostic = &located.diagnostic;
    let code = diagnostic.code;
    let mut text = format!("{}\nat {}\n", headline(located), place(located));
    for line in advice(located) {
        text.push_str(&line);
        text.push('\n');
    }
    let text = xml(&(text + &more(code)));
    let name = match &located.place {
        Some(place) => format!("{} at {}:{}", code.title(), place.line, place.column),
        None => code.title(),
    };
    let name = unique(names, class, name);
    writeln!(
        out,
        "        <testcase name=\"{name}\" classname=\"{class}\">"
    )?;
    match tag(located) {
        Some(tag) => writeln!(
            out,
            "            <{tag} message=\"{}\" type=\"{}\">{text}</{tag}>",
            xml(&shown(&diagnostic.message)),
            code.id()
        )?,
        None => writeln!(out, "            <system-out>{text}</system-out>")?,
    }
    writeln!(out, "        </testcase>")
}

/// A text with the characters escaped that end a value in XML.
fn xml(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            plain => xml.push(plain),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::super::{FindingFormat, fixture};

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(FindingFormat::Junit));
    }
}
