//! What an administrator does to keep it going: backup and restore, the link's token, looking whether it serves.

use super::{Service, issuer_begins, issuer_with, service};
use crate::hospital::{SIGNING, lines, place};
use crate::killed::kill_in_rounds;
use crate::support::{copy_of_demo, demo, patient_folder, text};
use mykarte_publisher::start;
use std::os::unix::process::ExitStatusExt;

/// The guide's restore, step by step: numbers go on in a higher epoch, and whoever enrolled after the backup is named.
#[test]
fn a_hospital_is_restored_from_its_backup() {
    let service = service(&demo());
    service.enrol();
    service.issue(&[]).exits(0);
    let (here, out) = (service.place.path(""), service.place.path("backups/1"));
    service.issuer(&["backup", "--out", text(&out)]).exits(0).shows("バックアップしました");
    service.issuer(&["backup", "--out", text(&out)]).exits(1).shows("同じ名前のものがあります");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&out).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "its owner's alone");
    }
    let names = crate::support::names(&out);
    for name in ["issuer.toml", "link.token", "issuer.sqlite", "issuer.mykarte-keys", "hospital.mykarte-list"] {
        assert!(names.iter().any(|there| there == name), "{name} in {names:?}");
    }
    service.enrol_as("later", &[]);
    service.issue(&["--again"]).exits(0).shows("発行 2件");
    for phone in ["online", "later"] {
        service.phone_of(phone, &["fetch", "--yes"]).exits(0).shows("受け取りました");
    }

    for name in crate::support::names(&here).iter().filter(|name| name.starts_with("issuer.sqlite")) {
        std::fs::remove_file(here.join(name)).unwrap();
    }
    for name in ["issuer.sqlite", "issuer.toml", "link.token"] {
        std::fs::copy(out.join(name), here.join(name)).unwrap();
    }
    for name in ["issuer.mykarte-keys", "hospital.mykarte-list"] {
        std::fs::copy(out.join(name), here.join("keys").join(name)).unwrap();
    }
    // Who forgets the epoch uses numbers again, which phones refuse.
    service.issue(&["--again"]).exits(1);
    service.phone(&["fetch", "--yes"]).exits(1);
    service.place.keys(&["new-epoch"], &[crate::hospital::ROOT]).exits(0);
    let publisher = mykarte_state::open(text(&service.place.path("outside/state.sqlite"))).unwrap();
    mykarte_state::kept::begin_anew(publisher.as_ref()).unwrap();
    let run = service.issue(&[]).exits(1).shows("台帳にない登録が配信サーバーに 1件");
    assert!(run.out.contains("発行 1件"), "{}", run.out);
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");

    let withdraw = ["withdraw", "--unknown", "--staff", "N9", "--yes"];
    service.issuer(&withdraw).exits(0).shows("east: 残っていません").shows("どこにも残っていない");
    service.issuer(&withdraw).exits(0).shows("台帳にない登録は、配信サーバーにありません");
    service.phone_of("later", &["fetch"]).exits(1).shows("この登録は終わっています");
    service.issue(&[]).exits(0);
    service.issuer(&["audit", "verify"]).exits(0);
}

/// The last step fails, for such a name cannot be: patients' data are not left under another one.
#[test]
fn a_backup_that_fails_leaves_nothing() {
    let service = service(&demo());
    let out = service.place.path("backups").join("a".repeat(300));
    service.issuer(&["backup", "--out", text(&out)]).exits(1);
    assert_eq!(crate::support::names(&service.place.path("backups")), Vec::<String>::new());
    let shown = service.issuer(&["audit", "show"]).exits(0).out;
    let records: Vec<&str> = shown.lines().filter(|line| line.contains("バックアップ")).collect();
    assert!(records.len() == 2 && records[1].contains("できなかった"), "{shown}");
}

/// While it serves `check` finds nothing wrong; another program on its port is said.
#[test]
fn a_publisher_is_checked_while_it_serves() {
    let mut service = service(&demo());
    let file = service.place.path("outside/publisher.toml");
    let check = |service: &Service| service.runtime.block_on(start::check(&file, false));
    assert!(check(&service).unwrap(), "it is serving");
    assert!(matches!(service.runtime.block_on(start::look(&file, false)), Err(start::StartError::Serving)));
    service.stop();
    assert!(!check(&service).unwrap());
    let settings = std::fs::read_to_string(&file).unwrap();
    let address = settings.lines().next().unwrap().split('"').nth(1).unwrap();
    let _other = std::net::TcpListener::bind(address).unwrap();
    assert!(matches!(check(&service), Err(start::StartError::Listen { .. })));
}

/// Both sides of the link get another token, and the old one is worth nothing.
#[test]
fn the_links_token_is_renewed_on_both_sides() {
    let mut service = service(&demo());
    let renew = ["link", "new-token", "--staff", "N9"];
    service.issuer(&renew).exits(1).shows("--yes を付けてください");
    service.issuer(&["check"]).exits(0);
    std::fs::remove_file(service.place.path("link.token")).unwrap();
    let run = service.issuer(&[&renew[..], &["--yes"]].concat()).exits(0);
    let line = run.out.lines().find(|line| line.starts_with("link_token_hash")).unwrap().to_owned();
    service.issuer(&["check"]).exits(1).shows("合言葉を認めません");
    let file = service.place.path("outside/publisher.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let change = |old: &str| if old.starts_with("link_token_hash") { line.clone() } else { old.to_owned() };
    std::fs::write(&file, settings.lines().map(change).collect::<Vec<_>>().join("\n")).unwrap();
    service.restart();
    service.issuer(&["check"]).exits(0);
}

/// Before the file is another one the chain says that it is to be; afterwards what came of it, and both places have its head.
#[test]
fn a_renewal_of_the_token_is_recorded_before_and_after() {
    let service = service(&demo());
    let heads = service.place.path("heads");
    std::fs::create_dir(&heads).unwrap();
    let settings = service.place.path("issuer.toml");
    let text_before = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("heads = \"heads\"\n{text_before}")).unwrap();
    let renew = || service.issuer(&["link", "new-token", "--staff", "N9", "--yes"]);
    let renewals = || -> Vec<String> {
        let shown = service.issuer(&["audit", "show"]).exits(0).out;
        shown.lines().filter(|line| line.contains("合言葉の更新")).map(str::to_owned).collect()
    };
    renew().exits(0);
    let lines = renewals();
    assert!(lines.len() == 2 && lines[0].contains("開始") && lines[1].contains("済"), "{lines:?}");
    let state = mykarte_state::open_existing(text(&service.place.path("issuer.sqlite"))).unwrap();
    let last = std::fs::read_dir(&heads).unwrap().map(|entry| entry.unwrap().path());
    let last = last.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "head")).unwrap();
    let key = mykarte_state::heads::head_key(&service.place.path("issuer-head.key")).unwrap().verifying_key();
    let head = mykarte::vault::chain::Head::read(&std::fs::read(last).unwrap(), &key).unwrap();
    assert_eq!(head.count, state.reached().unwrap().count, "its head is in the second place");
    let publisher = mykarte_state::open_existing(text(&service.place.path("outside/state.sqlite"))).unwrap();
    let kept = mykarte_state::kept::kept(publisher.as_ref()).unwrap();
    assert!(kept.heads.last().is_some_and(|kept| kept.count >= 2), "the publisher knew the token of before");
    // The file cannot be replaced.
    let token = service.place.path("link.token");
    let secret = std::fs::read(&token).unwrap();
    std::fs::remove_file(&token).unwrap();
    std::fs::create_dir(&token).unwrap();
    std::fs::write(token.join("inside"), secret).unwrap();
    renew().exits(1);
    std::fs::remove_dir_all(&token).unwrap();
    std::fs::write(&token, mykarte_wire::Token::make().unwrap().dangerous_text().as_bytes()).unwrap();
    let lines = service.place.path("issuer.sqlite");
    let records = mykarte_state::open_existing(text(&lines)).unwrap().records(1, 1000).unwrap();
    let last = records.iter().rfind(|record| String::from_utf8_lossy(&record.json).contains("link-token")).unwrap();
    assert!(String::from_utf8_lossy(&last.json).contains("failed"));
}

/// Whoever verifies changes nothing: a key that is made anew would hide that the one of before is lost.
#[test]
fn a_verification_makes_no_key() {
    let service = service(&demo());
    service.issuer(&["check"]).exits(0);
    let key = service.place.path("issuer-head.key");
    std::fs::remove_file(&key).unwrap();
    let run = service.issuer(&["audit", "verify"]).shows("issuer-head.key");
    assert!(run.err.contains("ありません") && run.out.contains("件を確かめました"), "{}{}", run.out, run.err);
    assert!(!key.exists());
}

/// Whoever compares keys sees them in one form, whichever command says them.
#[test]
fn a_key_of_heads_is_printed_in_one_form() {
    let service = service(&demo());
    service.issuer(&["check"]).exits(0);
    let kept = service.place.path("publisher.heads");
    let run = service.issuer(&["audit", "heads", "--out", text(&kept)]).exits(0);
    let key = run.out.trim_end().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(key.len(), 43, "{key}");
    let shown = service.issuer(&["audit", "show"]).exits(0);
    assert!(shown.out.contains(&format!("key={key}")), "{}", shown.out);
    // What was hashed stays as it is.
    let json = service.issuer(&["audit", "show", "--json"]).exits(0);
    assert!(!json.out.contains(&key), "{}", json.out);
}

/// The guide's way on where an old medium and an old folder made another list of a number that the publisher has.
#[test]
fn two_key_lists_of_one_number_are_overcome() {
    let service = service(&demo());
    let (root, list) = (service.place.path("keys/root.mykarte-keys"), service.place.list());
    let (stale, old) = (service.place.path("usb2"), std::fs::read(&list).unwrap());
    std::fs::copy(&root, &stale).unwrap();
    service.place.new_signing().exits(0).shows("第3号");
    service.issuer(&["check"]).exits(0);
    let with_stale = || service.place.keys(&["new-epoch", "--root", text(&stale)], &[crate::hospital::ROOT]);
    let theirs = std::fs::read(&list).unwrap();

    // The other medium is there: its list comes back, and the next one is made with it.
    std::fs::write(&list, &old).unwrap();
    with_stale().exits(0).shows("第3号");
    service.issuer(&["check"]).exits(1).shows("食い違います");
    service.place.keys(&["new-epoch"], &[crate::hospital::ROOT]).exits(1).shows("鍵リスト");
    std::fs::copy(&list, service.place.path("collided")).unwrap();
    std::fs::write(&list, &theirs).unwrap();
    let run = with_stale().exits(1);
    assert!(run.err.contains("第3号"), "the old medium knows its own list alone: {}", run.err);

    // It is lost: another number from the list that collided.
    std::fs::copy(service.place.path("collided"), &list).unwrap();
    with_stale().exits(0).shows("第4号");
    service.issuer(&["check"]).exits(0);
    service.enrol();
    service.issue(&[]).exits(0).shows("発行 1件");
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
}

/// A key list that the publisher gets for the first time stands in the chain, and not each time that it is sent again.
#[test]
fn a_new_key_list_is_recorded() {
    let service = service(&demo());
    let lists = || {
        let shown = service.issuer(&["audit", "show"]).exits(0).out;
        shown.lines().filter(|line| line.contains("鍵リスト") && line.contains("済")).count()
    };
    service.issuer(&["check"]).exits(0);
    assert_eq!(lists(), 1);
    service.issue(&[]).exits(0);
    service.print(&[]).exits(0);
    assert_eq!(lists(), 1);
    service.place.new_signing().exits(0);
    service.issue(&[]).exits(0);
    service.issuer(&["check"]).exits(0);
    assert_eq!(lists(), 2);
}

/// What would stand on every ticket, and what others may read, is refused before anything is done with it.
#[test]
fn an_address_that_hides_something_and_a_token_that_others_read_are_refused() {
    let place = place();
    let (settings, keys, storage) = (place.path("issuer.toml"), place.path("keys"), demo());
    for address in ["https://me@karte.example.jp", "https://karte.example.jp/?a=1", "https://karte.example.jp/#a"] {
        let init = ["init", "--settings", text(&settings), "--publisher", address, "--storage", text(&storage)];
        let rest = ["--keys", text(&keys), "--profile", "full"];
        issuer_with(&[&init[..], &rest].concat(), "").exits(1).shows("利用者名");
        assert!(!settings.exists());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let service = service(&demo());
        let token = service.place.path("link.token");
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o640)).unwrap();
        service.issuer(&["check"]).exits(1).shows("chmod 600");
    }
}

/// Killed anywhere between number, record, package and publisher: the next run finishes, no number is used twice, the chain
/// holds, and the phone goes on. `./x evidence` asks for 200.
#[test]
fn an_issuer_that_is_killed_goes_on_where_it_was() {
    let storage = copy_of_demo();
    let service = service(storage.path());
    service.enrol();
    let settings = service.place.path("issuer.toml");
    let args = ["issue", "--passcode-stdin", "--settings", text(&settings), "--dangerous-single-host"];
    let mut generation = 0;
    let rounds = kill_in_rounds(6, |round| {
        // Something new every time.
        let file = patient_folder(storage.path()).join(format!("20260311/{round}"));
        std::fs::write(file, b"a file that is none").unwrap();
        let mut child = issuer_begins(&args, &lines(&[SIGNING]));
        std::thread::sleep(std::time::Duration::from_millis(40 + round * 83 % 500));
        let _ = child.kill();
        let killed = child.wait().unwrap().signal() == Some(9);
        service.issuer(&["issue", "--passcode-stdin"]).exits(0);
        service.issuer(&["audit", "verify"]).exits(0);
        let fetched = service.phone(&["fetch", "--yes"]).exits(0);
        generation += u64::from(fetched.out.contains("受け取りました"));
        killed
    });
    assert!(generation > 0 && generation <= rounds);
    service.phone(&["show"]).exits(0).shows("署名          確認済み");
}
