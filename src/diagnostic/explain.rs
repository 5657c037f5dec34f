//! `gcagg explain`: the list of codes, and the page of a code.

use super::{Code, Severity};

/// A table of every code.
pub fn list() -> String {
    let rows = Code::ALL.iter().map(|code| row(*code));
    let header = ["code", "name", "severity", "summary"];
    let rows: Vec<[&str; 4]> = std::iter::once(header).chain(rows).collect();
    // The last column needs no width: nothing stands behind it.
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (id, name, severity) = (width(0), width(1), width(2));
    let line = |row: &[&str; 4]| {
        format!(
            "{:id$}  {:name$}  {:severity$}  {}\n",
            row[0], row[1], row[2], row[3]
        )
    };
    rows.iter().map(line).collect()
}

fn row(code: Code) -> [&'static str; 4] {
    [
        code.id(),
        code.name(),
        code.severity().word(),
        code.summary(),
    ]
}

/// The page of a code in Markdown, which says below its title how much the code weighs.
pub fn page(code: Code) -> String {
    let (title, rest) = code.page().split_once('\n').unwrap_or((code.page(), ""));
    let article = match code.severity() {
        Severity::Error | Severity::Info => "An",
        Severity::Warning => "A",
    };
    let word = code.severity().word();
    format!(
        "{title}\n\n{article} {word} by default: {}.\n{rest}",
        code.summary()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_code_in_line() {
        let list = list();
        assert_eq!(list.lines().count(), Code::ALL.len() + 1);
        let column = list.find("summary").unwrap();
        for (line, code) in list.lines().skip(1).zip(Code::ALL) {
            assert!(line.starts_with(code.id()));
            assert_eq!(&line[column..], code.summary());
        }
    }

    #[test]
    fn a_page_says_what_it_weighs() {
        let page = page(Code::WrongType);
        let start = "# S001 wrong-type\n\nAn error by default: a value has the wrong type.\n";
        assert!(page.starts_with(start), "{page}");
        let (_, rest) = Code::WrongType.page().split_once('\n').unwrap();
        assert!(page.ends_with(rest), "{page}");
    }
}
