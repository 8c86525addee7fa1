//! Fifty markers in everything a caller hands in, the passcode too; none of them in any byte on the disk, journal included, at any moment.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use super::{vault_with, with_hook};
use crate::{KdfParams, NewSlots, Passcode, RecoveryCode, Vault};

fn marker(number: usize) -> String {
    format!("MARKER-{number:02}-患者太郎")
}

/// Every byte of every file in the folder.
fn raw(dir: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    entries
        .flat_map(|entry| [entry.file_name().into_encoded_bytes(), std::fs::read(entry.path()).unwrap()].concat())
        .collect()
}

/// How often the beginning or the end that all markers share occurs: a piece of a marker is one too many.
fn found(bytes: &[u8]) -> usize {
    let count = |needle: &[u8]| bytes.windows(needle.len()).filter(|window| *window == needle).count();
    count(b"MARKER-") + count("患者太郎".as_bytes())
}

fn import(vault: &mut Vault) {
    let id = vault.records().unwrap()[0].id;
    let draft = vault.begin(Some(id)).unwrap();
    // Markers 2 to 49 in sections, metas and chunks; noise between, so that zstd stores text as it is.
    let chunks = (0..16).map(|n| {
        let at = 2 + 3 * n;
        let plain = format!("{}{}", marker(at + 2), "x".repeat(n * 50));
        draft.seal(&marker(at), 0, marker(at + 1).as_bytes(), plain.as_bytes()).unwrap()
    });
    let chunks = chunks.collect();
    vault.commit(draft, marker(0).as_bytes(), marker(1).as_bytes(), chunks).unwrap();
}

#[test]
fn no_marker_is_in_any_byte_on_the_disk() {
    let (dir, _path, mut vault, _id) = vault_with(2);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (log, folder) = (Rc::clone(&seen), dir.path().to_owned());
    let hook = move |_| {
        log.borrow_mut().push(raw(&folder));
        Ok(())
    };
    let passcode = Passcode::new(marker(50).as_bytes()).unwrap();
    with_hook(hook, || {
        import(&mut vault);
        import(&mut vault);
        let code = RecoveryCode::make().unwrap();
        vault.set_recovery_code(&code).unwrap();
        vault.change_passcode(&passcode, None, KdfParams::dangerous_floor()).unwrap();
        vault.copy(dir.path().join("copy"), None).unwrap();
        let new = NewSlots {
            passcode: Some((&passcode, None)),
            biometric: None,
            recovery: Some(&code),
            params: KdfParams::dangerous_floor(),
        };
        vault.rekey(new).unwrap();
        let other = super::import(&mut vault, None, 1, 1).unwrap();
        vault.delete(other).unwrap();
    });
    let mut pictures = seen.take();
    pictures.push(raw(dir.path()));
    assert_eq!(pictures.len(), 28);
    assert!(pictures.iter().any(|bytes| bytes.windows(9).any(|name| name == b"v-journal")), "no journal was seen");
    for (number, bytes) in pictures.iter().enumerate() {
        assert_eq!(found(bytes), 0, "picture {number}");
    }
    // The scan itself works: what the vault gives back is full of markers.
    let everything: Vec<u8> = vault
        .records()
        .unwrap()
        .iter()
        .flat_map(|record| [record.label.to_vec(), record.catalogue.clone().unwrap().to_vec()].concat())
        .collect();
    assert_eq!(found(&everything), 4);
}
