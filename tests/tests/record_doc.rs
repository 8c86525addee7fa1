//! `docs/record.md` documents every key of the JSON, and no key that is not there.
//!
//! The tables of the document are read as a description of the JSON: a heading
//! names an object, a row one of its keys, a link in the form column the object
//! inside. The marker storage and synthetic years are walked along it.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "record_doc/rare.rs"]
mod rare;

use mykarte::record::Section;
use mykarte::record::lines::{self, Chunk};
use mykarte::record::profile::{GEMINI_STANDARD, Profile};
use mykarte::record::series::{Items, Point};
use mykarte::{ImportRequest, Imported, Shaping};
use mykarte_synth::{Defect, Options, generate};
use mykarte_tests::{import, request, section, summary};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Documented keys that these imports do not show: a secret diagnosis that a free text names.
const NOT_SHOWN: [&str; 3] = ["kept-out.residue", "residue.id", "residue.section"];

/// Object -> key -> form.
type Document = BTreeMap<String, BTreeMap<String, String>>;

fn document() -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/record.md");
    let (mut document, mut object, mut in_table) = (Document::new(), String::new(), false);
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let Some(heading) = line.strip_prefix('#') {
            object = heading.trim_start_matches('#').trim().replace('`', "").replace(' ', "-");
        } else if line.starts_with("| key |") {
            in_table = true;
        } else if !line.starts_with('|') {
            in_table = false;
        } else if in_table && !line.starts_with("|---") {
            let known = document.entry(object.clone()).or_default().insert(cells[1].replace('`', ""), cells[4].into());
            assert!(known.is_none(), "{object}.{} is documented twice", cells[1]);
        }
    }
    document
}

/// The walk: what is not documented, and what was seen.
struct Walk {
    document: Document,
    unknown: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl Walk {
    /// `value` is an object with the keys of any of these.
    fn object(&mut self, names: &[&str], value: &Value) {
        for (key, inner) in value.as_object().into_iter().flatten() {
            let form = names.iter().find_map(|n| Some((*n, self.document.get(*n)?.get(key)?.clone())));
            match form {
                Some((name, form)) => {
                    self.seen.insert(format!("{name}.{key}"));
                    self.inside(&format!("{name}.{key}"), &form, inner);
                }
                None => {
                    self.unknown.insert(format!("{}.{key}", names[0]));
                }
            }
        }
    }

    fn inside(&mut self, place: &str, form: &str, value: &Value) {
        let linked = form.split_once("(#").and_then(|(_, rest)| rest.split_once(')')).map(|(name, _)| name.to_string());
        let known = linked.filter(|name| self.document.contains_key(name));
        match (value, known) {
            (Value::Array(items), _) => items.iter().for_each(|item| self.inside(place, form, item)),
            (Value::Object(map), Some(name)) if form.starts_with("object of") => {
                map.values().for_each(|item| self.object(&[&name], item));
            }
            (Value::Object(_), Some(name)) => self.object(&[&name], value),
            (Value::Object(_), None) if !form.starts_with("object of") => {
                self.unknown.insert(format!("{place}: an object"));
            }
            (_, Some(name)) => {
                self.unknown.insert(format!("{place}: no {name}"));
            }
            _ => {}
        }
    }

    /// The items of a record and the points of each.
    fn series(&mut self, imported: &Imported) {
        let mut items = Items::default();
        for block in lines::write(&imported.record.labs).unwrap() {
            items.add(&Chunk::open(&block.bytes).unwrap());
        }
        items.finish().iter().for_each(|i| self.object(&["lab-item"], &serde_json::to_value(i).unwrap()));
        let points = imported.record.labs.iter().map(|entry| Point::from(entry.clone()));
        points.for_each(|p| self.object(&["point", "entry"], &serde_json::to_value(p).unwrap()));
    }

    fn record(&mut self, imported: &Imported) {
        for part in Section::ALL {
            section(imported, part).iter().for_each(|entry| self.object(&[part.key(), "entry"], entry));
        }
        self.series(imported);
        self.object(&["summary"], &summary(imported));
        self.object(&["import-report"], &serde_json::to_value(&imported.report).unwrap());
    }
}

fn imported(options: &Options) -> Imported {
    shaped(options, Shaping::default())
}

fn shaped(options: &Options, shaping: Shaping) -> Imported {
    let dir = tempfile::tempdir().unwrap();
    let truth = generate(options, dir.path()).unwrap();
    let request = request(&[dir.path()], truth.patients.keys().next().unwrap());
    import(&ImportRequest { shaping, ..request }).unwrap()
}

/// A profile that says everything a profile can say.
fn profile() -> Profile {
    let mut profile: Value = serde_json::from_str(GEMINI_STANDARD).unwrap();
    profile["university"] = json!({ "id": "1319999999", "name": "見本大学病院" });
    profile["contact"] = "医療情報部".into();
    profile["sections"]["others"]["message"] = "受診の予定は外来でお尋ねください".into();
    profile["sections"]["allergies"] = json!({ "show": false });
    profile["acknowledged"] =
        json!([{ "item": "allergies", "reason": "別に渡す", "approved_by": "部長", "date": "2026-11-22" }]);
    profile["exclude"]["departments"] = json!(["01"]);
    profile["sections"]["labs"]["period"] = json!({ "months": 12 });
    Profile::parse(&profile.to_string()).unwrap()
}

#[test]
fn every_key_is_documented_and_every_documented_key_occurs() {
    let mut walk = Walk { document: document(), unknown: BTreeSet::new(), seen: BTreeSet::new() };
    walk.record(&imported(&Options::new(1).markers(true)));
    walk.record(&imported(&Options::three_years(2)));
    walk.record(&shaped(&Options::three_years(2), Shaping { profile: profile(), withholding: None }));
    for seed in [7, 8] {
        walk.record(&imported(&Options::three_years(seed).interim_labs(true).defects(Defect::ALL)));
    }
    let dir = tempfile::tempdir().unwrap();
    rare::write(dir.path());
    walk.record(&import(&request(&[dir.path()], "1234567")).unwrap());
    assert!(walk.unknown.is_empty(), "not documented: {:#?}", walk.unknown);
    let documented = walk.document.iter().flat_map(|(name, keys)| keys.keys().map(move |key| format!("{name}.{key}")));
    let unseen: Vec<String> = documented.filter(|key| !walk.seen.contains(key)).collect();
    assert_eq!(unseen, NOT_SHOWN, "documented keys that do not occur, or occur and are listed");
}
