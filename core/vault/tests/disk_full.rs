//! A disk without space: reading goes on, a write says so and changes nothing, and a change of keys is made wholly or
//! not at all (D13).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may stop, and says what it skips")]

mod common;

use std::fs;
use std::path::Path;

use common::{import, passcode, read_all};
use mykarte_vault::{KdfParams, NewSlots, Passcode, RecoveryCode, Unlock, Vault, VaultError};

fn other_passcode() -> Passcode {
    Passcode::new(b"774411").unwrap()
}

/// The test starts itself again on a file system of 1 MiB of its own; where none can be mounted it is skipped, and
/// fails where nothing may be (`./x evidence`).
#[test]
fn a_full_disk_is_said_and_reading_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=1m tmpfs \"$0\" && echo mounted && exec \"$@\"";
    let mut again = std::process::Command::new("unshare");
    again.args(["--map-root-user", "--mount", "sh", "-c", mount]).arg(dir.path()).arg(std::env::current_exe().unwrap());
    again.args(["--exact", "on_a_small_disk", "--ignored", "--nocapture"]).env("MYKARTE_TEST_DISK", dir.path());
    let output = again.output().ok().filter(|output| output.stdout.starts_with(b"mounted"));
    let Some(output) = output else {
        assert!(std::env::var_os("MYKARTE_ALL").is_none(), "no file system can be mounted here");
        return eprintln!("SKIPPED: no file system can be mounted here");
    };
    let (said, erred) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{erred}");
}

#[test]
#[ignore = "run by a_full_disk_is_said_and_reading_goes_on"]
fn on_a_small_disk() {
    let dir = std::path::PathBuf::from(std::env::var_os("MYKARTE_TEST_DISK").unwrap());
    let path = dir.join("v");
    let mut vault = Vault::create(&path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    let id = import(&mut vault, None, 1, 3).id;
    let mut unborn = Vault::create(dir.join("w"), &passcode(), KdfParams::dangerous_floor()).unwrap();
    let filler = Filler::new(&dir, 0);
    let seen = read_all(&vault).unwrap();
    let draft = vault.begin(Some(id)).unwrap();
    assert_eq!(vault.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::DiskFull);
    assert_eq!(read_all(&vault).unwrap(), seen);
    drop(vault);
    // A wrong passcode is tried too, though it cannot be counted in the file.
    assert!(matches!(Vault::open(&path, &other_passcode()), Err(VaultError::WrongPasscode { .. })));
    assert_eq!(read_all(&Vault::open(&path, &passcode()).unwrap()).unwrap(), seen);
    let draft = unborn.begin(None).unwrap();
    assert_eq!(unborn.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::DiskFull);
    filler.gone();
    keys_change_wholly_or_not_at_all(&dir, &path, &seen);
    let mut vault = Vault::open(&path, &passcode()).unwrap();
    import(&mut vault, Some(id), 2, 3);
}

/// With so much space left that each step of the change meets the end of it once.
fn keys_change_wholly_or_not_at_all(dir: &Path, path: &Path, seen: &[Vec<u8>]) {
    let (mut done, mut refused) = (0, 0);
    let other = other_passcode();
    let space = fs::metadata(path).unwrap().len() / 1024 + 24;
    for free in (0..space).step_by(4) {
        let filler = Filler::new(dir, free);
        let mut vault = Vault::open(path, &passcode()).unwrap();
        let code = RecoveryCode::make().unwrap();
        let ok_code = vault.set_recovery_code(&code);
        let ok_passcode = vault.change_passcode(&other, None, KdfParams::dangerous_floor());
        let new = NewSlots {
            passcode: Some((&other, None)),
            biometric: None,
            recovery: Some(&code),
            params: KdfParams::dangerous_floor(),
        };
        let ok_rekey = vault.rekey(new);
        drop(vault);
        for outcome in [&ok_code, &ok_passcode, &ok_rekey] {
            assert!(matches!(outcome, Ok(()) | Err(VaultError::DiskFull)), "{outcome:?} with {free} KiB");
            if outcome.is_ok() { done += 1 } else { refused += 1 }
        }
        let now = if ok_passcode.is_ok() || ok_rekey.is_ok() { &other } else { &passcode() };
        let mut vault = Vault::open(path, now).unwrap();
        assert_eq!(read_all(&vault).unwrap(), seen, "{free} KiB");
        filler.gone();
        vault.change_passcode(&passcode(), None, KdfParams::dangerous_floor()).unwrap();
        if ok_code.is_ok() || ok_rekey.is_ok() {
            drop(vault);
            drop(Vault::unlock(path, Unlock::Recovery(&code)).unwrap());
        }
        let names: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["v"], "{free} KiB");
    }
    assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
}

/// A file that leaves only so many KiB of the disk.
struct Filler(std::path::PathBuf);

impl Filler {
    fn new(dir: &Path, free_kib: u64) -> Filler {
        let path = dir.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        while std::io::Write::write_all(&mut file, &[7; 512]).is_ok() {}
        let full = file.metadata().unwrap().len();
        file.set_len(full.saturating_sub(free_kib * 1024)).unwrap();
        Filler(path)
    }

    fn gone(self) {
        fs::remove_file(self.0).unwrap();
    }
}
