//! `gcagg config`: the effective settings and their sources.

use serde_json::{Value, json};

use crate::cli::args::InspectFormat;
use crate::cli::config::{self, Config, Setting};
use crate::cli::options::Shared;
use crate::output::{json_pretty, json_quoted, print};
use crate::{Code, Error, ExitStatus, Levels, LintLevels, printable};

const TYPED: &str = "command line";

/// Runs the command.
pub fn run(
    shared: &Shared,
    format: InspectFormat,
    mut typed: LintLevels,
) -> Result<ExitStatus, Error> {
    let config = shared.config()?;
    let levels = shared.levels(&typed)?;
    let settings = settings(&config, &mut typed);
    let text = match format {
        InspectFormat::Text => text(&config, &settings, &levels),
        InspectFormat::Json => json(&config, &settings, &levels),
    };
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

/// The settings, each with its source.
fn settings(config: &Config, levels: &mut LintLevels) -> Vec<(Setting, String)> {
    let file = config
        .path
        .as_ref()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let mut settings: Vec<(Setting, String)> = Vec::new();
    for (table, key) in config::keys() {
        let set = config
            .settings
            .iter()
            .filter(|setting| setting.table == table && setting.key == key);
        settings.extend(set.map(|setting| {
            let from = format!("{file}:{}", setting.line);
            (setting.clone(), from)
        }));
        let typed = levels
            .list(key)
            .filter(|it| table.is_empty() && !it.is_empty());
        if let Some(typed) = typed {
            let setting = Setting {
                table,
                key,
                value: json!(typed),
                line: 0,
            };
            settings.push((setting, TYPED.to_owned()));
        }
    }
    settings
}

/// The codes whose severity differs from the default, with the severity and the option that set it.
fn changes(config: &Config, levels: &Levels) -> Vec<(Code, &'static str, String)> {
    let from = |layer: usize| match (layer, &config.path) {
        (0, Some(path)) => path.display().to_string(),
        _ => TYPED.to_owned(),
    };
    Code::ALL
        .iter()
        .filter_map(|code| {
            let change = levels.change(*code)?;
            let severity = change.level.map_or("off", |severity| severity.word());
            Some((
                *code,
                severity,
                format!("{} {}, {}", change.option, change.wish, from(change.layer)),
            ))
        })
        .collect()
}

/// The settings as TOML, which can be saved as a settings file.
fn text(config: &Config, settings: &[(Setting, String)], levels: &Levels) -> String {
    let mut out = match &config.path {
        Some(path) => format!(
            "# settings from {}\n",
            printable(&path.display().to_string())
        ),
        None => format!("# no {}: defaults and command line only\n", config::NAME),
    };
    let mut table = "";
    for (setting, from) in settings {
        if setting.table != table {
            table = setting.table;
            out.push_str(&format!("\n[{table}]\n"));
        }
        let value = match &setting.value {
            Value::String(text) => json_quoted(text),
            other => other.to_string().replace("\",\"", "\", \""),
        };
        let comment = if from == TYPED { "# " } else { "" };
        let from = printable(from);
        out.push_str(&format!("{comment}{} = {value}  # {from}\n", setting.key));
    }
    let changes = changes(config, levels);
    if !changes.is_empty() {
        out.push_str("\n# severities that differ from the default\n");
    }
    for (code, severity, why) in changes {
        let name = code.name();
        out.push_str(&format!(
            "# {} {name:<26} {severity:<8} {}\n",
            code.id(),
            printable(&why)
        ));
    }
    out
}

fn json(config: &Config, settings: &[(Setting, String)], levels: &Levels) -> String {
    let settings: Vec<_> = settings
        .iter()
        .map(|(setting, from)| {
            let table = match setting.table {
                "" => None,
                table => Some(table),
            };
            json!({ "table": table, "key": setting.key, "value": setting.value, "from": from })
        })
        .collect();
    let levels: Vec<_> = changes(config, levels)
        .into_iter()
        .map(|(code, severity, why)| {
            json!({
                "code": code.id(),
                "name": code.name(),
                "default": code.severity().word(),
                "severity": severity,
                "from": why,
            })
        })
        .collect();
    let path = config.path.as_ref().map(|path| path.display().to_string());
    let value = json!({ "file": path, "settings": settings, "levels": levels });
    json_pretty(&value)
}
