//! Names as people type them: `queue` for `queueId`, `AHT` for `tHandle`, whatever their case and
//! punctuation.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::json::text::printable;

use super::family::FRIENDLY;
use super::figure::{self, KeyFigure};
use super::index::friendly_of;
use super::near::{self, letters};
use super::{DIMENSIONS, METRICS, MISNOMERS};

/// Words for dimensions that are no part of their names.
const WORDS: [(&str, &str); 7] = [
    ("agent", "userId"),
    ("channel", "mediaType"),
    ("direction", "originatingDirection"),
    ("disposition", "wrapUpCode"),
    ("media", "mediaType"),
    ("wrapup", "wrapUpCode"),
    ("outcome", "flowOutcomeId"),
];

/// Names by their letters and digits in lower case.
type NamesByLetters = HashMap<String, &'static str>;

static DIMENSIONS_BY_LETTERS: LazyLock<NamesByLetters> =
    LazyLock::new(|| by_letters(DIMENSIONS.keys().copied()));

static METRICS_BY_LETTERS: LazyLock<NamesByLetters> = LazyLock::new(|| {
    let mut names = by_letters(METRICS.keys().copied());
    let misnomers = MISNOMERS.iter().map(|(name, it)| (*name, it.metric));
    let friendly = FRIENDLY.iter().map(|(name, metric)| (*name, *metric));
    for (name, metric) in misnomers.chain(friendly) {
        names.entry(letters(name)).or_insert(metric);
    }
    names
});

fn by_letters(names: impl Iterator<Item = &'static str>) -> NamesByLetters {
    names.map(|name| (letters(name), name)).collect()
}

/// The dimensions of the API that a word can mean, the likeliest first: `queueId` for `queue`.
pub fn dimensions(typed: &str) -> Vec<&'static str> {
    // `mediaType!=voice` must not mean `mediaType=voice`.
    if typed.contains(['!', '<', '>', '~']) {
        return Vec::new();
    }
    let typed = letters(typed);
    let word = WORDS.iter().find(|(word, _)| *word == typed);
    let endings = ["", "id", "ids", "code"].iter();
    let names = endings.filter_map(|ending| {
        let name = format!("{typed}{ending}");
        DIMENSIONS_BY_LETTERS.get(&name).copied()
    });
    word.map(|(_, name)| *name)
        .into_iter()
        .chain(names)
        .collect()
}

/// The metrics that a name means: itself in another case, the metric of a friendly or wrong name, or
/// the metrics of a key figure. None for a name that nothing has.
pub fn metrics(typed: &str) -> Vec<&'static str> {
    if let Some(metric) = METRICS_BY_LETTERS.get(&letters(typed)) {
        return vec![*metric];
    }
    let column = || figure::all().iter().find(|figure| figure.column == typed);
    let figure = figure::find(typed).or_else(column);
    let mut names: Vec<&'static str> = Vec::new();
    for term in figure.into_iter().flat_map(KeyFigure::terms) {
        if let Some((name, _)) = METRICS.get_key_value(term.metric.as_str())
            && !names.contains(name)
        {
            names.push(name);
        }
    }
    names
}

/// The word nearest to one that was typed: one of these metrics and dimensions, or a word that means
/// one of them, such as the name of a key figure.
pub fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let names: Vec<&'n str> = names.collect();
    let figures = figure::all().iter().filter(|figure| {
        let mut terms = figure.terms();
        terms.any(|term| names.contains(&term.metric.as_str()))
    });
    let figures = figures
        .flat_map(KeyFigure::names)
        .map(|it| -> &'n str { it });
    let words = names.iter().copied().flat_map(|name| {
        let meaning = WORDS.iter().filter(move |(_, it)| *it == name);
        let short = name.strip_suffix("Id").filter(|it| !it.is_empty());
        let meaning = meaning.map(|(word, _)| *word).chain(short);
        [name].into_iter().chain(meaning).chain(friendly_of(name))
    });
    let all: Vec<&'n str> = words.chain(figures).collect();
    let all = || all.iter().copied();
    // One word of `calls offered` is the name.
    let parts = || {
        typed
            .split_whitespace()
            .filter(|part| part.len() < typed.len())
    };
    let part = || parts().find_map(|part| near::suggested(part, all()));
    near::suggested(typed, all()).or_else(part)
}

/// Dimensions whose titles are not their names in words.
const TITLES: [(&str, &str); 3] = [
    ("userId", "Agent"),
    ("wrapUpCode", "Wrap-up code"),
    ("ani", "ANI"),
];

/// A dimension as people read it: `Queue` for `queueId`, `Originating direction`.
pub fn title(dimension: &str) -> String {
    if let Some((_, title)) = TITLES.iter().find(|(name, _)| *name == dimension) {
        return (*title).to_owned();
    }
    let name = match dimension.strip_suffix("Id") {
        Some("") | None => dimension,
        Some(name) => name,
    };
    let mut words = String::new();
    for (at, letter) in printable(name).char_indices() {
        match letter {
            _ if at == 0 => words.extend(letter.to_uppercase()),
            _ if letter.is_ascii_uppercase() => {
                words.push(' ');
                words.push(letter.to_ascii_lowercase());
            }
            '_' => words.push(' '),
            _ => words.push(letter),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_dimensions_and_metrics() {
        assert_eq!(dimensions("queue"), ["queueId"]);
        assert_eq!(dimensions("Media type"), ["mediaType"]);
        assert_eq!(dimensions("agent").first(), Some(&"userId"));
        assert_eq!(dimensions("branch"), [""; 0]);
        assert_eq!(metrics("ttalk"), ["tTalk"]);
        assert_eq!(metrics("wrapUpTime"), ["tAcw"]);
        assert_eq!(metrics("wrap-up"), ["tAcw"]);
        assert_eq!(metrics("AHT"), ["tHandle"]);
        assert_eq!(metrics("Answered %"), ["tAnswered", "nOffered"]);
        assert_eq!(metrics("nothing"), [""; 0]);
        let known = || ["queueId", "tTalkComplete", "userId"].into_iter();
        for (typed, near) in [
            ("quue", "queue"),
            ("talkTme", "talkTime"),
            ("agnet", "agent"),
            ("que", "queue"),
            ("talkk", "Talk"),
        ] {
            assert_eq!(nearest(typed, known()), Some(near));
        }
        assert_eq!(nearest("qu", known()), None);
        for (word, name) in WORDS {
            assert!(DIMENSIONS.contains_key(name), "{word}");
        }
    }
}
