//! Whether a patient's files are other ones than last time, without reading what they say.

use super::ImportRequest;
use super::patients::PatientIndex;
use super::survey::survey;
use crate::error::ImportError;
use sha2::{Digest, Sha256};
use ssmix2::storage;

/// SHA-256 over names and contents of all files of a patient, also those that do not count today. A file that cannot be read
/// counts as itself: it may be read next time.
///
/// # Errors
/// Those of finding the patient, as with [`super::read_indexed`].
pub fn fingerprint(index: &PatientIndex, request: &ImportRequest) -> Result<[u8; 32], ImportError> {
    let survey = survey(request, Some(index))?;
    let (mut all, mut buffer) = (Sha256::new(), Vec::new());
    for file in &survey.files {
        let name = file.path.file_name().map(|name| name.as_encoded_bytes()).unwrap_or_default();
        let content: [u8; 32] = match storage::read_file_into(&file.path, &mut buffer) {
            Ok(bytes) => Sha256::digest(bytes).into(),
            Err(_) => [0; 32],
        };
        // Names with their lengths, so that no two lists of files read alike.
        all.update((file.folder as u64).to_be_bytes());
        all.update((name.len() as u64).to_be_bytes());
        all.update(name);
        all.update(content);
    }
    for (path, code) in &survey.skipped {
        all.update(path.as_os_str().as_encoded_bytes());
        all.update(format!("{code:?}"));
    }
    Ok(all.finalize().into())
}
