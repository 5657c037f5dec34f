//! SARIF 2.1.0 as code scanning reads it.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::diagnostic::carry;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::explain::page;
use crate::diagnostic::fingerprint::Fingerprints;
use crate::diagnostic::{Code, Located, Severity, SourceSpan, uri};

use super::Form;
use crate::diagnostic::words::counted;

/// GitHub refuses files with more results in a run.
const MOST: usize = 25_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact>,
    results: Vec<SarifResult<'a>>,
    column_kind: &'static str,
    properties: RunProperties,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: Tags,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Tags {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: PartialFingerprints,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Logical; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct PartialFingerprints {
    /// The one that GitHub matches alerts by.
    #[serde(rename = "primaryLocationLineHash")]
    github: String,
    #[serde(rename = "gcagg/v1")]
    own: String,
}

#[derive(Serialize)]
struct Properties<'a> {
    pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties {
    files_found: usize,
    files_read: usize,
    documents: u64,
    rows: u64,
    known: usize,
}

/// One log with one run, of the findings that weigh the most.
#[derive(Debug, Default)]
pub struct Sarif {
    findings: usize,
    prints: Fingerprints,
    /// By severity: which of the findings it is, and its fingerprint.
    kept: [Vec<(usize, Located, String)>; 3],
}

impl Form for Sarif {
    fn add(&mut self, located: &Located, coverage: &Coverage, _: &mut dyn Write) -> io::Result<()> {
        let print = self.prints.next(located, coverage.folder.as_deref());
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

    fn finish(&mut self, collection: &Collection, out: &mut dyn Write) -> io::Result<()> {
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
    let codes: Vec<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| {
            reported
                .iter()
                .any(|(_, located, _)| located.diagnostic.code == *code)
        })
        .collect();
    let results = reported
        .iter()
        .map(|(_, located, print)| result(located, print, &codes, folder))
        .collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "gcagg",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: Code::BASE,
                    rules: codes.iter().map(|code| rule(*code)).collect(),
                },
            },
            invocations: [invocation(coverage, findings)],
            artifacts: coverage
                .files
                .iter()
                .map(|(file, _)| Artifact {
                    location: ArtifactLocation {
                        uri: uri::reference(file, folder),
                    },
                })
                .collect(),
            results,
            column_kind: "unicodeCodePoints",
            properties: RunProperties {
                files_found: coverage.files.len(),
                files_read: coverage.read(),
                documents: coverage.documents,
                rows: coverage.rows,
                known: coverage.known,
            },
        }],
    };
    carry::json_pretty(out, &log)?;
    writeln!(out)
}

fn invocation(coverage: &Coverage, findings: usize) -> Invocation {
    let hidden = findings.saturating_sub(MOST);
    let words = format!(
        "{} not in this file: GitHub takes {MOST} results at the most",
        counted(hidden, "finding")
    );
    Invocation {
        execution_successful: coverage.unread() == 0 && coverage.missing == 0,
        tool_execution_notifications: (hidden > 0)
            .then_some(Notification {
                level: "warning",
                message: Text { text: words },
            })
            .into_iter()
            .collect(),
    }
}

fn rule(code: Code) -> Rule {
    let text = |text: &str| Text {
        text: text.to_owned(),
    };
    Rule {
        id: code.id(),
        name: code.name(),
        short_description: text(code.summary()),
        full_description: text(code.summary()),
        help: Help {
            text: page(code),
            markdown: page(code),
        },
        help_uri: code.url(),
        default_configuration: Configuration {
            level: level(code.severity()),
        },
        properties: Tags { tags: ["data"] },
    }
}

fn result<'a>(
    located: &'a Located,
    print: &str,
    codes: &[Code],
    folder: Option<&Path>,
) -> SarifResult<'a> {
    let diagnostic = &located.diagnostic;
    let mut message = carry::text(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\nHelp: {}", carry::text(help)));
    }
    let pointer = diagnostic.path.to_string();
    SarifResult {
        rule_id: diagnostic.code.id(),
        rule_index: codes
            .iter()
            .position(|code| *code == diagnostic.code)
            .unwrap_or_default(),
        level: level(diagnostic.severity),
        message: Text { text: message },
        locations: [Location {
            physical_location: Physical {
                artifact_location: ArtifactLocation {
                    uri: uri::reference(&located.file, folder),
                },
                region: region(located.place.as_ref()),
            },
            logical_locations: (!pointer.is_empty()).then_some([Logical {
                fully_qualified_name: pointer.clone(),
                kind: "member",
            }]),
        }],
        partial_fingerprints: PartialFingerprints {
            github: format!("{print}:1"),
            own: print.to_owned(),
        },
        properties: Properties {
            pointer,
            related: diagnostic.related.as_deref(),
        },
    }
}

/// What is about a whole file stands on its first line: GitHub wants one.
fn region(place: Option<&SourceSpan>) -> Region {
    match place {
        None => Region {
            start_line: 1,
            start_column: None,
            end_line: None,
            end_column: None,
        },
        Some(place) => Region {
            start_line: place.line.max(1),
            start_column: Some(place.column.max(1)),
            end_line: Some(place.end_line.max(1)),
            end_column: Some(place.end_column.max(1)),
        },
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
    use super::super::{Format, fixture};

    #[test]
    fn of_the_fixture() {
        let text = fixture::rendered(Format::Sarif);
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
        let text = with_coverage(&many, fixture::coverage(), Format::Sarif, 0);
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
