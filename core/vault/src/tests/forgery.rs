//! What even valid ciphertexts under the right key may not do: values sealed for the very place, but not the ones that
//! were committed. The hashes that hang from the sealed head see them; so does its list of slots.

use rusqlite::{Connection, params};

use super::vault_with;
use crate::aead::{self, Purpose};
use crate::manifest::{Manifest, manifest_place};
use crate::pack::pack;
use crate::slot::Slot;
use crate::{KdfParams, Part, Passcode, Vault, VaultError};

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
        Slot::make(&vault.header, 1, &crate::Unlock::Passcode(&old), KdfParams::dangerous_floor(), &vault.data_key)
            .unwrap();
    drop(vault);
    put(&path, "UPDATE slot SET wrapped = ?1", &retired.wrapped);
    put(&path, "UPDATE slot SET salt = ?1", &retired.salt);
    assert_eq!(Vault::open(&path, &old).unwrap_err(), VaultError::damaged(Part::SlotTable));
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
