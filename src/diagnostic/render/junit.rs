//! JUnit XML: a suite a file, a case a finding; only errors are failures.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::{Code, Located, Severity, carry, uri};

use super::Form;
use super::words::{more, place, shown};

/// The report, which is put together when all findings are there: each suite begins with its
/// counts.
#[derive(Debug, Default)]
pub struct Junit {
    findings: Vec<Located>,
}

impl Form for Junit {
    fn add(&mut self, located: &Located, _: &Coverage, _: &mut dyn Write) -> io::Result<()> {
        self.findings.push(located.clone());
        Ok(())
    }

    fn finish(&mut self, collection: &Collection, out: &mut dyn Write) -> io::Result<()> {
        write(&self.findings, &collection.coverage, out)
    }
}

fn write(all: &[Located], coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    let folder = coverage.folder.as_deref();
    let mut suites: Vec<(Arc<str>, Vec<&Located>)> = Vec::new();
    let files = coverage.files.iter().map(|(file, _)| Arc::clone(file));
    let mut known = HashMap::new();
    let named = all.iter().map(|located| Arc::clone(&located.file));
    for file in files.chain(named) {
        known.entry(Arc::clone(&file)).or_insert_with(|| {
            suites.push((file, Vec::new()));
            suites.len() - 1
        });
    }
    for located in all {
        if let Some((_, findings)) = known
            .get(&located.file)
            .and_then(|index| suites.get_mut(*index))
        {
            findings.push(located);
        }
    }
    let mut report = Report::new("gcagg");
    let mut names = Names::default();
    for (file, findings) in &suites {
        let name = carry::name(&uri::path(file, folder));
        let mut suite = TestSuite::new(name.as_str());
        if findings.is_empty() {
            let case_name = names.unique(&name, "no findings".to_owned());
            let mut case = TestCase::new(case_name, TestCaseStatus::success());
            case.set_classname(name.as_str());
            suite.add_test_case(case);
        }
        for located in findings {
            suite.add_test_case(case(&name, located, &mut names));
        }
        report.add_test_suite(suite);
    }
    report.serialize(out).map_err(io::Error::other)
}

/// Programs that read JUnit distinguish cases by their class name and name.
#[derive(Default)]
struct Names(HashMap<(String, String), usize>);

impl Names {
    /// The name, with a number behind it where the class already has a case of that name.
    fn unique(&mut self, class: &str, name: String) -> String {
        let count = self.0.entry((class.to_owned(), name.clone())).or_default();
        *count += 1;
        match *count {
            1 => name,
            count => format!("{name} #{count}"),
        }
    }
}

fn case(file: &str, located: &Located, names: &mut Names) -> TestCase {
    let diagnostic = &located.diagnostic;
    let code = diagnostic.code;
    let mut text = format!(
        "{}[{}] {}: {}\nat {}",
        diagnostic.severity.word(),
        code.id(),
        code.name(),
        shown(&diagnostic.message),
        place(located)
    );
    if let Some(related) = &diagnostic.related {
        text.push_str(&format!("\nrelated: {}", shown(related)));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\nhelp: {}", shown(help)));
    }
    text.push_str(&format!("\n{}", more(code)));
    let mut status = match (diagnostic.severity, code) {
        (Severity::Error, Code::Unreadable | Code::NoInput) => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        (Severity::Error, _) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        _ => TestCaseStatus::success(),
    };
    let failed = diagnostic.severity == Severity::Error;
    if failed {
        status.set_type(code.id());
        status.set_message(shown(&diagnostic.message));
        status.set_description(text.as_str());
    }
    let name = match &located.place {
        Some(place) => format!(
            "{} {} at {}:{}",
            code.id(),
            code.name(),
            place.line,
            place.column
        ),
        None => format!("{} {}", code.id(), code.name()),
    };
    let mut case = TestCase::new(names.unique(file, name), status);
    case.set_classname(file);
    if !failed {
        case.set_system_out(text);
    }
    case
}

#[cfg(test)]
mod tests {
    use super::super::{Format, fixture};

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(Format::Junit));
    }
}
