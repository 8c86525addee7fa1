//! Whether a value is of the kind that the JSON Schema wants at its place.

use chrono::NaiveDate;
use jsonc_parser::ast::Value;
use serde_json::Value as Json;

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// A text in quotes.
    Text,
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Whole {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
    },
    /// A day, `2026-04-01`, in quotes.
    Date,
    /// One of these words.
    OneOf(Vec<String>),
    /// A list in brackets.
    List,
    /// Settings in braces.
    Group,
    /// A period in braces.
    Months {
        /// The number that stands there without.
        found: Option<u32>,
    },
    /// A code in braces.
    Code {
        /// The usual system of such codes.
        system: &'static str,
        /// The code that stands there without.
        found: Option<String>,
    },
    /// What the schema says.
    Unknown,
}

/// What must stand here, where another kind of value does. `schema` is without references.
pub(super) fn wrong(value: &Value<'_>, schema: &Json, path: &str) -> Option<Wanted> {
    let words: Vec<&str> =
        schema["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str()).collect();
    let is_right = match value {
        Value::StringLit(text) if !words.is_empty() => words.contains(&&*text.value),
        Value::StringLit(text) if schema["format"] == "date" => text.value.parse::<NaiveDate>().is_ok(),
        Value::StringLit(_) => allows(schema, "string"),
        Value::BooleanLit(_) => allows(schema, "boolean"),
        Value::NumberLit(_) => allows(schema, "integer") && whole(value).is_some(),
        Value::NullKeyword(_) => allows(schema, "null"),
        Value::Array(_) => allows(schema, "array"),
        Value::Object(_) => allows(schema, "object"),
    };
    (!is_right).then(|| wanted(value, schema, path, &words))
}

fn wanted(value: &Value<'_>, schema: &Json, path: &str, words: &[&str]) -> Wanted {
    let number = |key: &str| schema[key].as_u64().and_then(|n| u32::try_from(n).ok());
    let limit = |key: &str| number("const").or_else(|| number(key));
    if !words.is_empty() {
        return Wanted::OneOf(words.iter().map(ToString::to_string).collect());
    }
    if path.ends_with(".period") {
        return Wanted::Months { found: whole(value) };
    }
    let lists = [("exclude.drugs.", "YJ"), ("exclude.tests.", "JC10")];
    let list = lists.iter().find(|(list, _)| allows(schema, "object") && path.starts_with(list));
    if let Some((_, system)) = list {
        let found = match value {
            Value::StringLit(text) => Some(text.value.to_string()),
            Value::NumberLit(number) => Some(number.value.to_string()),
            _ => None,
        };
        return Wanted::Code { system, found };
    }
    match () {
        () if schema["format"] == "date" => Wanted::Date,
        () if allows(schema, "string") => Wanted::Text,
        () if allows(schema, "boolean") => Wanted::Switch,
        () if allows(schema, "integer") => {
            Wanted::Whole { min: limit("minimum").unwrap_or(0), max: limit("maximum").unwrap_or(u32::MAX) }
        }
        () if allows(schema, "array") => Wanted::List,
        () if allows(schema, "object") => Wanted::Group,
        () => Wanted::Unknown,
    }
}

/// A number without sign, point or exponent.
pub(super) fn whole(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::NumberLit(number) => number.value.parse().ok(),
        _ => None,
    }
}

/// Whether a value of this kind may stand here.
fn allows(schema: &Json, kind: &str) -> bool {
    match &schema["type"] {
        Json::String(only) => only == kind,
        Json::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    }
}
