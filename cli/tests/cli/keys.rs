//! `passcode change`, `recovery-code new`, `rekey`, and what wrong secrets cost.

use crate::support::{PASSCODE, copy_of_demo, demo, names, on, own_vault, run_with, state, text};
use mykarte::vault::{BiometricSecret, InstallationSecret, KdfParams, Passcode, Vault};

const NEW: &str = "あたらしい長いパスコード";
const BY_PASSCODE: &str = "--passcode-stdin";
const BY_CODE: &str = "--recovery-code-stdin";
const CHANGE: [&str; 3] = ["passcode", "change", BY_PASSCODE];
const SHOW: [&str; 2] = ["show", BY_PASSCODE];
const SHOW_BY_CODE: [&str; 2] = ["show", BY_CODE];

#[test]
fn a_changed_passcode_opens_and_the_old_one_does_not() {
    let own = own_vault();
    let run = own.run(&CHANGE, &[PASSCODE, NEW]).exits(0).says("以前の複製は以前のパスコードで開きます");
    assert_eq!(run.out, format!("パスコードを変えました: {}\n", text(&own.path)));
    own.run(&SHOW, &[NEW]).exits(0).shows("見本 花子");
    own.run(&SHOW, &[PASSCODE]).exits(1).says("パスコードが違います");
    // Short, not weak.
    own.run(&CHANGE, &[NEW, "729461"]).exits(0).shows("12文字未満");
    let run = run_with(&["--lang", "en", "passcode", "change", BY_PASSCODE, "--vault", text(&own.path)], "729461\nx\n");
    run.exits(1).says("the passcode is too short");
    let run = own.run(&["passcode", "change", BY_PASSCODE, "--lang=en"], &["729461", NEW]).exits(0);
    assert!(run.out.starts_with("the passcode is changed: ") && run.err.contains("Older copies"), "{}", run.err);
    own.run(&["show", BY_PASSCODE], &[NEW]).exits(0);
}

#[test]
fn a_passcode_that_is_not_changed_stays() {
    let own = own_vault();
    let before = state(&own.path, BY_PASSCODE, PASSCODE);
    own.run(&CHANGE, &[PASSCODE]).exits(1).says("2行目に渡してください");
    own.run(&CHANGE, &[PASSCODE, "12345"]).exits(1).says("短すぎます");
    own.run(&CHANGE, &[PASSCODE, "１２３４５６"]).exits(1).says("よく使われる");
    own.run(&CHANGE, &["まちがったパスコード", NEW]).exits(1).says("パスコードが違います");
    own.run(&CHANGE, &[]).exits(1).says("標準入力にパスコードがありません");
    let long = "長".repeat(2000);
    own.run(&CHANGE, &[PASSCODE, &long]).exits(1).says("2行目に渡してください");
    assert_eq!(state(&own.path, BY_PASSCODE, PASSCODE), before);
}

#[test]
fn a_recovery_code_is_shown_once_and_opens_everything() {
    let own = own_vault();
    let run = own.run(&["recovery-code", "new", BY_PASSCODE], &[PASSCODE]).exits(0);
    let run = run.shows("紙に書き写し、端末とは別の場所に保管").shows("表示するのは今回だけ");
    assert!(!run.err.contains("前の復旧コード"), "{}", run.err);
    assert_eq!(run.out, format!("復旧コードを作りました: {}\n", text(&own.path)));
    let code = run.code_on_stderr();
    own.run(&SHOW_BY_CODE, &[&code]).exits(0).shows("見本 花子");
    // As people write it down.
    own.run(&SHOW_BY_CODE, &[&code.to_lowercase().replace('-', " ")]).exits(0);
    let storage = copy_of_demo();
    own.run(&["import", text(storage.path()), "--patient", "0000311", BY_CODE], &[&code]).exits(0).shows("更新");
    own.run(&["vault", "info", BY_CODE], &[&code]).exits(0).shows("復旧コード");
    own.run(&CHANGE, &[PASSCODE, NEW]).exits(0);
    own.run(&["passcode", "change", BY_CODE], &[&code, PASSCODE]).exits(0);
    own.run(&SHOW, &[PASSCODE]).exits(0);
}

#[test]
fn a_new_recovery_code_ends_the_old_one() {
    let own = own_vault();
    let old = own.make_code();
    let run = own.run(&["recovery-code", "new", BY_CODE, "--lang", "en"], &[&old]).exits(0);
    let run = run.shows("The earlier recovery code no longer opens this file").shows("Write it on paper");
    let new = run.code_on_stderr();
    own.run(&SHOW_BY_CODE, &[&old]).exits(1).says("復旧コードが違います");
    own.run(&SHOW_BY_CODE, &[&new]).exits(0);
    let slip = new.replacen(&new[..1], if new.starts_with('7') { "8" } else { "7" }, 1);
    own.run(&SHOW_BY_CODE, &[&slip]).exits(1).says("打ち間違い");
    own.run(&SHOW_BY_CODE, &[]).exits(1).says("標準入力に復旧コードがありません");
}

#[test]
fn no_code_is_shown_that_does_not_open() {
    let own = own_vault();
    for run in [
        own.run(&["recovery-code", "new", BY_PASSCODE], &["まちがったパスコード"]),
        on(&own.beside("none"), &["recovery-code", "new", BY_PASSCODE], &[PASSCODE]),
        own.run(&["rekey", BY_PASSCODE], &[PASSCODE, "12345"]),
    ] {
        let run = run.exits(1).says("。");
        assert_eq!(run.out, "");
    }
    own.run(&SHOW_BY_CODE, &["00000-00000-00000-00000-00000-00"]).exits(1).says("復旧コードのないファイルです");
    // A code that nobody could see is no success.
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let mut child = crate::support::command(&["recovery-code", "new", BY_PASSCODE, "--vault", text(&own.path)])
        .stdin(std::process::Stdio::piped())
        .stderr(full)
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSCODE.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn rekey_ends_every_old_secret_but_not_in_older_copies() {
    let own = own_vault();
    let old = own.make_code();
    let earlier = own.beside("earlier");
    std::fs::copy(&own.path, &earlier).unwrap();
    let run = own.run(&["rekey", BY_PASSCODE], &[PASSCODE, NEW]).exits(0);
    let run =
        run.shows("以前に作った複製は、以前のパスコードや復旧コードで開きます").shows("鍵とパスコードを新しくしました");
    assert!(!run.err.contains("生体認証"), "{}", run.err);
    let code = run.code_on_stderr();
    own.run(&SHOW, &[PASSCODE]).exits(1).says("パスコードが違います");
    own.run(&SHOW_BY_CODE, &[&old]).exits(1).says("復旧コードが違います");
    own.run(&SHOW, &[NEW]).exits(0).shows("見本 花子");
    own.run(&SHOW_BY_CODE, &[&code]).exits(0).shows("見本 花子");
    on(&earlier, &SHOW, &[PASSCODE]).exits(0);
    on(&earlier, &SHOW_BY_CODE, &[&old]).exits(0);
    let run = own.run(&["rekey", BY_CODE, "--lang", "en"], &[&code, PASSCODE]).exits(0);
    run.shows("Copies made before still open with the old secrets").code_on_stderr();
}

/// Whoever knows the passcode would still know it.
#[test]
fn rekey_refuses_the_present_passcode() {
    let own = own_vault();
    own.run(&["rekey", BY_PASSCODE], &[PASSCODE, PASSCODE]).exits(1).says("いまと同じパスコード");
    own.run(&["show", BY_PASSCODE], &[PASSCODE]).exits(0);
}

#[test]
fn rekey_makes_no_code_where_there_was_none() {
    let own = own_vault();
    let run = own.run(&["rekey", BY_PASSCODE], &[PASSCODE, NEW]).exits(0);
    assert!(!run.err.contains("復旧コード（"), "{}", run.err);
    own.run(&SHOW, &[NEW]).exits(0);
}

#[test]
fn rekey_says_that_biometrics_have_to_be_set_up_again() {
    let own = own_vault();
    let passcode = Passcode::new(PASSCODE.trim_end().as_bytes()).unwrap();
    let mut vault = Vault::open(&own.path, &passcode).unwrap();
    vault.set_biometric(&BiometricSecret::make().unwrap()).unwrap();
    drop(vault);
    own.run(&["vault", "info", BY_PASSCODE], &[PASSCODE]).exits(0).shows("  生体認証（設定した端末だけ）  番号 2");
    own.run(&["rekey", BY_PASSCODE], &[PASSCODE, NEW]).exits(0).shows("生体認証では開けなくなりました");
    let run = own.run(&["vault", "info", BY_PASSCODE], &[NEW]).exits(0);
    assert!(!run.out.contains("生体認証"), "{}", run.out);
}

#[test]
fn five_wrong_passcodes_cost_a_wait_and_the_recovery_code_none() {
    let own = own_vault();
    let code = own.make_code();
    for _ in 0..4 {
        let run = own.run(&SHOW, &["まちがったパスコード"]).exits(1).says("確かめて入力し直してください");
        assert!(!run.err.contains('秒'), "{}", run.err);
    }
    own.run(&SHOW, &["まちがったパスコード"]).exits(1).says("30 秒待つと入力できます").says("パスコードが違います");
    // A script is a new process each time: it sits the wait out and then has its try. The code never waits.
    let copy = own.beside("copy");
    std::fs::copy(&own.path, &copy).unwrap();
    let begun = std::time::Instant::now();
    own.run(&SHOW_BY_CODE, &[&code]).exits(0).shows("見本 花子");
    own.run(&SHOW, &[PASSCODE]).exits(0);
    let quick = begun.elapsed();
    let run = on(&copy, &["vault", "info", BY_PASSCODE, "--lang", "en"], &[PASSCODE]).exits(0);
    run.says("it is tried in 30 seconds (the recovery code opens at once");
    assert!(begun.elapsed() - quick >= std::time::Duration::from_secs(30), "{:?} after {quick:?}", begun.elapsed());
}

#[test]
fn a_vault_of_a_phone_keeps_its_passcode() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let passcode = Passcode::new(NEW.as_bytes()).unwrap();
    let secret = InstallationSecret::make().unwrap();
    let costs = KdfParams::dangerous_floor();
    let (mut vault, code) = Vault::create_with_secret(&path, &passcode, &secret, costs).unwrap();
    let draft = vault.begin(None).unwrap();
    vault.commit(draft, b"label", b"summary", Vec::new()).unwrap();
    drop(vault);
    let code = code.dangerous_text();
    on(&path, &["vault", "info", BY_PASSCODE], &[NEW]).exits(1).says("復旧コード（--recovery-code-stdin）");
    on(&path, &["vault", "info", BY_CODE], &[&code]).exits(0).shows("パスコード（設定した端末だけ）");
    on(&path, &["passcode", "change", BY_CODE], &[&code, NEW]).exits(1).says("作成した端末のアプリで");
    on(&path, &["rekey", BY_CODE], &[&code, NEW]).exits(1).says("作成した端末のアプリで");
    on(&path, &["vault", "info", BY_CODE], &[&code]).exits(0);
}

#[test]
fn one_secret_at_a_time_and_none_as_an_argument() {
    let own = own_vault();
    own.run(&["show", BY_PASSCODE, BY_CODE], &[PASSCODE]).exits(2).says("どちらか1つだけ");
    own.run(&["rekey", BY_CODE, BY_PASSCODE, "--lang=en"], &[PASSCODE]).exits(2).says("not both");
    own.run(&["show", BY_CODE, BY_CODE], &[PASSCODE]).exits(2).says("1度だけ");
    own.run(&["rekey", "--passcode", "x"], &[]).exits(2).says("という引数はありません");
    own.run(&["passcode"], &[]).exits(2);
    let new = own.beside("new");
    let args = ["import", text(&demo()).to_owned().leak(), "--patient", "0000311", BY_CODE];
    on(&new, &args, &["00000-00000-00000-00000-00000-00"]).exits(2).says("まだ復旧コードがありません");
    assert_eq!(names(own.path.parent().unwrap()), ["own.vault"]);
}
