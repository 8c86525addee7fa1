//! `profile diff`: what two profiles decide differently, section by section.

use super::source;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::Line;
use crate::print::table::{self, Row};
use crate::words::profile as words;
use mykarte::record::Section;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::Profile;
use mykarte::record::profile::diff::{Difference, diff};
use serde_json::Value;
use std::path::Path;

/// Compares; a difference is no failure.
pub fn run(before: &Path, after: &Path, out: &mut Out) -> Result<(), Failure> {
    let (a, b) = (source::open(before, out)?, source::open(after, out)?);
    let all = diff(&a, &b);
    if all.is_empty() {
        return out.line(out.pick("同じです。", "they are the same.").to_string());
    }
    let name = |p: &Profile| words::name(&p.document().name, &p.document().id, p.document().version, out.language);
    let title = format!("{} → {}", name(&a), name(&b));
    out.line(Line::new().bold(title))?;
    for place in Section::ALL.into_iter().map(Some).chain([None]) {
        let here = all.iter().filter(|d| section_of(d) == place);
        let rows: Vec<Row> = here.flat_map(spread).map(|d| row(&d, out.language)).collect();
        if !rows.is_empty() {
            let name = place.map_or(out.pick("そのほか", "The rest"), |s| labels::section(s, out.language));
            let title = format!("■ {name}");
            out.blank()?;
            out.line(Line::new().bold(title))?;
            table::print(out, &rows, 2)?;
        }
    }
    let (a, b) = (a.document(), b.document());
    if (&a.id, a.version) == (&b.id, b.version) {
        out.finish()?;
        out.warn(words::same_version(out.language));
    }
    Ok(())
}

/// The section that a difference is about, if it is about one.
fn section_of(difference: &Difference) -> Option<Section> {
    match difference {
        Difference::Section { section, .. } | Difference::Field { section, .. } => Some(*section),
        Difference::Setting { path, .. } => {
            let key = path.strip_prefix("sections.")?.split('.').next()?;
            Section::ALL.into_iter().find(|s| s.key() == key)
        }
    }
}

/// A whole group that only one has, setting by setting.
fn spread(difference: &Difference) -> Vec<Difference> {
    let Difference::Setting { path, before, after } = difference else { return vec![difference.clone()] };
    let is_group = path == "exclude" || path == "university" || path.matches('.').count() == 1;
    let inner = |side: &Option<Value>, key: &str| side.as_ref().and_then(|v| v.get(key)).cloned();
    match [before, after].into_iter().flatten().find_map(Value::as_object) {
        Some(group) if is_group => {
            let one = |key: &String| Difference::Setting {
                path: format!("{path}.{key}"),
                before: inner(before, key),
                after: inner(after, key),
            };
            group.keys().map(one).collect()
        }
        _ => vec![difference.clone()],
    }
}

/// What it is about, its key, and from what to what.
fn row(difference: &Difference, language: Language) -> Row {
    let shown = |shown: bool| format!("{} → {}", words::mark(!shown), words::mark(shown));
    let cells = match difference {
        Difference::Section { shown: on, .. } => {
            [language.pick("区分", "the section").to_string(), String::new(), shown(*on)]
        }
        Difference::Field { field, shown: on, .. } => {
            [field.name(language).to_string(), field.key.to_string(), shown(*on)]
        }
        Difference::Setting { path, before, after } => {
            let inner = path.split('.').skip(if path.starts_with("sections.") { 2 } else { 0 });
            let names: Vec<&str> = inner.map(|key| words::setting(key, language)).collect();
            let name = names.join(" ");
            let last = path.rsplit('.').next().unwrap_or_default();
            let side = |v: &Option<Value>| {
                let none = || language.pick("なし", "none").to_string();
                v.as_ref().map_or_else(none, |v| value(last, v, language))
            };
            [name, String::new(), format!("{} → {}", side(before), side(after))]
        }
    };
    let indent = |(n, text): (usize, String)| Line::from(if n == 0 { "  " } else { "" }).plain(text);
    Row { cells: cells.into_iter().enumerate().map(indent).collect(), ..Row::default() }
}

/// In which order the settings of a group are said.
const ORDER: [&str; 6] = ["item", "reason", "approved_by", "date", "system", "code"];

/// A setting for people.
fn value(key: &str, v: &Value, language: Language) -> String {
    let list = |parts: Vec<String>| parts.join(language.pick("、", ", "));
    let section = |key: &str| Section::ALL.into_iter().find(|s| s.key() == key).map(|s| labels::section(s, language));
    match v {
        Value::String(text) if key == "item" => section(text).unwrap_or(text).to_string(),
        Value::String(text) => text.clone(),
        Value::Bool(on) => language.pick(if *on { "はい" } else { "いいえ" }, if *on { "yes" } else { "no" }).into(),
        Value::Number(n) if key == "months" => words::months(n.as_u64().unwrap_or_default(), language),
        Value::Array(all) => list(all.iter().map(|v| value("", v, language)).collect()),
        Value::Object(all) if all.contains_key("months") => value("months", &all["months"], language),
        Value::Object(all) => {
            let one =
                |(key, v): (&String, &Value)| format!("{} {}", words::setting(key, language), value(key, v, language));
            let mut all: Vec<(&String, &Value)> = all.iter().collect();
            all.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key));
            list(all.into_iter().map(one).collect())
        }
        other => other.to_string(),
    }
}
