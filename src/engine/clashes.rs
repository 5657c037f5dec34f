//! Overlapping buckets over all inputs: found after pass one, told with both places.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::overlap::{self, Names, Stretch};
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic, Located, Severity};
use crate::json::lines::Lines;
use crate::json::pointer;
use crate::source::frame;

use super::{Surveyed, emit, locate, reject::Reject};

/// Finds overlaps, within each input or `across` all of them, and adds a finding to the input
/// that holds the later bucket, which a skipping run then leaves out.
pub fn find(inputs: &mut [Surveyed], across: bool, levels: &Levels) {
    if across {
        clash(inputs, levels);
    } else {
        for input in inputs.chunks_mut(1) {
            clash(input, levels);
        }
    }
}

fn clash(inputs: &mut [Surveyed], levels: &Levels) {
    let mut names = Names::new();
    let mut all: Vec<Stretch> = Vec::new();
    let mut files: Vec<usize> = Vec::new();
    for (file, input) in inputs.iter_mut().enumerate() {
        let stretches = std::mem::take(&mut input.stretches);
        files.resize(files.len() + stretches.len(), file);
        all.extend(stretches);
        names.extend(std::mem::take(&mut input.names));
    }
    // What a skipping run leaves out anyway clashes with nothing.
    let kept: Vec<usize> = (0..all.len())
        .filter(|&index| !left_out(&inputs[files[index]], &all[index]))
        .collect();
    let stretches: Vec<Stretch> = kept.iter().map(|&index| all[index]).collect();
    let pairs: Vec<(usize, usize)> = overlap::overlaps(&stretches, &names)
        .into_iter()
        .map(|(earlier, later)| (kept[earlier], kept[later]))
        .collect();
    if pairs.is_empty() {
        return;
    }
    let mut places: BTreeMap<usize, String> = BTreeMap::new();
    name_places(
        inputs,
        &all,
        &files,
        pairs.iter().map(|pair| pair.0),
        &mut places,
    );
    let mut later: BTreeMap<usize, Vec<(Stretch, String)>> = BTreeMap::new();
    for (earlier, index) in pairs {
        let place = places.get(&earlier).cloned().unwrap_or_default();
        later
            .entry(files[index])
            .or_default()
            .push((all[index], place));
    }
    for (file, clashes) in later {
        tell(&mut inputs[file], &clashes, levels);
    }
}

fn left_out(input: &Surveyed, stretch: &Stretch) -> bool {
    input
        .skips
        .get(stretch.document as usize)
        .is_some_and(|skips| {
            skips.skips(stretch.element as usize)
                || skips
                    .buckets(stretch.element as usize)
                    .is_some_and(|skip| skip.0.contains(&stretch.bucket))
        })
}

/// Writes down `file:line:column` of each of these stretches.
fn name_places(
    inputs: &[Surveyed],
    all: &[Stretch],
    files: &[usize],
    wanted: impl Iterator<Item = usize>,
    places: &mut BTreeMap<usize, String>,
) {
    let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in wanted {
        by_file.entry(files[index]).or_default().push(index);
    }
    for (file, mut indices) in by_file {
        let input = &inputs[file];
        let Ok(text) = emit::reopened(input) else {
            continue;
        };
        let framed = frame::frame(text.content());
        indices.sort_by_key(|&index| all[index].span.start);
        let mut lines = Lines::new(text.content());
        for index in indices {
            let stretch = all[index];
            let Some(document) = framed.documents.get(stretch.document as usize) else {
                continue;
            };
            let outward = document
                .outward(Diagnostic::new(Code::OverlappingBuckets, "").at(stretch.span, ""));
            let position = lines.position(outward.span.map_or(0, |span| span.start));
            let pointer = document.pointer(stretch.element as usize);
            places.insert(
                index,
                format!(
                    "{}:{}:{} ({pointer}/data/{}/interval)",
                    input.name, position.line, position.column, stretch.bucket
                ),
            );
        }
    }
}

fn tell(input: &mut Surveyed, clashes: &[(Stretch, String)], levels: &Levels) {
    let Ok(text) = emit::reopened(input) else {
        return;
    };
    let content = text.content();
    let framed = frame::frame(content);
    let mut findings = Vec::new();
    for (stretch, earlier) in clashes {
        let Some(document) = framed.documents.get(stretch.document as usize) else {
            continue;
        };
        let element = document.pointer(stretch.element as usize);
        let pointer = format!("{element}/data/{}/interval", stretch.bucket);
        let finding = Diagnostic::new(
            Code::OverlappingBuckets,
            format!("this bucket overlaps another of its group, at {earlier}: what lies in both would count twice"),
        )
        .at(stretch.span, pointer.clone())
        .cause("overlap")
        .label("overlaps")
        .related(earlier.clone())
        .help("one response may be in the inputs twice, or two queries cover the same time; leave one of them out");
        let Some(finding) = levels.apply(finding) else {
            return;
        };
        let error = finding.severity == Severity::Error;
        findings.push(document.outward(finding));
        if !error {
            continue;
        }
        if let Some(skips) = input.skips.get_mut(stretch.document as usize) {
            skips.add_bucket(stretch.element as usize, stretch.bucket);
        }
        input
            .rejects
            .extend(bucket(document, content, stretch, &pointer));
    }
    let located: Vec<Located> = locate::locate(&text, &Arc::clone(&input.name), findings);
    input.findings.extend(located);
    input
        .findings
        .sort_by_key(|finding| finding.place.map(|place| place.offset));
}

fn bucket(
    document: &frame::Document,
    content: &str,
    stretch: &Stretch,
    place: &str,
) -> Option<Reject> {
    let text = document.text(content);
    let span = *document.elements.get(stretch.element as usize)?;
    let tape = crate::json::Tape::read(text, span, document.depth()).ok()?;
    let node = pointer::find(tape.root(), &format!("/data/{}", stretch.bucket))?;
    Some(Reject {
        unit: "bucket",
        pointer: place.trim_end_matches("/interval").to_owned(),
        span: document.outward_span(node.span()),
        content: node.raw().to_owned(),
    })
}
