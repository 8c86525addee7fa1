//! A hospital and a device: keys, an enrolment, and one package on a stick; made once, and then only copied.

use crate::support::{PASSCODE, PATIENT, Run, demo, names, run_with, text};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

pub const ROOT: &str = "金庫の中のルート鍵の言葉";
pub const SIGNING: &str = "受付に置く署名鍵の長い言葉";
pub const STDIN: &str = "--passcode-stdin";

/// A folder with `keys`, `phone` (enrolled, nothing received), `key` (its public key) and `usb`.
pub struct Place {
    dir: TempDir,
}

/// Lines of stdin.
pub fn lines(secrets: &[&str]) -> String {
    secrets.iter().map(|secret| format!("{}\n", secret.trim_end())).collect()
}

/// Makes a root key and the first key list.
pub fn new_root(keys: &Path, hospital: &str) -> Run {
    run_with(&["keys", "new-root", "--keys", text(keys), "--hospital", hospital, STDIN], &lines(&[ROOT]))
}

/// A copy of the one that was made first.
pub fn place() -> Place {
    static FIRST: OnceLock<Place> = OnceLock::new();
    let first = FIRST.get_or_init(|| {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        new_root(&place.path("keys"), "1319999999=見本病院").exits(0);
        place.new_signing().exits(0);
        place.enrol("phone", &["--out", text(&place.path("key"))]).exits(0);
        std::fs::create_dir(place.path("usb")).unwrap();
        place.seal(&[]).exits(0);
        place
    });
    let place = Place { dir: tempfile::tempdir().unwrap() };
    for folder in ["keys", "usb"] {
        std::fs::create_dir(place.path(folder)).unwrap();
        for name in names(&first.path(folder)) {
            std::fs::copy(first.path(folder).join(&name), place.path(folder).join(&name)).unwrap();
        }
    }
    for name in ["phone", "key"] {
        std::fs::copy(first.path(name), place.path(name)).unwrap();
    }
    place
}

impl Place {
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn list(&self) -> PathBuf {
        self.path("keys/hospital.mykarte-list")
    }

    /// What `keys list --json` says.
    pub fn listed(&self) -> serde_json::Value {
        let run = run_with(&["keys", "list", "--keys", text(&self.path("keys")), "--json"], "").exits(0);
        serde_json::from_str(&run.out).unwrap()
    }

    /// The root key as it is on paper.
    pub fn root(&self) -> String {
        self.listed()["root"].as_str().unwrap().to_string()
    }

    /// The id of the newest signing key.
    pub fn key(&self) -> String {
        self.listed()["keys"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_string()
    }

    /// `keys COMMAND` on the folder.
    pub fn keys(&self, args: &[&str], secrets: &[&str]) -> Run {
        run_with(&[&["keys"], args, &["--keys", text(&self.path("keys")), STDIN]].concat(), &lines(secrets))
    }

    pub fn new_signing(&self) -> Run {
        self.keys(&["new-signing"], &[ROOT, SIGNING])
    }

    /// Enrols a vault with this hospital's list and root key.
    pub fn enrol(&self, vault: &str, more: &[&str]) -> Run {
        let (vault, list, root) = (self.path(vault), self.list(), self.root());
        let args = ["enrol", "--vault", text(&vault), "--list", text(&list), "--root", &root, STDIN];
        run_with(&[&args, more].concat(), PASSCODE)
    }

    /// Something on the phone.
    pub fn phone(&self, args: &[&str]) -> Run {
        run_with(&[args, &["--vault", text(&self.path("phone")), STDIN]].concat(), PASSCODE)
    }

    /// Seals for the key in `key`, into the folder `usb` where nothing else is said.
    pub fn seal(&self, more: &[&str]) -> Run {
        self.seal_from(&demo(), more)
    }

    pub fn seal_from(&self, storage: &Path, more: &[&str]) -> Run {
        let (keys, key, usb) = (self.path("keys"), self.path("key"), self.path("usb"));
        let mut args = vec!["seal", text(storage), "--patient", PATIENT, "--keys", text(&keys), STDIN];
        let standing = [("--profile", "full"), ("--recipient", text(&key)), ("--out", text(&usb))];
        for (name, value) in standing.into_iter().filter(|(name, _)| !more.contains(name)) {
            args.extend([name, value]);
        }
        args.extend(more);
        run_with(&args, &lines(&[SIGNING]))
    }

    /// Seals into a file of this name on the stick.
    pub fn seal_as(&self, name: &str) -> PathBuf {
        let path = self.path("usb").join(name);
        self.seal(&["--out", text(&path)]).exits(0);
        path
    }

    /// The package that is on the stick from the beginning.
    pub fn package(&self) -> PathBuf {
        let usb = self.path("usb");
        let is_random = |name: &String| name.len() == 40 && name.ends_with(".mykarte");
        usb.join(names(&usb).into_iter().find(is_random).unwrap())
    }

    pub fn receive(&self, files: &[&Path], more: &[&str]) -> Run {
        let files: Vec<&str> = files.iter().map(|path| text(path)).collect();
        self.phone(&[&["receive"], &files[..], more].concat())
    }
}
