//! SARIF 2.1.0 as code scanning reads it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::diagnostic::carry;
use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::explain::page;
use crate::diagnostic::fingerprint;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic, Located, Severity, uri};

use super::FindingRenderer;

/// GitHub refuses files with more results in a run.
const MOST: usize = 25_000;

/// One log with one run, of the findings that weigh the most.
#[derive(Debug, Default)]
pub struct Sarif {
    findings: usize,
    seen: HashMap<u64, u32>,
    /// By severity: which of the findings it is, and its fingerprint.
    kept: [Vec<(usize, Located, String)>; 3],
}

impl FindingRenderer for Sarif {
    fn add(&mut self, located: &Located, coverage: &Coverage, _: &mut dyn Write) -> io::Result<()> {
        let print = fingerprint::next(&mut self.seen, located, coverage.folder.as_deref());
        let number = self.findings;
        self.findings += 1;
        let severity = located.diagnostic.severity as usize;
        if number >= MOST {
            match self.kept[..severity].iter_mut().find(|it| !it.is_empty()) {
                Some(lighter) => lighter.pop(),
                None => return Ok(()),
            };
        }
        self.kept[severity].push((number, located.clone(), print));
        Ok(())
    }

    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        let mut reported: Vec<_> = self.kept.iter().rev().flatten().collect();
        if self.findings <= MOST {
            reported.sort_unstable_by_key(|(number, ..)| *number);
        }
        write(&reported, self.findings, &collection.coverage, out)
    }
}

fn write(
    reported: &[&(usize, Located, String)],
    findings: usize,
    coverage: &Coverage,
    out: &mut dyn Write,
) -> io::Result<()> {
    let folder = coverage.folder.as_deref();
    let occurs = |code: &Code| {
        let mut codes = reported.iter().map(|(_, it, _)| it.diagnostic.code);
        codes.any(|it| it == *code)
    };
    let codes: Vec<Code> = Code::ALL.iter().copied().filter(occurs).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results = reported.iter();
    let results: Vec<Value> = results
        .map(|(_, located, print)| result(located, print, &codes, folder))
        .collect();
    let artifacts = coverage.files.iter();
    let artifacts: Vec<Value> = artifacts
        .map(|(file, _)| json!({"location": {"uri": uri::reference(file, folder)}}))
        .collect();
    let driver = compact(json!({
        "name": "gcagg",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": Code::BASE,
        "rules": rules,
    }));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "invocations": [invocation(coverage, findings)],
            "artifacts": artifacts,
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": {
                "filesFound": coverage.files.len(),
                "filesRead": coverage.read(),
                "documents": coverage.documents,
                "rows": coverage.rows,
                "known": coverage.known,
            },
        }],
    });
    out.write_all(carry::pretty(&log).as_bytes())
}

/// A value without the members that are null.
fn compact(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    value
}

fn invocation(coverage: &Coverage, findings: usize) -> Value {
    let hidden = findings.saturating_sub(MOST);
    let words = format!(
        "{} not in this file: GitHub accepts at most {MOST} results",
        counted(hidden, "finding")
    );
    let is_complete = coverage.unread() == 0 && coverage.missing == 0;
    let notification = json!([{"level": "warning", "message": {"text": words}}]);
    compact(json!({
        "executionSuccessful": is_complete,
        "toolExecutionNotifications": (hidden > 0).then_some(notification),
    }))
}

fn rule(code: Code) -> Value {
    compact(json!({
        "id": code.id(),
        "name": code.name(),
        "shortDescription": {"text": code.summary()},
        "fullDescription": {"text": code.summary()},
        "help": {"text": page(code), "markdown": page(code)},
        "helpUri": code.url(),
        "defaultConfiguration": {"level": level(code.severity())},
        "properties": {"tags": ["data"]},
    }))
}

fn result(located: &Located, print: &str, codes: &[Code], folder: Option<&Path>) -> Value {
    let diagnostic = &located.diagnostic;
    let mut message = carry::text(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\nHelp: {}", carry::text(help)));
    }
    let rule = codes.iter().position(|code| *code == diagnostic.code);
    let pointer = diagnostic.path.to_string();
    let logical = json!([{"fullyQualifiedName": pointer, "kind": "member"}]);
    let location = compact(json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri::reference(&located.file, folder)},
            "region": region(located),
        },
        "logicalLocations": (!pointer.is_empty()).then_some(logical),
    }));
    compact(json!({
        "ruleId": diagnostic.code.id(),
        "ruleIndex": rule.unwrap_or_default(),
        "level": level(diagnostic.severity),
        "message": {"text": message},
        "locations": [location],
        "relatedLocations": related(diagnostic, folder),
        // GitHub matches alerts by the first.
        "partialFingerprints": {"primaryLocationLineHash": format!("{print}:1"), "gcagg/v1": print},
        "properties": compact(json!({"pointer": pointer, "related": diagnostic.related})),
    }))
}

/// The other place of a pair.
fn related(diagnostic: &Diagnostic, folder: Option<&Path>) -> Option<Value> {
    let (file, line, column) = diagnostic.related_place()?;
    Some(json!([{
        "id": 0,
        "message": {"text": carry::text(diagnostic.related.as_deref().unwrap_or_default())},
        "physicalLocation": {
            "artifactLocation": {"uri": uri::reference(file, folder)},
            "region": {"startLine": line.max(1), "startColumn": column.max(1)},
        },
    }]))
}

/// The lines and columns of a finding. One about a whole file is on its first line: GitHub wants one.
fn region(located: &Located) -> Value {
    match &located.place {
        None => json!({"startLine": 1}),
        Some(place) => json!({
            "startLine": place.line.max(1),
            "startColumn": place.column.max(1),
            "endLine": place.end_line.max(1),
            "endColumn": place.end_column.max(1),
            "byteOffset": place.offset,
            "byteLength": place.length,
        }),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_coverage;
    use super::super::{FindingFormat, fixture};

    #[test]
    fn of_the_fixture() {
        let text = fixture::rendered(FindingFormat::Sarif);
        let mut log: serde_json::Value = serde_json::from_str(&text).unwrap();
        for rule in log["runs"][0]["tool"]["driver"]["rules"]
            .as_array_mut()
            .unwrap()
        {
            // Pages change often, and have tests of their own.
            assert!(rule["help"]["text"].as_str().unwrap().contains("## Good"));
            rule["help"] = "the page".into();
        }
        insta::assert_snapshot!(format!("{log:#}"));
    }

    #[test]
    fn says_what_github_would_not_take() {
        let one = fixture::findings().remove(0);
        let many = vec![one; super::MOST + 2];
        let text = with_coverage(&many, fixture::coverage(), FindingFormat::Sarif, 0);
        let log: serde_json::Value = serde_json::from_str(&text).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), super::MOST);
        let reported = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert!(
            reported
                .as_str()
                .unwrap()
                .starts_with("2 findings not in this file"),
            "{reported}"
        );
    }
}
