//! `vault info`, `vault copy`, `vault delete`.

use crate::support::{PASSCODE, PATIENT, demo, import, names, on, own_vault, show_in, state, text};
use serde_json::Value;

const BY_PASSCODE: &str = "--passcode-stdin";
const BY_CODE: &str = "--recovery-code-stdin";
const DELETE: [&str; 3] = ["vault", "delete", BY_PASSCODE];

#[test]
fn info_tells_records_slots_and_state() {
    let own = own_vault();
    let run = own.run(&["vault", "info", BY_PASSCODE], &[PASSCODE]).exits(0).says("復旧コードがありません");
    for part in [
        "  ID 0000311  見本病院（1319999999）  23件  第1世代",
        "パスコード  番号 1  Argon2id 64 MiB, 3, 4",
        "更新 1回目",
        "鍵の表 正常",
    ] {
        assert!(run.out.contains(part), "{part} in\n{}", run.out);
    }
    assert!(!run.out.contains("花子"), "numbers, not names");
    own.make_code();
    import(&demo(), &own.path, &[]).exits(0);
    let run = own.run(&["vault", "info", BY_PASSCODE, "--lang", "en"], &[PASSCODE]).exits(0);
    for part in ["23 entries  generation 2", "recovery code  slot 2", "update 3  written 20", "key table intact"] {
        assert!(run.out.contains(part), "{part} in\n{}", run.out);
    }
    assert_eq!(run.err, "");
}

#[test]
fn info_for_programs() {
    let own = own_vault();
    own.make_code();
    let run = own.run(&["vault", "info", BY_PASSCODE, "--json"], &[PASSCODE]).exits(0);
    assert_eq!(run.err, "");
    let info: Value = serde_json::from_str(&run.out).unwrap();
    let record = &info["records"][0];
    assert_eq!((record["patient_id"].as_str(), record["entries"].as_u64()), (Some(PATIENT), Some(23)));
    assert_eq!((record["hospital"]["id"].as_str(), record["generation"].as_u64()), (Some("1319999999"), Some(1)));
    assert!(record["bytes"].as_u64().unwrap() > 10_000 && record["imported_at"].is_string());
    assert_eq!(info["file_bytes"], std::fs::metadata(&own.path).unwrap().len());
    let kinds: Vec<&str> = info["slots"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["passcode", "recovery"]);
    assert_eq!((&info["anchor"]["counter"], &info["slot_table_intact"]), (&Value::from(2), &Value::from(true)));
    // The same clock for both, on this machine, a moment apart.
    let day = |v: &Value| v.as_str().unwrap()[..10].to_string();
    assert_eq!(day(&info["anchor"]["written_at"])[..7], day(&record["imported_at"])[..7]);
}

#[test]
fn a_copy_opens_with_the_recovery_code_alone() {
    let own = own_vault();
    let copy = own.beside("new phone");
    let args = ["vault", "copy", text(&copy), BY_PASSCODE];
    let code = own.make_code();
    let run = own.run(&args, &[PASSCODE]).exits(0).says("復旧コードだけで開きます");
    let next = format!("mykarte passcode change --vault '{}' --recovery-code-stdin", text(&copy));
    assert!(run.out.contains(&next), "{}", run.out);
    on(&copy, &["show", BY_PASSCODE], &[PASSCODE]).exits(1).says("パスコードでは開けないファイルです");
    on(&copy, &["show", BY_CODE], &[&code]).exits(0).shows("見本 花子");
    let run = on(&copy, &["passcode", "change", BY_CODE], &[&code, "新しい端末のパスコード"]).exits(0);
    assert_eq!(
        run.err,
        "注意: パスコードが12文字未満です。ファイルが複製されると総当たりで開かれるおそれがあります。\n"
    );
    on(&copy, &["show", BY_PASSCODE], &["新しい端末のパスコード"]).exits(0);
    show_in(&own.path, &[]).exits(0);
}

/// A damaged file is written to by nobody: whoever has its passcode can still take its records away.
#[test]
fn a_copy_without_a_recovery_code_gets_one_of_its_own() {
    let own = own_vault();
    let before = state(&own.path, BY_PASSCODE, PASSCODE);
    let copy = own.beside("rescued");
    let run = own.run(&["vault", "copy", text(&copy), BY_PASSCODE], &[PASSCODE]).exits(0);
    let run = run.shows("複製は、上の復旧コードだけで開きます");
    on(&copy, &["show", BY_CODE], &[&run.code_on_stderr()]).exits(0).shows("見本 花子");
    assert_eq!(state(&own.path, BY_PASSCODE, PASSCODE), before, "the original is not changed");
}

#[test]
fn info_counts_what_cannot_be_read() {
    let own = own_vault();
    own.run(&["vault", "info", BY_PASSCODE], &[PASSCODE]).exits(0).shows("記録の中身 すべて読めます");
    let vault = rusqlite::Connection::open(&own.path).unwrap();
    vault
        .execute("UPDATE chunk SET sealed = zeroblob(length(sealed)) WHERE id = (SELECT min(id) FROM chunk)", [])
        .unwrap();
    drop(vault);
    let run = own.run(&["vault", "info", BY_PASSCODE], &[PASSCODE]).exits(0);
    run.shows("読めない部分 1か所。ほかは読めます");
    let run = own.run(&["vault", "info", BY_PASSCODE, "--json"], &[PASSCODE]).exits(0);
    let info: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(info["damaged_parts"], 1);
}

#[test]
fn a_copy_replaces_nothing() {
    let own = own_vault();
    let code = own.make_code();
    let there = own.beside("there");
    std::fs::write(&there, b"mine").unwrap();
    for to in [&there, &own.path] {
        let run = own.run(&["vault", "copy", text(to), BY_CODE], &[&code]).exits(1);
        run.says("同じ名前のものがあります").says(text(to));
    }
    assert_eq!(std::fs::read(&there).unwrap(), b"mine");
    let nowhere = own.beside("no/such/folder");
    let run = own.run(&["vault", "copy", text(&nowhere), BY_CODE, "--lang=en"], &[&code]).exits(1);
    run.says("no such file or folder").says(text(&nowhere));
    let before = state(&own.path, BY_PASSCODE, PASSCODE);
    own.run(&["vault", "copy", text(&own.beside("c")), BY_CODE], &[&code]).exits(0);
    assert_eq!(state(&own.path, BY_PASSCODE, PASSCODE), before, "the original is not changed");
    assert_eq!(names(own.path.parent().unwrap()), ["c", "own.vault", "there"]);
}

#[test]
fn a_deletion_lists_and_asks_and_leaves_nothing() {
    let own = own_vault();
    let full = std::fs::metadata(&own.path).unwrap().len();
    let ask = [&DELETE[..], &["--patient", "００００３１１"]].concat();
    let run = own.run(&ask, &[PASSCODE]).exits(1).says("何も削除していません");
    assert!(run.out.contains("削除する記録:\n  ID 0000311  見本病院（1319999999）  23件"), "{}", run.out);
    show_in(&own.path, &[]).exits(0);
    let sure = [&ask[..], &["--yes"]].concat();
    let run = own.run(&sure, &[PASSCODE]).exits(0).says("ほかに作った複製");
    assert!(run.out.contains("ID 0000311") && run.out.contains("何も残っていません"), "{}", run.out);
    assert!(std::fs::metadata(&own.path).unwrap().len() < full);
    show_in(&own.path, &[]).exits(1).says("記録が1つもありません");
    // Once more: there is nothing to delete.
    let run = own.run(&sure, &[PASSCODE]).exits(1).says("空のファイルです");
    assert_eq!(run.out, "");
    own.run(&["vault", "info", BY_PASSCODE], &[PASSCODE]).exits(0).shows("■ 記録  0件");
    // And the file is good for another import.
    import(&demo(), &own.path, &[]).exits(0);
}

#[test]
fn only_what_was_named_is_deleted() {
    let own = own_vault();
    import(&demo(), &own.path, &["--hospital", "1320000000=別の病院"]).exits(0);
    let before = state(&own.path, BY_PASSCODE, PASSCODE);
    let delete = |more: &[&str]| own.run(&[&DELETE[..], &["--yes"], more].concat(), &[PASSCODE]);
    delete(&["--patient", "0000312"]).exits(1).says("0000311（1319999999）、0000311（1320000000）");
    delete(&["--patient", PATIENT, "--hospital", "9", "--lang=en"])
        .exits(1)
        .says("nothing was deleted. There are: 0000311");
    delete(&["--patient", " "]).exits(2);
    own.run(&["vault", "delete", BY_PASSCODE, "--yes"], &[PASSCODE]).exits(2).says("--patient");
    let run = own.run(&[&DELETE[..], &["--yes", "--patient", PATIENT]].concat(), &["まちがったパスコード"]);
    run.exits(1).says("パスコードが違います");
    assert_eq!(state(&own.path, BY_PASSCODE, PASSCODE), before);
    let run = delete(&["--patient", PATIENT, "--hospital", "1320000000"]).exits(0);
    assert!(run.out.contains("別の病院") && !run.out.contains("見本病院"), "{}", run.out);
    show_in(&own.path, &[]).exits(0).shows("見本病院");
    // The number is of two hospitals: perhaps of two people.
    import(&demo(), &own.path, &["--hospital", "1320000000=別の病院"]).exits(0);
    let both = state(&own.path, BY_PASSCODE, PASSCODE);
    delete(&["--patient", PATIENT]).exits(1).says("（1319999999、1320000000）").says("--hospital ID");
    let run = delete(&["--patient", PATIENT, "--lang", "en"]).exits(1).says("nothing was deleted. Name one");
    assert_eq!((run.out.as_str(), state(&own.path, BY_PASSCODE, PASSCODE)), ("", both));
    for hospital in ["1320000000", "1319999999"] {
        delete(&["--patient", PATIENT, "--hospital", hospital]).exits(0).shows("何も残っていません");
    }
    show_in(&own.path, &[]).exits(1);
}
