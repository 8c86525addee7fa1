//! What even valid ciphertexts under the right key may not do: values sealed for the very place, but not the ones that
//! were committed. The hashes that hang from the sealed head see them; so does its list of slots.

use rusqlite::{Connection, params};

use super::{passcode, vault_with};
use crate::aead::{self, Purpose};
use crate::head::{Head, derive_digests};
use crate::manifest::{Manifest, manifest_place};
use crate::pack::pack;
use crate::secret::Key;
use crate::slot::Slot;
use crate::{KdfParams, Part, Passcode, RecoveryCode, Unlock, Vault, VaultError};

fn put(path: &std::path::Path, sql: &str, value: &[u8]) {
    let changed = Connection::open(path).unwrap().execute(sql, params![value]).unwrap();
    assert_eq!(changed, 1);
}

#[test]
fn a_second_sealing_for_the_same_place_is_not_the_committed_one() {
    let (_dir, path, mut vault, id) = vault_with(1);
    let key = vault.dangerous_data_key();
    let draft = vault.begin(Some(id)).unwrap();
    let (good, twin) = (draft.seal("labs", 0, b"", b"good").unwrap(), draft.seal("labs", 0, b"", b"evil").unwrap());
    let place = draft.header.place_in(Purpose::Catalogue, id, draft.generation);
    let catalogue_key = draft.header.derive_key(&draft.key, Purpose::Catalogue);
    let catalogue = aead::seal(&catalogue_key, &place, &pack(b"evil")).unwrap();
    let manifest = Manifest::new(Vec::new())
        .unwrap()
        .seal(&draft.key, &draft.header, &manifest_place(&draft.header, id, draft.generation))
        .unwrap();
    vault.commit(draft, b"", b"good", vec![good]).unwrap();
    drop(vault);
    let open = || Vault::dangerous_open_with_data_key(&path, &key).unwrap();

    put(&path, "UPDATE chunk SET sealed = ?1", &twin.sealed);
    assert_eq!(open().chunk(id, "labs", 0).unwrap_err(), VaultError::damaged(Part::Chunk));
    put(&path, "UPDATE generation SET catalogue = ?1", &catalogue);
    assert_eq!(open().records().unwrap()[0].catalogue, Err(VaultError::damaged(Part::Catalogue)));
    put(&path, "UPDATE generation SET manifest = ?1", &manifest);
    assert_eq!(open().sections(id).unwrap_err(), VaultError::damaged(Part::Manifest));
}

/// A slot that once was current (an older passcode) or that was added with the data key is not in the head's list.
#[test]
fn a_slot_that_the_head_does_not_name_opens_nothing() {
    let (_dir, path, vault, _) = vault_with(1);
    let old = Passcode::new(b"older-7294").unwrap();
    let retired =
        Slot::make(&vault.header, 1, &Unlock::Passcode(&old), KdfParams::dangerous_floor(), &vault.data_key).unwrap();
    drop(vault);
    put(&path, "UPDATE slot SET wrapped = ?1", &retired.wrapped);
    put(&path, "UPDATE slot SET salt = ?1", &retired.salt);
    assert_eq!(Vault::open(&path, &old).unwrap_err(), VaultError::damaged(Part::SlotTable));
}

/// Who knows the passcode can make a vault whose other slot leads to another data key, head and all, so that two people
/// who open one file see two records. The header commits to one key; the other way in is none.
#[test]
fn a_vault_whose_slots_open_to_different_data_keys_has_one_content() {
    let (_dir, path, mut vault, id) = vault_with(1);
    let (honest, code) = (vault.dangerous_data_key(), RecoveryCode::make().unwrap());
    vault.set_recovery_code(&code).unwrap();
    let other = Key::make().unwrap();
    let way = Unlock::Recovery(&code);
    let first = vault.header.clone();
    let second = first.with_key(&other);
    let crafted = Slot::make(&first, 2, &way, KdfParams::dangerous_floor(), &other).unwrap();
    let slots = [vault_slots(&path).remove(0), crafted.clone()];
    let named = Head { slots: derive_digests(&first, &slots), ..vault.head.clone() };
    drop(vault);
    let heads = [(named.seal(&first, honest.key()), &first), (named.seal(&second, &other), &second)];
    for (sealed, header) in heads {
        let conn = Connection::open(&path).unwrap();
        conn.execute(
            "UPDATE slot SET salt = ?1, wrapped = ?2, id = 2 WHERE kind = 3",
            params![crafted.salt, crafted.wrapped],
        )
        .unwrap();
        conn.execute("UPDATE head SET sealed = ?1", params![sealed.unwrap()]).unwrap();
        conn.execute("UPDATE header SET commitment = ?1", params![header.commitment]).unwrap();
        drop(conn);
        let by_code = Vault::unlock(&path, Unlock::Recovery(&code)).map(|vault| vault.records().map(drop));
        let by_passcode = Vault::open(&path, &passcode()).map(|vault| vault.chunk(id, "labs", 0).map(drop));
        if header.commits_to(&other) {
            assert!(matches!(by_passcode, Err(VaultError::WrongPasscode { .. })), "{by_passcode:?}");
            assert_eq!(by_code, Ok(Ok(())));
        } else {
            assert_eq!(by_code, Err(VaultError::WrongRecoveryCode));
            assert_eq!(by_passcode, Ok(Ok(())));
        }
    }
}

fn vault_slots(path: &std::path::Path) -> Vec<Slot> {
    crate::store::read::slots(&Connection::open(path).unwrap()).unwrap()
}

/// The head is bound to its vault: that of another vault with the same data key is refused.
#[test]
fn two_vaults_with_one_data_key_do_not_share_a_head() {
    let (_dir, path, vault, _) = vault_with(1);
    let mut other = vault.header.clone();
    other.vault_id = [9; 16];
    let foreign = vault.head.seal(&other, &vault.data_key).unwrap();
    let key = vault.dangerous_data_key();
    drop(vault);
    put(&path, "UPDATE head SET sealed = ?1", &foreign);
    let refused = Vault::dangerous_open_with_data_key(&path, &key).unwrap_err();
    assert_eq!(refused, VaultError::damaged(Part::Head));
}
