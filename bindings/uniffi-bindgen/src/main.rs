//! `mykarte-bindgen LIBRARY kotlin|swift FOLDER`: UniFFI's generator, of the version the library is built with.
//!
//! Two places of its Swift are changed (ADR 0010): how a number is read, which took most of the time of a page, and the
//! spelling of error cases, which Swift begins with a small letter. Where the generator no longer writes what is looked
//! for, that is an error and somebody looks.

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
    if language == "swift" {
        let path = Path::new(folder).join("MyKarteCore.swift");
        let source = std::fs::read_to_string(&path)?;
        let source = swift::spell_cases(&swift::read_faster(&source)?, "MyKarteError")?;
        std::fs::write(&path, swift::spell_cases(&source, "ListenerError")?)?;
    }
    Ok(())
}
