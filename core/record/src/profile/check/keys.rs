//! The keys of a document against the JSON Schema, and the line of each.

use super::{Problem, What, forms};
use crate::catalogue::{self, Part};
use crate::model::Section;
use crate::profile::document;
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Where each setting stands: `sections.labs.period` -> line.
#[derive(Debug, Default)]
pub(super) struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// The line of a setting; of what is around it where it is not written; 0 if nothing of it is.
    pub fn of(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.0.get(path) {
                return *line;
            }
            match path.rsplit_once('.') {
                Some((outer, _)) => path = outer,
                None => return 0,
            }
        }
    }
}

/// Everything that is no key of the schema, stands twice or is missing, and every value of another kind.
pub(super) fn check(text: &str) -> (Lines, Vec<Problem>) {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = match parse_to_ast(text, &CollectOptions::default(), &strict) {
        Ok(parsed) => parsed,
        Err(error) => return (Lines::default(), vec![Problem { line: error.line_display(), what: What::NotJson }]),
    };
    let schema = document::schema();
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
    let mut walk = Walk { starts, schema: &schema, lines: Lines::default(), problems: Vec::new() };
    if let Some(value) = &parsed.value {
        walk.value(value, &schema, "");
    }
    (walk.lines, walk.problems)
}

struct Walk<'a> {
    /// Where each line begins.
    starts: Vec<usize>,
    schema: &'a Json,
    lines: Lines,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn value(&mut self, value: &Value<'_>, schema: &Json, path: &str) {
        let (schema, may_be_null) = resolve(self.schema, schema);
        if may_be_null && matches!(value, Value::NullKeyword(_)) {
            return;
        }
        if let Some(wanted) = forms::wrong(value, schema, path) {
            let line = self.line(value.range().start);
            self.problems.push(Problem { line, what: What::WrongValue { wanted } });
            return;
        }
        let schema = schema.clone();
        match value {
            Value::Object(object) => self.object(object, &schema, path),
            Value::Array(array) => {
                for (i, item) in array.elements.iter().enumerate() {
                    let inner = format!("{path}.{i}");
                    let line = self.line(item.range().start);
                    self.lines.0.insert(inner.clone(), line);
                    self.value(item, &schema["items"], &inner);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &Object<'_>, schema: &Json, path: &str) {
        let known = schema["properties"].as_object();
        for property in &object.properties {
            let key = property.name.as_str();
            let line = self.line(property.range.start);
            let inner = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            if self.lines.0.insert(inner.clone(), line).is_some() {
                self.problems.push(Problem { line, what: What::RepeatedKey { key: key.to_string() } });
            }
            match known.and_then(|known| known.get(key)) {
                Some(schema) => self.value(&property.value, schema, &inner),
                None if key == "years" && path.ends_with(".period") => {
                    let months = forms::whole(&property.value).and_then(|years| years.checked_mul(12));
                    self.problems.push(Problem { line, what: What::Years { months } });
                }
                None => {
                    let names = known.into_iter().flat_map(|known| known.keys().map(String::as_str));
                    self.problems.push(Problem { line, what: unknown(path, key, names) });
                }
            }
        }
        self.missing(object, schema, path);
    }

    /// What must be written and is not.
    fn missing(&mut self, object: &Object<'_>, schema: &Json, path: &str) {
        let has = |key: &str| object.properties.iter().any(|property| property.name.as_str() == key);
        // Years are months already.
        let is_told = |key: &str| key == "months" && path.ends_with(".period") && has("years");
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let line = self.line(object.range.start);
        for key in required.filter(|key| !has(key) && !is_told(key)) {
            self.problems.push(Problem { line, what: What::Missing { key: key.to_string() } });
        }
    }
}

/// What a key is that may not stand where it does.
fn unknown<'a>(path: &str, key: &str, names: impl Iterator<Item = &'a str>) -> What {
    let section = |name: &str| Section::ALL.into_iter().find(|s| s.key() == name);
    let inside = path.strip_prefix("sections.").unwrap_or_default();
    if let (Some(section), "period") = (section(inside), key) {
        return What::NoPeriodHere { section };
    }
    let section = inside.strip_suffix(".fields").and_then(section);
    match section.and_then(|section| catalogue::find(section, key)).map(|field| field.part) {
        Some(Part::With(owner)) => What::GoesWith { key: key.to_string(), owner },
        Some(Part::Subject) => What::Subject { key: key.to_string() },
        _ => What::UnknownKey { key: key.to_string(), nearest: catalogue::nearest(key, names).map(str::to_string) },
    }
}

/// Follows `$ref` and takes the object out of "or null"; whether null may stand there.
fn resolve<'a>(root: &'a Json, mut schema: &'a Json) -> (&'a Json, bool) {
    let mut may_be_null = false;
    loop {
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
            schema = &root["$defs"][name];
        } else if let Some(any) = schema["anyOf"].as_array() {
            may_be_null |= any.iter().any(|s| s["type"] == "null");
            schema = any.iter().find(|s| s["type"] != "null").unwrap_or(&Json::Null);
        } else {
            return (schema, may_be_null);
        }
    }
}
