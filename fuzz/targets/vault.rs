//! Any bytes as a vault: refused, or each part is what was sealed in its place, or damaged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{Contents, contents, edited, is_said, vector};
use mykarte_vault::{BiometricSecret, DataKey, Passcode, RecoveryCode, Unlock, Vault, VaultError};
use std::sync::LazyLock;

/// A committed vault, its key and all that it holds.
struct Original {
    bytes: Vec<u8>,
    key: DataKey,
    contents: Contents,
}

impl Original {
    fn open(name: &str, open: impl Fn(&std::path::Path) -> Vault) -> Original {
        let (place, bytes) = (tempfile::NamedTempFile::new().unwrap(), vector(name));
        std::fs::write(place.path(), &bytes).unwrap();
        let vault = open(place.path());
        Original { bytes, key: vault.dangerous_data_key(), contents: contents(&vault).unwrap() }
    }
}

fn face() -> BiometricSecret {
    BiometricSecret::from_bytes(b"biometric secret of the phone  1")
}

static PLAIN: LazyLock<Original> = LazyLock::new(|| {
    let passcode = Passcode::new("いざというとき".as_bytes()).unwrap();
    Original::open("v1.mykarte-vault", |path| Vault::open(path, &passcode).unwrap())
});
static SLOTS: LazyLock<Original> = LazyLock::new(|| {
    Original::open("v1-slots.mykarte-vault", |path| Vault::unlock(path, Unlock::Biometric(&face())).unwrap())
});

fuzz_target!(|input: &[u8]| {
    let Some((first, input)) = input.split_first() else { return };
    let original = if first % 2 == 0 { &*PLAIN } else { &*SLOTS };
    let bytes = if *first == 255 { input.to_vec() } else { edited(&original.bytes, input) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v");
    std::fs::write(&path, bytes).unwrap();
    let _ = Vault::look(&path);
    let code = RecoveryCode::parse("H6EX6-VFWAX-82FVB-7SG9Z-QPC1V-2T").unwrap();
    // One after the other: a vault is open once.
    let ways: [&dyn Fn() -> Result<Vault, VaultError>; 3] = [
        &|| Vault::dangerous_open_with_data_key(&path, &original.key),
        &|| Vault::unlock(&path, Unlock::Biometric(&face())),
        &|| Vault::unlock(&path, Unlock::Recovery(&code)),
    ];
    for vault in ways.into_iter().flat_map(|open| open()) {
        assert!(contents(&vault).is_ok_and(|found| is_said(&found, &original.contents)));
    }
});
