//! Fixture cases: a folder with a storage, and what a person expects of it.
//!
//! `expected.json` is a subset: what it does not name is not compared. Objects
//! are compared key by key, lists in length and order, `null` says that the key
//! must be absent.

mod subset;

use crate::profiles::plaintext;
use crate::{import, request, section, summary};
use mykarte::record::profile::{Profile, Withholding};
use mykarte::record::search::Query;
use mykarte::record::summary::Hospital;
use mykarte::record::{Nothing, Section};
use mykarte::{ImportError, ImportRequest, Imported, list_patients};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use subset::subset;

/// `options.json`: how the storage is imported.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The patient; without one the storage's only patient.
    patient: Option<String>,
    /// `--hospital`.
    hospital: Option<Hospital>,
    /// `--accept-other-patient`.
    accept_other_patient: bool,
    /// Folders to import, relative to the case; without any `storage`.
    roots: Vec<String>,
}

/// `expected.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expected {
    /// What the case shows, and which rule or defect it stands for.
    pub about: String,
    summary: Option<Value>,
    sections: BTreeMap<String, Vec<Value>>,
    /// How many files met which fate; a fate left out is not compared.
    files: BTreeMap<String, u32>,
    /// Part of a path, and the fate of every file whose path holds it.
    fates: BTreeMap<String, String>,
    findings: Vec<String>,
    findings_exactly: bool,
    /// Findings that must not be there.
    no_findings: Vec<String>,
    /// `ADT-00 PID-18`: fields named as sent and not used.
    unused: Vec<String>,
    /// What stands instead of a section's entries: `not_in_import`, `unreadable:2`.
    nothing: BTreeMap<String, Vec<String>>,
    /// What the hospital's report says of what is kept out: section, rule, count, ids.
    kept_out: Option<Vec<Value>>,
    /// Words that stand nowhere in what would be sealed.
    absent: Vec<String>,
    /// A query, and how many entries of which section it finds.
    search: BTreeMap<String, BTreeMap<String, usize>>,
    error: Option<String>,
}

/// The folders below `fixtures/cases`, sorted.
pub fn all() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("the folder of the cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// Everything in which one case differs from what is expected of it.
pub fn check(case: &Path) -> Vec<String> {
    let expected: Expected = match read(&case.join("expected.json")) {
        Ok(expected) => expected,
        Err(why) => return vec![why],
    };
    let request = match request_of(case) {
        Ok(request) => request,
        Err(why) => return vec![why],
    };
    let mut differences = Vec::new();
    if expected.about.trim().is_empty() {
        differences.push("about: says nothing of what the case shows".to_string());
    }
    match (import(&request), &expected.error) {
        (Ok(mut imported), None) => {
            // As it leaves the hospital.
            imported.close_gaps();
            compare(&expected, &imported, &mut differences);
        }
        (Ok(_), Some(want)) => differences.push(format!("error: want {want}, but the import succeeds")),
        (Err(error), want) => {
            let name = error_name(&error);
            if want.as_deref() != Some(&name) {
                differences.push(format!("error: want {want:?}, have {name} ({error})"));
            }
        }
    }
    differences
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, String> {
    let name = path.file_name().unwrap_or_default().display();
    let bytes = std::fs::read(path).map_err(|e| format!("{name}: {e}"))?;
    serde_json::from_slice(&bytes).map_err(|e| format!("{name}: {e}"))
}

/// How a case's storage is imported: by `options.json`, or all at its default.
pub fn request_of(case: &Path) -> Result<ImportRequest, String> {
    let path = case.join("options.json");
    let options: Options = if path.exists() { read(&path)? } else { Options::default() };
    let mut roots: Vec<PathBuf> = options.roots.iter().map(|r| case.join(r)).collect();
    if roots.is_empty() {
        roots.push(case.join("storage"));
    }
    let patient = options.patient.or_else(|| only_patient(&roots)).unwrap_or_default();
    let mut request = request(&roots.iter().map(PathBuf::as_path).collect::<Vec<_>>(), &patient);
    request.hospital = options.hospital;
    request.accept_other_patient = options.accept_other_patient;
    shape(case, &mut request)?;
    Ok(request)
}

/// `profile.json` and `withhold.json`, where the case has them.
fn shape(case: &Path, request: &mut ImportRequest) -> Result<(), String> {
    let text = |name: &str| {
        let path = case.join(name);
        path.exists().then(|| std::fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))).transpose()
    };
    if let Some(text) = text("profile.json")? {
        request.shaping.profile = Profile::parse(&text).map_err(|problems| format!("profile.json: {problems:?}"))?;
    }
    if let Some(text) = text("withhold.json")? {
        let list = Withholding::parse(&text).map_err(|error| format!("withhold.json: {error:?}"))?;
        request.shaping.withholding = Some(list);
    }
    Ok(())
}

fn only_patient(roots: &[PathBuf]) -> Option<String> {
    let mut ids = Vec::new();
    list_patients(roots, |line| ids.push(line.id)).ok()?;
    ids.pop().filter(|_| ids.is_empty())
}

/// The name of the variant; of a storage's error, its own.
fn error_name(error: &ImportError) -> String {
    let debug = match error {
        ImportError::Storage(inner) => format!("{inner:?}"),
        other => format!("{other:?}"),
    };
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_string()
}

fn compare(expected: &Expected, imported: &Imported, out: &mut Vec<String>) {
    if let Some(want) = &expected.summary {
        subset("summary", want, &summary(imported), out);
    }
    for (key, want) in &expected.sections {
        match section_named(key) {
            Some(which) => {
                subset(key, &Value::from(want.clone()), &Value::from(section(imported, which)), out);
            }
            None => out.push(format!("sections.{key}: no such section")),
        }
    }
    for (reason, want) in &expected.files {
        let have = imported.report.files.iter().find(|(r, _)| json!(r) == json!(reason)).map(|(_, n)| *n);
        if have != Some(*want) {
            out.push(format!("files.{reason}: want {want}, have {have:?}"));
        }
    }
    fates(expected, imported, out);
    findings(expected, imported, out);
    nothing(expected, imported, out);
    kept_out(expected, imported, out);
    searches(expected, imported, out);
}

fn kept_out(expected: &Expected, imported: &Imported, out: &mut Vec<String>) {
    if let Some(want) = &expected.kept_out {
        subset("kept_out", &json!(want), &json!(imported.report.kept_out.entries), out);
    }
    let text = plaintext(&imported.record);
    for word in expected.absent.iter().filter(|word| text.contains(word.as_str())) {
        out.push(format!("absent: {word} stands in the record"));
    }
}

fn section_named(key: &str) -> Option<Section> {
    Section::ALL.into_iter().find(|s| s.key() == key)
}

fn fates(expected: &Expected, imported: &Imported, out: &mut Vec<String>) {
    for (part, want) in &expected.fates {
        let files: Vec<_> = imported.report.list.iter().filter(|f| f.path.contains(part.as_str())).collect();
        if files.is_empty() {
            out.push(format!("fates.{part}: no such file in the report"));
        }
        for file in files.iter().filter(|f| json!(f.reason) != json!(want)) {
            out.push(format!("fates.{part}: want {want}, have {:?} ({:?})", file.reason, file.codes));
        }
    }
    let have: Vec<String> = imported.report.unused_fields.iter().map(|u| format!("{} {}", u.kind, u.field)).collect();
    for want in expected.unused.iter().filter(|u| !have.contains(u)) {
        out.push(format!("unused: {want} is missing from {have:?}"));
    }
}

fn findings(expected: &Expected, imported: &Imported, out: &mut Vec<String>) {
    let have: Vec<Value> = imported.report.findings.iter().map(|f| json!(f.code)).collect();
    for want in expected.findings.iter().filter(|w| !have.contains(&json!(w))) {
        out.push(format!("findings: {want} is missing"));
    }
    for not in expected.no_findings.iter().filter(|n| have.contains(&json!(n))) {
        out.push(format!("findings: {not} must not be there"));
    }
    let extra = have.iter().filter(|h| expected.findings_exactly && !expected.findings.iter().any(|w| json!(w) == **h));
    out.extend(extra.map(|code| format!("findings: {code} is not expected")));
}

fn nothing(expected: &Expected, imported: &Imported, out: &mut Vec<String>) {
    for (key, want) in &expected.nothing {
        let state = section_named(key).and_then(|s| imported.record.summary.sections.get(&s));
        let have: Vec<String> = state.map(|s| s.nothing().iter().map(nothing_name).collect()).unwrap_or_default();
        if have != *want {
            out.push(format!("nothing.{key}: want {want:?}, have {have:?}"));
        }
    }
}

fn nothing_name(nothing: &Nothing) -> String {
    match nothing {
        Nothing::NoneRegistered => "none_registered".to_string(),
        Nothing::NotInImport => "not_in_import".to_string(),
        Nothing::NotProvided => "not_provided".to_string(),
        Nothing::Unreadable { files } => format!("unreadable:{files}"),
    }
}

fn searches(expected: &Expected, imported: &Imported, out: &mut Vec<String>) {
    for (text, wants) in &expected.search {
        let Some(query) = Query::new(text) else {
            out.push(format!("search.{text}: no query"));
            continue;
        };
        for (key, want) in wants {
            let Some(which) = section_named(key) else { continue };
            let lines = section(imported, which).into_iter().map(|entry| entry.to_string());
            let have = lines.filter(|line| query.matches(line.as_bytes())).count();
            if have != *want {
                out.push(format!("search.{text}.{key}: want {want}, have {have}"));
            }
        }
    }
}
