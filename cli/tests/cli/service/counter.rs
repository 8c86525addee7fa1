//! From the counter to the phone, and what is refused there.

use super::{service, service_with};
use crate::support::{PATIENT, Run, copy_of_demo, demo, patient_folder, text};

#[test]
fn a_hospital_enrols_issues_and_the_phone_fetches() {
    let service = service(&demo());
    service.issuer(&["check"]).exits(0).shows("すべて使えます");
    service.enrol();
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 1件   変更なし 0件"), "{}", run.out);
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました（第1世代）");
    // The same as a direct import under the same profile.
    let direct = service.place.path("direct");
    crate::support::import(&demo(), &direct, &[]).exits(0);
    let counts = |run: Run| -> Vec<String> {
        let counted =
            run.out.lines().filter(|line| line.starts_with("  ") && line.ends_with(|c: char| c.is_ascii_digit()));
        counted.map(str::to_owned).collect()
    };
    let imported = counts(crate::support::show_in(&direct, &[]).exits(0));
    assert_eq!(counts(service.phone(&["show"]).exits(0)), imported);
    assert!(imported.len() == 8, "{imported:?}");
    service.phone(&["show"]).exits(0).shows("署名          確認済み（見本病院");
    // Nothing new: nothing is issued, and nothing is fetched twice.
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 0件   変更なし 1件"), "a new key of the device alone is no reason: {}", run.out);
    let unchanged = service.phone(&["fetch", "--yes"]).exits(0);
    assert!(!unchanged.out.contains("第2世代"), "{}", unchanged.out);
    // A new signing key: what the old one signed holds, and what is issued now is signed anew.
    service.place.new_signing().exits(0);
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 1件"), "{}", run.out);
    service.phone(&["fetch", "--yes"]).exits(0).shows("第2世代");
    service.issuer(&["list"]).exits(0).shows(PATIENT).shows("発行中");
    service.issuer(&["audit", "verify"]).exits(0).shows("末尾が切り取られていないかは");
}

/// Nothing is promised to anybody without the words that the counter has to know.
#[test]
fn without_them_there_is_no_ticket() {
    let service = service(&demo());
    let wrong: [&[&str]; 4] = [
        &["enrol", "--patient", PATIENT, "--staff", "N1", "--identity-check", "passport"],
        &["enrol", "--patient", PATIENT, "--staff", "N1", "--consent", "1"],
        &["enrol", "--patient", PATIENT, "--identity-check", "passport", "--consent", "1"],
        &["enrol", "--patient", PATIENT, "--staff", "N1", "--identity-check", "face", "--consent", "1"],
    ];
    for args in wrong {
        service.issuer(args).exits(2);
    }
    service.print(&["--proxy", "母"]).exits(2);
    service.print(&["--proxy", "母", "--until", "2020-01-01"]).exits(1).shows("代理の期限");
    service
        .issuer(&[
            "enrol",
            "--patient",
            "404",
            "--staff",
            "N1",
            "--identity-check",
            "passport",
            "--consent",
            "1",
            "--no-wait",
        ])
        .exits(1)
        .shows("患者 404 のフォルダがありません");
    // No id was given, so none is to be looked at again.
    let run = service.issuer(&["list"]).exits(1).shows("登録はまだ1件もありません");
    assert!(!run.err.contains("患者IDを確かめて"), "{}", run.err);
    service.issuer(&["list", "--patient", "404"]).exits(1).shows("患者IDを確かめて");
    assert!(!service.place.path("sheets").exists());
}

/// In the storage the id has become somebody else's: nothing is issued, and the phone keeps what it has.
#[test]
fn another_birth_date_in_the_storage_issues_nothing() {
    let storage = copy_of_demo();
    let service = service(storage.path());
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    service.phone(&["fetch", "--yes"]).exits(0);
    crate::packages::for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(8).position(|window| window == b"19550311") {
            bytes[at + 7] = b'2';
        }
    });
    service.issuer(&["issue", "--passcode-stdin"]).exits(1).shows("生年月日が登録のときと違います");
    service.phone(&["fetch"]).exits(0);
    service.phone(&["show"]).exits(0).shows("1955-03-11");
}

/// Clinical rule 2 outranks a profile: that patients do not see the birth date does not switch the check off.
#[test]
fn a_hidden_birth_date_is_compared_all_the_same() {
    let (storage, dir) = (copy_of_demo(), tempfile::tempdir().unwrap());
    let profile = dir.path().join("profile.json");
    crate::support::run_with(&["profile", "new", text(&profile), "--from", "full"], "").exits(0);
    let json = std::fs::read_to_string(&profile).unwrap();
    let hidden = json.replace("\"birth_date\": true", "\"birth_date\": false");
    assert_ne!(hidden, json);
    std::fs::write(&profile, hidden).unwrap();
    let service = service_with(storage.path(), text(&profile));
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    crate::packages::for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(8).position(|window| window == b"19550311") {
            bytes[at + 7] = b'2';
        }
    });
    service.issuer(&["issue", "--passcode-stdin"]).exits(1).shows("生年月日が登録のときと違います");
}

/// At the counter for one patient; and again for a copy that lost what it had.
#[test]
fn one_patient_is_issued_at_once_and_a_lost_copy_is_filled() {
    let service = service(&demo());
    service.enrol();
    service.issue(&["--patient", "404"]).exits(1).shows("登録がありません");
    service.issue(&["--patient", PATIENT]).exits(0).shows("発行 1件");
    service.issue(&["--patient", PATIENT]).exits(0).shows("変更なし 1件");
    service.phone(&["fetch", "--yes"]).exits(0).shows("第1世代");
    std::fs::remove_dir_all(service.place.path("outside/east")).unwrap();
    service.issue(&[]).exits(0).shows("変更なし 1件");
    assert_eq!(service.packages("east"), 0);
    service.issue(&["--again"]).exits(0).shows("発行 1件");
    assert_eq!((service.packages("east"), service.packages("west")), (1, 1));
    service.phone(&["fetch", "--yes"]).exits(0).shows("第2世代");
}

/// The keys' facility is what the administrator typed: that the storage's is another is said at every package.
#[test]
fn another_facility_in_the_storage_is_said() {
    let storage = copy_of_demo();
    crate::packages::for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(10).position(|window| window == b"1319999999") {
            bytes[at + 9] = b'8';
        }
    });
    let service = service(storage.path());
    service.enrol();
    service.issue(&[]).exits(0).shows("発行 1件").shows("ファイルの施設は 1319999998");
}

/// By telephone: nobody can know the digits before the phone shows them, so the first word is no slip.
#[test]
fn digits_that_no_phone_has_shown_yet_are_not_wrong() {
    let service = service(&demo());
    let (picture, number) = service.ticket();
    let confirm = |digits: &str| {
        let confirm = ["confirm", "--ticket", &number, "--staff", "N1234", "--digits"];
        let typed: &[&str] = if digits.is_empty() { &[] } else { &[digits] };
        service.issuer(&[&confirm[..], typed].concat())
    };
    let enrol = ["enrol", "--ticket", text(&picture), "--birth-date", super::BORN];
    std::thread::scope(|scope| {
        let phone = scope.spawn(|| service.phone(&enrol));
        let first = loop {
            let run = confirm("000000").exits(1);
            if !run.err.contains("まだコードを読み取っていません") {
                break run;
            }
            std::thread::sleep(std::time::Duration::from_millis(300));
        };
        let first = first.shows("端末に確認番号が出ます").shows("--digits");
        assert!(!first.err.contains("違います"), "{}", first.err);
        confirm("").exits(1).shows("端末に確認番号が出ます");
        let shown = service.issuer(&["confirm", "--ticket", &number, "--staff", "N1234"]);
        let digits = shown.out.lines().find_map(|line| line.strip_prefix("確認番号: ")).unwrap();
        let last = if digits.ends_with('0') { "1" } else { "0" };
        confirm(&format!("{}{last}", &digits[..6])).exits(1).shows("確認番号が違います");
        confirm(digits).exits(0).shows("登録しました");
        phone.join().unwrap().exits(0);
    });
}

/// What asks nobody and changes nothing needs no publisher, and no word of where it is.
#[test]
fn who_only_looks_needs_no_line_to_the_publisher() {
    let service = service(&demo());
    service.enrol();
    std::fs::remove_file(service.place.path("link.token")).unwrap();
    let settings = service.place.path("issuer.toml");
    let look = |args: &[&str]| super::issuer_with(&[args, &["--settings", text(&settings)]].concat(), "").exits(0);
    look(&["list"]).shows(PATIENT);
    look(&["audit", "verify"]).shows("件を確かめました");
    look(&["audit", "show"]).shows("登録の確認");
    look(&["audit", "heads", "--out", text(&service.place.path("publisher.heads"))]).shows("書き出しました");
}
