//! A whole file put back as it once was is valid in itself. Who kept the anchor notices; who did not, does not.

use mykarte_vault::{AnchorCheck, KdfParams, Passcode, RecoveryCode, Vault};

use super::common::{Place, import, passcode, read_all};

#[test]
fn every_earlier_state_is_noticed_with_an_anchor_and_by_nothing_else() {
    let (place, ids) = Place::with_records(&[1]);
    let key = &place.key;
    let mut states = Vec::new();
    let mut keep = |vault: Vault| {
        let seen = read_all(&vault).unwrap();
        states.push((vault.anchor(), std::fs::read(&place.path).unwrap(), seen));
    };
    let change: [&dyn Fn(&mut Vault); 5] = [
        &|vault| drop(import(vault, Some(ids[0]), 1, 2)),
        &|vault| drop(import(vault, None, 2, 1)),
        &|vault| vault.set_recovery_code(&RecoveryCode::make().unwrap()).unwrap(),
        &|vault| {
            let new = Passcode::new("つなみ-2012".as_bytes()).unwrap();
            vault.change_passcode(&new, None, KdfParams::dangerous_floor()).unwrap();
        },
        &|vault| vault.delete(ids[0]).unwrap(),
    ];
    keep(place.open().unwrap());
    for change in change {
        change(&mut place.open().unwrap());
        keep(place.open().unwrap());
    }
    let (newest, _, _) = states.last().unwrap();
    for (number, (anchor, bytes, seen)) in states.iter().enumerate() {
        std::fs::write(&place.path, bytes).unwrap();
        let vault = Vault::dangerous_open_with_data_key(&place.path, key).unwrap();
        assert_eq!(vault.check_anchor(Some(anchor)), AnchorCheck::Same);
        let told = vault.check_anchor(Some(newest));
        let is_newest = number + 1 == states.len();
        assert_eq!(matches!(told, AnchorCheck::RolledBack { .. }), !is_newest, "state {number}: {told:?}");
        // Without one: nothing is said, and all that was there then is read. So it is with a passcode that was changed.
        assert_eq!(vault.check_anchor(None), AnchorCheck::NotChecked);
        assert!(vault.slot_table_intact());
        assert_eq!(read_all(&vault).as_ref(), Ok(seen), "state {number}");
        drop(vault);
        assert_eq!(Vault::open(&place.path, &passcode()).is_ok(), number < 4, "state {number}");
    }
}

/// Two devices go on from one file: the same counter, another head.
#[test]
fn another_file_of_the_same_number_is_noticed() {
    let (place, ids) = Place::with_records(&[1]);
    let fork = place.dir.path().join("fork");
    std::fs::copy(&place.path, &fork).unwrap();
    let mut vault = place.open().unwrap();
    import(&mut vault, Some(ids[0]), 1, 1);
    let anchor = vault.anchor();
    let mut other = Vault::dangerous_open_with_data_key(&fork, &place.key).unwrap();
    import(&mut other, Some(ids[0]), 1, 1);
    assert_eq!(other.anchor().counter, anchor.counter);
    assert!(matches!(other.check_anchor(Some(&anchor)), AnchorCheck::RolledBack { .. }));
}
