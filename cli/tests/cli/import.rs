//! `import`: what it prints, what it writes, and that a failure writes nothing.

use crate::support::{
    self, PASSCODE, PATIENT, copy_of_demo, demo, import, names, patient_folder, run_with, show_in, text,
};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[test]
fn an_import_says_what_became_of_every_file() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, report) = (dir.path().join("v"), dir.path().join("report.json"));
    let run = import(&demo(), &vault, &["--report", text(&report), "--threads", "1"]).exits(0);
    let run = run.says("1件を隔離しました（PID-3 が違う）");
    for part in ["見本 花子", "見本病院", "読取 19", "使用 18", "隔離 1", "オーダ 1・薬剤 3"] {
        assert!(run.out.contains(part), "{part} in {}", run.out);
    }
    assert_eq!(names(dir.path()), ["report.json", "v"], "nothing but the vault and the report");
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let files = report["files"].as_object().unwrap();
    let sum: u64 = files.values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(sum, report["list"].as_array().unwrap().len() as u64);
    let quarantined = report["list"].as_array().unwrap().iter().find(|f| f["reason"] == "quarantined").unwrap();
    assert!(quarantined["path"].as_str().unwrap().contains("000000026030299"));
    assert_eq!(quarantined["codes"][0], "patient_id_differs");
    assert!(report["unused_fields"].is_array() && report["findings"].is_array());
}

#[test]
fn a_refused_import_leaves_no_file_at_all() {
    let storage = copy_of_demo();
    // Only the other person's file is left.
    let folder = patient_folder(storage.path());
    for name in names(&folder).iter().filter(|n| *n != "20260302") {
        std::fs::remove_dir_all(folder.join(name)).unwrap();
    }
    for kind in ["ADT-12", "OMP-01"] {
        std::fs::remove_dir_all(folder.join("20260302").join(kind)).unwrap();
    }
    let labs = folder.join("20260302/OML-11");
    let own = names(&labs).into_iter().find(|n| n.contains("000000026030215")).unwrap();
    std::fs::remove_file(labs.join(own)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (vault, report) = (dir.path().join("v"), dir.path().join("r.json"));
    import(storage.path(), &vault, &["--report", text(&report)]).exits(1).says("本人のデータがありません（隔離 1件");
    assert_eq!(names(dir.path()), Vec::<String>::new());
    // The operator may insist; then it stays marked.
    import(storage.path(), &vault, &["--accept-other-patient"]).exits(0).says("承認により取り込みました");
    let labs = show_in(&vault, &["labs"]).exits(0).out;
    assert_eq!(labs.matches("【※1】患者ID不一致（取込時に承認）").count(), 1, "{labs}");
    assert!(labs.matches("【※1】").count() > 1 && !labs.contains("※2"), "{labs}");
    let found = show_in(&vault, &["--from", "2000"]).exits(0).out;
    assert!(found.contains("【※1】患者ID不一致"), "{found}");
}

#[test]
fn what_would_be_lost_is_listed_and_the_stored_record_stays() {
    let storage = copy_of_demo();
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    import(storage.path(), &vault, &[]).exits(0);
    let before = support::state(&vault, "--passcode-stdin", PASSCODE);
    std::fs::remove_dir_all(patient_folder(storage.path()).join("20251110/OML-11")).unwrap();
    std::fs::remove_dir_all(patient_folder(storage.path()).join("20260311")).unwrap();
    let report = dir.path().join("r.json");
    import(storage.path(), &vault, &["--report", text(&report)]).exits(1).says("検査結果 3件 2025-11-10");
    let wrong = ["import", text(storage.path()), "--patient", "0000311", "--vault", text(&vault), "--passcode-stdin"];
    run_with(&wrong, "まちがったパスコード\n").exits(1).says("パスコードが違います");
    let after = support::state(&vault, "--passcode-stdin", PASSCODE);
    assert_eq!(after, before, "an existing vault holds what it held after a failed import");
    assert_eq!(names(dir.path()), ["v"]);
    let run = import(storage.path(), &vault, &["--replace"]).exits(0);
    // The memo is nowhere in the storage any more and still in the record.
    assert!(run.out.lines().any(|l| l.contains("非常時メモ") && l.trim_end().ends_with('1')), "{}", run.out);
}

#[test]
fn weak_passcodes_are_refused_and_short_ones_warned_about() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    let args = [
        "import",
        text(&demo()).to_owned().leak(),
        "--patient",
        "0000311",
        "--vault",
        text(&vault),
        "--passcode-stdin",
    ];
    run_with(&args, "12345\n").exits(1).says("短すぎます");
    run_with(&args, "１２３４５６\n").exits(1).says("よく使われる");
    run_with(&args, "").exits(1).says("標準入力にパスコードがありません");
    assert_eq!(names(dir.path()), Vec::<String>::new());
    let run = run_with(&args, "729461\r\n").exits(0);
    assert!(run.err.contains("12文字未満"), "{}", run.err);
    let show = ["show", "--vault", text(&vault), "--passcode-stdin", "--json"];
    run_with(&show, "７２９４６１").exits(0);
}

#[test]
fn without_a_terminal_the_way_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    let demo = demo();
    let args = ["import", text(&demo), "--patient", "0000311", "--vault", text(&vault)];
    // In a session of its own the program has no terminal to ask on.
    let mut command = std::process::Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_mykarte")).args(args).stdin(Stdio::null());
    let Ok(done) = command.output() else { return };
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("--passcode-stdin"));
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn a_report_never_destroys_a_vault() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    import(&demo(), &vault, &["--report", text(&vault)]).exits(2).says("同じファイル");
    let stored = support::vault();
    import(&demo(), &vault, &["--report", text(stored)]).exits(1).says("上書き");
    import(&demo(), &vault, &["--report", "/no/such/folder/r.json"]).exits(1).says("何も取り込んでいません");
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn a_report_writes_over_nothing_but_a_report() {
    let storage = copy_of_demo();
    let dir = tempfile::tempdir().unwrap();
    let (vault, report) = (dir.path().join("v"), dir.path().join("r.json"));
    let inside = patient_folder(storage.path()).join("r.json");
    import(storage.path(), &vault, &["--report", text(&inside)]).exits(1).says("ストレージの中です");
    std::fs::write(&report, r#"{"format":1,"mine":true}"#).unwrap();
    import(storage.path(), &vault, &["--report", text(&report)]).exits(1).says("上書き");
    assert_eq!(std::fs::read(&report).unwrap(), br#"{"format":1,"mine":true}"#);
    assert!(!inside.exists() && !vault.exists());
    std::fs::write(&report, "").unwrap();
    for _ in 0..2 {
        import(storage.path(), &vault, &["--report", text(&report), "--threads", "65535"]).exits(0);
    }
}

#[test]
fn an_import_says_where_it_went_and_how_to_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("my vault");
    for what in ["新しいファイル", "この患者の記録を更新"] {
        let run = import(&demo(), &vault, &[]).exits(0);
        let (path, next) = (text(&vault), format!("mykarte show --vault '{}' --patient {PATIENT}", text(&vault)));
        assert!(run.out.contains(&format!("保存先: {path}（{what}）")) && run.out.contains(&next), "{}", run.out);
        assert!(!run.out.contains("他の患者ID"));
    }
    let run = import(&demo(), &vault, &["--accept-other-patient"]).exits(0);
    assert!(run.out.lines().next().unwrap().ends_with("他の患者IDの電文 1件を含む"), "{}", run.out);
    let run = import(&demo(), &vault, &["--accept-other-patient", "--lang", "en"]).exits(0);
    run.says("1 file with another PID-3");
}

/// Many senders write the placeholder SEND for a facility id: one hospital's record never takes another's place unasked.
#[test]
fn a_record_of_another_hospital_with_the_same_id_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    import(&demo(), &vault, &["--hospital", "SEND=見本病院"]).exits(0);
    import(&demo(), &vault, &["--hospital", "SEND=べつの病院"]).exits(1).says("別の名前の医療機関");
    import(&demo(), &vault, &["--hospital", "SEND=見本　病院"]).exits(0);
    import(&demo(), &vault, &["--hospital", "SEND=べつの病院", "--replace"]).exits(0);
}

#[test]
fn an_entry_that_is_too_large_stops_nothing() {
    let storage = copy_of_demo();
    let memos = find_text(&patient_folder(storage.path()), b"OBX|1|TX|");
    let bytes = std::fs::read(&memos).unwrap();
    let at = bytes.windows(9).position(|w| w == b"OBX|1|TX|").unwrap();
    let large = format!("OBX|9|TX|||{}\r", "x".repeat(1_200_000));
    std::fs::write(&memos, [&bytes[..at], large.as_bytes(), &bytes[at..]].concat()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (vault, report) = (dir.path().join("v"), dir.path().join("r.json"));
    let run = import(storage.path(), &vault, &["--report", text(&report)]).exits(0);
    run.says("大きすぎる1件の長い文章を省略しました");
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert!(report["findings"].as_array().unwrap().iter().any(|f| f["code"] == "entry_too_large"));
    assert!(show_in(&vault, &[]).exits(0).out.contains("見本 花子"));
    assert!(show_in(&vault, &["memos"]).exits(0).out.contains("大きすぎるため省略"));
}

/// The first file below a folder that holds some bytes.
fn find_text(folder: &Path, wanted: &[u8]) -> PathBuf {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path).unwrap().windows(wanted.len()).any(|w| w == wanted)
                && text(&path).contains("MEMO")
            {
                return path;
            }
        }
    }
    panic!("no such file");
}

#[test]
fn ctrl_c_and_kill_leave_nothing() {
    for signal in ["-INT", "-TERM", "-KILL"] {
        let dir = tempfile::tempdir().unwrap();
        let vault = dir.path().join("v");
        let demo = demo();
        let args = ["import", text(&demo), "--patient", "0000311", "--vault", text(&vault), "--passcode-stdin"];
        let mut child = support::command(&args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(PASSCODE.as_bytes()).unwrap();
        // Deriving the key takes far longer than this.
        std::thread::sleep(std::time::Duration::from_millis(30));
        let kill = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        match done.status.code() {
            // On a busy machine the signal may come too late.
            Some(0) => continue,
            // Before the handler stands the signal ends the program by itself.
            None => assert!(!said.contains("panicked"), "{said}"),
            code => assert!(code == Some(1) && said.contains("何も書き込んでいません"), "{code:?} {said}"),
        }
        assert!(!vault.exists(), "{signal}");
    }
}
