//! What an output of each form must not contain.

use gcagg::internals::json::text::is_unsafe_in_terminal;

/// The form of an output.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    Text,
    /// Text with colors.
    Colored,
    Markdown,
    Html,
    /// One or more JSON values.
    Json,
    Sql,
    /// So many statements of SQL, one of which drops the staging table.
    Script {
        statements: usize,
        drops: usize,
    },
    /// A model of dbt: SQL in a template.
    Model,
    /// YAML that dbt reads.
    Dbt,
    /// A table, whose cells are what the input has.
    Table,
}

impl Form {
    /// Why an output is not harmless, if so.
    pub fn fault(self, text: &str) -> Option<String> {
        match self {
            Self::Table => None,
            Self::Text => steering(text),
            Self::Colored => steering(&uncolored(text)),
            Self::Markdown => steering(text).or_else(|| text.lines().find_map(markup)),
            Self::Html => html(text),
            Self::Json => steering(text).or_else(|| {
                let values = serde_json::Deserializer::from_str(text);
                let mut values = values.into_iter::<serde_json::Value>();
                values.find_map(|value| Some(value.err()?.to_string()))
            }),
            Self::Sql => steering(text).or_else(|| sql(text, 1, 0)),
            Self::Script { statements, drops } => {
                steering(text).or_else(|| sql(text, statements, drops))
            }
            Self::Model => steering(text).or_else(|| text.lines().find_map(model)),
            Self::Dbt => {
                // The source that comes before has templates of its own, and no names.
                let models = text.find("\nmodels:").unwrap_or_default();
                steering(text).or_else(|| text[models..].lines().find_map(dbt))
            }
        }
    }
}

/// What a terminal would act on, or a line that a name begins.
fn steering(text: &str) -> Option<String> {
    let found = text
        .chars()
        .find(|it| *it != '\n' && is_unsafe_in_terminal(*it));
    let forged = |line: &&str| {
        let ours = |it: char| it.is_whitespace() || "=#-".contains(it);
        line.trim_start_matches(ours).starts_with("FORGED")
    };
    match (found, text.lines().find(forged)) {
        (None, None) => None,
        (Some(char), _) => {
            let line = text.lines().find(|line| line.contains(char));
            Some(format!("{char:?} in {:?}", line.unwrap_or_default()))
        }
        (_, Some(line)) => Some(format!("forged line {line:?}")),
    }
}

/// The text without the codes of colors.
fn uncolored(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_code = |code: &str| code.bytes().all(|it| it.is_ascii_digit() || it == b';');
        match piece.split_once('m') {
            Some((code, rest)) if is_code(code) => plain.push_str(rest),
            _ => plain.push_str(&format!("\u{1b}[{piece}")),
        }
    }
    plain
}

/// Markup in a line of Markdown that is not ours: ours are headings, rows and lists.
fn markup(line: &str) -> Option<String> {
    let line = &line.replace("<br>", "");
    let mut bare = String::new();
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '&' => while chars.next_if(|it| *it != ';').is_some() {},
            other => bare.push(other),
        }
    }
    let markup = bare.find(['<', '>', '`', '*', '_', '[', ']', '~']);
    let is_row = line.starts_with('|') || !bare.contains('|');
    (markup.is_some() || !is_row).then(|| format!("markup in {line:?}"))
}

/// What is not of our template.
fn html(text: &str) -> Option<String> {
    let (body, script) = text
        .split_once("</style>")
        .and_then(|(_, body)| body.split_once("<script>"))
        .unwrap_or((text, ""));
    let mut pieces = body.split('<');
    let tags = pieces.by_ref().skip(1).map(|piece| piece.split_once('>'));
    let wrong = |tag: Option<(&str, &str)>| match tag {
        Some((tag, rest)) => {
            let outside: String = tag.split('"').step_by(2).collect();
            let is_ours = !rest.contains('>') && tag.matches('"').count() % 2 == 0;
            let names = ["script", "img", "/script"];
            let is_tag = |name: &&str| outside.starts_with(*name);
            (!is_ours || names.iter().any(is_tag)).then(|| format!("<{tag}>{rest:?}"))
        }
        None => Some("an open tag".to_owned()),
    };
    let script = script.contains("alert(1)").then(|| "a script".to_owned());
    steering(body)
        .or_else(|| {
            let mut tags = tags;
            tags.find_map(wrong)
        })
        .or(script)
}

/// What is outside of quotes and comments, beside one statement.
fn sql(text: &str, statements: usize, drops: usize) -> Option<String> {
    let mut outside = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        let end = match char {
            '"' | '\'' => rest.find(char).map(|at| at + 1),
            '-' if rest.starts_with('-') => Some(rest.find(['\n', '\r']).unwrap_or(rest.len())),
            _ => {
                outside.push(char);
                continue;
            }
        };
        let Some(end) = end else {
            return Some(format!("an open quote in {text:?}"));
        };
        rest = &rest[end..];
    }
    let is_own = outside.matches(';').count() <= statements && !outside.contains("/*");
    let is_own = is_own && outside.matches("DROP").count() <= drops;
    (!is_own).then(|| format!("SQL runs in {text:?}"))
}

/// A column of a model that ends its quotes or runs as a template.
fn model(line: &str) -> Option<String> {
    let name = line.strip_prefix("    \"")?.trim_end_matches(',');
    let inner = name.strip_suffix('"').map(|it| it.replace("\"\"", ""));
    let is_wrong = inner
        .is_none_or(|it| it.contains('"') || ["{{", "{%", "{#"].iter().any(|at| it.contains(at)));
    is_wrong.then(|| format!("SQL or a template in {line:?}"))
}

/// A name in a line of YAML that is no JSON string, ends a quote of SQL or runs as a template.
fn dbt(line: &str) -> Option<String> {
    let quote = line.find('"')?;
    let list = format!("[{}]", line[quote..].trim_end_matches(']'));
    let Ok(names) = serde_json::from_str::<Vec<String>>(&list) else {
        return Some(format!("no JSON strings in {line:?}"));
    };
    let wrong = |name: &String| {
        let inner = name.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let inner = inner.unwrap_or(name).replace("\"\"", "");
        inner.contains('"') || ["{{", "{%", "{#"].iter().any(|it| inner.contains(it))
    };
    names
        .iter()
        .any(wrong)
        .then(|| format!("SQL or a template in {line:?}"))
}
