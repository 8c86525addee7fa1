//! The guide for universities: its complete profile can be used, and holds every example that the guide prints.

use crate::support::{PATIENT, demo, run, text};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn doc(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

/// The indented blocks of the guide.
fn blocks() -> Vec<String> {
    let guide = std::fs::read_to_string(doc("profile.ja.md")).unwrap();
    let mut blocks = vec![String::new()];
    for line in guide.lines() {
        match line.strip_prefix("    ") {
            Some(inside) => blocks.last_mut().unwrap().extend([inside, "\n"]),
            None => blocks.push(String::new()),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Whether all of `part` stands in `whole`.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, inner)| whole.get(key).is_some_and(|at| holds(at, inner)))
        }
        (Value::Array(whole), Value::Array(part)) => part.iter().all(|one| whole.iter().any(|at| holds(at, one))),
        _ => whole == part,
    }
}

#[test]
fn the_complete_profile_of_the_guide_can_be_used_and_holds_its_examples() {
    let path = doc("profile.example.json");
    let checked = run(&["profile", "check", text(&path)]).exits(0);
    assert!(checked.out.contains("エラー 0件") && checked.out.contains("使えます"), "{}", checked.out);
    let whole: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut examples = 0;
    for block in blocks().iter().filter(|block| block.starts_with('"')) {
        let part: Value = serde_json::from_str(&format!("{{{block}}}")).unwrap();
        let key = part.as_object().unwrap().keys().next().unwrap();
        let is_section = ["labs", "allergies"].contains(&key.as_str());
        let place = if is_section { &whole["sections"] } else { &whole };
        assert!(holds(place, &part), "{block} is not in {}", path.display());
        examples += 1;
    }
    assert_eq!(examples, 6);
}

#[test]
fn the_withholding_list_of_the_guide_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("list.json");
    let block = blocks().into_iter().find(|block| block.starts_with('{')).unwrap();
    std::fs::write(&list, block).unwrap();
    let (example, demo) = (doc("profile.example.json"), demo());
    let args = ["profile", "preview", text(&example), text(&demo), "--patient", PATIENT, "--withhold", text(&list)];
    // It is read; the demo's patient has no such diagnosis.
    let refused = run(&args).exits(1);
    assert!(refused.err.contains("病名 83761a3de72a は、この患者の記録にありません"), "{}", refused.err);
}

#[test]
fn every_command_of_the_guide_exists() {
    let commands: Vec<String> =
        blocks().concat().lines().filter_map(|l| l.strip_prefix("mykarte ").map(str::to_string)).collect();
    assert!(commands.len() > 5);
    for command in commands {
        let words: Vec<&str> =
            command.split_whitespace().take(if command.starts_with("profile") { 2 } else { 1 }).collect();
        run(&[&words[..], &["--help"]].concat()).exits(0);
    }
}
