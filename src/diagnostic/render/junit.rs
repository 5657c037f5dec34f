//! JUnit XML: a suite a file, a case a finding; only errors are failures.

use std::collections::HashMap;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::ops::Range;
use std::sync::Arc;

use tempfile::SpooledTempFile;

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::{Code, Located, Severity, carry, fingerprint, uri};
use crate::error::temporary;

use super::FindingRenderer;
use super::words::{advice, headline, more, place, shown};

/// Number of bytes of cases that are kept in memory.
const IN_MEMORY: usize = 8 * 1024 * 1024;

/// The suites. Each begins with its counts, so the cases are kept in a temporary file until all findings
/// are there.
#[derive(Debug)]
pub struct Junit {
    suites: Vec<JunitSuite>,
    /// The suite of each file.
    numbers: HashMap<Arc<str>, usize>,
    names: CaseNames,
    cases: SpooledTempFile,
    /// The length of `cases`.
    length: u64,
}

/// The findings of a file.
#[derive(Debug)]
struct JunitSuite {
    name: String,
    /// Its cases among all cases.
    cases: Vec<Range<u64>>,
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Default for Junit {
    fn default() -> Self {
        Self {
            suites: Vec::new(),
            numbers: HashMap::new(),
            names: CaseNames::new(),
            cases: SpooledTempFile::new(IN_MEMORY),
            length: 0,
        }
    }
}

impl Junit {
    fn suite(&mut self, file: &Arc<str>, coverage: &Coverage) -> usize {
        let next = self.suites.len();
        let number = *self.numbers.entry(Arc::clone(file)).or_insert(next);
        if number == next {
            let name = carry::name(&uri::path(file, coverage.folder.as_deref()));
            self.suites.push(JunitSuite {
                name: xml(&name),
                cases: Vec::new(),
                tests: 0,
                failures: 0,
                errors: 0,
            });
        }
        number
    }

    /// Adds a suite for each file, whether it has findings or not.
    fn begin(&mut self, coverage: &Coverage) {
        if self.suites.is_empty() {
            for (file, _) in &coverage.files {
                self.suite(file, coverage);
            }
        }
    }
}

impl FindingRenderer for Junit {
    fn add(&mut self, located: &Located, coverage: &Coverage, _: &mut dyn Write) -> io::Result<()> {
        self.begin(coverage);
        let number = self.suite(&located.file, coverage);
        let Some(suite) = self.suites.get_mut(number) else {
            return Ok(());
        };
        match tag(located) {
            Some("error") => suite.errors += 1,
            Some(_) => suite.failures += 1,
            None => {}
        }
        suite.tests += 1;
        let case = case(&suite.name, located, &mut self.names);
        let kept = self.cases.write_all(case.as_bytes());
        kept.map_err(|error| temporary(&std::env::temp_dir(), error))?;
        let begin = self.length;
        self.length += case.len() as u64;
        match suite.cases.last_mut() {
            Some(last) if last.end == begin => last.end = self.length,
            _ => suite.cases.push(begin..self.length),
        }
        Ok(())
    }

    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        self.begin(&collection.coverage);
        let sum = |of: fn(&JunitSuite) -> usize| self.suites.iter().map(of).sum::<usize>();
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gcagg\" tests=\"{}\" skipped=\"0\" failures=\"{}\" errors=\"{}\">",
            sum(|it| it.tests.max(1)),
            sum(|it| it.failures),
            sum(|it| it.errors),
        )?;
        for suite in &self.suites {
            suite.write(&mut self.names, &mut self.cases, out)?;
        }
        writeln!(out, "</testsuites>")
    }
}

impl JunitSuite {
    fn write(
        &self,
        names: &mut CaseNames,
        cases: &mut SpooledTempFile,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let (name, tests) = (&self.name, self.tests.max(1));
        let (errors, failures) = (self.errors, self.failures);
        writeln!(
            out,
            "    <testsuite name=\"{name}\" tests=\"{tests}\" skipped=\"0\" errors=\"{errors}\" failures=\"{failures}\">"
        )?;
        if self.tests == 0 {
            let case = unique(names, name, "no findings".to_owned());
            writeln!(
                out,
                "        <testcase name=\"{case}\" classname=\"{name}\"/>"
            )?;
        }
        for range in &self.cases {
            cases.seek(SeekFrom::Start(range.start))?;
            let length = range.end - range.start;
            io::copy(&mut Read::by_ref(cases).take(length), out)?;
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

/// The element of a finding.
fn case(class: &str, located: &Located, names: &mut CaseNames) -> String {
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
    let outcome = match tag(located) {
        Some(tag) => format!(
            "<{tag} message=\"{}\" type=\"{}\">{text}</{tag}>",
            xml(&shown(&diagnostic.message)),
            code.id()
        ),
        None => format!("<system-out>{text}</system-out>"),
    };
    format!(
        "        <testcase name=\"{name}\" classname=\"{class}\">\n            {outcome}\n        </testcase>\n"
    )
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
    use super::super::tests::{finding, rendered};
    use super::super::{FindingFormat, fixture};
    use crate::diagnostic::Code;

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(FindingFormat::Junit));
    }

    #[test]
    fn cases_are_in_the_suite_of_their_file_in_their_order() {
        let count = 30_000;
        let findings: Vec<_> = (0..count)
            .map(|number| {
                let mut found = finding("[1]", "1", Code::WrongType, "/a");
                found.file = format!("{}.json", number % 3).into();
                found.diagnostic.message = format!("message {number}");
                found
            })
            .collect();
        let text = rendered(&findings, FindingFormat::Junit, 0);
        let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let messages = report.test_suites.iter().map(|suite| {
            let cases = suite.test_cases.iter();
            let messages = cases.map(|case| match &case.status {
                quick_junit::TestCaseStatus::NonSuccess { message, .. } => {
                    message.as_ref().unwrap().as_str().to_owned()
                }
                other => panic!("{other:?}"),
            });
            messages.collect::<Vec<String>>()
        });
        let expected = (0..3).map(|file| {
            let own = (file..count).step_by(3);
            own.map(|number| format!("message {number}")).collect()
        });
        assert_eq!(
            messages.collect::<Vec<_>>(),
            expected.collect::<Vec<Vec<String>>>()
        );
    }
}
