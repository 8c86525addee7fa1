//! Heads in a second place: when they come, and that a chain which leaves one is never signed over.

use std::path::PathBuf;
use std::sync::Arc;

use mykarte_state::audit::verify;
use mykarte_state::heads::{HeadError, HeadKeeper, signed_heads};
use mykarte_state::{Store, open};
use mykarte_vault::chain::Head;
use tempfile::TempDir;

use crate::Database;
use crate::cases::add;

struct Place {
    dir: TempDir,
    store: Arc<dyn Store>,
}

impl Place {
    fn new(database: &impl Database) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), store: Arc::from(database.open()) }
    }

    fn key(&self) -> PathBuf {
        self.dir.path().join("heads.key")
    }

    fn folder(&self) -> PathBuf {
        let folder = self.dir.path().join("second place");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn keeper(&self) -> Result<HeadKeeper, HeadError> {
        HeadKeeper::open(Arc::clone(&self.store), &self.key(), &self.folder())
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder().join(format!("{}.{ending}", self.store.reached().unwrap().chain))
    }
}

pub fn a_head_is_signed_when_it_is_due(database: &impl Database) {
    let place = Place::new(database);
    let keeper = place.keeper().unwrap();
    let tick = || keeper.tick().unwrap().map(|head| head.count);
    assert_eq!(tick(), None);
    add(&*place.store, "a", 99);
    assert_eq!(tick(), None);
    assert!(!place.file("head").exists());
    add(&*place.store, "a", 1);
    assert_eq!((tick(), tick()), (Some(100), None));
    add(&*place.store, "a", 30);
    assert_eq!(tick(), None);
    assert_eq!(keeper.finish().unwrap().map(|head| head.count), Some(130));
    assert_eq!(keeper.finish().unwrap(), None);
    // A new start goes on where the last one ended, with the same key.
    let again = place.keeper().unwrap();
    assert_eq!(again.verifying_key(), keeper.verifying_key());
    add(&*place.store, "a", 99);
    assert_eq!(again.tick().unwrap(), None);
    add(&*place.store, "a", 1);
    assert_eq!(again.tick().unwrap().map(|head| head.count), Some(230));
    let kept = std::fs::read(place.file("head")).unwrap();
    let verdict = verify(&*place.store, &signed_heads(&kept), Some(&keeper.verifying_key())).unwrap();
    assert!(verdict.is_intact(), "{verdict}");
    every_head_is_in_the_history(&place, &keeper);
}

fn every_head_is_in_the_history(place: &Place, keeper: &HeadKeeper) {
    let history = std::fs::read_to_string(place.file("heads")).unwrap();
    let heads = history.lines().map(|line| {
        let [at, count, hex] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let signed = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
        let head = Head::read(&signed, &keeper.verifying_key()).unwrap();
        assert_eq!((head.at.to_string(), head.count.to_string()), (at.to_owned(), count.to_owned()));
        head.count
    });
    assert_eq!(heads.collect::<Vec<_>>(), [100, 130, 230]);
    let whole = signed_heads(&std::fs::read(place.file("heads")).unwrap());
    let verdict = verify(&*place.store, &whole, Some(&keeper.verifying_key())).unwrap();
    assert!(whole.len() == 3 && verdict.is_intact(), "{verdict}");
    // Nothing else is left in the folder.
    assert_eq!(std::fs::read_dir(place.folder()).unwrap().count(), 2);
}

pub fn a_chain_that_leaves_its_head_is_not_signed_over(database: &impl Database) {
    let place = Place::new(database);
    let keeper = place.keeper().unwrap();
    add(&*place.store, "a", 100);
    let records = place.store.records(1, 1_000).unwrap();
    assert!(keeper.tick().unwrap().is_some());
    let kept = std::fs::read(place.file("head")).unwrap();
    for left in [0, 50, 99] {
        database.put_records(&records[..left]);
        let broken = Err(HeadError::Broken { count: 100 });
        assert_eq!(keeper.tick(), broken);
        // Grown past it again, by other records; and found so by a new start.
        add(&*place.store, "other", 300);
        assert_eq!((keeper.tick(), keeper.finish()), (broken.clone(), broken.clone()));
        assert_eq!(place.keeper().unwrap().tick(), broken);
        assert_eq!(std::fs::read(place.file("head")).unwrap(), kept);
    }
    database.put_records(&records);
    assert_eq!(keeper.tick(), Ok(None));
}

/// Another database under the same settings is not the one that the folder knows, however well it is chained.
pub fn a_replaced_database_is_refused(database: &impl Database) {
    let place = Place::new(database);
    add(&*place.store, "a", 3);
    place.keeper().unwrap().finish().unwrap();
    let other = Place { dir: place.dir, store: Arc::from(crate::sqlite::File::new().open()) };
    add(&*other.store, "a", 3);
    assert_eq!(other.keeper().err(), Some(HeadError::OtherChain));
    assert!(!other.file("head").exists());
    // The history alone says it, too.
    let head = std::fs::read_dir(other.folder()).unwrap().map(|entry| entry.unwrap().path());
    let head: PathBuf = head.filter(|path| path.extension().is_some_and(|ending| ending == "head")).collect();
    std::fs::remove_file(head).unwrap();
    assert_eq!(other.keeper().err(), Some(HeadError::OtherChain));
    // A new chain on purpose: the old files are moved away.
    std::fs::rename(other.folder(), other.dir.path().join("old heads")).unwrap();
    assert!(other.keeper().unwrap().finish().unwrap().is_some());
}

/// Two programs may leave their heads in one folder: each knows its own by the key.
pub fn heads_of_another_program_are_no_reproach(database: &impl Database) {
    let (place, other) = (Place::new(database), with_file());
    add(&*other.store, "a", 1);
    add(&*place.store, "a", 1);
    HeadKeeper::open(Arc::clone(&other.store), &other.key(), &place.folder()).unwrap().finish().unwrap();
    assert!(place.keeper().unwrap().finish().unwrap().is_some());
}

fn with_file() -> Place {
    Place::new(&crate::sqlite::File::new())
}

#[cfg(unix)]
#[test]
fn the_key_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = with_file();
    place.keeper().unwrap();
    assert_eq!(place.key().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(place.key(), PermissionsExt::from_mode(0o640)).unwrap();
    assert_eq!(place.keeper().err(), Some(HeadError::KeyOpen));
    std::fs::set_permissions(place.key(), PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(place.key(), [7; 31]).unwrap();
    assert_eq!(place.keeper().err(), Some(HeadError::KeyDamaged));
}

#[test]
fn another_key_signs_over_nothing() {
    let place = with_file();
    add(&*place.store, "a", 1);
    place.keeper().unwrap().finish().unwrap();
    std::fs::remove_file(place.key()).unwrap();
    assert_eq!(place.keeper().err(), Some(HeadError::OtherKey));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let file = crate::sqlite::File::new();
    let store = Arc::from(open(&file.address()).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let opened = HeadKeeper::open(store, &dir.path().join("key"), &dir.path().join("not mounted"));
    assert!(matches!(opened.err(), Some(HeadError::Folder { .. })));
}

/// What lies beside its own heads does not keep a server from starting: it is named.
#[test]
fn what_cannot_be_read_in_the_folder_is_passed_over_and_named() {
    let place = with_file();
    add(&*place.store, "a", 1);
    let names = ["a folder.head", "nowhere.heads", "not a head.head", "not heads.heads"];
    let [folder, nowhere, no_head, no_heads] = names.map(|name| place.folder().join(name));
    std::fs::create_dir(&folder).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.dir.path().join("unmounted"), &nowhere).unwrap();
    std::fs::write(no_head, [0, 1, 2]).unwrap();
    std::fs::write(no_heads, "what an editor left\n\n \n").unwrap();
    let keeper = place.keeper().unwrap();
    let mut passed_over = keeper.passed_over().to_vec();
    passed_over.sort();
    assert_eq!(passed_over, if cfg!(unix) { vec![folder, nowhere] } else { vec![folder] });
    assert!(keeper.finish().unwrap().is_some());
    // Its own is not passed over.
    std::fs::remove_file(place.file("head")).unwrap();
    std::fs::create_dir(place.file("head")).unwrap();
    assert!(matches!(place.keeper().err(), Some(HeadError::Folder { .. })));
    std::fs::remove_dir(place.file("head")).unwrap();
    std::fs::remove_file(place.file("heads")).unwrap();
    std::fs::create_dir(place.file("heads")).unwrap();
    assert!(matches!(place.keeper().err(), Some(HeadError::Folder { .. })));
}

/// Beside whatever cannot be read a head of this key and another chain is found all the same.
#[test]
fn a_replaced_database_is_refused_beside_what_cannot_be_read() {
    let place = with_file();
    add(&*place.store, "a", 1);
    place.keeper().unwrap().finish().unwrap();
    for n in 0..20 {
        std::fs::create_dir(place.folder().join(format!("{n}.head"))).unwrap();
    }
    let other = Place { dir: place.dir, store: Arc::from(crate::sqlite::File::new().open()) };
    assert_eq!(other.keeper().err(), Some(HeadError::OtherChain));
}
