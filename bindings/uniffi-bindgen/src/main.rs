//! `mykarte-bindgen LIBRARY kotlin|swift FOLDER`: UniFFI's generator, of the version the library is built with.
//!
//! Some places are changed (ADR 0010): in both languages bytes go in as `SecretBytes` only; how Swift reads a number, which
//! took most of the time of a page, and the spelling of its error cases; in Kotlin what a listener may throw, what a
//! call that cannot be made throws and leaves behind, and what an exception says. Where the generator no longer writes
//! what is looked for, that is an error and somebody looks.

mod kotlin;
mod swift;

use std::error::Error;
use std::path::Path;
use uniffi::TargetLanguage;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [library, language, folder] = &args[..] else {
        return Err("usage: mykarte-bindgen LIBRARY kotlin|swift FOLDER".into());
    };
    let target = match language.as_str() {
        "kotlin" => TargetLanguage::Kotlin,
        "swift" => TargetLanguage::Swift,
        _ => return Err("kotlin or swift".into()),
    };
    uniffi::generate(uniffi::GenerateOptions {
        languages: vec![target],
        source: library.into(),
        out_dir: folder.into(),
        config_override: None,
        format: false,
        crate_filter: None,
        metadata_no_deps: false,
    })?;
    if language == "kotlin" {
        let path = Path::new(folder).join("jp/mykarte/core/mykarte_ffi.kt");
        let source = std::fs::read_to_string(&path)?;
        std::fs::write(&path, kotlin::mend(&source)?)?;
    }
    if language == "swift" {
        let path = Path::new(folder).join("MyKarteCore.swift");
        let source = std::fs::read_to_string(&path)?;
        let source = swift::take_secrets(&swift::read_faster(&source)?)?;
        let errors = ["MyKarteError", "ListenerError", "HttpFailure"];
        let source = errors.iter().try_fold(source, |source, error| swift::spell_cases(&source, error))?;
        std::fs::write(&path, source)?;
    }
    Ok(())
}
