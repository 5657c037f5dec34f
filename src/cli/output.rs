//! The format and the compression that the name of an output asks for.

use std::path::Path;

use crate::{Error, nearest};

/// Extensions of formats, including formats that no command writes.
const FORMATS: &[(&str, &str)] = &[
    ("arrow", "Arrow"),
    ("avro", "Avro"),
    ("csv", "CSV"),
    ("db", "a database"),
    ("docx", "Word"),
    ("duckdb", "a database"),
    ("feather", "Arrow"),
    ("htm", "HTML"),
    ("html", "HTML"),
    ("json", "JSON"),
    ("jsonl", "NDJSON"),
    ("markdown", "Markdown"),
    ("md", "Markdown"),
    ("ndjson", "NDJSON"),
    ("ods", "OpenDocument"),
    ("orc", "ORC"),
    ("parquet", "Parquet"),
    ("pdf", "PDF"),
    ("sarif", "SARIF"),
    ("sqlite", "a database"),
    ("tab", "TSV"),
    ("tsv", "TSV"),
    ("txt", "text"),
    ("xls", "the Excel format before 2007"),
    ("xlsx", "Excel"),
    ("xml", "XML"),
    ("yaml", "YAML"),
    ("yml", "YAML"),
];

/// Extensions of compressions that are not written.
const PACKED: &[&str] = &[
    "7z", "br", "bz2", "lz4", "lzma", "rar", "sz", "tar", "tgz", "xz", "z", "zip",
];

/// The extension of a path in lower case.
fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_lowercase())
}

/// The format that the name of an output asks for. `None` if the name has no extension, or an option
/// chose the format or a folder is meant (`is_chosen`), and the extension is unknown.
pub fn format<T: Copy>(
    path: &Path,
    command: &str,
    written: &[(&str, T)],
    is_chosen: bool,
) -> Result<Option<T>, Error> {
    let mut name = path.to_owned();
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Ok(None);
    }
    let packing = extension(&name);
    if matches!(packing.as_deref(), Some("gz" | "zst")) {
        name.set_extension("");
    }
    let shown = path.display();
    let Some(last) = extension(&name) else {
        return Ok(None);
    };
    if PACKED.contains(&last.as_str()) {
        name.set_extension("gz");
        return Err(
            Error::usage(format!("{shown}: `.{last}` compression is not supported")).help(format!(
                "use gzip (.gz) or zstd (.zst): -o {}",
                name.display()
            )),
        );
    }
    if let Some((_, format)) = written.iter().find(|(extension, _)| *extension == last) {
        return Ok(Some(*format));
    }
    let extensions = || written.iter().map(|(extension, _)| *extension);
    let mistyped = nearest(&last, extensions());
    // Text may have other extensions, and a number is part of a name.
    let is_text = matches!(&*last, "text" | "log" | "out") && extensions().any(|it| it == "txt");
    let is_name = is_text || !last.starts_with(|first: char| first.is_ascii_alphabetic());
    let other = FORMATS.iter().find(|(extension, _)| *extension == last);
    let other = match (other, mistyped) {
        (Some((_, other)), _) => (*other).to_owned(),
        (None, _) if is_name => return Ok(None),
        (None, None) if is_chosen => return Ok(None),
        (None, _) => format!("`.{last}`"),
    };
    let listed: Vec<String> = extensions().map(|it| format!(".{it}")).collect();
    let mut help = format!("{command} writes {}", listed.join(", "));
    // A format that is much alike, such as xlsx for xls.
    let near = extensions().find(|it| it.starts_with(&*last)).or(mistyped);
    let page = extensions().find(|it| *it == "html" && last == "pdf");
    if let Some(extension) = page.or(near).or(extensions().next()) {
        name.set_extension(extension);
        help.push_str(&format!(", for example -o {}", name.display()));
    }
    if page.is_some() {
        help.push_str(": a browser prints this page to a PDF");
    }
    Err(Error::usage(format!("{shown}: {command} does not write {other}")).help(help))
}

/// Returns true if a name is that of a table or a report. No command reads these.
fn is_output_only(path: &Path) -> bool {
    let mut name = path.to_owned();
    if matches!(extension(&name).as_deref(), Some("gz" | "zst")) {
        name.set_extension("");
    }
    extension(&name).is_some_and(|last| {
        FORMATS.iter().any(|(extension, _)| *extension == last)
            && !matches!(last.as_str(), "json" | "jsonl" | "ndjson" | "txt")
    })
}

/// Refuses `gcagg convert in.json out.csv`: the output needs its option.
pub fn refuse_slip(inputs: &[std::path::PathBuf], command: &str) -> Result<(), Error> {
    let [others @ .., last] = inputs else {
        return Ok(());
    };
    let Some(first) = others.first() else {
        return Ok(());
    };
    let is_new = !last.exists();
    // A pattern of a shell may have found a table of an earlier run among other files.
    if !is_output_only(last) || !(is_new || others.len() == 1) {
        return Ok(());
    }
    let (last, first) = (last.display(), first.display());
    let more = if others.len() > 1 { " ..." } else { "" };
    Err(Error::usage(format!(
        "{last} is given as an input, but is the name of an output"
    ))
    .help(format!(
        "name the output with -o: gcagg {command} {first}{more} -o {last}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ask_for_formats() {
        let written = [("csv", 1), ("json", 2)];
        let asked = |name: &str| format(Path::new(name), "convert", &written, false).ok();
        assert_eq!(asked("a.csv"), Some(Some(1)));
        assert_eq!(asked("a.CSV.gz"), Some(Some(1)));
        assert_eq!(asked("x/a.json.zst"), Some(Some(2)));
        for silent in ["-", "a", "a.gz", "exports/", "v1.2"] {
            assert_eq!(asked(silent), Some(None), "{silent}");
        }
        for text in ["a.txt", "a.log", "a.text.gz"] {
            let asked = format(Path::new(text), "report", &[("txt", 3)], false).ok();
            assert_eq!(asked, Some((text == "a.txt").then_some(3)), "{text}");
        }
        let chosen = |name: &str| format(Path::new(name), "convert", &written, true).ok();
        assert_eq!((chosen("a.dat"), chosen("a.jsno")), (Some(None), None));
        for refused in [
            "a.html",
            "a.pdf.gz",
            "a.csv.bz2",
            "a.zip",
            "a.parquet",
            "a.jsno",
            "a.pq",
            "a.dat.gz",
            "a.log",
            "a.jsonx.gz",
        ] {
            assert_eq!(asked(refused), None, "{refused}");
        }
    }
}
