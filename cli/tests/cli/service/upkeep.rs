//! What an administrator does to keep it going: backup and restore, the link's token, looking whether it serves.

use super::{Service, issuer_begins, issuer_with, service};
use crate::hospital::{SIGNING, lines, place};
use crate::support::{copy_of_demo, demo, patient_folder, text};
use mykarte_publisher::start;

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
    let rounds: u32 = std::env::var("MYKARTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let storage = copy_of_demo();
    let service = service(storage.path());
    service.enrol();
    let settings = service.place.path("issuer.toml");
    let args = ["issue", "--passcode-stdin", "--settings", text(&settings), "--dangerous-single-host"];
    let mut generation = 0;
    for round in 0..rounds {
        // Something new every time.
        let file = patient_folder(storage.path()).join(format!("20260311/{round}"));
        std::fs::write(file, b"a file that is none").unwrap();
        let mut child = issuer_begins(&args, &lines(&[SIGNING]));
        std::thread::sleep(std::time::Duration::from_millis(u64::from(40 + round * 83 % 500)));
        let _ = child.kill();
        child.wait().unwrap();
        service.issuer(&["issue", "--passcode-stdin"]).exits(0);
        service.issuer(&["audit", "verify"]).exits(0);
        let fetched = service.phone(&["fetch", "--yes"]).exits(0);
        generation += u32::from(fetched.out.contains("受け取りました"));
    }
    assert!(generation > 0 && generation <= rounds);
    service.phone(&["show"]).exits(0).shows("署名          確認済み");
}
