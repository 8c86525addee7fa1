//! `keys` and `enrol`: who may issue, and who believes it.

use crate::hospital::{ROOT, SIGNING, STDIN, lines, new_root, place};
use crate::support::{PASSCODE, demo, names, run_with, text};

#[test]
fn a_new_root_key_replaces_nothing_and_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("a/keys");
    let args = ["keys", "new-root", "--keys", text(&keys), "--hospital", "1=病院", STDIN];
    run_with(&args, "12345\n").exits(1).says("短すぎます");
    run_with(&args, "").exits(1).says("ルート鍵のパスコードがありません");
    assert!(!dir.path().join("a").exists(), "nothing is made before it can be finished");
    let run = new_root(&keys, "1=病院").exits(0);
    let root = run.out.lines().nth(1).unwrap().trim_start_matches("  ルート鍵    ").to_string();
    assert_eq!((root.len(), root.matches('-').count()), (64, 12), "{}", run.out);
    for part in ["keys new-signing --keys", "2つに写し", "recovery-code new", "10桁の数字ではありません"]
    {
        assert!(run.err.contains(part), "{part} in {}", run.err);
    }
    assert_eq!(names(&keys), ["hospital.mykarte-list", "root.mykarte-keys"]);
    let list = std::fs::read(keys.join("hospital.mykarte-list")).unwrap();
    new_root(&keys, "2=別の病院").exits(1).says("root.mykarte-keys: 同じ名前のものがあります");
    std::fs::remove_file(keys.join("root.mykarte-keys")).unwrap();
    new_root(&keys, "2=別の病院").exits(1).says("hospital.mykarte-list: 同じ名前のものがあります");
    assert_eq!(std::fs::read(keys.join("hospital.mykarte-list")).unwrap(), list);
    let run = run_with(&["keys", "list", text(&keys.join("hospital.mykarte-list"))], "").exits(0);
    assert!(run.out.contains(&root) && run.err.contains("使用中の署名鍵がありません"), "{}", run.out);
    new_root(&dir.path().join("long"), &format!("1={}", "長".repeat(100))).exits(1).says("名称が長すぎる");
}

#[test]
fn a_root_key_that_lies_elsewhere_is_named() {
    let place = place();
    let safe = place.path("safe");
    std::fs::rename(place.path("keys/root.mykarte-keys"), &safe).unwrap();
    place.new_signing().exits(1).says("--root FILE で指定してください");
    place.keys(&["new-signing", "--root", text(&safe)], &[ROOT, SIGNING]).exits(0).shows("引退: ");
    let listed = place.listed();
    let states: Vec<&str> = listed["keys"].as_array().unwrap().iter().map(|k| k["state"].as_str().unwrap()).collect();
    assert_eq!((states, &listed["number"]), (vec!["retired", "active"], &serde_json::Value::from(3)));
    let before = std::fs::read(place.list()).unwrap();
    place
        .keys(&["new-signing", "--root", text(&safe)], &[ROOT])
        .exits(1)
        .says("2行目に渡してください（1行目はルート鍵）");
    place.keys(&["new-signing", "--root", text(&safe)], &[SIGNING, ROOT]).exits(1).says("パスコードが違います");
    let issuer = place.path("keys/issuer.mykarte-keys");
    place.keys(&["new-epoch", "--root", text(&issuer)], &[SIGNING]).exits(1).says("種類の違う鍵のファイルです");
    place
        .keys(&["new-epoch", "--root", text(&place.path("phone"))], &[PASSCODE])
        .exits(1)
        .says("鍵のファイルではありません");
    new_root(&place.path("other"), "1319999999=見本病院").exits(0);
    let other = place.path("other/root.mykarte-keys");
    place.keys(&["new-epoch", "--root", text(&other)], &[ROOT]).exits(1).says("鍵リストと組にならないルート鍵");
    assert_eq!(std::fs::read(place.list()).unwrap(), before);
    place.keys(&["new-epoch", "--root", text(&safe)], &[ROOT]).exits(0).shows("期を 2 に上げました（鍵リスト 第4号）");
    run_with(&["keys", "list", "--keys", text(&place.path("nowhere"))], "").exits(1).says("keys new-root で作ります");
    run_with(&["keys", "list", text(&place.path("key"))], "").exits(1).says("鍵リストではありません");
    run_with(&["keys", "list"], "").exits(2).says("引数が足りません");
}

#[test]
fn a_revoked_key_is_believed_no_more() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    let unread = place.seal_as("unread.mykarte");
    let key = place.key();
    place.keys(&["revoke", &key[..7]], &[ROOT]).exits(2).says("先頭8桁以上");
    place.keys(&["revoke", "00000000", "--yes"], &[ROOT]).exits(1).says("鍵リストにありません");
    let run = place.keys(&["revoke", &key[..8]], &[ROOT]).exits(1).says("失効させていません。上の鍵でよければ --yes");
    assert!(run.out.contains(&key), "{}", run.out);
    let run = place.keys(&["revoke", &key[..8], "--yes"], &[ROOT]).exits(0);
    run.shows("第3号、期 2").shows("すべての端末に配り").shows("全員分を発行し直します");
    place.keys(&["revoke", &key, "--yes"], &[ROOT]).exits(1).says("すでに失効しています");
    place.seal(&[]).exits(1).says("使用中の署名鍵がありません");
    let run = place.new_signing().exits(0).shows("mykarte-issuer issue");
    assert!(!run.err.contains("mykarte-issuer init"), "it was set up long ago: {}", run.err);

    // The list lies beside the new package, and is taken with it; what is held is marked until then.
    let next = place.seal_as("next.mykarte");
    place.receive(&[&unread], &[]).exits(1).says("病院が失効させた鍵");
    let shown = place.phone(&["show"]).exits(0).out;
    assert!(shown.starts_with("署名未確認: 病院が署名鍵を失効させました") && shown.contains("見本 花子"), "{shown}");
    place.receive(&[&next], &[]).exits(0).shows("（番号 2.1）");
    place.phone(&["show"]).exits(0).shows("署名          確認済み");
    let root = place.root();
    run_with(&["package", "verify", text(&package), "--root", &root], "").exits(1).says("病院が失効させた鍵");
}

/// Numbers of an earlier epoch would be given out twice.
/// Above every page, not only the first: a doctor may open one section alone.
#[test]
fn every_page_of_an_unconfirmed_record_says_so() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    place.keys(&["revoke", &place.key(), "--yes"], &[ROOT]).exits(0);
    place.receive(&[&place.list()], &[]).exits(0);
    for page in [&["show"][..], &["show", "labs"], &["show", "memos"], &["show", "prescriptions"]] {
        let shown = place.phone(page).exits(0).out;
        assert!(shown.starts_with("署名未確認"), "{page:?}: {shown}");
    }
    place.phone(&["show", "labs", "--json"]).exits(0).says("署名未確認");
}

/// The numbers of all packages went with the file: those of a new one would be refused as older.
#[test]
fn a_lost_issuers_file_raises_the_epoch_and_is_no_reason_for_another_root_key() {
    let place = place();
    std::fs::remove_file(place.list()).unwrap();
    new_root(&place.path("keys"), "1319999999=見本病院").exits(1);
    std::fs::remove_file(place.path("keys/root.mykarte-keys")).unwrap();
    new_root(&place.path("keys"), "1319999999=見本病院").exits(1).says("最後に配ったもの");

    let place = crate::hospital::place();
    std::fs::remove_file(place.path("keys/issuer.mykarte-keys")).unwrap();
    assert_eq!(place.listed()["epoch"], 1);
    let run = place.new_signing().exits(0);
    assert!(run.err.contains("番号の期を上げました"), "{}", run.err);
    assert_eq!(place.listed()["epoch"], 2);
    // A second key beside the first one costs no number.
    place.new_signing().exits(0);
    assert_eq!(place.listed()["epoch"], 2);
}

#[test]
fn an_old_key_list_issues_nothing() {
    let place = place();
    let old = std::fs::read(place.list()).unwrap();
    place.keys(&["new-epoch"], &[ROOT]).exits(0).shows("mykarte-issuer issue が両方を送ります");
    place.seal_as("a.mykarte");
    std::fs::write(place.list(), old).unwrap();
    let out = place.path("elsewhere.mykarte");
    place.seal(&["--out", text(&out)]).exits(1).says("前に発行したときより古い鍵リスト");
    assert!(!out.exists());
}

/// Two lists of one number divide the phones. The root key's file has its last list, so nothing is lost either.
#[test]
fn the_root_key_signs_nothing_from_an_old_list_and_puts_its_last_one_back() {
    let place = place();
    let old = std::fs::read(place.list()).unwrap();
    place.keys(&["new-epoch"], &[ROOT]).exits(0);
    let last = std::fs::read(place.list()).unwrap();
    std::fs::write(place.list(), old).unwrap();
    place.keys(&["new-epoch"], &[ROOT]).exits(1).says("古い鍵リスト（第2号）だったので").says("第3号に戻しました");
    assert_eq!(std::fs::read(place.list()).unwrap(), last);
    place.keys(&["new-epoch"], &[ROOT]).exits(0).shows("鍵リスト 第4号");
}

/// Two media, and one was left behind: whoever takes that one hears it, for its copy lacks what the other has.
#[test]
fn a_medium_that_was_left_behind_is_named() {
    let place = place();
    let other = place.path("usb2");
    std::fs::copy(place.path("keys/root.mykarte-keys"), &other).unwrap();
    let run = place.keys(&["new-epoch"], &[ROOT]).exits(0);
    assert!(!run.err.contains("もう1本"), "{}", run.err);
    let run = place.keys(&["new-epoch", "--root", text(&other)], &[ROOT]).exits(0).shows("鍵リスト 第4号");
    assert!(run.err.contains("第2号まで") && run.err.contains("もう1本"), "{}", run.err);
    let run = place.keys(&["new-epoch", "--root", text(&other)], &[ROOT]).exits(0);
    assert!(!run.err.contains("もう1本"), "it has the last list now: {}", run.err);
}

/// What is said of a code fits what it opens: a root key is on no phone.
#[test]
fn the_recovery_code_of_a_root_key_is_kept_apart_from_its_media() {
    let place = place();
    let root = place.path("keys/root.mykarte-keys");
    let run = run_with(&["recovery-code", "new", "--vault", text(&root), STDIN], &lines(&[ROOT])).exits(0);
    assert!(run.err.contains("媒体とは別の場所") && !run.err.contains("端末"), "{}", run.err);
    assert!(run.err.contains("写し"), "the other medium does not know this code: {}", run.err);
}

/// The folder of keys is an old copy: nobody would take what it issues.
#[test]
fn a_newer_key_list_beside_the_package_stops_the_desk() {
    let place = place();
    let old = std::fs::read(place.list()).unwrap();
    place.new_signing().exits(0);
    place.seal_as("a.mykarte");
    let beside = place.path("usb/hospital.mykarte-list");
    let newer = std::fs::read(place.list()).unwrap();
    assert_eq!(std::fs::read(&beside).unwrap(), newer, "an older one is replaced");
    std::fs::write(place.list(), old).unwrap();
    place.seal(&[]).exits(1).says("--keys が古い複製でないか");
    std::fs::write(place.list(), &newer).unwrap();
    std::fs::write(&beside, b"something else").unwrap();
    let run = place.seal(&[]).exits(0);
    assert!(run.err.contains("別の鍵リストがあるので、置き換えていません"), "{}", run.err);
    assert_eq!(std::fs::read(&beside).unwrap(), b"something else");
}

#[test]
fn an_enrolment_believes_the_root_key_on_paper_alone() {
    let place = place();
    let (list, vault) = (place.list(), place.path("new"));
    let enrol = |more: &[&str]| {
        let args = ["enrol", "--vault", text(&vault), "--list", text(&list), STDIN];
        run_with(&[&args, more].concat(), PASSCODE)
    };
    enrol(&["--root", &"A".repeat(52)]).exits(1).says("鍵リストのルート鍵が違います");
    enrol(&[]).exits(2).says("--root");
    enrol(&["--root", &place.root(), "--out", text(&list)]).exits(1).says("同じ名前のものがあります");
    let nowhere = place.path("no/such");
    let args = ["enrol", "--vault", text(&vault), "--list", text(&nowhere), "--root", &place.root(), STDIN];
    run_with(&args, PASSCODE).exits(1).says("ファイルがありません");
    assert!(!vault.exists(), "no vault without an enrolment");
    let run = enrol(&["--root", &place.root().to_lowercase()]).exits(0).says("病院の窓口に渡してください");
    let key = run.out.lines().last().unwrap().to_string();
    assert_eq!(key.len(), 269, "{}", run.out);
    // The key itself may be given instead of a file.
    let out = place.path("b.mykarte");
    place.seal(&["--recipient", &key, "--out", text(&out)]).exits(0);
    enrol(&["--root", &place.root()]).exits(0).shows("同じ病院への登録がほかに1件あります");
    let keys = place.path("keys/issuer.mykarte-keys");
    let args = ["enrol", "--vault", text(&keys), "--list", text(&list), "--root", &place.root(), STDIN];
    run_with(&args, &lines(&[SIGNING])).exits(1).says("病院の鍵のファイルです");
}

#[test]
fn an_enrolment_is_ended_by_its_id() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    let next = place.seal_as("next.mykarte");
    let listed = place.phone(&["enrol"]).exits(0).out;
    let id = listed.lines().nth(1).unwrap().split_whitespace().last().unwrap().to_string();
    assert!(id.len() == 32 && listed.contains("番号 1.1、20"), "{listed}");
    place.phone(&["enrol", "--end", "00000000", "--yes"]).exits(1).says("その登録番号はありません");
    place.phone(&["enrol", "--end", &id[..8]]).exits(1).says("登録を終えていません");
    place.phone(&["enrol", "--end", &id[..8], "--list", "x", "--root", &place.root()]).exits(2);
    place.phone(&["enrol", "--yes"]).exits(2);
    place.phone(&["enrol", "--enrolment", &id[..8]]).exits(2);
    // Of two, one is chosen; it alone is shown and written.
    let (list, key) = (place.list(), place.path("second"));
    place.phone(&["enrol", "--list", text(&list), "--root", &place.root()]).exits(0);
    let chosen = ["enrol", "--out", text(&key), "--enrolment"];
    place.phone(&chosen[..3]).exits(1).says("--enrolment に登録番号");
    place.phone(&[&chosen[..], &["00000000"]].concat()).exits(1).says("その登録番号はありません");
    let run = place.phone(&[&chosen[..], &[&id[..8]]].concat()).exits(0);
    let written = std::fs::read_to_string(&key).unwrap();
    assert!(run.out.contains(&id) && run.out.contains(written.trim()), "{}", run.out);
    let both = place.phone(&["enrol"]).exits(0).out;
    let mut ids =
        both.lines().filter(|line| line.contains("登録番号")).map(|line| line.split_whitespace().last().unwrap());
    let second = ids.find(|other| *other != id).unwrap();
    place.phone(&["enrol", "--end", second, "--yes"]).exits(0);
    place.phone(&["enrol", "--end", &id[..8], "--yes"]).exits(0).shows("受け取った記録はそのままです");
    place.phone(&["enrol"]).exits(1).says("病院への登録がありません");
    place.receive(&[&next], &["--yes"]).exits(1).says("登録がありません");
    place.phone(&["show"]).exits(0).shows("署名          確認済み");
    let info = place.phone(&["vault", "info"]).exits(0);
    assert!(!info.out.contains("病院への登録"), "{}", info.out);
}

#[test]
fn a_file_of_keys_takes_no_record_and_shows_none() {
    let place = place();
    let issuer = place.path("keys/issuer.mykarte-keys");
    let storage = demo();
    let args = ["import", text(&storage), "--patient", "0000311", "--profile", "full", "--vault", text(&issuer), STDIN];
    run_with(&args, &lines(&[SIGNING])).exits(1).says("病院の鍵のファイルです");
    let run = run_with(&["vault", "info", "--vault", text(&issuer), STDIN], &lines(&[SIGNING])).exits(0);
    run.shows("■ 記録  0件").shows("病院の鍵のファイルです");
}
